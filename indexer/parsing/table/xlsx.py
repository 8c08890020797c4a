"""Registers in Excel workbooks."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime, time

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from indexer.domain import ParsedText
from indexer.parsing.markup import office_side_texts
from indexer.parsing.table import calamine
from indexer.parsing.table.layout import laid_out, with_hidden
from indexer.parsing.table.register import read_sheets
from indexer.parsing.table.rows import RegisterRow, Sheet, check_columns, check_rows, is_blank
from indexer.parsing.table.xlsx_layout import read_layout
from indexer.text.restriction_words import visibility_notes

_PADDED = re.compile(r"0{2,}")
_DECIMALS = re.compile(r"0+\.(0+)")


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """One text for each row of each sheet that has a column for names."""
    notes = visibility_notes(*office_side_texts(data))
    try:
        sheets = _sheets(data)
    except (ValueError, TypeError, KeyError, AttributeError):
        sheets = []  # openpyxl refuses a workbook for a style that it does not know
    return read_sheets(sheets or calamine.sheets(data), notes)


def _sheets(data: bytes) -> list[Sheet]:
    """The sheets that people see; of the others it is told that they are there."""
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        found = [s for s in workbook.worksheets if isinstance(s, ReadOnlyWorksheet)]
        shown = [_sheet(sheet) for sheet in found if sheet.sheet_state == "visible"]
        hidden = [(s.title, list(_rows(s))) for s in found if s.sheet_state != "visible"]
    finally:
        workbook.close()
    return with_hidden([sheet for sheet in shown if sheet.rows], hidden)


def _sheet(sheet: ReadOnlyWorksheet) -> Sheet:
    rows = list(_rows(sheet))
    with sheet._get_source() as source:  # type: ignore[attr-defined]  # not in its stubs
        layout = read_layout(source)
    return laid_out(sheet.title, rows, layout)


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
        check_columns(sheet.title, row)
        count += 1
        check_rows(count - 1)
        yield row


def _value(cell: Cell | ReadOnlyCell | EmptyCell | MergedCell) -> object:
    """Return a cell as people see it: no ".0" after a whole number, no midnight after a date."""
    value = cell.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return _number(value, str(cell.number_format or ""))
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date()
    if isinstance(value, str):
        return None if cell.data_type == "e" else unescape(value)
    return value


def _number(value: float, shown_as: str) -> object:
    """A number as its format shows it: 12 % is no 0.12, and codes keep their zeros."""
    if shown_as.endswith("%"):
        return f"{value:.{len(shown_as.partition('.')[2].rstrip('%'))}%}"
    if decimals := _DECIMALS.fullmatch(shown_as):
        return f"{value:0{len(shown_as)}.{len(decimals[1])}f}"
    if not float(value).is_integer():
        return value
    # A VAT number shown as 01234567890 may be kept as a number with a format of zeros.
    return str(int(value)).zfill(len(shown_as)) if _PADDED.fullmatch(shown_as) else int(value)
