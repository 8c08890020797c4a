"""Spreadsheets read by calamine: the second reader for XLSX, and the one for ODS."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, time

from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from indexer.parsing.table.layout import SheetLayout, laid_out, with_hidden
from indexer.parsing.table.rows import RegisterRow, Sheet, check_columns, check_rows, is_blank

_NO_LAYOUTS: Mapping[str, SheetLayout] = {}


def sheets(data: bytes, layouts: Mapping[str, SheetLayout] = _NO_LAYOUTS) -> list[Sheet]:
    """The sheets that people see; of the others it is told that they are there.

    Args:
        data: The file.
        layouts: What is hidden and merged, by the sheet's name. Where a sheet has none, calamine
            tells its merged cells, and nothing of what is hidden.
    """
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        shown, hidden = [], []
        for about in workbook.sheets_metadata:
            rows, merged = _rows(workbook, about.name)
            if about.visible is not SheetVisibleEnum.Visible:
                hidden.append((about.name, rows))
            elif rows:
                layout = layouts.get(about.name) or SheetLayout(merged=merged)
                shown.append(laid_out(about.name, rows, layout))
    return with_hidden(shown, hidden)


def _rows(
    workbook: CalamineWorkbook, title: str
) -> tuple[list[RegisterRow], list[tuple[int, int, int, int]]]:
    """The rows that hold something, and the merged cells: first column and row, last ones."""
    sheet = workbook.get_sheet_by_name(title)
    rows: list[RegisterRow] = []
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), 1):
        row = RegisterRow(number, [_value(cell) for cell in cells])
        if is_blank(row):
            continue
        check_columns(title, row)
        rows.append(row)
        check_rows(len(rows) - 1)
    merged = [
        (left + 1, top + 1, right + 1, bottom + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    ]
    return rows, merged


def _value(cell: object) -> object:
    """A cell as people see it: no ".0" after a whole number, no midnight after a date."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime) and cell.time() == time.min:
        return cell.date()
    if isinstance(cell, str):
        return unescape(cell) or None
    return cell
