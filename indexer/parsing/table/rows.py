"""The rows of a table, as CSV files, workbooks and OpenDocument sheets have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.domain import Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.cleaning import clean, clean_line
from indexer.text.restriction_words import visibility_notes

MAX_ROWS = 50_000
MAX_COLUMNS = 200
_LISTED = 8  # rows that a message names


@dataclass(frozen=True)
class RegisterRow:
    """A row as the file has it; ``number`` is what a spreadsheet shows at its left."""

    number: int
    cells: Sequence[object]


@dataclass(frozen=True)
class Sheet:
    """A table of rows, with what is told of it.

    ``hidden_columns`` (from 0) are not shown to who opens the file, and are not published.
    """

    title: str
    rows: Sequence[RegisterRow]
    hidden_columns: frozenset[int] = frozenset()
    warnings: tuple[str, ...] = ()
    side_texts: tuple[str, ...] = ()


def is_blank(row: RegisterRow) -> bool:
    """Whether there is nothing in the row."""
    return not any(has_value(cell) for cell in row.cells)


def has_value(cell: object) -> bool:
    """Whether a cell has content."""
    return cell is not None and (not isinstance(cell, str) or bool(clean(cell)))


def cell_text(cell: object) -> str:
    """A cell's content on one line, as people read it."""
    if isinstance(cell, bool):
        return "sì" if cell else "no"
    return clean_line(str(cell))


def check_rows(count: int) -> None:
    """Refuse a register with more than ``MAX_ROWS`` rows."""
    if count > MAX_ROWS:
        raise UnreadableFileError(
            Reason.TOO_LARGE,
            f"It has more than {MAX_ROWS:,} rows.",
            remedy="Split it into several files.",
        )


def check_columns(title: str, row: RegisterRow) -> None:
    """Refuse a sheet with more than ``MAX_COLUMNS`` columns."""
    if not is_blank(RegisterRow(row.number, row.cells[MAX_COLUMNS:])):
        raise UnreadableFileError(
            Reason.TOO_LARGE,
            f"Sheet '{title}' has more than {MAX_COLUMNS} columns.",
            remedy="Keep the columns that describe a cooperative.",
        )


def no_rows() -> UnreadableFileError:
    """The error for a register without rows under its header."""
    return UnreadableFileError(
        Reason.EMPTY,
        "There are no rows under the header.",
        remedy="Put the column names in the first row and one cooperative in each row below.",
    )


def listed(numbers: Sequence[int]) -> str:
    """Row numbers in words: "row 2", "rows 2, 5, 9 and 12 more"."""
    shown = ", ".join(map(str, numbers[:_LISTED]))
    more = len(numbers) - _LISTED
    rows = "row" if len(numbers) == 1 else "rows"
    return f"{rows} {shown} and {more} more" if more > 0 else f"{rows} {shown}"


def said_of_visibility(rows: Sequence[RegisterRow]) -> tuple[str, ...]:
    """What rows that are not read say of who may see the others."""
    lines = (" | ".join(str(cell) for cell in row.cells if has_value(cell)) for row in rows)
    return visibility_notes(*lines)
