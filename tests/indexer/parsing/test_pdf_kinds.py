"""PDFs as people send them: forms, one sheet a member, price lists, odd fonts."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file

SAMPLES = Path(__file__).parent / "samples"
HEIGHT = A4[1]


def read(data: bytes) -> ParsedText:
    (parsed,) = parse_file("a.pdf", data)
    return parsed


def sample(name: str) -> ParsedText:
    return read((SAMPLES / name).read_bytes())


def texts(parsed: ParsedText) -> list[str]:
    return [block.text for block in parsed.blocks]


def drawn(*pages: Callable[[Canvas], None]) -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4)
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def lines(
    canvas: Canvas, y: float, *texts: str, size: float = 11, bold: bool = False, x: float = 72
) -> None:
    canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
    for text in texts:
        canvas.drawString(x, y, text)
        y -= 1.3 * size


# Words


def test_words_without_a_glyph_for_the_space_are_apart() -> None:
    assert texts(sample("words-run-together.pdf")) == [
        "La cooperativa Calicanto costruisce piattaforme dati per i comuni: facciamo data "
        "engineering, qualita dei dati e visualizzazione, con tecnici formati e contratti di "
        "manutenzione di lungo periodo."
    ]


def test_words_that_are_only_moved_apart_are_words() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", 10)
        x = 72.0
        for word in ("Manutenzione", "di", "reti", "idriche"):
            canvas.drawString(x, 700, word)
            x += canvas.stringWidth(word) + 2.8  # points: a narrow space of this type

    assert texts(read(drawn(page))) == ["Manutenzione di reti idriche"]


def test_words_that_run_together_are_told() -> None:
    together = "Lacooperativacostruiscepiattaformedatipericomuni" * 3
    assert read(drawn(lambda c: lines(c, 700, together[:60], together[:60]))).warnings == (
        "words run together in it: export it again, or run OCR on it, e.g. ocrmypdf",
    )
    compound = "Donaudampfschifffahrtsgesellschaft e quattro parole di una riga"
    assert read(drawn(lambda c: lines(c, 700, *[compound] + ["Testo comune."] * 40))).warnings == ()


def test_bold_that_is_printed_twice_is_read_once() -> None:
    def page(canvas: Canvas) -> None:
        for shift in (0, 0.3):
            lines(canvas, 700, "Cablaggio strutturato", x=72 + shift)

    assert texts(read(drawn(page))) == ["Cablaggio strutturato"]


# Forms and annotations


def test_the_values_of_a_form_stand_behind_their_labels() -> None:
    found = texts(sample("form-values.pdf"))
    assert found[1:5] == [
        "Denominazione: Robinia",
        "Sede: Padova",
        "Competenze: Cablaggio strutturato, reti in fibra ottica",
        "Certificazioni: ISO 9001",
    ]
    assert found[5] == "Lavora a distanza ☒"


def form(canvas: Canvas) -> None:
    lines(canvas, 760, "Scheda di adesione", size=16)
    lines(canvas, 700, "Nome:")
    lines(canvas, 700, "Cognome:", x=300)
    field = canvas.acroForm
    field.textfield(name="nome", x=110, y=695, width=150, height=18, value="Anna")
    field.textfield(name="cognome", x=360, y=695, width=150, height=18, value="Rossi")
    field.textfield(name="Note", tooltip="Altri servizi", x=72, y=500, width=300, height=80,
                    value="Potatura di alberi alti")  # fmt: skip
    field.textfield(name="vuoto", x=72, y=400, width=300, height=18)
    for y, label, ticked in ((300, "ISO 9001", True), (280, "ISO 27001", False)):
        field.checkbox(name=label, x=72, y=y - 3, size=12, checked=ticked)
        lines(canvas, y, label, x=90)


def test_two_fields_on_a_line_a_field_without_label_and_boxes_to_tick() -> None:
    assert texts(read(drawn(form))) == [
        "Nome: Anna | Cognome: Rossi",
        "Altri servizi: Potatura di alberi alti",
        "☒ ISO 9001",
        "☐ ISO 27001",
    ]


def test_free_text_written_on_a_page_is_read_where_it_stands() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(drawn(
        lambda c: (lines(c, 700, "Facciamo siti."), lines(c, 300, "Fine."))[0]
    )))  # fmt: skip
    writer.add_annotation(0, FreeText(text="Anche app per musei.", rect=(72, 500, 300, 520)))
    made = io.BytesIO()
    writer.write(made)
    assert texts(read(made.getvalue())) == ["Facciamo siti.", "Anche app per musei.", "Fine."]


def test_a_form_that_only_one_program_shows_is_reported() -> None:
    with pytest.raises(UnreadableFileError) as raised:
        sample("xfa-form.pdf")
    assert raised.value.reason is Reason.NO_TEXT
    assert "XFA" in raised.value.message
    assert "print it to a new PDF" in (raised.value.remedy or "")


# Running heads, contents


def test_a_sheet_a_member_keeps_what_each_says_of_itself() -> None:
    found = [
        (block.page, block.headings[-1], block.text)
        for block in sample("a-page-a-member.pdf").blocks
    ]
    for page, name, seat, members in (
        (1, "Acero", "Bologna (BO)", "Soci: 12"),
        (2, "Betulla", "Bologna (BO)", "Soci: 34"),
        (3, "Carpino", "Bologna (BO)", "Soci: 8"),
        (4, "Dafne", "Imola (BO)", "Soci: 5"),
    ):
        assert (page, name, seat) in found
        assert (page, name, members) in found


def test_data_at_the_very_edge_of_sheets_is_kept() -> None:
    members = (("Padova", 4), ("Padova", 9), ("Rovigo", 12), ("Padova", 30), ("Adria", 7))

    def page(seat: str, count: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            lines(canvas, HEIGHT - 30, f"Sede: {seat}")
            lines(canvas, 500, "Una cooperativa del Veneto.")
            lines(canvas, 30, f"Addetti: {count}")

        return draw

    found = texts(read(drawn(*(page(*member) for member in members))))
    for seat, count in members:
        assert f"Sede: {seat}" in found
        assert f"Addetti: {count}" in found


def test_heads_that_alternate_from_left_to_right_are_dropped() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            head = "Rete delle cooperative" if number % 2 else "Bilancio sociale"
            lines(canvas, HEIGHT - 30, head, size=9)
            lines(canvas, 500, f"Pagina con la lettera {chr(64 + number)}.")

        return draw

    found = texts(read(drawn(*(page(number) for number in range(1, 9)))))
    assert found == [f"Pagina con la lettera {letter}." for letter in "ABCDEFGH"]


def test_a_heading_that_the_agenda_announces_is_kept() -> None:
    agenda = ("Interventi delle cooperative socie", "Presentazione del catalogo comune")

    def page(heading: str) -> Callable[[Canvas], None]:
        return lambda c: (
            lines(c, HEIGHT - 40, heading, bold=True),
            lines(
                c, 700, "Si discute di reti e di servizi condivisi tra le cooperative della zona."
            ),
        )[0]

    data = drawn(lambda c: lines(c, 700, "Programma della giornata", *agenda), *map(page, agenda))
    found = read(data).blocks
    for number, heading in enumerate(agenda, 2):
        said = [(*block.headings, block.text) for block in found if block.page == number]
        assert any(heading in one for one in said)


def test_the_lines_of_a_price_list_are_read() -> None:
    found = texts(sample("dot-leaders.pdf"))
    for line in ("Cablaggio strutturato 45", "Assistenza sistemistica 60", "Penetration test 90",
                 "Formazione in aula 55"):  # fmt: skip
        assert line in found


def test_the_lines_of_a_table_of_contents_are_not() -> None:
    chapters = ("Chi siamo", "Il bilancio", "I soci")

    def contents(canvas: Canvas) -> None:
        lines(canvas, 700, *(f"{name} {'.' * 40} {page}" for page, name in enumerate(chapters, 2)))

    def chapter(name: str) -> Callable[[Canvas], None]:
        return lambda c: (lines(c, 700, name, size=16), lines(c, 650, f"Si parla qui di {name}."))[
            0
        ]

    found = texts(read(drawn(contents, *map(chapter, chapters))))
    assert found == [f"Si parla qui di {name}." for name in chapters]


# Odd files


def without_letters() -> bytes:
    """A page in a font whose glyphs have numbers for names, and no table of characters."""
    reader = PdfReader(io.BytesIO((SAMPLES / "words-run-together.pdf").read_bytes()))
    writer = PdfWriter(clone_from=reader)
    fonts = writer.pages[0]["/Resources"]["/Font"]
    for name in fonts:
        font = fonts[name].get_object()
        font.pop("/ToUnicode", None)
        glyphs = ArrayObject([NumberObject(0), *(NameObject(f"/g{n}") for n in range(128))])
        font[NameObject("/Encoding")] = DictionaryObject({NameObject("/Differences"): glyphs})
        font[NameObject("/BaseFont")] = NameObject("/Unnamed")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_letters_that_no_font_names_are_told() -> None:
    (warning,) = read(without_letters()).warnings
    assert warning.startswith("its fonts do not say which letters they draw")


def test_the_text_that_ocr_put_under_a_scan_is_read() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (40, 40), 200)), 0, 0, 595, 842)
        text = canvas.beginText(72, 700)
        text.setFont("Helvetica", 11)
        text.setTextRenderMode(3)  # neither filled nor stroked
        text.textLine("Verbale dell'assemblea dei soci di Calicanto.")
        canvas.drawText(text)

    assert texts(read(drawn(page))) == ["Verbale dell'assemblea dei soci di Calicanto."]


def test_a_page_that_lies_on_its_side_is_read_as_it_is_shown() -> None:
    def page(canvas: Canvas) -> None:
        canvas.rotate(90)
        lines(canvas, -100, "Prima riga della tabella,", "che va a capo.")

    writer = PdfWriter(clone_from=io.BytesIO(drawn(page)))
    writer.pages[0].rotate(90)
    made = io.BytesIO()
    writer.write(made)
    assert texts(read(made.getvalue())) == ["Prima riga della tabella, che va a capo."]
