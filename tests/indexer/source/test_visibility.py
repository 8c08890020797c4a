"""Who may see what: as it is written, and that whatever is unclear stays closed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from time import perf_counter

import docx
import openpyxl
import pytest
from docx.document import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfWriter
from pypdf.annotations import Text
from reportlab.pdfgen.canvas import Canvas

from indexer.domain import Level, Severity
from indexer.index.snapshot import load_current_levels
from indexer.pipeline.build import build_index
from indexer.places import Gazetteer
from indexer.settings import read_settings
from indexer.source.access_words import find_restriction
from indexer.source.metadata import Fields, read_fields
from indexer.source.visibility import Visibility, merged_metadata
from tests.toy import ToyEncoder

GAZETTEER = Gazetteer.load()
PUBLIC, MEMBERS, ADMIN = Level


def written(**raw: object) -> Visibility:
    return read_fields(raw, GAZETTEER)[0].visibility


@pytest.mark.parametrize(
    ("value", "document", "fields"),
    [
        ("public", PUBLIC, ()),
        ("Members", MEMBERS, ()),
        ("soci", MEMBERS, ()),
        ("admin", ADMIN, ()),
        ({"document": "members"}, MEMBERS, ()),
        ({"contacts": "members", "soci": "admin"}, PUBLIC, (("contacts", 1), ("members", 2))),
        ("pubblico | contatti: soci | vat=admin", PUBLIC, (("contacts", 1), ("vat", 2))),
        (["members", {"date": "admin"}], MEMBERS, (("date", 2),)),
        ("public, members", MEMBERS, ()),  # the strictest
        ({"contacts": ["members", "admin"]}, PUBLIC, (("contacts", 2),)),
        ({"name": "members"}, MEMBERS, ()),  # a hidden name hides the document
        ({"title": "admin"}, ADMIN, ()),
    ],
)
def test_it_is_read_as_it_is_meant(
    value: object, document: Level, fields: tuple[tuple[str, int], ...]
) -> None:
    found = written(visibility=value)
    assert found.document is document
    assert [(name, level.rank) for name, level in found.fields] == list(fields)


@pytest.mark.parametrize(
    "raw",
    [
        {"visibility": "membri"},
        {"visibility": False},
        {"visibility": None},
        {"visibility": ""},
        {"visibility": []},
        {"visibility": {}},
        {"visibility": [[]]},
        {"visibility": ["public", []]},
        {"visibility": {"document": []}},
        {"visibility": {"contacts": {}}},
        {"visibility": {"document": "public", "contacts": [{}]}},
        {"visibility": {"contattti": "members"}},
        {"visibility": {"contacts": "nobody"}},
        {"visibilty": "members"},
        {"visibilita": "boh"},
        {"accesso": "soci"},
        {"meta": {"visibility": "members"}},
        {"visibility": "public", "visibilità": "admin"},
        {"visibilty": "public", "visibility": "members"},
        {"visibilità del documento": "riservato"},
        {"Visibilita\u0300 del documento": "soci e amministratori"},
        {"livello di visibilità": "solo soci"},
        {"Riservato": "sì"},
        {"contacts": {"email": "a@b.example", "visibility": "members"}},
        {"competencies": ["dati", {"visibilità": "members"}]},
        {"source": "https://a.example\nvisibility: private"},
        {"title": "Arca visibility: members"},
        {"visibility": "public", "source": {"visibility": "admin"}},
        {"source": {"visibility": "admin"}, "visibility": "public"},
    ],
)
def test_what_is_not_understood_is_for_administrators(raw: dict[str, object]) -> None:
    fields, problems = read_fields(raw, GAZETTEER)
    assert fields.visibility.document is ADMIN
    assert problems


@pytest.mark.parametrize(
    "raw",
    [
        {"accesso": "riservato"},
        {"Accesso": "libero"},
        {"access": "restricted"},
        {"tags": ["riservato"]},
        {"tags": "bilancio, Riservato"},
        {"parole chiave": "bilancio; solo soci"},
        {"members_only": True},
        {"members only": "true"},
        {"solo soci": "sì"},
        {"Soli Soci": "x"},
        {"soci": "sì"},
        {"pubblico": "no"},
        {"public": False},
        {"Visibilità (soci)": "sì"},
        {"visibilita_scheda": "tutti"},
        {"riservato": True},
        {"Documento riservato": "sì"},
        {"confidential": "yes"},
        {"visible": False},
        {"visibile": "no"},
        {"Visibile sul sito": "No"},
        {"pubblicabile": "no"},
        {"pubblicato": "no"},
        {"da pubblicare": "0"},
        {"published": False},
        {"publish": "false"},
        {"divulgabile": "mai"},
        {"diffusione": "limitata"},
        {"diffusione": "ristretta ai soci"},
        {"Divulgazione": "vietata"},
        {"uso interno": "sì"},
        {"internal": True},
        {"hidden": True},
        {"stato": "non pubblicabile"},
        {"note": "Documento interno, non divulgare"},
        {"note": "Per uso interno"},
        {"note": "internal use only"},
        {"destinatari": "soci"},
        {"note": "Uso riservato"},
        {"description": "Riservato ai soci"},
    ],
)
def test_other_fields_that_restrict_close_until_visibility_is_said(raw: dict[str, object]) -> None:
    fields, problems = read_fields(raw, GAZETTEER)
    assert fields.visibility.document is ADMIN
    (problem,) = [p for p in problems if "only administrators see it" in p.detail]
    assert "visibility: public" in problem.remedy
    settled = "Visibilità (soci)" not in raw and "visibilita_scheda" not in raw
    for order in ({**raw, "visibility": "public"}, {"visibilità": "pubblico", **raw}):
        assert (written(**order).document is PUBLIC) == settled
    assert written(**raw, visibility="members").document is (MEMBERS if settled else ADMIN)


def test_without_a_word_about_it_a_document_is_public() -> None:
    assert written(name="Arca", contacts="info@arca.example") == Visibility()


@pytest.mark.parametrize(
    "raw",
    [
        {"title": "Visibilità dei prodotti locali"},
        {"competencies": ["visibilità online", "migliorare la visibilità dei prodotti"]},
        {"client": "un'associazione che cerca visibilità: un museo, i soci di tre cantine"},
        {"numero soci": "34", "soci lavoratori": 1, "n. soci": "0"},
        {"members": 1},
        {"disponibilità": "subito", "sostenibilità": "alta", "accessibilità": "WCAG"},
        {"settore": "privato", "clienti": ["privati", "aziende", "enti pubblici"]},
        {"competencies": ["riservatezza dei dati", "controllo degli accessi", "access control"]},
        {"pubblico": "studenti e insegnanti", "privacy": "https://a.example/privacy"},
        {"data pubblicazione": "2024", "pubblicato": "sì"},
        {"visibile": "sì", "published": True, "pubblicabile": "1", "divulgabile": "yes"},
        {"interno": "3", "diffusione": "nazionale", "published": "2024-05-12"},
        {"competencies": ["comunicazione interna", "diffusione della cultura", "audit interno"]},
        {"article:published_time": "2024", "distribution": "global"},
    ],
)
def test_other_fields_may_speak_of_being_seen(raw: dict[str, object]) -> None:
    assert written(**raw) == Visibility()


@pytest.mark.parametrize(
    "text",
    [
        "Visibilità: riservato ai soci",
        "**Visibilità**: solo soci",
        "Visibilità – soci",
        "visibility = private",
        "Testo.\n  - Visibilità: direzione\nTesto.",
        "Visibilità: questa scheda è per i soli soci della cooperativa e per chi la amministra",
        "Visibilità del documento: riservato",
        "Visibilità; soci",  # rows of tables, as they are put in words
        "| Visibilità | consiglio |",
        "Campo: Visibilità; Valore: riservato ai soci",
        "Nome: Arca; Visibilità: uso nostro; Sede: Imola",
        "Visibilità | soci | note",
        "<!-- visibility: board -->",
        "visibility:\n  - members",
        "visibility:\n  - private",
        "VISIBILITA': RISERVATO",
        "Visibilità (soci)",
        "Visibilità (solo soci): sì",
        "Accesso: riservato ai soci",
        "access: members",
        "Solo soci: sì",
        "members_only: true",
        "Pubblico: no",
        "Riservato: sì",
        "Testo.\nRISERVATO\nTesto.",
        "Documento riservato ai soci",
        "> **Riservato ai soli soci e amministratori.**",
        "Strictly confidential",
        "Members only",
        "Visibile: no",
        "visible: false",
        "Pubblicabile: no",
        "published: no",
        "Diffusione: limitata",
        "Diffusione limitata",
        "Documento interno, non divulgare",
        "Documento interno",
        "DOCUMENTO AD USO INTERNO - NON DIFFONDERE",
        "Solo per uso interno.",
        "Non divulgare",
        "Non pubblicare senza autorizzazione",
        "Da non divulgare a terzi",
        "Do not distribute",
        "For internal use only",
        "Confidenziale, non divulgare all'esterno",
    ],
)
def test_what_a_text_says_of_it_is_heard(text: str) -> None:
    assert find_restriction(["Altro.", text])


@pytest.mark.parametrize(
    "text",
    [
        "Diamo visibilità ai prodotti dei soci.",
        "Il progetto serve a migliorare la visibilità online delle botteghe.",
        "Visibilità dei prodotti: fino a tremila visite al giorno.",
        "La visibilità dei prodotti è cresciuta; soci e clienti lo dicono.",
        "Tre obiettivi: visibilità; reputazione; vendite.",
        "| Canale | Visibilità | Costo |",
        "Visibilità: il sito è passato da mille a tremila visite al giorno in nove mesi di lavoro.",
        "Visibilità, reputazione e vendite",
        "Visibilità",
        ".menu {\n  visibility: hidden;\n}\n.menu:hover { visibility: visible; }",
        "Greater visibility and shared expenses. Visibility is not everything: members know.",
        "Invisibilità: soci",
        "Evento riservato ai soci, con iscrizione.",
        "Accesso: dal cancello di via Roma",
        "Accesso: gratuito",
        "Accesso ai dati riservato a chi li tratta",
        "Pubblico: studenti e insegnanti",
        "Privati",
        "Settore: privato",
        "Pubblico e privato",
        "Riservatezza",
        "La giuria si riunisce in seduta\nriservata.",
        "Clienti: privati; aziende",
        "Siamo solo soci lavoratori: diciotto.",
        "Visibile: dal ponte di via Roma",
        "Published: 2024",
        "Pubblicato: sì",
        "Interno",
        "Diffusione: nazionale, in edicola",
        "Diffusione limitata di una malattia tra le viti.",
        "Un regolamento interno per non divulgare i dati dei clienti.",
        "Non divulgare i dati personali è un obbligo di legge.",
        "Mercato interno, non estero",
        "Comunicazione interna: no, grazie",
        "Public and private sector\nAccess control",
        "| Nome | Soci |\n|---|---|\n| Arca | 12 |",
    ],
)
def test_prose_on_being_seen_closes_nothing(text: str) -> None:
    assert not find_restriction([text])


@pytest.mark.parametrize(
    "piece",
    ["visibilità; ", "visibilità: \n", "a:visibilità;" + " " * 2000, "\n", ";", "visibilità:-"],
)
def test_a_long_text_is_heard_soon(piece: str) -> None:
    text = piece * (1_000_000 // len(piece)) + "visibilità"
    start = perf_counter()
    find_restriction([text])
    assert perf_counter() - start < 5


def test_what_the_fields_say_settles_what_the_text_says(tmp_path: Path) -> None:
    found = levels(tmp_path, {"profiles/x.md": "---\nvisibilità: public\n---\nVisibilità: tutti"})
    assert found[PUBLIC] == {"profiles/x.md"}


@given(st.recursive(st.text(max_size=12) | st.sampled_from(["members", "admin"]) | st.none(),
                    lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.text(max_size=8), inner, max_size=3)))  # fmt: skip
def test_nothing_but_the_word_makes_public(value: object) -> None:
    words = {"public", "pubblico", "pubblica"}
    if written(visibility=value).document is PUBLIC:
        leaves = str(value).casefold()
        assert any(word in leaves for word in words)


def test_hidden_fields_are_as_if_never_written() -> None:
    raw = {
        "name": "Arca",
        "vat": "01114601006",
        "contacts": "x@arca.example",
        "date": "2024",
        "visibility": "contacts: members, vat: admin, date: members",
    }
    fields, _ = read_fields(raw, GAZETTEER)
    seen = fields.seen_by(PUBLIC)
    assert (seen.name, seen.vat, seen.contacts, seen.period) == ("Arca", "", (), None)
    assert fields.seen_by(MEMBERS).contacts == ("x@arca.example",)
    assert fields.seen_by(MEMBERS).vat == ""
    assert fields.seen_by(ADMIN) == fields


def test_every_hideable_field_can_be_emptied() -> None:
    for name in Fields.__dataclass_fields__:
        found = written(visibility={"date" if name == "period" else name: "members"})
        assert found.document is MEMBERS or [level for _, level in found.fields] == [MEMBERS]
        assert Fields(visibility=found).seen_by(PUBLIC).visibility == found


def test_a_sidecar_opens_nothing_that_its_file_closes() -> None:
    both = merged_metadata(
        {"visibility": "members", "name": "A"}, {"visibility": "public", "name": "B"}
    )
    assert both["name"] == "B"
    assert written(**both).document is MEMBERS


# --- from files to what each level sees ------------------------------------------------------


def levels(folder: Path, files: Mapping[str, str | bytes]) -> dict[Level, set[str]]:
    for name, content in files.items():
        path = folder / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dedent(content).encode() if isinstance(content, str) else content)
    settings = read_settings(corpus=folder / "corpus", index=folder / "index")
    report = build_index(settings, ToyEncoder())
    assert not [p for p in report.problems if p.severity is Severity.ERROR]
    found, _ = load_current_levels(settings.index)
    return {level: set(generation.documents) for level, generation in found.items()}


OPEN = {"profiles/aperta.md": "---\nname: Aperta\n---\nPane e focacce.\n"}


@pytest.mark.parametrize(
    "files",
    [
        {"profiles/x.md": "---\nname: Chiusa\nvisibility:\n  vat: [1\n---\nTesto."},
        {"profiles/x.md": "---\nname: 'Chiusa\nvisibility: members\n---\nTesto."},
        {"profiles/x.md": "---\nname: Chiusa\nvisibility: members\n  contacts: admin\n---\nTesto."},
        {"profiles/x.md": "---\nname: Chiusa\nvisibility: members\nTesto senza fine."},
        {"profiles/x.md": "---\n\nname: Chiusa\nvisibility: members\n---\nTesto."},
        {"profiles/x.md": "Chiusa\n\nVisibilità: riservato\n\nVisibilità: soci\n\nTesto."},
        {"profiles/x.md": "\n---\nname: Chiusa\nvisibility: private\n---\nTesto."},
        {"profiles/x.md": "---\n\nname: Chiusa\nvisibility: private\n---\nTesto."},
        {"profiles/x.md": "---\nname: Chiusa\nvisibility = members\n---\nTesto."},
        {"profiles/x.md": "---\nname: Chiusa\nvisibility members\nseat: Imola\n---\nTesto."},
        {"profiles/x.md": "---\nname: Chiusa\nvisibility\uff1amembers\n---\nTesto."},
        {"profiles/x.md": "---\nmembers\n---\nTesto."},
        {"profiles/x.md": "```yaml\nname: Chiusa\nvisibility: private\n```\nTesto."},
        {"profiles/x.md": "<!-- visibility: board -->\n# Chiusa\nTesto."},
        {"profiles/x.md": "# Chiusa\nTesto <!-- visibility: members --> altro."},
        {"profiles/x.md": "# Chiusa\n\n| Campo | Valore |\n|---|---|\n| Visibilità | soci |\n"},
        {"profiles/x.html": "<!-- visibility: board --><p>Testo della pagina.</p>"},
        {"profiles/x.html": "<meta name=visibility content=board><p>Testo della pagina.</p>"},
        {"profiles/x.html": "<meta name=visibility><p>Testo della pagina.</p>"},
        {"profiles/x.html": "<meta name='page-visibility' content='public'><p>Testo.</p>"},
        {"profiles/x.html": "<p>Testo.</p><table><tr><td>Visibilità<td>soci<tr><td>a<td>b</table>"},
        {"profiles/x.txt": "Testo.", "profiles/x.yaml": "visibility: members"},
        {"profiles/x.txt": "Testo.", "profiles/x.txt.yaml": "members"},
        {"profiles/x.txt": "Testo.", "profiles/x.txt.yaml": "# visibility\n- members"},
        {"profiles/x.txt": "Testo.", "profiles/x.txt.yaml": "visibility = members"},
        {"profiles/x.txt": "Testo.", "profiles/x.txt.yaml": "riservato ai soci"},
        {"profiles/x.txt": "Testo.", "profiles/x.txt.yaml": "title: Chiusa\nmembers"},
        {"profiles/x.txt": "Testo lungo.\nvisibility: private\nAltro testo."},
        {"profiles/x.txt": "---\nname: Chiusa\nvisibility: members\n---\nTesto."},
        {"profiles/x.txt": "Testo.", "profiles/x.txt.yaml": "visibility: [members"},
        {"profiles/x.txt": "Testo.", "profiles/x.txt.yaml": "name: Chiusa\nvisibilty: soci"},
    ],
)
def test_broken_metadata_opens_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    found = levels(tmp_path, {**OPEN, **files})
    hidden = next(iter(files))
    assert found[PUBLIC] == found[MEMBERS] == {"profiles/aperta.md"}
    assert hidden in found[ADMIN]


@pytest.mark.parametrize("above", ["\n", "<!-- modello -->\n\n"])
@pytest.mark.parametrize("value", ["members", "[members]", "\n  - members"])
def test_fields_below_a_blank_line_or_a_comment_are_fields(
    tmp_path: Path, above: str, value: str
) -> None:
    text = f"{above}---\nname: Chiusa\nvisibility: {value}\n---\nTesto."
    found = levels(tmp_path, {**OPEN, "profiles/x.md": text})
    assert found[PUBLIC] == {"profiles/aperta.md"}
    assert "profiles/x.md" in found[MEMBERS]


def word_file(*, table: bool = False, header: str = "", keywords: str = "") -> bytes:
    document = docx.Document()
    document.add_paragraph("Testo della cooperativa.")
    if table:
        cells = document.add_table(2, 2)
        for (row, column), text in {(0, 0): "Visibilità", (0, 1): "soci", (1, 0): "Sede"}.items():
            cells.cell(row, column).text = text
    if header:
        document.sections[0].header.paragraphs[0].text = header
    document.core_properties.keywords = keywords
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        word_file(table=True),
        word_file(header="Visibilità: direzione"),
        word_file(keywords="visibility: members"),
    ],
    ids=["table", "header", "keywords"],
)
def test_a_word_file_is_heard_wherever_it_says_so(tmp_path: Path, content: bytes) -> None:
    assert levels(tmp_path, {**OPEN, "profiles/x.docx": content})[MEMBERS] == {"profiles/aperta.md"}


def workbook(
    rows: Sequence[Sequence[object]],
    *merged: str,
    change: Callable[[Worksheet], object] = lambda _: None,
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    change(sheet)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def word_parts(change: Callable[[WordDocument], object]) -> bytes:
    document = docx.Document()
    document.add_paragraph("Testo della cooperativa.")
    change(document)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def custom_property(name: str, value: str) -> bytes:
    """A Word file with a property of its author's own, as Word keeps it."""
    made = io.BytesIO(word_file())
    with zipfile.ZipFile(made, "a") as archive:
        archive.writestr(
            "docProps/custom.xml",
            f'<Properties><property fmtid="{{D5}}" pid="2" name="{name}">'
            f"<vt:lpwstr>{value}</vt:lpwstr></property></Properties>",
        )
    return made.getvalue()


def pdf_file(change: Callable[[PdfWriter], object], *, head: str = "") -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made)
    for page in ("Una cooperativa di pane e di focacce", "Il forno lavora di notte e di giorno"):
        canvas.drawString(72, 780, head)
        canvas.drawString(72, 700, f"{page}, con quattordici soci e molte botteghe in paese.")
        canvas.showPage()
    canvas.save()
    writer = PdfWriter(clone_from=made)
    change(writer)
    done = io.BytesIO()
    writer.write(done)
    return done.getvalue()


NOTE = Text(text="Visibilità: direzione", rect=(50, 50, 90, 90))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.docx", custom_property("Visibilità", "soci")),
        ("x.docx", custom_property("Riservato", "sì")),
        ("x.docx", custom_property("Classificazione", "Confidenziale")),
        ("x.docx", word_file(keywords="bilancio, riservato")),
        ("x.docx", word_parts(lambda d: d.add_comment(d.paragraphs[0].runs, "Visibilità: soci"))),
        ("x.docx", word_parts(lambda d: setattr(d.core_properties, "category", "solo soci"))),
        ("x.docx", word_parts(lambda d: setattr(d.core_properties, "content_status", "Riservato"))),
        ("x.pdf", pdf_file(lambda w: w.add_metadata({"/Keywords": "bilancio; riservato"}))),
        ("x.pdf", pdf_file(lambda w: w.add_metadata({"/Keywords": "visibility: members"}))),
        ("x.pdf", pdf_file(lambda w: w.add_metadata({"/Visibilità": "soci"}))),
        ("x.pdf", pdf_file(lambda w: w.add_annotation(page_number=0, annotation=NOTE))),
        ("x.pdf", pdf_file(lambda _: None, head="Riservato ai soci")),
    ],
)
def test_properties_comments_and_running_heads_restrict(
    tmp_path: Path, name: str, content: bytes
) -> None:
    found = levels(tmp_path, {**OPEN, f"profiles/{name}": content})
    assert found[MEMBERS] == set(OPEN)
    assert found[ADMIN] > found[MEMBERS]
    opened = {**OPEN, f"profiles/{name}": content, f"profiles/{name}.yaml": "visibility: public"}
    assert f"profiles/{name}" in levels(tmp_path / "opened", opened)[PUBLIC]


def test_files_without_such_notes_stay_public(tmp_path: Path) -> None:
    files = {
        "profiles/a.pdf": pdf_file(lambda w: w.add_metadata({"/Keywords": "visibilità, soci"})),
        "profiles/b.docx": custom_property("Revisione", "soci e amici"),
        "profiles/c.xlsx": workbook([["Registro dei soci"], ["nome", "soci"], ["Arno", 3]]),
        "profiles/d.csv": "Registro aperto;;\n;;\nnome;sede;soci\nRio;Pisa;3\n",
    }
    found = levels(tmp_path, files)
    assert found[PUBLIC] == found[ADMIN]
    assert len(found[PUBLIC]) == 4


ROWS = [["nome", "sede"], ["Uno", "Pisa"], ["Due", "Lucca"]]


def with_note(sheet: Worksheet) -> None:
    sheet["A1"].comment = Comment("Visibilità: soci", "Uno")


def with_margin(sheet: Worksheet) -> None:
    sheet.oddFooter.center.text = "Riservato ai soci"


def with_sheet(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    sheet.parent.create_sheet("Note").append(["Visibilità", "direzione"])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.csv", "Visibilità: soci;;\nnome;sede\nUno;Pisa\nDue;Lucca\n"),
        ("r.csv", "Registro;\nVisibilità;soci\n;\nnome;sede\nUno;Pisa\nDue;Lucca\n"),
        ("r.csv", "Solo soci: sì\nnome;sede\nUno;Pisa\nDue;Lucca\n"),
        ("r.xlsx", workbook([["Visibilità: soci"], *ROWS])),
        ("r.xlsx", workbook([["Registro"], [], [None, "Accesso", "riservato"], *ROWS])),
        ("r.xlsx", workbook(ROWS, change=with_note)),
        ("r.xlsx", workbook(ROWS, change=with_margin)),
        ("r.xlsx", workbook(ROWS, change=with_sheet)),
    ],
)
def test_what_stands_above_a_register_restricts_every_row(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    found = levels(tmp_path, {**OPEN, f"profiles/{name}": content})
    assert found[PUBLIC] == found[MEMBERS] == set(OPEN)
    assert found[ADMIN] == {*OPEN, f"profiles/{name}/uno", f"profiles/{name}/due"}


def test_a_row_may_settle_what_stands_above_it(tmp_path: Path) -> None:
    register = "Visibilità: soci;\nnome;visibilità\nUno;pubblico\nDue;\n"
    found = levels(tmp_path, {"profiles/r.csv": register})
    assert found[PUBLIC] == {"profiles/r.csv/uno"}


@pytest.mark.parametrize(
    ("register", "public"),
    [
        ("Registro;;\n;;\nnome;sede;visibilità\nUna;;\nDue;;direzione\n", {"una"}),
        ("nome;contatti;visibilità\nUna;a@b.example;\nDue;soci\nTre;a;b;soci\n", {"una"}),
        ("nome;visibilità;sede\nUna;;Imola;;\nDue;;Imola;soci\n", {"una"}),
        ("nome;visibilità;;sede\nUna;;;Imola\nDue;;soci;Imola\n", {"una"}),
        ("nome;visibilità del documento\nUna;\nDue;riservato\nTre;soci e amici\n", {"una"}),
        ('nome;note;visibilità\nUna;x;\nDue;"aperto;soci\nTre;x;soci\n', {"una"}),
    ],
)
def test_a_row_whose_cells_are_not_where_they_should_is_closed(
    tmp_path: Path, register: str, public: set[str]
) -> None:
    found = levels(tmp_path, {"profiles/r.csv": register})
    assert found[PUBLIC] == found[MEMBERS] == {f"profiles/r.csv/{name}" for name in public}
    assert found[ADMIN] >= {"profiles/r.csv/due", *found[PUBLIC]}


def test_rows_that_are_short_are_as_before_where_no_column_says_who_sees_them(
    tmp_path: Path,
) -> None:
    found = levels(tmp_path, {"profiles/r.csv": "nome;sede;note\nUna\nDue;Imola;a;b\n"})
    assert found[PUBLIC] == {"profiles/r.csv/una", "profiles/r.csv/due"}


HEAD = ["nome", "sede", "visibilità"]


@pytest.mark.parametrize(
    ("content", "members", "public"),
    [
        (
            workbook([HEAD, ["A", "Imola", "soci"], ["B"], ["C"], ["D"]], "C2:C4"),
            {"a", "b", "c", "d"},
            {"d"},
        ),
        (workbook([HEAD, ["A", "Imola"], ["B", "Imola", "public"]], "B2:C2"), {"b"}, {"b"}),
        (workbook([HEAD, ["A", "Imola"], ["B"]], "C1:C2"), {"b"}, {"b"}),
        (workbook([[*HEAD, None], ["A", "Imola", None, "soci"], ["B"]], "C1:D1"), {"b"}, {"b"}),
        (workbook([HEAD, ["A", None, '=IF(1,"soci","")'], ["B", "=1"]]), {"b"}, {"b"}),
        (workbook([HEAD, ["A", None, "#REF!"], ["B", "#REF!"]]), {"b"}, {"b"}),
        (workbook([["Registro"], [], HEAD, ["A", None, "=A1"], ["B"]]), {"b"}, {"b"}),
    ],
    ids=["merged", "across", "header", "two columns", "formula", "error", "below a title"],
)
def test_of_a_workbook_what_cells_do_not_show_is_heard(
    tmp_path: Path, content: bytes, members: set[str], public: set[str]
) -> None:
    found = levels(tmp_path, {"profiles/r.xlsx": content})
    names = {
        level: {d.removeprefix("profiles/r.xlsx/") for d in seen} for level, seen in found.items()
    }
    assert (names[MEMBERS], names[PUBLIC]) == (members, public)
    assert names[ADMIN] >= {"a", "b"}


def test_the_head_of_a_page_says_who_sees_it(tmp_path: Path) -> None:
    pages = {
        "profiles/x.html": "<meta name='Visibilità' content=soci><p>Testo della pagina.</p>",
        "profiles/y.html": "<meta property=visibility content=public><p>Testo della pagina.</p>",
    }
    found = levels(tmp_path, {name: f"<meta charset=utf-8>{page}" for name, page in pages.items()})
    assert found[PUBLIC] == {"profiles/y.html"}
    assert found[MEMBERS] == set(pages)


def test_files_that_speak_of_being_seen_stay_public(tmp_path: Path) -> None:
    files = {
        "profiles/a.md": "---\nname: Arca\n---\n# Più visibilità\nLa visibilità dei prodotti.",
        "profiles/b.txt": "Vogliamo migliorare la visibilità online\ndei soci e delle botteghe.",
        "profiles/c.html": "<style><!--\nvisibility: hidden\n--></style>"
        "<!--[if IE]><style>a {\nvisibility: hidden; }</style><![endif]-->"
        "<!-- migliorare la visibilità --><p style='visibility: visible'>Testo.</p>",
        "profiles/d.docx": word_file(keywords="visibilità, reti", header="Più visibilità ai soci"),
        "profiles/e.csv": "nome;note;descrizione\nUno;;Diamo visibilità.\nDue;a\nTre;a;b;c\n",
    }
    found = levels(tmp_path, files)
    assert found[PUBLIC] == found[ADMIN]
    assert len(found[PUBLIC]) == 7


@pytest.mark.parametrize("names", [("x.txt.yml",), ("x.txt.YAML",), ("x.txt.yaml", "x.txt.yml"),
                                   ("x.txt.yml", "x.txt.yaml")])  # fmt: skip
def test_of_several_sidecars_the_strictest_counts(tmp_path: Path, names: tuple[str, ...]) -> None:
    said = dict(zip(names, ("visibility: members", "visibilità: public"), strict=False))
    files = {f"profiles/{name}": text for name, text in said.items()}
    found = levels(tmp_path, {**OPEN, "profiles/x.txt": "Testo.", **files})
    assert found[PUBLIC] == {"profiles/aperta.md"}
    assert found[MEMBERS] == {"profiles/aperta.md", "profiles/x.txt"}


def test_the_same_bytes_as_something_restricted_are_restricted(tmp_path: Path) -> None:
    text = "Un verbale lungo abbastanza."
    found = levels(
        tmp_path,
        {
            **OPEN,
            "events/verbale.txt": text,
            "events/verbale.txt.yaml": "visibility: members",
            "events/copia.txt": text,
            "events/altra.md": text,
            "events/altra.md.yaml": "visibility: public",
            "events/altro.txt": f"{text} Altro.",
        },
    )
    assert found[PUBLIC] == {*OPEN, "events/altro.txt"}
    assert found[MEMBERS] - found[PUBLIC] == {
        "events/verbale.txt",
        "events/copia.txt",
        "events/altra.md",
    }


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_link_to_something_restricted_is_restricted(tmp_path: Path, link: str) -> None:
    folder = tmp_path / "corpus" / "events"
    folder.mkdir(parents=True)
    (folder / "z.txt").write_text("Un verbale.")
    getattr(folder / "a.txt", link)(folder / "z.txt")
    found = levels(tmp_path, {**OPEN, "events/z.txt.yaml": "visibility: admin"})
    assert found[PUBLIC] == found[MEMBERS] == set(OPEN)


def test_rows_and_fields_of_a_copied_register_are_kept_back_as_in_it(tmp_path: Path) -> None:
    rows = "nome;contatti;visibilità\nUna;a@b.example;contatti: soci\nDue;;soci\nTre;;\n"
    found = levels(tmp_path, {"profiles/r.csv": rows, "profiles/s.csv": rows})
    assert found[PUBLIC] == {f"profiles/{r}.csv/{n}" for r in "rs" for n in ("una", "tre")}
    texts = {"profiles/r.csv": rows, "profiles/s.txt": rows}
    other = levels(tmp_path / "text", texts)
    assert other[PUBLIC] == set()
    assert "profiles/s.txt" in other[MEMBERS]


def test_each_level_has_its_own_index(tmp_path: Path) -> None:
    found = levels(
        tmp_path,
        {
            **OPEN,
            "profiles/soci.md": "---\nname: Soci\nvisibility: members\n---\nTesto.",
            "profiles/pochi.md": "---\nname: Pochi\nvisibility: admin\n---\nTesto.",
        },
    )
    assert found[PUBLIC] == {"profiles/aperta.md"}
    assert found[MEMBERS] == {*found[PUBLIC], "profiles/soci.md"}
    assert found[ADMIN] == {*found[MEMBERS], "profiles/pochi.md"}


def test_levels_that_see_the_same_share_one_index(tmp_path: Path) -> None:
    levels(tmp_path, OPEN)
    found, _ = load_current_levels(tmp_path / "index")
    assert found[PUBLIC] is found[MEMBERS] is found[ADMIN]


def test_where_nothing_is_public_the_public_sees_nothing(tmp_path: Path) -> None:
    found = levels(tmp_path, {"profiles/x.md": "---\nname: X\nvisibility: soci\n---\nTesto."})
    assert found == {PUBLIC: set(), MEMBERS: {"profiles/x.md"}, ADMIN: {"profiles/x.md"}}


def test_a_file_that_holds_more_has_no_original(tmp_path: Path) -> None:
    register = (
        "nome;contatti;visibilità;descrizione\nUna;;;Pane.\nDue;a@b.example;contatti: soci;Vino.\n"
    )
    levels(tmp_path, {**OPEN, "profiles/r.csv": register})
    found, _ = load_current_levels(tmp_path / "index")
    hashes = {d: bool(x.content_hash) for d, x in found[PUBLIC].documents.items()}
    assert hashes == {"profiles/aperta.md": True, "profiles/r.csv/una": False,
                      "profiles/r.csv/due": False}  # fmt: skip
    assert all(x.content_hash for x in found[MEMBERS].documents.values())
    assert found[PUBLIC].organisations["due"].contacts == ()
    assert found[MEMBERS].organisations["due"].contacts == ("a@b.example",)
