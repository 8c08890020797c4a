"""Rows under named columns, shared by CSV and XLSX registers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.domain import Block, ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.block_builder import check_characters
from indexer.parsing.cleaning import clean, clean_line
from indexer.parsing.plain_text import paragraphs
from indexer.text.restriction_words import mentions_visibility, visibility_notes

MAX_ROWS = 50_000
NAME_COLUMNS = frozenset({"name", "nome", "title", "titolo", "denominazione", "ragione sociale"})
_HEADER_SEARCH = 10  # rows
TEXT_COLUMNS = frozenset({"text", "testo", "description", "descrizione", "body"})


@dataclass(frozen=True)
class RegisterRow:
    """A row as the file has it; ``number`` is what a spreadsheet shows at its left."""

    number: int
    cells: Sequence[object]


def is_blank(row: RegisterRow) -> bool:
    """Whether there is nothing in the row."""
    return not any(has_value(cell) for cell in row.cells)


def column_names(header: RegisterRow) -> list[str]:
    """Return the header's names, lower case, one a column.

    Raises UnreadableFileError when two columns have one name: either could be meant.
    """
    names = [clean_line(str(cell)).lower() if has_value(cell) else "" for cell in header.cells]
    while names and not names[-1]:
        names.pop()
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise UnreadableFileError(
            Reason.BAD_METADATA,
            f"Row {header.number}: more than one column is called '{doubled[0]}'.",
            remedy="Give each column its own name.",
        )
    return names


def find_header(rows: Sequence[RegisterRow]) -> int | None:
    """The position of the row with column names; a title may precede it."""
    for position, row in enumerate(rows[:_HEADER_SEARCH]):
        if any(clean_line(str(cell)).lower() in NAME_COLUMNS for cell in row.cells):
            return position
    return None


def visibility_columns(header: RegisterRow) -> list[int]:
    """The columns (from 0) with the visibility of a row."""
    return [
        n
        for n, cell in enumerate(header.cells)
        if has_value(cell) and mentions_visibility(str(cell))
    ]


def side_texts(rows: Sequence[RegisterRow]) -> tuple[str, ...]:
    """Statements of visibility in rows above a header, or in a sheet that is not read."""
    lines = (" | ".join(str(cell) for cell in row.cells if has_value(cell)) for row in rows)
    return visibility_notes(*lines)


def read_rows(header: RegisterRow, rows: Sequence[RegisterRow]) -> tuple[ParsedText, ...]:
    """One text a row; blank rows are skipped. What concerns the whole table goes with the first."""
    names = column_names(header)
    filled = [row for row in rows if not is_blank(row)]
    check_rows(len(filled))
    texts: list[ParsedText] = []
    characters = 0
    nameless: set[int] = set()
    for row in filled:
        text, unnamed = _read_row(names, row)
        text = _closed_in_doubt(text, names, row, unnamed)
        nameless |= unnamed
        characters += sum(len(str(value)) for value in text.metadata.values())
        characters += sum(len(block.text) for block in text.blocks)
        check_characters(characters)
        texts.append(text)
    return with_warnings(texts, [_nameless_warning(sorted(nameless))] if nameless else [])


def with_warnings(texts: Sequence[ParsedText], warnings: Sequence[str]) -> tuple[ParsedText, ...]:
    """Return the same texts, the first with these warnings before its own."""
    if not texts or not warnings:
        return tuple(texts)
    first = replace(texts[0], warnings=(*warnings, *texts[0].warnings))
    return (first, *texts[1:])


def check_rows(count: int) -> None:
    """Refuse a register with more than ``MAX_ROWS`` rows."""
    if count > MAX_ROWS:
        raise UnreadableFileError(
            Reason.TOO_LARGE,
            f"It has more than {MAX_ROWS:,} rows.",
            remedy="Split it into several files.",
        )


def no_rows() -> UnreadableFileError:
    """The error for a register without rows under its header."""
    return UnreadableFileError(
        Reason.EMPTY,
        "There are no rows under the header.",
        remedy="Put the column names in the first row and one cooperative in each row below.",
    )


def _read_row(names: Sequence[str], row: RegisterRow) -> tuple[ParsedText, set[int]]:
    """Return the row's text, and the columns (from 1) that have a cell but no name."""
    metadata: dict[str, object] = {}
    blocks: list[Block] = []
    nameless: set[int] = set()
    for column, (name, cell) in enumerate(zip(names, row.cells, strict=False), 1):
        if not has_value(cell):
            continue
        if not name:
            nameless.add(column)
        elif name in TEXT_COLUMNS:
            blocks.extend(paragraphs(str(cell)))
        else:
            metadata[name] = clean(cell) if isinstance(cell, str) else cell
    extra = sum(has_value(cell) for cell in row.cells[len(names) :])
    warnings = (
        (f"row {row.number}: {extra} more cells than column names; they were not read",)
        if extra
        else ()
    )
    return (
        ParsedText(blocks=tuple(blocks), metadata=metadata, warnings=warnings, row=row.number),
        nameless,
    )


def _closed_in_doubt(
    text: ParsedText, names: Sequence[str], row: RegisterRow, nameless: set[int]
) -> ParsedText:
    """The row's text, for administrators only where a column may hold another's cell.

    So it may be where a row is shorter or longer than the header, or has cells under no name; it
    matters where a column says who may see the row.
    """
    closing = [name for name in names if mentions_visibility(name)]
    extra = any(map(has_value, row.cells[len(names) :]))
    if not closing or not (nameless or extra or len(row.cells) < len(names)):
        return text
    warning = (
        f"row {row.number}: its cells do not match the columns' names, and one of them says who "
        "may see it: only administrators see it"
    )
    return replace(
        text,
        metadata={**text.metadata, **dict.fromkeys(closing, "admin")},
        warnings=(*text.warnings, warning),
    )


def _nameless_warning(columns: Sequence[int]) -> str:
    listed = ", ".join(map(str, columns))
    return f"columns without a name were not read: {listed}"


def has_value(cell: object) -> bool:
    """Whether a cell has content."""
    return cell is not None and (not isinstance(cell, str) or bool(clean(cell)))
