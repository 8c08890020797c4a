"""Registers: CSV and XLSX."""

from __future__ import annotations

import datetime
import io

import pytest
from openpyxl import Workbook

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file
from indexer.parsing.table.rows import MAX_ROWS


def rows_of(text: str, encoding: str = "utf-8") -> list[tuple[int | None, dict[str, object]]]:
    return [(row.row, dict(row.metadata)) for row in parse_file("a.csv", text.encode(encoding))]


def workbook(*sheets: list[list[object]]) -> bytes:
    book = Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet(f"Foglio{number + 1}")
        assert sheet is not None
        for row in rows:
            sheet.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def read_book(*sheets: list[list[object]]) -> tuple[ParsedText, ...]:
    return parse_file("a.xlsx", workbook(*sheets))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings(delimiter: str, encoding: str) -> None:
    text = "Nome;Città;Soci\nRete Uno;Forlì;12\nRete Due;;\n".replace(";", delimiter)
    assert rows_of(text, encoding) == [
        (2, {"name": "Rete Uno", "town": "Forlì", "members": "12"}),
        (3, {"name": "Rete Due"}),
    ]


def test_a_comma_inside_cells_is_not_the_delimiter() -> None:
    text = "name;competencies\nUno;dati, reti, cloud\nDue;web, app, iot\n"
    assert rows_of(text)[0] == (2, {"name": "Uno", "competencies": "dati, reti, cloud"})


def test_one_column_and_the_line_of_excel() -> None:
    assert rows_of("nome\nUno\nDue\n") == [(2, {"name": "Uno"}), (3, {"name": "Due"})]
    assert rows_of("sep=;\r\nnome;x\r\nUno;1\r\n") == [(2, {"name": "Uno", "x": "1"})]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    text = 'nome,sito\n"Uno","a\nb"\n\n,\nDue,c\n'
    assert rows_of(text) == [
        (2, {"name": "Uno", "website": "a\nb"}),
        (5, {"name": "Due", "website": "c"}),
    ]


@pytest.mark.parametrize("column", ["text", "Testo", " DESCRIPTION ", "descrizione", "body"])
def test_free_text_becomes_blocks(column: str) -> None:
    (row,) = parse_file("a.csv", f'nome,{column}\nUno,"primo\n\nsecondo"\n'.encode())
    assert row.metadata == {"name": "Uno"}
    assert [block.text for block in row.blocks] == ["primo", "secondo"]


def test_of_columns_with_one_name_the_second_stays_text() -> None:
    (row,) = parse_file("a.csv", b"nome,sede, Sede \nUno,Pisa,Lucca\n")
    assert row.metadata == {"name": "Uno", "seat": "Pisa", "sede": "Lucca"}
    assert [block.text for block in row.blocks] == ["Sede: Lucca"]
    assert row.warnings == (
        "1 column not recognised: «Sede» (kept as text; perhaps seat?) · 1 row",
    )


def test_what_is_left_out_is_said() -> None:
    first, second = parse_file("a.csv", b"nome,,sede\nUno,x,Bologna\nDue,y,Roma,z,\n")
    assert first.metadata == {"name": "Uno", "seat": "Bologna"}
    assert first.warnings == (
        "column 2 has no name: its cells were not read (rows 2, 3)",
        "column 4 has no name: its cells were not read (row 3)",
    )
    assert second.metadata == {"name": "Due", "seat": "Roma"}


def test_a_quote_never_closed_is_said() -> None:
    rows = parse_file("a.csv", b'nome,sede\nUno,a\nDue,"b\nTre,c\n')
    assert rows[0].metadata == {"name": "Uno", "seat": "a"}
    assert "quotes are not balanced" in rows[0].warnings[0]


def test_a_header_alone_is_empty_and_too_many_rows_are_refused() -> None:
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.csv", b"nome,sede\n,\n")
    assert raised.value.reason is Reason.EMPTY
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.csv", b"nome\n" + b"x\n" * (MAX_ROWS + 1))
    assert raised.value.reason is Reason.TOO_LARGE


def test_cells_of_a_workbook_are_what_people_see() -> None:
    first, second = read_book(
        [
            ["Nome", "vat", "Soci", "Quota", "Dal", "Alle", "Attiva"],
            ["Uno", 1234567890.0, 12, 1.5, datetime.datetime(2020, 1, 2), None, True],
            [],
            ["Due", "01234567890", None, None, None, datetime.datetime(2020, 1, 2, 9, 30), False],
        ]
    )
    assert (first.row, second.row) == (2, 4)
    assert first.metadata == {
        "name": "Uno",
        "vat": 1234567890,
        "members": 12,
        "quota": 1.5,
        "dal": datetime.date(2020, 1, 2),
        "attiva": True,
    }
    assert isinstance(first.metadata["vat"], int)
    assert second.metadata == {
        "name": "Due",
        "vat": "01234567890",
        "alle": datetime.datetime(2020, 1, 2, 9, 30),
        "attiva": False,
    }


def test_a_number_shown_with_zeros_keeps_them() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["nome", "vat"])
    sheet.append(["Uno", 1234567890])
    sheet["B2"].number_format = "00000000000"
    made = io.BytesIO()
    book.save(made)
    (row,) = parse_file("a.xlsx", made.getvalue())
    assert row.metadata["vat"] == "01234567890"


def test_sheets_without_names_are_left_out_and_said() -> None:
    rows = read_book([["note", "x"], ["a", 1]], [["name"], ["Uno"]], [["Titolo"], ["Due"]])
    assert [row.metadata for row in rows] == [{"name": "Uno"}, {"title": "Due"}]
    assert rows[0].warnings == ("sheet «Sheet» was not read: no column has a known name",)


def test_a_title_above_the_header_and_a_column_named_otherwise() -> None:
    (row,) = read_book([["Elenco 2024"], [], ["Nome", "Sede"], ["Uno", "Bologna"]])
    assert (row.row, row.metadata) == (4, {"name": "Uno", "seat": "Bologna"})
    (row,) = read_book([["cooperativa", "sede"], ["Uno", "Bologna"]])
    assert row.metadata == {"name": "Uno", "seat": "Bologna"}


def test_far_and_wide_sheets_do_not_hang() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["nome"])
    sheet.append(["Uno"])
    sheet["A1048576"] = "lontano"
    made = io.BytesIO()
    book.save(made)
    near, far = parse_file("a.xlsx", made.getvalue())
    assert near.metadata == {"name": "Uno"}
    assert (far.row, far.metadata) == (1048576, {"name": "lontano"})
    with pytest.raises(UnreadableFileError) as raised:
        read_book([["nome", *[f"c{number}" for number in range(300)]], ["Uno"]])
    assert raised.value.reason is Reason.TOO_LARGE


def test_an_empty_workbook_is_empty() -> None:
    with pytest.raises(UnreadableFileError) as raised:
        read_book([])
    assert raised.value.reason is Reason.EMPTY
