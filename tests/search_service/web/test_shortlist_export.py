from __future__ import annotations

import csv
import io
import json
import re
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from indexer.domain import Document, DocumentKind, Organisation, Passage, Period
from indexer.vocabulary import Linker
from search_service.domain import Answer, Components, Evidence, OrganisationHit, Proof, Query
from search_service.filters.competencies import names_of
from search_service.insights.organisation_facts import ORGANISATION_FACTS
from search_service.insights.shortlist import Pick, Shortlist, answer_for
from search_service.presentation.labels import words_in
from search_service.search.searcher import Searcher
from search_service.web.shortlist_export import (
    MAX_CELL,
    is_formula,
    shortlist_csv,
    shortlist_json,
    shortlist_xlsx,
)
from tests.search_service.conftest import IDS, ODD

BASE = "https://rete.example"
NASTY = (
    "=1+1",
    "+39 051 123456",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\ufeff=1",
    "\u200f=cmd|' /C calc'!A0",
    ' \n =HYPERLINK("https://x.example")',
    "＝1",
    "#N/A",
    "1e5",
    "<script>alert(1)</script>",
    "\"citata\"; con 'apici'",
    "{{7*7}} ${7*7}",
    "👩🏽‍🚀 emoji",
    "\u202eابج\u202c",
    "due\nrighe",
    "due\r\nrighe",
    "nulla\x00\x01\ufffe",
    "a,=1+1",
    'a|"-2\n\n @b',
)
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))


ITALIAN, ENGLISH = words_in("it"), words_in("en")


def shortlist_of(name: str, text: str = "Facciamo siti.", title: str = "Titolo") -> Shortlist:
    organisation = Organisation("a/b", name, competencies=(text,), members=12, contacts=(text,))
    document = Document(
        "x y.pdf", "x y.pdf", DocumentKind.CASE_STUDY, title, "it", "", period=Period.parse("2024")
    )
    passage = Passage("x#1", document.id, 1, text, "", (), 7, (organisation.id,), "it")
    evidence = Evidence(passage, document, Proof.DEMONSTRATED, 1.0, 0, Components())
    hit = OrganisationHit(organisation, 1, 1.0, None, (evidence,), 0.51234)
    answer = Answer(Query("siti?", "siti", "it"), "g1", (hit,), 1)
    return Shortlist(
        "g1",
        (Pick(organisation, (), hit, competencies=names_of(organisation, Linker.load())),),
        (),
        0,
        answer,
    )


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def sheet(data: bytes, name: str) -> Worksheet:
    found = load_workbook(io.BytesIO(data))[name]
    assert isinstance(found, Worksheet)
    return found


def kept(text: str) -> str:
    """The text without what XML cannot hold."""
    allowed = "\t\n\r"
    return "".join(
        c
        for c in text
        if (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff") or c in allowed
    )


# --- nothing is run, nothing is lost ---------------------------------------------------------


@pytest.mark.parametrize("text", NASTY[:10])
def test_what_looks_like_a_formula_is_known(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize("text", ["", "a=1", "'=1", "1-2", "#N/A", "<b>", "è +", "(+39) 051"])
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    assert not is_formula(text)


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_csv_gives_back_what_was_written(name: str, text: str) -> None:
    (row,) = read_csv(shortlist_csv(shortlist_of(name, text), ITALIAN, BASE))
    for cell, written in ((row["Cooperativa"], name), (row["Brano migliore"], text)):
        assert not is_formula(cell)
        assert not cells_taken_for_formulas(cell)
        if not cells_taken_for_formulas(written):
            assert cell == (f"'{written}" if is_formula(written) else written)
        assert cell.replace("'", "") == written.replace("'", "")


def cells_taken_for_formulas(text: str) -> list[str]:
    """What a spreadsheet that separates by something else than ``;`` would run inside a text."""
    pieces = re.split(r"[,;|\t\r\n]", text.replace('"', ""))
    return [piece for piece in pieces[1:] if is_formula(piece)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("siti,=1+1", "siti,'=1+1"),
        ("siti, =HYPERLINK(1)|@a", "siti, '=HYPERLINK(1)|'@a"),
        ('siti,"=1"\t-2', "siti,\"'=1\"\t'-2"),
        ("Soci, 3-4; c++, e-mail", "Soci, 3-4; c++, e-mail"),
    ],
)
def test_no_other_separator_makes_a_formula(text: str, told: str) -> None:
    (row,) = read_csv(shortlist_csv(shortlist_of("A", text), ITALIAN, BASE))
    assert row["Brano migliore"] == told


@given(TEXTS, TEXTS)
@settings(max_examples=40, deadline=None)
def test_xlsx_gives_back_what_was_written(name: str, text: str) -> None:
    data = shortlist_xlsx(shortlist_of(name, text), ITALIAN, BASE)
    assert "<f>" not in zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    row = sheet(data, "Prove")[2]
    for cell, written in ((row[0], name), (row[5], text)):
        assert (cell.value or "") == kept(written)
        assert cell.data_type == ("s" if kept(written) else "inlineStr")
        assert cell.quotePrefix == is_formula(kept(written))


@given(TEXTS, TEXTS)
@settings(max_examples=150, deadline=None)
def test_json_gives_back_what_was_written(name: str, text: str) -> None:
    (organisation,) = json.loads(shortlist_json(shortlist_of(name, text), BASE))["organisations"]
    assert organisation["name"] == name
    assert organisation["evidence"][0]["text"] == text


@pytest.mark.parametrize("letter", ["a", "😀"])
def test_a_text_longer_than_a_cell_is_cut(letter: str) -> None:
    shortlist = shortlist_of("A", letter * (MAX_CELL + 1))
    (row,) = read_csv(shortlist_csv(shortlist, ITALIAN, BASE))
    in_xlsx = sheet(shortlist_xlsx(shortlist, ITALIAN, BASE), "Prove")["F2"].value
    for cell in (row["Brano migliore"], in_xlsx):
        assert isinstance(cell, str)
        assert cell[-2:] == f"{letter}…"
        assert MAX_CELL - 1 <= len(cell.encode("utf-16-le")) // 2 <= MAX_CELL


def test_a_long_formula_is_cut_with_its_apostrophe() -> None:
    (row,) = read_csv(shortlist_csv(shortlist_of("A", "=" * MAX_CELL), ITALIAN, BASE))
    assert (row["Brano migliore"][:2], len(row["Brano migliore"])) == ("'=", MAX_CELL)


def test_half_a_surrogate_stops_nobody() -> None:
    shortlist = shortlist_of("a\ud800b")
    assert read_csv(shortlist_csv(shortlist, ITALIAN, BASE))[0]["Cooperativa"] == "a?b"
    assert sheet(shortlist_xlsx(shortlist, ITALIAN, BASE), "Cooperative")["A2"].value == "ab"
    assert json.loads(shortlist_json(shortlist, BASE))["organisations"][0]["name"] == "a?b"


# --- what is in them ---------------------------------------------------------------------------


def picked(searcher: Searcher) -> Shortlist:
    picks = [IDS.bussola, IDS.senzasede, "nessuno"]
    query = searcher.understand("archivi dei musei")
    return Shortlist.of(searcher.generation, picks, answer_for(searcher, query, picks))


def test_csv_is_as_italian_spreadsheets_want_it(searcher: Searcher) -> None:
    data = shortlist_csv(picked(searcher), ITALIAN, BASE)
    assert data.startswith(b'\xef\xbb\xbf"Cooperativa";"Avvertenze";')
    assert data.count(b"\r\n") == 4
    first, second, missing = read_csv(data)
    assert first["Cooperativa"] == "Bussola"
    assert first["Avvertenze"] == "dato inventato"
    assert first["Sede"] == "Bologna (BO)"
    assert first["Partita IVA"] == "IT01114601006"
    assert first["Documento del brano"] == "Dati e musei"
    assert first["Indirizzo del documento"] == (
        f"{BASE}/documents/case_studies/citt%C3%A0%20d%27arte%20%231%2050%25.md#p1"
    )
    assert first["Scheda"] == f"{BASE}/organisations/it01114601006"
    assert second["Cooperativa"] == "Senzasede"
    assert list(missing.values())[:3] == ["nessuno", "non è più presente", ""]


def test_without_evidence_the_columns_stay_in_their_place() -> None:
    bare = Shortlist("g1", (Pick(Organisation("a", "A"), ()),), (), 0, None)
    (row,) = read_csv(shortlist_csv(bare, ITALIAN, BASE))
    assert (row["Brano migliore"], row["Scheda"]) == ("", f"{BASE}/organisations/a")
    assert json.loads(shortlist_json(bare, BASE))["question"] is None
    assert sheet(shortlist_xlsx(bare, ITALIAN, BASE), "Prove").max_row == 1


def test_xlsx_has_a_sheet_of_organisations_and_one_of_evidence() -> None:
    shortlist = shortlist_of("Bussola", "https://bussola.example/a", "=Titolo")
    data = shortlist_xlsx(shortlist, ITALIAN, BASE)
    assert load_workbook(io.BytesIO(data)).sheetnames == ["Cooperative", "Prove"]
    organisations, evidence = sheet(data, "Cooperative"), sheet(data, "Prove")
    headings = [cell.value for cell in organisations[1]]
    members = organisations.cell(2, headings.index("Soci lavoratori") + 1)
    assert (members.value, members.data_type) == (12, "n")
    assert [cell.value for cell in evidence[2]] == [
        "Bussola",
        "dimostrato",
        "=Titolo",
        "2024",
        7,
        "https://bussola.example/a",
        f"{BASE}/documents/x%20y.pdf#p1",
        None,
    ]
    for table in (organisations, evidence):
        assert table.freeze_panes == "B2"
        assert all(cell.font.bold for cell in table[1])
        assert not table["A2"].font.bold
    assert evidence.column_dimensions["F"].width > evidence.column_dimensions["E"].width > 10
    assert evidence["G2"].hyperlink is not None
    assert evidence["G2"].hyperlink.target == f"{BASE}/documents/x%20y.pdf#p1"
    assert evidence["A2"].hyperlink is None


def test_headings_and_own_words_are_translated_and_data_is_not() -> None:
    shortlist = shortlist_of("Prove", "Sede")
    (row,) = read_csv(shortlist_csv(shortlist, ENGLISH, BASE))
    assert row["Cooperative"] == "Prove"
    assert (row["Evidence"], row["Competencies"]) == ("demonstrated", "Sede")
    assert load_workbook(io.BytesIO(shortlist_xlsx(shortlist, ENGLISH, BASE))).sheetnames == [
        "Cooperatives",
        "Evidence",
    ]


def test_json_is_as_documented(searcher: Searcher) -> None:
    told = json.loads(shortlist_json(picked(searcher), BASE))
    assert (told["question"], told["generation"]) == ("archivi dei musei", searcher.generation.id)
    assert (told["missing"], told["left_out"]) == (["nessuno"], 0)
    first = told["organisations"][0]
    assert first["seat"] == {"id": "comune:037006", "name": "Bologna", "label": "Bologna (BO)"}
    assert first["evidence"][0]["document"] == ODD
    assert first["evidence"][0]["date"] == "2024-05"
    assert first["evidence"][0]["proof"] == "demonstrated"
    assert first["documents"][0]["role"] == "author"
    assert first["documents"][0]["url"].startswith(f"{BASE}/documents/case_studies/citt%C3%A0")
    assert (set(told) | set(first)) - {fact.key for fact in ORGANISATION_FACTS} <= set(
        (shortlist_json.__doc__ or "").replace('"', " ").replace(",", " ").split()
    )
