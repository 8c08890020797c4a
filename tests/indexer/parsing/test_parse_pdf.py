"""PDF documents made for the purpose."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file
from indexer.parsing.pdf import document as pdf_module

WIDTH, HEIGHT = A4
PROSE = (
    "La cooperativa offre servizi informatici agli enti pubblici della regione Emilia-",
    "Romagna e alle imprese, con una squadra di venti persone che lavora per lo svi-",
    "luppo di piattaforme e di siti di commercio, ma anche per la gestione dei dati.",
    "Ha sede a Bologna.",
)
PROSE_TEXT = (
    "La cooperativa offre servizi informatici agli enti pubblici della regione Emilia-Romagna e "
    "alle imprese, con una squadra di venti persone che lavora per lo sviluppo di piattaforme e "
    "di siti di commercio, ma anche per la gestione dei dati. Ha sede a Bologna."
)


def drawn(*pages: Callable[[Canvas], None], **properties: str) -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=A4)
    canvas.setTitle(properties.get("title", "untitled"))
    for page in pages:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def write(
    canvas: Canvas, y: float, *lines: str, size: float = 11, font: str = "Helvetica"
) -> float:
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(60, y, line)
        y -= 1.25 * size
    return y


def prose_page(canvas: Canvas) -> None:
    write(canvas, 600, *PROSE)


def read(data: bytes) -> ParsedText:
    (parsed,) = parse_file("a.pdf", data)
    return parsed


def content(data: bytes) -> list[tuple[tuple[str, ...], str]]:
    return [(block.headings, block.text) for block in read(data).blocks]


def failure(data: bytes) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.pdf", data)
    return raised.value


def test_paragraphs_are_rebuilt_with_their_pages() -> None:
    def page(canvas: Canvas) -> None:
        y = write(canvas, 600, *PROSE)
        write(canvas, y - 12, *PROSE)

    parsed = read(drawn(page, prose_page))
    assert [(block.page, block.text) for block in parsed.blocks] == [
        (1, PROSE_TEXT),
        (1, PROSE_TEXT),
        (2, PROSE_TEXT),
    ]
    assert parsed.pages == 2
    assert parsed.warnings == ()


def test_a_soft_hyphen_at_the_end_of_a_line_is_a_hyphen() -> None:
    lines = ("Un grande ateneo della regione doveva rinnova\u00ad", "re la sua dichiarazione.")
    assert content(drawn(lambda c: write(c, 600, *lines)))[0][1] == (
        "Un grande ateneo della regione doveva rinnovare la sua dichiarazione."
    )


def test_a_sentence_goes_on_over_the_page() -> None:
    assert content(drawn(lambda c: write(c, 300, *PROSE[:3][:1], "lavora ogni giorno in"),
                         lambda c: write(c, 600, "tutte le province.")))[0][1].endswith(
        "ogni giorno in tutte le province."
    )  # fmt: skip


def test_headers_footers_and_page_numbers_are_dropped() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            write(canvas, HEIGHT - 30, "Rete Uno - Bilancio 2024", size=9)
            write(canvas, 600, f"Contenuto della pagina {chr(64 + number)}.")
            write(canvas, 30, f"Pagina {number} di 4", size=9)

        return draw

    data = drawn(*(page(number) for number in range(1, 5)))
    assert [text for _, text in content(data)] == [
        f"Contenuto della pagina {letter}." for letter in "ABCD"
    ]
    alone = drawn(lambda c: (write(c, 600, "Testo della pagina."), write(c, 30, "1"))[0])
    assert [text for _, text in content(alone)] == ["Testo della pagina."]


def test_a_running_head_that_says_the_title_again_is_dropped() -> None:
    data = drawn(
        lambda c: write(c, 700, "Bilancio sociale della rete", size=20),
        lambda c: write(c, write(c, HEIGHT - 30, "Bilancio sociale della rete") - 90, *PROSE),
    )
    assert [text for _, text in content(data)] == [PROSE_TEXT]


def test_a_line_at_the_edge_of_one_page_is_kept() -> None:
    data = drawn(lambda c: write(c, HEIGHT - 30, "Titolo unico"), prose_page, prose_page)
    assert content(data)[0][1] == "Titolo unico"


def test_headings_by_type_and_by_number() -> None:
    def page(canvas: Canvas) -> None:
        y = write(canvas, 780, "Bilancio sociale", size=24, font="Helvetica-Bold")
        y = write(canvas, y - 10, "1 Chi siamo", size=14, font="Helvetica-Bold")
        y = write(canvas, y - 6, *PROSE)
        y = write(canvas, y - 12, "1.1 Storia", size=14, font="Helvetica-Bold")
        y = write(canvas, y - 6, *PROSE)
        y = write(canvas, y - 12, "Le persone", size=11, font="Helvetica-Bold")
        write(canvas, y, *PROSE)

    data = drawn(page)
    assert read(data).title == "Bilancio sociale"
    assert [headings for headings, _ in content(data)] == [
        ("Bilancio sociale", "1 Chi siamo"),
        ("Bilancio sociale", "1 Chi siamo", "1.1 Storia"),
        ("Bilancio sociale", "1 Chi siamo", "1.1 Storia", "Le persone"),
    ]


def test_the_outline_gives_the_headings() -> None:
    def page(canvas: Canvas) -> None:
        canvas.bookmarkPage("a")
        canvas.addOutlineEntry("1. Servizi", "a", 0)
        canvas.bookmarkPage("b")
        canvas.addOutlineEntry("Dati", "b", 1)
        y = write(canvas, 700, "Servizi")
        y = write(canvas, y - 20, "Dati")
        write(canvas, y - 20, *PROSE)

    assert content(drawn(page)) == [(("Servizi", "Dati"), PROSE_TEXT)]


def test_lists_and_tables_keep_their_lines() -> None:
    def page(canvas: Canvas) -> None:
        y = write(canvas, 700, "Offriamo:", "• sviluppo di applicazioni", "• analisi dei dati")
        canvas.setFont("Helvetica", 11)
        for cells in (
            ("Anno", "Cliente", "Valore"),
            ("2023", "Comune", "10"),
            ("2024", "Asl", "20"),
        ):
            y -= 20
            for x, cell in zip((60, 200, 400), cells, strict=True):
                canvas.drawString(x, y, cell)

    assert [text for _, text in content(drawn(page))] == [
        "Offriamo:\n- sviluppo di applicazioni\n- analisi dei dati",
        "Anno | Cliente | Valore",
        "2023 | Comune | 10",
        "2024 | Asl | 20",
    ]


def test_a_table_of_contents_is_dropped() -> None:
    def page(canvas: Canvas) -> None:
        y = write(canvas, 700, "Indice", f"Storia{'.' * 60}3", f"Servizi {'. ' * 30} 4")
        write(canvas, y - 30, *PROSE)

    assert content(drawn(page)) == [((), PROSE_TEXT)]


@pytest.mark.parametrize(
    "title",
    [
        "untitled",
        "Microsoft Word - bozza.doc",
        "scan0012",
        "bilancio_2024.pdf",
        "ServiziRM-X",
        "Documento1",
    ],
)
def test_a_title_that_a_program_wrote_is_no_title(title: str) -> None:
    assert read(drawn(prose_page, title=title)).title == ""


def test_a_title_that_a_person_wrote_is_kept() -> None:
    assert read(drawn(prose_page, title="Bilancio sociale 2024")).title == "Bilancio sociale 2024"


def image_page(canvas: Canvas) -> None:
    from PIL import Image

    canvas.drawImage(ImageReader(Image.new("L", (20, 20))), 0, 0, WIDTH, HEIGHT)


def test_a_scan_says_to_run_ocr_and_scanned_pages_are_named() -> None:
    error = failure(drawn(image_page, image_page, image_page))
    assert error.reason is Reason.NO_TEXT
    assert "3 pages" in error.message
    assert "ocrmypdf" in error.remedy
    parsed = read(drawn(prose_page, image_page, prose_page, image_page))
    assert parsed.warnings == ("pages 2, 4 without text (scanned?): run OCR, e.g. ocrmypdf",)
    assert failure(drawn(lambda canvas: None)).reason is Reason.NO_TEXT
    blank = read(drawn(prose_page, lambda canvas: None))
    assert blank.warnings == ()


def encrypted(user: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn(prose_page))))
    writer.encrypt(user, "padrone", algorithm="AES-256")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_passwords() -> None:
    assert failure(encrypted("segreto")).reason is Reason.ENCRYPTED
    assert content(encrypted("")) == [((), PROSE_TEXT)]


def test_a_page_that_fails_does_not_take_the_others_away() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn(prose_page, prose_page))))
    broken = DecodedStreamObject()
    broken.set_data(b"BT /F1 12 Tf (x) Tj ET")
    broken[NameObject("/Filter")] = NameObject("/Sconosciuto")
    writer.pages[1][NameObject("/Contents")] = writer._add_object(broken)
    made = io.BytesIO()
    writer.write(made)
    parsed = read(made.getvalue())
    assert [block.page for block in parsed.blocks] == [1]
    assert parsed.warnings == ("page 2 could not be read: damaged",)


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.9])
def test_a_cut_file_is_recovered_or_called_damaged(
    cut: float, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    data = drawn(prose_page, prose_page)
    with caplog.at_level(logging.DEBUG):
        try:
            read(data[: int(len(data) * cut)])
        except UnreadableFileError as error:
            reason = error.reason
        else:
            reason = Reason.CORRUPT
    assert reason in (Reason.CORRUPT, Reason.NO_TEXT)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_module, "MAX_PAGES", 2)
    error = failure(drawn(prose_page, prose_page, prose_page))
    assert error.reason is Reason.TOO_LARGE


def test_twenty_full_pages_are_read_quickly() -> None:
    def page(canvas: Canvas) -> None:
        y = 700.0
        for _ in range(9):
            y = write(canvas, y, *PROSE, size=10) - 8

    data = drawn(*[page] * 20)
    started = time.perf_counter()
    parsed = read(data)
    assert time.perf_counter() - started < 4  # usually a tenth; a busy machine is no defect
    assert len(parsed.blocks) == 180
