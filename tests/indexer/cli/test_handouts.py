"""What is handed out to members is read as it is meant, filled in or not."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from indexer.cli.handouts import DOCUMENTS, REGISTER, write_handouts
from indexer.cli.language import Language
from indexer.cli.main import main
from indexer.domain import DocumentKind, Level
from indexer.errors import CorpusError, UnreadableFileError
from indexer.parsing import parse_file
from indexer.places import Gazetteer
from indexer.source.drafts import Draft, draft

BOTH = pytest.mark.parametrize("language", list(Language))
GAZETTEER = Gazetteer.load()


def drafts(path: Path, data: bytes) -> list[Draft]:
    texts = parse_file(path.name, data)
    made = [draft(path.name, "0", text, GAZETTEER) for text in texts]
    assert not [p for text in texts for p in text.warnings]
    return [found for found, _ in made]


@BOTH
def test_the_register_as_it_is_has_no_cooperative(tmp_path: Path, language: Language) -> None:
    register = write_handouts(tmp_path, language)[0]
    with pytest.raises(UnreadableFileError, match="no rows"):
        parse_file(register.name, register.read_bytes())


@BOTH
def test_its_example_filled_in_below_is_read_whole(tmp_path: Path, language: Language) -> None:
    register = write_handouts(tmp_path, language)[0]
    book = load_workbook(register)
    sheet = book.worksheets[0]
    for cell in sheet[2]:
        sheet.cell(4, cell.column, cell.value)
    sheet.cell(5, 1, "Acero")
    made = io.BytesIO()
    book.save(made)
    robinia, acero = (d.fields for d in drafts(register, made.getvalue()))
    assert (robinia.name, acero.name) == ("Robinia soc. coop.", "Acero")
    assert robinia.seat is not None
    assert robinia.seat.label == "Imola (BO)"
    assert [place.name for place in robinia.works_in] == ["Emilia-Romagna", "Marche"]
    assert (robinia.remote, robinia.members, robinia.employees) == (True, 12, 15)
    assert len(robinia.competencies) == 2
    assert robinia.certifications == ("ISO 9001",)
    assert robinia.contacts == ("info@robinia.example",)
    assert robinia.contact_people == ("Anna Rossi",)
    assert acero.visibility.document is Level.PUBLIC


@BOTH
def test_cells_offer_lists(tmp_path: Path, language: Language) -> None:
    book = load_workbook(write_handouts(tmp_path, language)[0])
    offered = [v.formula1 for v in book.worksheets[0].data_validations.dataValidation]
    assert len(offered) == 4
    provinces = book.worksheets[1]
    assert provinces.sheet_state == "hidden"
    assert [cell.value for cell in provinces["A"]][:2] == ["AG", "AL"]
    assert f"$A${provinces.max_row}" in offered[1]


@BOTH
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("profilo", DocumentKind.PROFILE),
        ("caso", DocumentKind.CASE_STUDY),
        ("evento", DocumentKind.EVENT),
    ],
)
def test_a_document_is_of_its_kind_and_its_empty_fields_are_no_problem(
    tmp_path: Path, language: Language, kind: str, expected: DocumentKind
) -> None:
    write_handouts(tmp_path, language)
    path = tmp_path / DOCUMENTS[kind]
    text = path.read_text("utf-8")
    head, _, _ = text.partition("<!--")
    assert "-->" in text
    (parsed,) = parse_file(path.name, f"{head}Posiamo reti.\n".encode())
    found, problems = draft(path.name, "0", parsed, GAZETTEER)
    assert found.kind is expected
    assert {p.reason for p in problems} <= {"unknown_kind"}, "of a profile the text decides"
    (unedited,) = parse_file(path.name, text.encode())
    assert not unedited.blocks


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "modelli"
    assert main(["template", str(folder), "--language", "it"]) == 0
    assert {path.name for path in folder.iterdir()} == {REGISTER, *DOCUMENTS.values()}
    assert str(folder / REGISTER) in capsys.readouterr().out
    with pytest.raises(CorpusError, match="exists already"):
        write_handouts(folder, Language.ENGLISH)
