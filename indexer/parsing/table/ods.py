"""Registers in OpenDocument spreadsheets: values by calamine, what is hidden from the XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from lxml import etree

from indexer.domain import ParsedText
from indexer.parsing.markup import office_side_texts
from indexer.parsing.table import calamine
from indexer.parsing.table.layout import LAST, SheetLayout
from indexer.parsing.table.register import read_sheets
from indexer.text.restriction_words import visibility_notes

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_HIDDEN = frozenset({"collapse", "filter"})


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """One text for each row of each sheet that has a column for names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("content.xml")
    layouts = dict(_layouts(content))
    notes = visibility_notes(*office_side_texts(data))
    return read_sheets(calamine.sheets(data, layouts), notes)


def _layouts(content: bytes) -> Iterator[tuple[str, SheetLayout]]:
    """The name and the layout of each sheet, table by table."""
    source = io.BytesIO(content)
    events = etree.iterparse(
        source, tag=f"{_TABLE}table", resolve_entities=False, no_network=True, huge_tree=False
    )
    for _, table in events:
        yield table.get(f"{_TABLE}name") or "", _layout(table)
        table.clear()


def _layout(table: etree._Element) -> SheetLayout:
    found = SheetLayout()
    column = 1
    for element in table.iter(f"{_TABLE}table-column"):
        count = _repeated(element, "columns")
        if element.get(f"{_TABLE}visibility") in _HIDDEN:
            found.hidden_columns.update(range(column, column + count))
        column += count
    number = 1
    for row in table.iter(f"{_TABLE}table-row"):
        count = _repeated(row, "rows")
        if row.get(f"{_TABLE}visibility") in _HIDDEN:
            found.hidden_rows.update(range(number, number + count))
        found.merged += _merged(row, number)
        number += count
    return found


def _merged(row: etree._Element, number: int) -> Iterator[tuple[int, int, int, int]]:
    """The merged cells that begin in a row: first column and row, last ones."""
    column = 1
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        down = int(cell.get(f"{_TABLE}number-rows-spanned") or 1)
        across = int(cell.get(f"{_TABLE}number-columns-spanned") or 1)
        if down > 1 or across > 1:
            yield column, number, column + across - 1, number + down - 1
        column += _repeated(cell, "columns")


def _repeated(element: etree._Element, what: str) -> int:
    """For how many rows or columns an element stands; no sheet has more than ``LAST``."""
    return min(int(element.get(f"{_TABLE}number-{what}-repeated") or 1), LAST)
