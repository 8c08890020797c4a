"""The text of a passage as its document's page shows it: tables as tables again. Pure.

The index keeps a row of a table as a line, "Column: cell; Column: cell" or, of a PDF, whose
columns have no names, "cell | cell". Where several such lines follow each other, the named ones
with the same columns, they are a table again; any other line stays text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from indexer.domain import CARD, Passage

_CELL = re.compile(r"([^:;]{1,60}): (\S.*)")
_BETWEEN = "; "  # the cells of a line
_BAR = " | "  # the cells of a line whose columns have no names
_YEARS = re.compile(r"(?:19|20)\d\d(?: (?:19|20)\d\d)*")
_BARRED = 3  # such lines in a row are a table: fewer may be a title, "Name | date"
# The lines of what metadata declares (indexer/entities/catalogue.py), which end with a full stop.
_FIELD = re.compile(r"(?:^|(?<=\.)\s)(Competenze|Settori|Certificazioni|Cliente): ")
_Row = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TextPart:
    """Lines of text."""

    text: str


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table: its columns, if they have names, and the rows' cells; a cell may be empty.

    A row with fewer cells than the widest has several in its last one, not told apart.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        """The cells of the widest row."""
        return max(map(len, (self.columns, *self.rows)))


@dataclass(frozen=True, slots=True)
class FieldsPart:
    """What metadata declares: each field's name with its values."""

    fields: tuple[tuple[str, tuple[str, ...]], ...]


DocumentPart = TextPart | TablePart | FieldsPart


def parts_of(passage: Passage) -> tuple[DocumentPart, ...]:
    """The parts of a passage, in order; together they say all of its text."""
    if passage.headings == (CARD,) and _FIELD.match(passage.text):
        return (_fields(passage.text),)
    return tuple(_parts(passage.text.split("\n")))


def _parts(lines: Sequence[str]) -> Iterator[DocumentPart]:
    text: list[str] = []
    for (has_bars, is_named), group in groupby(lines, key=_row_of):
        run = list(group)
        table = _barred(run) if has_bars else None
        if is_named:
            table = _table([_cells(line) for line in run])
        if table is None:
            text += run
            continue
        if text:
            yield TextPart("\n".join(text))
            text = []
        yield table
    if text:
        yield TextPart("\n".join(text))


def _row_of(line: str) -> tuple[bool, bool]:
    """Of which table a line may be: one whose cells have bars between them, or named cells."""
    barred = _BAR in line
    return barred, not barred and len(_cells(line)) > 1


def _barred(lines: Sequence[str]) -> TablePart | None:
    """The table of some lines with bars, whose columns have names if the first line can be told
    from the others: without a number, or with years alone over other things.
    """
    if len(lines) < _BARRED:
        return None
    first, *others = (tuple(cell.strip() for cell in line.split(_BAR)) for line in lines)
    plain = not _has_number(first) and any(map(_has_number, others))
    years = bool(_YEARS.fullmatch(first[-1])) and not any(_YEARS.fullmatch(o[-1]) for o in others)
    return TablePart(first, tuple(others)) if plain or years else TablePart((), (first, *others))


def _has_number(cells: Sequence[str]) -> bool:
    return any(char.isdigit() for cell in cells for char in cell)


def _cells(line: str) -> _Row:
    """The named cells of a line; none if it does not begin with one."""
    cells: _Row = []
    for piece in line.split(_BETWEEN):
        named = _CELL.fullmatch(piece)
        if named:
            cells.append((named[1], named[2]))
        elif cells:
            name, value = cells[-1]
            cells[-1] = (name, f"{value}{_BETWEEN}{piece}")
        else:
            return []
    return cells


def _table(rows: Sequence[_Row]) -> TablePart | None:
    """The table of some lines, if at least two of them share at least two columns, in one order.

    What only a few lines call a column is part of the cell before it: "Orari: dalle 9".
    """
    counts = Counter(name for row in rows for name in dict(row))
    known = [name for name, count in counts.items() if count >= max(2, len(rows) / 2)]
    if len(rows) < 2 or len(known) < 2:
        return None
    filled = []
    for row in rows:
        cells = _merged(row, known)
        names = [name for name, _value in cells]
        if not cells or names != sorted(set(names), key=known.index):
            return None
        filled.append(tuple(dict(cells).get(name, "") for name in known))
    return TablePart(tuple(known), tuple(filled))


def _merged(row: _Row, known: Sequence[str]) -> _Row:
    """The cells under known columns, what has another name joined to the one before it."""
    cells: _Row = []
    for name, value in row:
        if name in known:
            cells.append((name, value))
        elif cells:
            before, text = cells[-1]
            cells[-1] = (before, f"{text}{_BETWEEN}{name}: {value}")
        else:
            return []
    return cells


def _fields(text: str) -> FieldsPart:
    _empty, *found = _FIELD.split(text)
    pairs = zip(found[::2], found[1::2], strict=True)
    return FieldsPart(
        tuple((name, tuple(told.rstrip().removesuffix(".").split(", "))) for name, told in pairs)
    )
