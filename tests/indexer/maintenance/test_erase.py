"""Erasure: after it no byte of the index holds what was forgotten, and what still does is named."""

from __future__ import annotations

import io
import os
import sqlite3
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.document import Document as WordDocument
from filelock import FileLock
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet
from pypdf import PdfWriter
from pypdf.annotations import Text
from reportlab.pdfgen.canvas import Canvas

from indexer.domain import Level, Reason
from indexer.errors import BackupError, BusyError, ForgetError
from indexer.index.integrity import verify
from indexer.index.originals import file_path
from indexer.index.snapshot import (
    Generation,
    current_name,
    generation_names,
    load_current,
    load_current_levels,
)
from indexer.maintenance.backup import backup
from indexer.maintenance.erase import forget
from indexer.maintenance.erase_search import ErasureTarget, Kind, comparable
from indexer.maintenance.erasure_report import ErasureReport
from indexer.maintenance.restore import restore
from indexer.parsing.all_text import searchable_text
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from tests.indexer.pipeline.test_build import FILES, CountingEncoder, put
from tests.toy import ToyEncoder

SECRET = "Zaccaria Quintavalle"
ENCODER = ToyEncoder()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name, text in FILES.items():
        put(tmp_path / "corpus", name, text)
    return Settings(
        corpus=tmp_path / "corpus",
        index=tmp_path / "index",
    )


def traces(root: Path, text: str = SECRET) -> list[str]:
    """The files under ``root`` that hold a text, by name or in their bytes, packed or not."""
    sought = ErasureTarget(text, Kind.TEXT, frozenset({comparable(text)}))
    return [
        path.relative_to(root).as_posix()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and (
            sought.in_text(path.name)
            or text.encode() in path.read_bytes()
            or any(map(sought.in_text, searchable_text(path.name, path.read_bytes())[0]))
        )
    ]


def current(settings: Settings) -> Generation:
    generation, refused = load_current(settings.index)
    assert refused == ()
    return generation


def run(settings: Settings, what: str = SECRET, **how: object) -> ErasureReport:
    return forget(settings, ENCODER, what, **how)  # type: ignore[arg-type]


def _docx(text: str) -> bytes:
    document = docx.Document()
    document.add_heading("Un incontro", 1)
    document.add_paragraph(f"Ha parlato {text} di reti.")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _pdf(text: str) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=1)
    canvas.drawString(72, 700, f"Ha parlato {text} di reti e di montagna, a lungo.")
    canvas.save()
    return buffer.getvalue()


FORMS = {
    "events/incontro.md": f"# Un incontro\n\nHa parlato {SECRET} di reti.\n".encode(),
    "events/incontro.txt": b"Ha parlato Zaccaria\n  QUINTAVALLE di reti.\n",
    "events/incontro.html": f"<h1>Un incontro</h1><p>Ha parlato {SECRET}.".encode(),
    "events/incontro.docx": _docx(SECRET),
    "events/incontro.pdf": _pdf(SECRET),
    "events/zaccaria-quintavalle.md": b"# Un incontro\n\nHa parlato uno di reti.\n",
    "events/fields.md": f"---\ntitle: Un incontro\nnota: {SECRET}\n---\nDi reti.\n".encode(),
    "profiles/righe.csv": f"nome;sede;descrizione\nArno;Pisa;Di {SECRET}.\n".encode(),
    "events/broken.md": f"---\ntitle: Un incontro\nplace: {SECRET}\n---\nDi reti.\n".encode(),
}


# --- a text --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FORMS)
def test_no_byte_of_the_index_holds_a_text_that_was_forgotten(
    settings: Settings, path: str
) -> None:
    put(settings.corpus, path, FORMS[path])
    build_index(settings, ENCODER)
    assert traces(settings.index), "or the test tests nothing"
    account = run(settings)
    assert traces(settings.index) == []
    assert traces(settings.corpus), "the corpus is the person's own"
    assert (account.kind, account.corpus, account.remains) == (Kind.TEXT, (path,), True)
    assert account.documents
    assert {d.path for d in current(settings).documents.values()} == {
        name for name in FILES if not name.endswith(".yaml")
    }
    assert verify(settings.index, "toy", every=True).faults == ()


def test_a_text_in_a_name_that_could_only_be_reported_goes_too(settings: Settings) -> None:
    put(settings.corpus, f"events/{SECRET}.rtf", b"x")
    build_index(settings, ENCODER)
    assert traces(settings.index)
    assert run(settings).corpus == (f"events/{SECRET}.rtf",)
    assert traces(settings.index) == []


def test_a_text_in_a_sidecar_takes_its_document_along(settings: Settings) -> None:
    put(settings.corpus, "events/giornata.txt.yaml", f"title: Giornata di {SECRET}\n")
    build_index(settings, ENCODER)
    assert run(settings).corpus == ("events/giornata.txt",)
    assert traces(settings.index) == []
    put(settings.corpus, "events/giornata.txt.yaml", "title: Giornata\n")
    build_index(settings, ENCODER)
    assert current(settings).documents["events/giornata.txt"].title == "Giornata"


def test_a_file_that_was_edited_first_stays_and_its_older_state_goes(settings: Settings) -> None:
    path = "events/incontro.md"
    put(settings.corpus, path, FORMS[path])
    build_index(settings, ENCODER)
    put(settings.corpus, path, FORMS[path].replace(SECRET.encode(), b"uno"))
    account = run(settings)
    assert (account.corpus, account.remains) == ((), False)
    assert (account.documents, account.originals) == ((path,), 1)
    assert len(account.generations) == 1
    assert account.embeddings > 0
    assert traces(settings.index) == []
    assert path in current(settings).documents


def test_what_was_left_out_is_reported_by_builds_until_it_is_edited(settings: Settings) -> None:
    path = "events/incontro.md"
    put(settings.corpus, path, FORMS[path])
    build_index(settings, ENCODER)
    run(settings)
    for _ in range(2):
        report = build_index(settings, ENCODER)
        assert not report.published
        (problem,) = report.errors
        assert (problem.path, problem.reason) == (path, Reason.FORGOTTEN)
    put(settings.corpus, "events/copia.md", FORMS[path])
    build_index(settings, ENCODER)
    assert traces(settings.index) == [], "a copy of it under another name is the same"
    (settings.corpus / "events/copia.md").unlink()
    put(settings.corpus, path, b"# Un incontro\n\nHa parlato uno.\n")
    assert build_index(settings, ENCODER).errors == ()
    assert path in current(settings).documents


def test_older_generations_that_hold_it_go_and_others_stay(settings: Settings) -> None:
    before = build_index(settings, ENCODER).generation
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    held = build_index(settings, ENCODER).generation
    (settings.corpus / "events/incontro.md").unlink()
    after = build_index(settings, ENCODER).generation
    account = run(settings)
    assert account.generations == (held,)
    assert generation_names(settings.index) == [after, before]


def test_a_generation_that_cannot_be_read_goes_too(settings: Settings) -> None:
    damaged = build_index(settings, ENCODER).generation
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    (settings.index / "generations" / damaged / "documents.json").write_text(f'["{SECRET}')
    assert damaged in run(settings).generations
    assert traces(settings.index) == []


def test_a_text_in_the_corpus_own_vocabulary_goes_once_it_is_edited(settings: Settings) -> None:
    concept = "concepts: [{id: method, it: metodo Zaccaria Quintavalle, family: data}]"
    vocabulary = put(settings.corpus, "vocabulary.yaml", concept)
    build_index(settings, ENCODER)
    assert any("vocabulary.json" in path for path in traces(settings.index))
    assert run(settings, dry_run=True).corpus == ("vocabulary.yaml",)
    with pytest.raises(ForgetError, match="still in the index"):
        run(settings)
    vocabulary.unlink()
    run(settings)
    assert traces(settings.index) == []


def test_a_word_of_the_built_in_vocabulary_is_no_trace(settings: Settings) -> None:
    build_index(settings, ENCODER)
    assert run(settings, "sartoria teatrale", dry_run=True).generations == ()
    assert run(settings, "dressmaking", dry_run=True).generations == ()


@pytest.mark.parametrize("text", ["zaccaria   quintavalle", "ZACCARÌA QUINTAVALLE"])
def test_case_accents_and_spaces_do_not_matter(settings: Settings, text: str) -> None:
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    run(settings, text)
    assert traces(settings.index) == []


def test_a_part_of_a_word_is_not_the_word(settings: Settings) -> None:
    put(settings.corpus, "events/incontro.md", "Quintavallesi in festa.")
    build_index(settings, ENCODER)
    account = run(settings, "Quintavalle")
    assert (account.documents, account.generations, account.remains) == ((), (), False)
    assert "events/incontro.md" in current(settings).documents


@pytest.mark.parametrize("text", ["", "a", "e'", "--"])
def test_a_text_that_would_be_in_everything_is_refused(settings: Settings, text: str) -> None:
    build_index(settings, ENCODER)
    with pytest.raises(ForgetError, match="too short"):
        run(settings, text)


# --- an organisation, a document -----------------------------------------------------------


@pytest.mark.parametrize("what", ["Arca", "arca", "it00488410010"])
def test_an_organisation_goes_with_every_document_that_names_it(
    settings: Settings, what: str
) -> None:
    build_index(settings, ENCODER)
    account = run(settings, what)
    assert account.kind is Kind.ORGANISATION
    assert account.documents == ("case_studies/banda.md", "profiles/arca.md")
    assert account.corpus == account.documents
    assert account.others == ()
    assert {o.name for o in current(settings).organisations.values()} == {"Refolo", "Lumecivico"}
    assert traces(settings.index, "Arca") == []
    assert traces(settings.index, "00488410010") == []


def test_whose_profiles_share_the_file_is_told(settings: Settings) -> None:
    build_index(settings, ENCODER)
    account = run(settings, "Refolo", dry_run=True)
    assert account.documents == (
        "events/giornata.txt",
        "profiles/registro.csv/lumecivico",
        "profiles/registro.csv/refolo",
    )
    assert account.others == ("Lumecivico",)


def test_a_row_taken_out_of_a_register_leaves_the_others(settings: Settings) -> None:
    build_index(settings, ENCODER)
    text = (settings.corpus / "profiles/registro.csv").read_text()
    rows = [line for line in text.splitlines() if not line.startswith("Refolo")]
    put(settings.corpus, "profiles/registro.csv", "\n".join(rows) + "\n")
    put(settings.corpus, "events/giornata.txt.yaml", "title: Giornata dei dati\n")
    account = run(settings, "Refolo")
    assert not account.remains
    assert "profiles/registro.csv/lumecivico" in current(settings).documents
    assert traces(settings.index, "Refolo") == []


def test_a_document_goes_by_its_path(settings: Settings) -> None:
    build_index(settings, ENCODER)
    account = run(settings, "case_studies/banda.md")
    assert (account.kind, account.documents) == (Kind.DOCUMENT, ("case_studies/banda.md",))
    assert traces(settings.index, "diciannove frazioni") == []
    assert "profiles/arca.md" in current(settings).documents


def test_a_name_may_be_taken_for_a_text(settings: Settings) -> None:
    put(settings.corpus, "events/arca.md", "Nel porto c'era un'arca di legno, e altro.")
    build_index(settings, ENCODER)
    assert run(settings, "Arca", kind=Kind.TEXT, dry_run=True).kind is Kind.TEXT
    with pytest.raises(ForgetError, match="No document in the index is called 'Arca'"):
        run(settings, "Arca", kind=Kind.DOCUMENT)


def test_an_index_is_never_left_empty(settings: Settings) -> None:
    for path in sorted(settings.corpus.rglob("*")):
        if path.is_file() and path.name != "arca.md":
            path.unlink()
    build_index(settings, ENCODER)
    with pytest.raises(ForgetError, match="Nothing else would be left") as caught:
        run(settings, "Arca")
    assert "profiles/arca.md" in caught.value.remedy


# --- elsewhere -----------------------------------------------------------------------------


def test_other_programs_are_told_what_to_erase_and_counted(settings: Settings) -> None:
    asked: list[tuple[frozenset[str], bool]] = []

    def eraser(target: ErasureTarget, dry_run: bool) -> int:
        asked.append((target.ids, dry_run))
        return 3

    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    for dry_run in (True, False):
        report = run(settings, erasers={"letters": eraser}, dry_run=dry_run)
        assert report.elsewhere == {"letters": 3}
    assert asked == [
        (frozenset({"events/incontro.md"}), True),
        (frozenset({"events/incontro.md"}), False),
    ]


def test_what_only_members_see_is_forgotten_in_each_level(settings: Settings) -> None:
    path = "case_studies/riservato.md"
    hidden = """
        ---
        title: Un caso riservato
        visibility: members
        cooperatives: [Zaccaria Quintavalle]
        place: Bardi
        ---
        Un lavoro di Zaccaria Quintavalle per la montagna, con Refolo.
        """
    put(settings.corpus, path, hidden)
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    texts = [trace for trace in traces(settings.index) if "passages-" in trace]
    assert len([trace for trace in texts if trace.startswith("generations")]) == 2, (
        "all there is and what the public sees, or it tests nothing"
    )
    account = run(settings)
    assert account.documents == (path, "events/incontro.md")
    assert traces(settings.index) == []
    levels, refused = load_current_levels(settings.index)
    assert refused == ()
    assert not any("riservato" in d for level in levels.values() for d in level.documents)
    assert verify(settings.index, "toy", every=True).faults == ()


def test_a_cooperative_goes_by_the_id_that_the_public_knows(settings: Settings) -> None:
    put(
        settings.corpus,
        "profiles/arca.md",
        FILES["profiles/arca.md"].replace(
            "seat: Bardi", "seat: Bardi\n        visibility: {vat: members}"
        ),
    )
    build_index(settings, ENCODER)
    levels, _ = load_current_levels(settings.index)
    assert "arca" in levels[Level.PUBLIC].organisations
    assert "it00488410010" in levels[Level.MEMBERS].organisations
    account = run(settings, "arca")
    assert (account.kind, account.documents[-1]) == (Kind.ORGANISATION, "profiles/arca.md")
    assert traces(settings.index, "Bardi") == []


def test_embeddings_of_every_level_are_kept(settings: Settings) -> None:
    put(
        settings.corpus,
        "profiles/arca.md",
        FILES["profiles/arca.md"].replace(
            "seat: Bardi", "seat: Bardi\n        visibility: {seat: members}"
        ),
    )
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    run(settings)
    put(settings.corpus, "events/altro.md", "# Altro\n\nUn incontro sul pane.\n")
    counting = CountingEncoder()
    build_index(settings, counting)
    assert len(counting.read) == 1


def test_embeddings_of_what_was_forgotten_are_gone_to_the_byte(settings: Settings) -> None:
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    cache = settings.index / "embeddings.sqlite"
    found = current(settings)
    texts = [p.embedded_text for p in found.passages if p.document == "events/incontro.md"]
    vectors = [e.vector.tobytes() for e in ENCODER.encode_passages(texts)]
    assert vectors
    account = run(settings)
    assert account.embeddings == len(vectors)
    files = [path for path in settings.index.iterdir() if path.name.startswith(cache.name)]
    assert not [v for v in vectors for path in files if v in path.read_bytes()]
    with sqlite3.connect(cache) as connection:
        (left,) = connection.execute("SELECT count(*) FROM passages").fetchone()
    connection.close()
    assert left == len(current(settings).passages)


def test_a_cache_that_was_set_aside_as_damaged_goes(settings: Settings) -> None:
    build_index(settings, ENCODER)
    (settings.index / "embeddings.damaged").write_text(SECRET)
    run(settings)
    assert traces(settings.index) == []


def test_backups_that_hold_it_are_named_whether_or_not_they_are_there(
    settings: Settings, tmp_path: Path
) -> None:
    build_index(settings, ENCODER)
    backup(settings.index, tmp_path / "before.tar")
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    for name in ("held.tar", "moved.tar"):
        backup(settings.index, tmp_path / name)
    (tmp_path / "moved.tar").unlink()
    account = run(settings)
    assert [(Path(b.file).name, b.certain) for b in account.backups] == [
        ("held.tar", True),
        ("moved.tar", True),
    ]
    backup(settings.index, tmp_path / "after.tar")
    assert "after.tar" not in [Path(b.file).name for b in run(settings).backups]


def test_a_backup_of_a_generation_long_gone_is_looked_into(
    settings: Settings, tmp_path: Path
) -> None:
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    for name in ("old.tar", "lost.tar"):
        backup(settings.index, tmp_path / name)
    (settings.corpus / "events/incontro.md").unlink()
    for n in range(4):
        put(settings.corpus, "events/altro.md", f"Testo numero {n}.")
        build_index(settings, ENCODER)
    assert traces(settings.index) == []
    (tmp_path / "lost.tar").write_bytes(b"x" * 2000)
    account = run(settings)
    assert account.documents == ()
    assert [(Path(b.file).name, b.certain) for b in account.backups] == [
        ("old.tar", True),
        ("lost.tar", False),
    ]


def test_a_backup_that_holds_it_is_not_restored(settings: Settings, tmp_path: Path) -> None:
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    backup(settings.index, tmp_path / "b.tar")
    run(settings)
    with pytest.raises(BackupError, match="erased since"):
        restore(settings.index, tmp_path / "b.tar")
    assert traces(settings.index) == []


# --- how -----------------------------------------------------------------------------------


def test_a_dry_run_says_the_same_and_changes_nothing(settings: Settings) -> None:
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    name = build_index(settings, ENCODER).generation
    before = sorted((p, p.stat().st_mtime_ns) for p in settings.index.rglob("*"))
    dry = run(settings, dry_run=True)
    assert sorted((p, p.stat().st_mtime_ns) for p in settings.index.rglob("*")) == before
    assert current_name(settings.index) == name
    done = run(settings)
    assert dry.dry_run
    for field in ("documents", "generations", "originals", "embeddings", "corpus"):
        assert getattr(dry, field) == getattr(done, field), field


def test_forgetting_waits_for_no_other_writer(settings: Settings) -> None:
    build_index(settings, ENCODER)
    with FileLock(settings.index / "lock"), pytest.raises(BusyError):
        run(settings)


def test_forgetting_twice_is_harmless(settings: Settings) -> None:
    put(settings.corpus, "events/incontro.md", FORMS["events/incontro.md"])
    build_index(settings, ENCODER)
    run(settings)
    name = current_name(settings.index)
    again = run(settings)
    assert (again.documents, again.generations) == ((), ())
    assert again.corpus == ("events/incontro.md",)
    assert current_name(settings.index) == name


# --- what is beside the text -----------------------------------------------------------------


def _zip_edited(data: bytes, old: str, new: str) -> bytes:
    """An Office file with some text of its XML written otherwise."""
    buffer, changed = io.BytesIO(), False
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            part = before.read(name)
            changed |= old.encode() in part
            after.writestr(name, part.replace(old.encode(), new.encode()))
    assert changed
    return buffer.getvalue()


def _word(change: Callable[[WordDocument], object]) -> bytes:
    document = docx.Document()
    document.add_paragraph("Un incontro di reti.")
    change(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _split_header(document: WordDocument) -> None:
    paragraph = document.sections[0].header.paragraphs[0]
    for run_ in ("A cura di Zacc", "aria", " Quintavalle, presidente"):
        paragraph.add_run(run_)


def _sheet(change: Callable[[Worksheet], object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in (["nome", "sede"], ["Arno", "Pisa"]):
        sheet.append(row)
    change(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _in_hidden_sheet(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    other = sheet.parent.create_sheet("Note")
    other["A1"] = SECRET
    other.sheet_state = "hidden"


def _in_rich_text(sheet: Worksheet) -> None:
    sheet["D9"] = CellRichText("Zaccaria Quin", TextBlock(InlineFont(b=True), "tavalle"))
    sheet.column_dimensions["D"].hidden = True


def _pages(change: Callable[[PdfWriter], object]) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(_pdf("uno")))
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


ABOUT = Text(text=f"Chiedere a {SECRET}", rect=(50, 50, 90, 90))
INSIDE = {
    "events/author.pdf": _pages(lambda w: w.add_metadata({"/Author": f"{SECRET} \u2602"})),
    "events/annotation.pdf": _pages(lambda w: w.add_annotation(page_number=0, annotation=ABOUT)),
    "events/attached.pdf": _pages(
        lambda w: w.add_attachment(filename="a.docx", data=_docx(SECRET))
    ),
    "events/outline.pdf": _pages(
        lambda w: w.add_outline_item(title=f"Di {SECRET} \u2602", page_number=0)
    ),
    "events/header.docx": _word(_split_header),
    "events/comment.docx": _word(
        lambda d: d.add_comment(d.paragraphs[0].runs, f"Sentire {SECRET}", author="Uno")
    ),
    "events/saved-by.docx": _word(lambda d: setattr(d.core_properties, "last_modified_by", SECRET)),
    "events/reference.docx": _zip_edited(_docx("uno"), "Un incontro", "Zaccaria &#81;uintavalle"),
    "events/attribute.html": b"<p title='di Zaccaria &#x51;uintavalle'>Un incontro di reti.",
    "events/hyphen.html": b"<p>Un incontro di reti.<footer>Zac&shy;caria <b>Quin</b>tavalle",
    "events/script.html": b'<p>Un incontro.<script>["Zaccaria Quint\\u0061valle"]</script>',
    "profiles/reference.xlsx": _zip_edited(
        _sheet(lambda s: s.append([None, None, "Zaccaria Q-"])),
        "Zaccaria Q-",
        "Zaccaria &#81;uintavalle",
    ),
    "profiles/rich.xlsx": _sheet(_in_rich_text),
    "profiles/hidden.xlsx": _sheet(_in_hidden_sheet),
    "profiles/note.xlsx": _sheet(lambda s: setattr(s["A1"], "comment", Comment(SECRET, "Uno"))),
    "events/escape.md": b'---\ntitle: "Zaccaria \\x51uintavalle"\n---\nUn incontro di reti.\n',
    "events/broken.md": b'---\nnota: "Zaccaria \\x51uintavalle"\nx: [1\n---\nUn incontro.\n',
}


@pytest.mark.parametrize("path", INSIDE)
def test_a_text_is_found_wherever_a_file_holds_it(settings: Settings, path: str) -> None:
    put(settings.corpus, path, INSIDE[path])
    build_index(settings, ENCODER)
    kept = file_path(settings.index / "files", sha256(INSIDE[path]).hexdigest())
    assert kept.exists(), "or the test tests nothing"
    report = run(settings)
    assert (report.corpus, report.originals, report.unsearched) == ((path,), 1, {})
    assert not kept.exists()
    assert traces(settings.index) == []


def test_what_cannot_be_searched_is_named(settings: Settings) -> None:
    locked = PdfWriter(clone_from=io.BytesIO(_pdf(SECRET)))
    locked.encrypt("segreta")
    with (settings.corpus / "events/locked.pdf").open("wb") as file:
        locked.write(file)
    put(settings.corpus, "events/damaged.docx", _docx(SECRET)[:-300])
    put(settings.corpus, "events/other.rtf", b"PK")
    build_index(settings, ENCODER)
    report = run(settings, dry_run=True)
    assert report.corpus == ()
    assert report.remains
    assert {path: why[:21] for path, why in report.unsearched.items()} == {
        "events/locked.pdf": "It is protected by a ",
        "events/damaged.docx": report.unsearched["events/damaged.docx"][:21],
        "events/other.rtf": "files of type .rtf ar",
    }
    assert run(settings, "case_studies/banda.md", dry_run=True).unsearched == {}


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("events/gone.md.yaml", f"title: Di {SECRET}\n".encode()),
        ("profiles/Arca.MD.yaml", f"note: {SECRET}\n".encode()),
        ("README.md", f"A cura di {SECRET}.\n".encode()),
        ("events/README.rtf", f"{{\\rtf1 A cura di {SECRET}.}}".encode()),
        ("events/.nota.md", f"Chiamare {SECRET}.\n".encode()),
        ("events/~$incontro.docx", b"\x0eZaccaria Quintavalle\x00\x00"),
        (".bozze/incontro.docx", _docx(SECRET)),
        ("Thumbs.db", SECRET.encode("utf-16-le")),
        ("events/vecchio.rtf", _docx(SECRET)),
        (f"events/.{SECRET}.png", b""),
    ],
)
def test_a_file_that_no_build_reads_is_searched_too(
    settings: Settings, path: str, data: bytes
) -> None:
    (settings.corpus / path).parent.mkdir(exist_ok=True)
    (settings.corpus / path).write_bytes(data)
    build_index(settings, ENCODER)
    for dry_run in (True, False, False):
        assert run(settings, dry_run=dry_run).corpus == (path,)
    assert traces(settings.index) == []
    assert run(settings, "Nessuno Mai", dry_run=True).corpus == ()


def test_what_no_build_reads_and_cannot_be_searched_is_named(settings: Settings) -> None:
    for path in ("events/README.rtf", ".git/a", ".git/objects/b", "events/.firma.png", ".vuoto.x"):
        (settings.corpus / path).parent.mkdir(parents=True, exist_ok=True)
        (settings.corpus / path).write_bytes(b"" if path == ".vuoto.x" else b"\x00\x01")
    (settings.corpus / "events/.fuori.md").symlink_to("/etc/hostname")
    (settings.corpus / "events/LEGGIMI").write_text("Una cartella.")
    build_index(settings, ENCODER)
    assert set(run(settings, dry_run=True).unsearched) == {
        "events/README.rtf",
        ".git/",
        "events/.firma.png",
        "events/.fuori.md",
    }
    assert run(settings, "case_studies/banda.md", dry_run=True).unsearched == {}


def test_each_copy_of_what_cannot_be_searched_is_named(settings: Settings) -> None:
    for name in ("a", "b", ".c"):
        (settings.corpus / f"events/{name}.docx").write_bytes(_docx("uno")[:-300])
    build_index(settings, ENCODER)
    named = {"events/a.docx", "events/b.docx", "events/.c.docx"}
    assert set(run(settings, dry_run=True).unsearched) == named


def _nested(data: bytes, name: str, depth: int) -> bytes:
    for _ in range(depth):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(name, data)
        name, data = "inner.zip", buffer.getvalue()
    return data


def test_files_nested_too_deep_are_named_and_the_rest_is_searched(settings: Settings) -> None:
    for depth in (4, 5):
        path = f"events/.{depth}.zip"
        (settings.corpus / path).write_bytes(_nested(SECRET.encode(), "a.txt", depth))
    attached = _pages(lambda w: w.add_attachment("a.zip", _nested(SECRET.encode(), "a.txt", 5)))
    put(settings.corpus, "events/attached.pdf", attached)
    build_index(settings, ENCODER)
    report = run(settings, dry_run=True)
    assert report.corpus == ("events/.4.zip",)
    assert set(report.unsearched) == {"events/.5.zip", "events/attached.pdf"}
    assert "more than 4 deep" in report.unsearched["events/attached.pdf"]


@pytest.mark.parametrize(
    "text",
    ["title", "headings", "metadata", "side texts", "fictional", "warnings", "organisations",
     "comune", "profile", "subject", "legal form"],
)  # fmt: skip
def test_the_names_that_the_index_gives_to_things_are_no_texts(
    settings: Settings, text: str
) -> None:
    put(settings.corpus, "events/incontro.txt", "Un incontro di reti a Bologna, con Arca.")
    put(settings.corpus, "events/incontro.pdf", _pdf("uno"))
    put(settings.corpus, "events/riga.csv", "nome;sede\nArno;Pisa\n")
    build_index(settings, ENCODER)
    report = run(settings, text, kind=Kind.TEXT, dry_run=True)
    own = {"events/incontro.txt", "events/incontro.pdf", "events/riga.csv"}
    assert not own & {*report.corpus, *report.documents}
    assert not {d for d in report.documents if d.startswith("events/riga.csv")}


def test_the_names_that_people_give_to_fields_are_texts(settings: Settings) -> None:
    put(settings.corpus, "events/x.md", '---\n"Zaccaria \\x51uintavalle": sì\n---\nUn incontro.')
    build_index(settings, ENCODER)
    assert run(settings, dry_run=True).corpus == ("events/x.md",)


def test_a_killed_upload_is_named_while_it_may_go_on_and_removed_after(settings: Settings) -> None:
    build_index(settings, ENCODER)
    path = settings.corpus / "events" / ".incontro.docx.upload-ab12cd34"
    path.write_bytes(_docx(SECRET))
    assert run(settings, dry_run=True).corpus == ("events/.incontro.docx.upload-ab12cd34",)
    assert run(settings).corpus == ("events/.incontro.docx.upload-ab12cd34",)
    os.utime(path, (0, 0))
    report = run(settings)
    assert (report.corpus, report.remains, path.exists()) == ((), False, False)


def test_what_an_interrupted_erasure_left_goes_with_the_next(settings: Settings) -> None:
    build_index(settings, ENCODER)
    leftover = settings.index / "generations" / ".g000001-0-abc"
    leftover.mkdir()
    (leftover / "passages-0.jsonl").write_text(SECRET)
    orphan = settings.index / "files" / "ab" / ("ab" + "0" * 62)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_text(SECRET)
    run(settings)
    assert traces(settings.index) == []
