"""Registers as people keep them: everyday headers, merged cells, totals, what is hidden."""

from __future__ import annotations

import datetime
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from indexer.domain import ParsedText
from indexer.parsing import parse_file
from indexer.parsing.table.columns import read_header
from indexer.parsing.table.rows import RegisterRow
from indexer.text.field_names import COLUMNS, FIELDS, column_of, nearest_field

INPUTS = Path(__file__).parent / "registers"


def read(name: str) -> tuple[ParsedText, ...]:
    return parse_file(name, (INPUTS / name).read_bytes())


def saved(book: Workbook) -> tuple[ParsedText, ...]:
    made = io.BytesIO()
    book.save(made)
    return parse_file("a.xlsx", made.getvalue())


def sheet_of(*rows: list[object]) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    return book, sheet


def named(rows: tuple[ParsedText, ...]) -> list[object]:
    return [row.metadata.get("name") for row in rows]


# --- headers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("Comune", "town"),
        ("CITTÀ", "town"),
        ("Prov.", "province"),
        ("Regione", "region"),
        ("Indirizzo", "address"),
        ("C.A.P.", "postcode"),
        ("Attività", "activities"),
        ("Servizi offerti", "activities"),
        ("Parole chiave", "activities"),
        ("Descrizione", "text"),
        ("Note", "text"),
        ("N. soci", "members"),
        ("N° soci", "members"),
        ("Numero dei soci", "members"),
        ("Number of members", "members"),
        ("Addetti", "employees"),
        ("E-mail", "contacts"),
        ("PEC", "contacts"),
        ("Tel.", "contacts"),
        ("Referente", "contact_people"),
        ("Sito internet", "website"),
        ("Settore", "sectors"),
        ("Codice ATECO", "sectors"),
        ("Certificazioni", "certifications"),
        ("P. I.V.A.", "vat"),
        ("Ragione sociale (completa)", "name"),
        ("Headquarters", "seat"),
        ("Rif. int.", None),
    ],
)
def test_everyday_headers_are_understood(header: str, meaning: str | None) -> None:
    assert column_of(header) == meaning


@given(
    st.sampled_from(sorted({s for table in (FIELDS, COLUMNS) for s in table.values()})), st.data()
)
@settings(max_examples=50, deadline=None)
def test_case_accents_and_punctuation_of_a_header_do_not_matter(
    spellings: str, data: st.DataObject
) -> None:
    spelling = data.draw(st.sampled_from([s.strip() for s in spellings.split(";")]))
    meaning = column_of(spelling)
    assert meaning is not None
    for written in (spelling.upper(), spelling.title(), f" {spelling}. ", f"{spelling}:"):
        assert column_of(written) == meaning


def test_no_name_is_written_in_the_table_for_two_fields() -> None:
    spellings = [
        s.strip() for table in (FIELDS, COLUMNS) for t in table.values() for s in t.split(";")
    ]
    assert len(spellings) == len(set(spellings))


def test_an_abbreviation_and_a_slip_are_guessed_at() -> None:
    assert nearest_field("Sede op.", column=True) == "works_in"
    assert nearest_field("Certificazzioni", column=True) == "certifications"
    assert nearest_field("Rif. int.", column=True) == ""


def test_unknown_columns_stay_text_under_their_names_and_are_told_in_one_line() -> None:
    csv = "Cooperativa;Rif. int.;Sede op.\nCalicanto;12/A;Rovigo\nRobinia;13/B;Adria\n"
    first, second = parse_file("a.csv", csv.encode())
    assert [block.text for block in first.blocks] == ["Rif. int.: 12/A\nSede op.: Rovigo"]
    assert first.warnings == (
        "2 columns not recognised: «Rif. int.» (kept as text), "
        "«Sede op.» (kept as text; perhaps works_in?) · 2 rows",
    )
    assert second.warnings == ()


def test_a_long_cell_is_a_section_under_its_columns_name() -> None:
    story = "Nel 2010 nove tecnici rilevano il laboratorio. " * 4
    (row,) = parse_file("a.csv", f"nome;Come è nata\nRobinia;{story}\n".encode())
    assert [block.headings for block in row.blocks] == [("Come è nata",)]


def test_activities_are_competencies_where_listed_and_prose_elsewhere() -> None:
    csv = (
        "nome;Attività;Parole chiave\nRobinia;Cablaggi, reti in fibra;wifi\n"
        "Acero;Posiamo reti per le scuole e i comuni della provincia.;\n"
    )
    first, second = parse_file("a.csv", csv.encode())
    assert first.metadata["competencies"] == "Cablaggi, reti in fibra | wifi"
    assert "competencies" not in second.metadata
    assert second.blocks[0].text.startswith("Posiamo reti")


def test_a_persons_first_name_is_not_the_cooperatives() -> None:
    (row,) = parse_file("a.csv", b"Nome;Cognome;Cooperativa\nAnna;Rossi;Robinia\n")
    assert row.metadata == {"contact_people": "Anna | Rossi", "name": "Robinia"}


def test_two_names_are_a_name_and_another() -> None:
    columns = read_header(RegisterRow(1, ["Ragione sociale", "Nome", "Cooperativa"]))
    assert [column.meaning for column in columns] == ["name", "aliases", "cooperatives"]


def test_the_row_with_most_known_names_is_the_header() -> None:
    (row,) = parse_file(
        "a.csv", b"Nome della lista;;\nElenco;;\nDenominazione;Comune;Prov.\nRobinia;Adria;RO\n"
    )
    assert row.metadata == {"name": "Robinia", "town": "Adria", "province": "RO"}


# --- rows that are nobody's ----------------------------------------------------------------------


def test_totals_notes_and_sources_are_no_cooperatives() -> None:
    rows = read("total.xlsx")
    assert named(rows) == ["Calicanto", "Robinia"]
    (told,) = rows[0].warnings
    assert "«Totale» (row 4), «Fonte: elaborazione" in told
    assert "«* in liquidazione» (row 7)" in told


@pytest.mark.parametrize(
    "line",
    [
        "Totali;;21",
        "TOTALE SOCI;;21",
        "Media;;10,5",
        ";;",
        "Dati aggiornati al 31/12/2024;;",
        "N.B.: i dati sono del 2023;;",
        "(*) in liquidazione;;",
        "\nCompilato da Anna;;",
        "Denominazione;Comune;Soci",
        "PROVINCIA DI ROVIGO;;",
    ],
)
def test_other_lines_under_a_register(line: str) -> None:
    csv = f"Denominazione;Comune;Soci\nCalicanto;Rovigo;12\nRobinia;Padova;9\n{line}\n"
    assert named(parse_file("a.csv", csv.encode())) == ["Calicanto", "Robinia"]


def test_a_row_with_a_name_alone_is_a_cooperative() -> None:
    rows = parse_file("a.csv", b"nome;sede;soci\nTotem;;\nMedia Lab;Adria;3\nNota Bene;;\n")
    assert named(rows) == ["Totem", "Media Lab", "Nota Bene"]


def test_a_province_between_rows_is_that_of_the_rows_below() -> None:
    csv = "Denominazione;Comune\nProvincia di Pisa;\nRobinia;Crespina\nTOSCANA;\nAcero;Prato\n"
    first, second = parse_file("a.csv", csv.encode())
    assert first.metadata["region"] == "Provincia di Pisa"
    assert second.metadata["region"] == "TOSCANA"


# --- workbooks -----------------------------------------------------------------------------------


def test_a_column_named_cooperativa_is_the_name() -> None:
    rows = read("noname.xlsx")
    assert [dict(row.metadata) for row in rows] == [
        {"name": "Calicanto", "town": "Rovigo", "competencies": "siti"},
        {"name": "Robinia", "town": "Padova", "competencies": "reti"},
    ]


def test_formulas_without_a_value_are_told() -> None:
    rows = read("formula.xlsx")
    assert named(rows) == [None, "Robinia"]
    (told,) = rows[0].warnings
    assert told.startswith("«nome» (row 2), «sede» (row 2), «competenze» (row 2): formulas")


def test_an_error_is_told() -> None:
    book, sheet = sheet_of(["nome", "sede"], ["Robinia", "#REF!"])
    sheet["B2"].data_type = "e"
    (row,) = saved(book)
    assert row.metadata == {"name": "Robinia"}
    assert row.warnings == ("«sede» (row 2): errors instead of values: mend the formulas",)


def test_a_merged_cell_holds_for_all_its_rows() -> None:
    rows = read("merged.xlsx")
    assert [row.metadata["seat"] for row in rows] == ["Rovigo"] * 3
    assert [row.metadata["competencies"] for row in rows] == ["siti", "reti", "reti"]


def test_a_cell_merged_across_columns_holds_for_the_first() -> None:
    book, sheet = sheet_of(["nome", "sede", "note"], ["Robinia", "Padova", None], ["Acero", None])
    sheet.merge_cells("B2:C3")
    assert [dict(row.metadata) for row in saved(book)] == [
        {"name": "Robinia", "seat": "Padova"},
        {"name": "Acero", "seat": "Padova"},
    ]


@pytest.mark.parametrize("name", ["fontfamily.xlsx", "strict.xlsx"])
def test_a_workbook_that_the_first_reader_refuses_is_read_by_the_second(name: str) -> None:
    first = read(name)[0]
    assert first.metadata == {"name": "Calicanto", "seat": "Rovigo", "competencies": "siti"}


def test_escaped_characters_are_characters() -> None:
    (row,) = read("x000d.xlsx")
    text = "\n".join(block.text for block in row.blocks)
    assert text.split("\n") == ["RIGA1", "riga due", "riga tre"]


def test_what_is_hidden_is_not_published_and_told() -> None:
    rows = read("hidden.xlsx")
    assert named(rows) == ["Calicanto"]
    assert not rows[0].blocks
    assert [told.partition(" were")[0] for told in rows[0].warnings] == [
        "hidden rows",
        "hidden columns",
        "hidden sheets",
    ]
    assert rows[0].warnings[-1].endswith(": «Vecchi»")


def test_a_hidden_column_still_says_who_sees_a_row() -> None:
    book, sheet = sheet_of(["nome", "visibilità", "nota"], ["Acero", "soci", "riservato ai soci"])
    sheet.column_dimensions["B"].hidden = True
    sheet.column_dimensions["C"].hidden = True
    (row,) = saved(book)
    assert row.metadata == {"name": "Acero", "visibility": "soci"}
    assert row.side_texts == ("riservato ai soci",)


def test_a_year_or_a_day_may_be_the_name_of_a_column() -> None:
    book, sheet = sheet_of(
        ["nome", "sede", 2024, datetime.date(2025, 6, 30), 0.5],
        ["Acero", "Bologna", 12, 14, "x"],
    )
    assert sheet.max_column == 5
    (row,) = saved(book)
    assert [block.text for block in row.blocks] == ["2024: 12\n2025-06-30: 14\n0.5: x"]
    (told,) = row.warnings
    assert "«2024» (kept as text), «2025-06-30» (kept as text)" in told


def test_numbers_are_as_their_formats_show_them() -> None:
    book, sheet = sheet_of(
        ["nome", "CAP", "Donne", "ATECO", "Iscritta dal", "Attiva"],
        ["Acero", 137, 0.455, 62.1, datetime.datetime(2020, 1, 2), True],
    )
    sheet["B2"].number_format = "00000"
    sheet["C2"].number_format = "0.0%"
    sheet["D2"].number_format = "00.00"
    (row,) = saved(book)
    assert row.metadata["postcode"] == "00137"
    assert row.metadata["sectors"] == "62.10"
    assert [block.text for block in row.blocks] == [
        "Donne: 45.5%\nIscritta dal: 2020-01-02\nAttiva: sì"
    ]


def test_every_sheet_with_a_header_is_read() -> None:
    book, _ = sheet_of(["Nome", "Sede"], ["Acero", "Pisa"])
    other = book.create_sheet("Consorzi")
    other.append(["Ragione sociale", "Rif."])
    other.append(["Tiglio", "x"])
    rows = saved(book)
    assert named(rows) == ["Acero", "Tiglio"]
    assert rows[0].warnings == (
        "sheet «Consorzi»: 1 column not recognised: «Rif.» (kept as text) · 1 row",
    )
