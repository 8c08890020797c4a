"""What a sheet holds besides its values: merged cells, hidden parts, formulas, errors. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from indexer.parsing.table.columns import Column, find_header, read_header
from indexer.parsing.table.rows import RegisterRow, Sheet, has_value, listed, said_of_visibility

LAST = 1 << 20  # row of a sheet; columns are fewer
_UNSHOWN = "a formula or an error, without a value"


@dataclass
class SheetLayout:
    """Cells by row and column, both from 1; merged ones as openpyxl bounds them: first column and
    row, last column and row.
    """

    formulas: set[tuple[int, int]] = field(default_factory=set)
    computed: set[tuple[int, int]] = field(default_factory=set)  # a formula without a value
    failed: set[tuple[int, int]] = field(default_factory=set)  # an error such as #REF!
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def laid_out(title: str, rows: Sequence[RegisterRow], layout: SheetLayout) -> Sheet:
    """A sheet as who opens it sees it: merged values in all their rows, nothing that is hidden.

    Args:
        title: The sheet's name.
        rows: All rows that hold something.
        layout: What the sheet holds besides their values.
    """
    if not rows:
        return Sheet(title, ())
    header = find_header(rows)
    columns = read_header(rows[header or 0])
    width = len(rows[header or 0].cells)
    filled = _with_merged(rows, layout, [column for column in columns if column.restricts])
    shown = [row for row in filled if row.number not in layout.hidden_rows]
    hidden = [row for row in filled if row.number in layout.hidden_rows]
    return Sheet(
        title,
        [RegisterRow(row.number, _as_wide(row.cells, width)) for row in shown],
        frozenset(n - 1 for n in layout.hidden_columns),
        tuple(_told(layout, rows, header)),
        said_of_visibility(hidden),
    )


def with_hidden(
    sheets: Sequence[Sheet], hidden: Sequence[tuple[str, Sequence[RegisterRow]]]
) -> list[Sheet]:
    """The sheets, the first of which tells of registers in hidden ones, and what those restrict.

    Args:
        sheets: Those that people see.
        hidden: The title and the rows of the others.
    """
    registers = [f"«{title}»" for title, rows in hidden if find_header(rows) is not None]
    if not sheets:
        return []
    first = sheets[0]
    told = f"hidden sheets were left out (show them to publish them): {', '.join(registers)}"
    said = [text for _, rows in hidden for text in said_of_visibility(rows)]
    first = replace(
        first,
        warnings=(*first.warnings, *([told] if registers else [])),
        side_texts=(*first.side_texts, *said),
    )
    return [first, *sheets[1:]]


def _with_merged(
    rows: Sequence[RegisterRow], layout: SheetLayout, closing: Sequence[Column]
) -> list[RegisterRow]:
    """The rows, with the value of a merged cell in each of the rows that it holds for.

    Args:
        rows: The sheet's rows.
        layout: Where cells are merged, and where there is nothing to be seen.
        closing: The columns that may say who sees a row. There a cell merged from the left counts
            too, and a formula or an error without a value becomes words that say so.
    """
    restricting = {column.index for column in closing}
    cells = {row.number: list(row.cells) for row in rows}
    for number, column in layout.formulas | layout.failed:
        if number in cells and column - 1 in restricting:
            _fill(cells[number], column - 1, _UNSHOWN)
    numbers = [row.number for row in rows]
    for left, top, right, bottom in layout.merged:
        above = cells.get(top, [])
        value = above[left - 1] if left <= len(above) else None
        if not has_value(value):
            continue
        columns = {left - 1, *(n for n in restricting if left <= n + 1 <= right)}
        for number in numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]:
            for column in columns:
                _fill(cells[number], column, value)
    return [RegisterRow(row.number, cells[row.number]) for row in rows]


def _told(layout: SheetLayout, rows: Sequence[RegisterRow], header: int | None) -> list[str]:
    """What people must know of a sheet's formulas, errors and hidden parts: a line of each.

    Args:
        layout: The sheet's.
        rows: All rows that hold something, hidden ones too.
        header: Where the row of column names is among them, if it was found.
    """
    names = rows[header].cells if header is not None else ()
    told = []
    for cells, what in (
        (layout.computed, "formulas without a value: open and save it in Excel or LibreOffice"),
        (layout.failed, "errors instead of values: mend the formulas"),
    ):
        by_column: dict[int, list[int]] = defaultdict(list)
        for number, column in sorted(cells):
            by_column[column].append(number)
        where = [
            f"«{names[column - 1]}» ({listed(numbers)})"
            for column, numbers in by_column.items()
            if column <= len(names) and has_value(names[column - 1])
        ]
        if where:
            told.append(f"{', '.join(where)}: {what}")
    hidden = [row.number for row in rows if row.number in layout.hidden_rows]
    if hidden:
        told.append(f"hidden rows were left out (show them to publish them): {listed(hidden)}")
    columns = [
        f"«{names[n - 1]}»"
        for n in sorted(layout.hidden_columns)
        if n <= len(names) and has_value(names[n - 1])
    ]
    if columns:
        listed_columns = ", ".join(columns)
        told.append(f"hidden columns were left out (show them to publish them): {listed_columns}")
    return told


def _fill(cells: list[object], column: int, value: object) -> None:
    cells.extend([None] * (column + 1 - len(cells)))
    if not has_value(cells[column]):
        cells[column] = value


def _as_wide(cells: Sequence[object], width: int) -> list[object]:
    return [*cells, *[None] * (width - len(cells))]
