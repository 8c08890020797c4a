"""Registers in Excel workbooks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.markup import office_side_texts
from indexer.parsing.table.rows import (
    RegisterRow,
    check_rows,
    find_header,
    is_blank,
    no_rows,
    read_rows,
    side_texts,
    visibility_columns,
    with_warnings,
)
from indexer.parsing.table.xlsx_hidden import fill_hidden_cells
from indexer.text.restriction_words import visibility_notes

MAX_COLUMNS = 200
_PADDED = re.compile(r"0{2,}")


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """One text for each row of each sheet that has a column for names."""
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sheets = [
            (sheet.title, _with_unseen(sheet, list(_rows(sheet))))
            for sheet in workbook.worksheets
            if isinstance(sheet, ReadOnlyWorksheet)
        ]
    finally:
        workbook.close()
    sheets = [(title, rows) for title, rows in sheets if rows]
    registers = [title for title, rows in sheets if find_header(rows) is not None]
    # A workbook of one sheet is a register even if its names are in a column called otherwise.
    wanted = registers or [title for title, _ in sheets[:1]]
    texts: list[ParsedText] = []
    warnings = [
        f"sheet '{title}' was not read: it has no column called name, nome or title"
        for title, _ in sheets
        if title not in wanted
    ]
    notes = [*visibility_notes(*office_side_texts(data))]
    for title, rows in sheets:
        header = (find_header(rows) or 0) if title in wanted else len(rows)
        notes += side_texts(rows[:header])
        if title in wanted:
            texts.extend(read_rows(rows[header], rows[header + 1 :]))
    if not texts:
        raise no_rows()
    return with_warnings([replace(text, side_texts=tuple(notes)) for text in texts], warnings)


def _rows(sheet: ReadOnlyWorksheet) -> Iterator[RegisterRow]:
    """Yield the rows that hold something."""
    sheet.reset_dimensions()  # what the file declares is often wrong
    count = 0
    for number, cells in enumerate(sheet.rows, 1):
        if all(cell.value is None for cell in cells):
            continue  # spreadsheets keep many thousands of rows that are only formatted
        row = RegisterRow(number, [_value(cell) for cell in cells])
        if is_blank(row):
            continue
        if not is_blank(RegisterRow(number, row.cells[MAX_COLUMNS:])):
            raise UnreadableFileError(
                Reason.TOO_LARGE,
                f"Sheet '{sheet.title}' has more than {MAX_COLUMNS} columns.",
                remedy="Keep the columns that describe a cooperative.",
            )
        count += 1
        check_rows(count - 1)
        yield row


def _with_unseen(sheet: ReadOnlyWorksheet, rows: list[RegisterRow]) -> list[RegisterRow]:
    """The rows as wide as their header and, where it says who may see them, with all that says."""
    if not rows:
        return rows
    header = rows[find_header(rows) or 0]
    columns = visibility_columns(header)
    if columns:
        with sheet._get_source() as source:  # type: ignore[attr-defined]  # not in its stubs
            rows = fill_hidden_cells(rows, columns, source)
    empty = [None] * len(header.cells)
    return [RegisterRow(row.number, [*row.cells, *empty[len(row.cells) :]]) for row in rows]


def _value(cell: Cell | ReadOnlyCell | EmptyCell | MergedCell) -> object:
    """Return a cell as people see it: no ".0" after a whole number, no midnight after a date."""
    value = cell.value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        # A VAT number shown as 01234567890 may be kept as a number with a format of zeros.
        pattern = str(cell.number_format or "")
        return str(value).zfill(len(pattern)) if _PADDED.fullmatch(pattern) else value
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date()
    if isinstance(value, str) and cell.data_type == "e":
        return None
    return value
