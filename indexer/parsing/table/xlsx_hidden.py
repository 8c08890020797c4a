"""What a sheet holds that its cells do not show: merged ones below the first, formulas, errors.

Only looked for where it matters: in the columns with the visibility of a row.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from lxml import etree
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries

from indexer.parsing.table.rows import RegisterRow, has_value

_LAST = 1 << 20  # row of a sheet; columns are fewer
_UNSHOWN = "a formula or an error, without a value"


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Cells (row and column, from 1) with a formula or an error; merged ones as openpyxl bounds
    them: first column and row, last column and row.
    """

    computed: frozenset[tuple[int, int]]
    merged: tuple[tuple[int, int, int, int], ...]


def fill_hidden_cells(
    rows: Sequence[RegisterRow], columns: Iterable[int], sheet: BinaryIO
) -> list[RegisterRow]:
    """The rows, their empty cells filled with what the sheet holds but does not show.

    A merged cell's value goes to each of its rows. A formula without a stored result, and an error,
    become words that say so.

    Args:
        rows: The register's rows as they were read.
        columns: Which columns are filled, counted from 0.
        sheet: The worksheet's XML.
    """
    unseen = _read(sheet, {column + 1 for column in columns})
    cells = {row.number: list(row.cells) for row in rows}
    for number, column in unseen.computed:
        if number in cells:
            _fill(cells[number], column - 1, _UNSHOWN)
    numbers = [row.number for row in rows]
    for left, top, right, bottom in unseen.merged:
        above = cells.get(top, [])
        value = above[left - 1] if left <= len(above) else None
        for number in numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]:
            for column in columns:
                if left <= column + 1 <= right:
                    _fill(cells[number], column, value)
    return [RegisterRow(row.number, cells[row.number]) for row in rows]


def _fill(cells: list[object], column: int, value: object) -> None:
    cells.extend([None] * (column + 1 - len(cells)))
    if not has_value(cells[column]):
        cells[column] = value


def _read(sheet: BinaryIO, columns: set[int]) -> _Unseen:
    computed: set[tuple[int, int]] = set()
    merged: list[tuple[int, int, int, int]] = []
    number = 0
    events = etree.iterparse(
        sheet, tag=("{*}row", "{*}mergeCell"), resolve_entities=False, no_network=True
    )
    for _, element in events:
        if etree.QName(element).localname == "mergeCell":
            left, top, right, bottom = range_boundaries(element.get("ref") or "")
            bounds = (left or 1, top or 1, right or _LAST, bottom or _LAST)  # "C:C" has no rows
            if any(bounds[0] <= column <= bounds[2] for column in columns):
                merged.append(bounds)
        else:
            number = int(element.get("r") or number + 1)
            computed |= {(number, column) for column in _computed(element) if column in columns}
        element.clear()
        while element.getprevious() is not None:  # nothing read so far stays in memory
            del element.getparent()[0]
    return _Unseen(frozenset(computed), tuple(merged))


def _computed(row: etree._Element) -> Iterator[int]:
    """The columns (from 1) of a row's cells that hold a formula or an error."""
    column = 0
    for cell in row.iterchildren("{*}c"):
        at = cell.get("r")
        column = column_index_from_string(coordinate_from_string(at)[0]) if at else column + 1
        if cell.get("t") == "e" or cell.find("{*}f") is not None:
            yield column
