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
        (2, {"nome": "Rete Uno", "città": "Forlì", "soci": "12"}),
        (3, {"nome": "Rete Due"}),
    ]


def test_a_comma_inside_cells_is_not_the_delimiter() -> None:
    text = "name;competencies\nUno;dati, reti, cloud\nDue;web, app, iot\n"
    assert rows_of(text)[0] == (2, {"name": "Uno", "competencies": "dati, reti, cloud"})


def test_one_column_and_the_line_of_excel() -> None:
    assert rows_of("nome\nUno\nDue\n") == [(2, {"nome": "Uno"}), (3, {"nome": "Due"})]
    assert rows_of("sep=;\r\nnome;x\r\nUno;1\r\n") == [(2, {"nome": "Uno", "x": "1"})]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    text = 'nome,note\n"Uno","a\nb"\n\n,\nDue,c\n'
    assert rows_of(text) == [
        (2, {"nome": "Uno", "note": "a\nb"}),
        (5, {"nome": "Due", "note": "c"}),
    ]


@pytest.mark.parametrize("column", ["text", "Testo", " DESCRIPTION ", "descrizione", "body"])
def test_free_text_becomes_blocks(column: str) -> None:
    (row,) = parse_file("a.csv", f'nome,{column}\nUno,"primo\n\nsecondo"\n'.encode())
    assert row.metadata == {"nome": "Uno"}
    assert [block.text for block in row.blocks] == ["primo", "secondo"]


def test_columns_with_one_name_are_refused() -> None:
    with pytest.raises(UnreadableFileError) as raised:
        parse_file("a.csv", b"nome,sede, Sede \nUno,a,b\n")
    assert raised.value.reason is Reason.BAD_METADATA
    assert "'sede'" in raised.value.message


def test_what_is_left_out_is_said() -> None:
    first, second = parse_file("a.csv", b"nome,,sede\nUno,x,Bologna\nDue,y,Roma,z,\n")
    assert first.metadata == {"nome": "Uno", "sede": "Bologna"}
    assert first.warnings == ("columns without a name were not read: 2",)
    assert second.warnings == ("row 3: 1 more cells than column names; they were not read",)


def test_a_quote_never_closed_is_said() -> None:
    rows = parse_file("a.csv", b'nome,note\nUno,a\nDue,"b\nTre,c\n')
    assert rows[0].metadata == {"nome": "Uno", "note": "a"}
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
        "nome": "Uno",
        "vat": 1234567890,
        "soci": 12,
        "quota": 1.5,
        "dal": datetime.date(2020, 1, 2),
        "attiva": True,
    }
    assert isinstance(first.metadata["vat"], int)
    assert second.metadata == {
        "nome": "Due",
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
    assert [row.metadata for row in rows] == [{"name": "Uno"}, {"titolo": "Due"}]
    assert rows[0].warnings == (
        "sheet 'Sheet' was not read: it has no column called name, nome or title",
    )


def test_a_title_above_the_header_and_a_sheet_with_other_names() -> None:
    (row,) = read_book([["Elenco 2024"], [], ["Nome", "Sede"], ["Uno", "Bologna"]])
    assert (row.row, row.metadata) == (4, {"nome": "Uno", "sede": "Bologna"})
    (row,) = read_book([["cooperativa", "sede"], ["Uno", "Bologna"]])
    assert row.metadata == {"cooperativa": "Uno", "sede": "Bologna"}


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
    assert near.metadata == {"nome": "Uno"}
    assert (far.row, far.metadata) == (1048576, {"nome": "lontano"})
    with pytest.raises(UnreadableFileError) as raised:
        read_book([["nome", *[f"c{number}" for number in range(300)]], ["Uno"]])
    assert raised.value.reason is Reason.TOO_LARGE


def test_an_empty_workbook_is_empty() -> None:
    with pytest.raises(UnreadableFileError) as raised:
        read_book([])
    assert raised.value.reason is Reason.EMPTY
