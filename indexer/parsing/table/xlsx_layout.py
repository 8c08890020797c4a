"""The XML of a worksheet of Excel: what it holds besides its values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries

from indexer.parsing.table.layout import LAST, SheetLayout

_YES = frozenset({"1", "true"})


def read_layout(sheet: BinaryIO) -> SheetLayout:
    """Read the XML of a worksheet, row by row."""
    found = SheetLayout()
    number = 0
    tags = ("{*}row", "{*}mergeCell", "{*}col")
    for _, element in etree.iterparse(sheet, tag=tags, resolve_entities=False, no_network=True):
        kind = etree.QName(element).localname
        if kind == "mergeCell":
            left, top, right, bottom = range_boundaries(element.get("ref") or "")
            # "C:C" has no rows
            found.merged.append((left or 1, top or 1, right or LAST, bottom or LAST))
        elif kind == "col":
            if element.get("hidden") in _YES:
                first, last = int(element.get("min") or 1), int(element.get("max") or 1)
                found.hidden_columns.update(range(first, min(last, first + LAST) + 1))
        else:
            number = int(element.get("r") or number + 1)
            if element.get("hidden") in _YES:
                found.hidden_rows.add(number)
            _read_cells(element, number, found)
        if kind != "col":
            element.clear()
            while element.getprevious() is not None:  # of what was read nothing stays in memory
                del element.getparent()[0]
    return found


def _read_cells(row: etree._Element, number: int, found: SheetLayout) -> None:
    for column, cell in _cells(row):
        if cell.get("t") == "e":
            found.failed.add((number, column))
        elif cell.find("{*}f") is not None:
            found.formulas.add((number, column))
            # An empty text is a value; without a value the file was never calculated.
            if cell.get("t") != "str" and not cell.findtext("{*}v"):
                found.computed.add((number, column))


def _cells(row: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    """The cells of a row with their columns, from 1."""
    column = 0
    for cell in row.iterchildren("{*}c"):
        at = cell.get("r")
        column = column_index_from_string(coordinate_from_string(at)[0]) if at else column + 1
        yield column, cell
