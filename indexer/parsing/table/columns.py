"""The header of a register: where it is, and what each column means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.parsing.table.rows import RegisterRow, cell_text, has_value
from indexer.text.field_names import (
    ALIASES,
    CONTACT_PEOPLE,
    NAME,
    SEAT_PARTS,
    column_of,
    is_owner,
    is_surname,
    nearest_field,
)
from indexer.text.restriction_words import mentions_visibility

_HEADER_SEARCH = 20  # rows; above a header stand a title, a date, a logo's caption
_LONGEST_NAME = 80  # characters; what is longer is a cell, not the name of a column


@dataclass(frozen=True, slots=True)
class Column:
    """A named column: ``index`` from 0; ``meaning`` as ``field_names`` has it, empty if unknown."""

    index: int
    header: str
    meaning: str

    @property
    def restricts(self) -> bool:
        """Whether it may say who sees a row."""
        return mentions_visibility(self.header)


def find_header(rows: Sequence[RegisterRow]) -> int | None:
    """Where the row of column names is: that of the first rows with most names that are known.

    It has a column that says whose row it is; ``None`` if no row has.
    """
    best, most = None, 0
    for position, row in enumerate(rows[:_HEADER_SEARCH]):
        columns = read_header(row)
        known = sum(bool(column.meaning) for column in columns)
        if known > most and any(column.meaning in (NAME, "title") for column in columns):
            best, most = position, known
    return best


def read_header(row: RegisterRow) -> tuple[Column, ...]:
    """The named columns of a header: by words, or by a number or a day, as "2024"."""
    written = [(n, cell_text(cell)) for n, cell in enumerate(row.cells) if has_value(cell)]
    columns = [
        Column(n, name, column_of(name) or "" if len(name) <= _LONGEST_NAME else "")
        for n, name in written
    ]
    return tuple(_without_repetition(_named(columns)))


def unknown_columns(columns: Sequence[Column]) -> tuple[str, ...]:
    """What becomes of each column that no rule knows, and which field it may mean."""
    told = []
    for column in columns:
        if not column.meaning:
            near = nearest_field(column.header, column=True)
            told.append(f"«{column.header}» (kept as text{f'; perhaps {near}?' if near else ''})")
    return tuple(told)


def _named(columns: list[Column]) -> list[Column]:
    """The columns, of which one says whose row it is, by a word for a name or for a cooperative.

    Beside a surname, a first name is that of a person.
    """
    if any(is_surname(column.header) for column in columns):
        columns = [
            replace(column, meaning=CONTACT_PEOPLE)
            if is_surname(column.header) or column.header.lower() in ("nome", "name")
            else column
            for column in columns
        ]
    if any(column.meaning in (NAME, "title", "kind") for column in columns):
        return columns
    owner = next((column for column in columns if is_owner(column.header)), None)
    return [replace(c, meaning=NAME) if c is owner else c for c in columns]


def _without_repetition(columns: list[Column]) -> list[Column]:
    """The columns, no two of which mean one single value: the second name is another name.

    Any other second one stays text under its own header, so that nothing of it is lost.
    """
    seen = Counter[str]()
    found = []
    for column in columns:
        seen[column.meaning] += 1
        if seen[column.meaning] > 1 and column.meaning == NAME:
            column = replace(column, meaning=ALIASES)
        elif seen[column.meaning] > 1 and column.meaning in _SINGLE:
            column = replace(column, meaning="")
        found.append(column)
    return found


_SINGLE = frozenset(
    "kind title date updated language source fictional vat legal_form seat remote members "
    "employees website client place".split()
) | frozenset(SEAT_PARTS)
