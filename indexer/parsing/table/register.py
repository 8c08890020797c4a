"""Registers: each row under the header is a profile. Pure.

What the columns mean is decided once for a table, and what could not be used is told once for it:
a line a column, not one a cell.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from indexer.domain import Block, ParsedText
from indexer.parsing.block_builder import check_characters
from indexer.parsing.cleaning import clean
from indexer.parsing.plain_text import paragraphs
from indexer.parsing.table.asides import group_of, is_note, is_total, repeats
from indexer.parsing.table.columns import Column, find_header, read_header, unknown_columns
from indexer.parsing.table.rows import (
    RegisterRow,
    Sheet,
    cell_text,
    check_rows,
    has_value,
    is_blank,
    listed,
    no_rows,
    said_of_visibility,
)
from indexer.places import Gazetteer
from indexer.text.field_names import (
    ACTIVITIES,
    ADDRESS,
    COMPETENCIES,
    LISTS,
    ORDINAL,
    TEXT,
)

_ITEM = 6  # words of one entry of a list; what is longer is prose. By hand
_LINE = 120  # characters of a cell that still makes a line beside its column's name
_QUOTED = 40  # characters of a row that a message quotes


def read_sheets(sheets: Sequence[Sheet], side_texts: Sequence[str] = ()) -> tuple[ParsedText, ...]:
    """One text a row of every sheet that has a header; what concerns all goes with the first.

    A workbook of one sheet is a register even where no column is known to hold names.

    Args:
        sheets: The tables of a file that people see.
        side_texts: What the file says besides, of who may see it.
    """
    filled = [sheet for sheet in sheets if sheet.rows]
    headers = {sheet.title: find_header(sheet.rows) for sheet in filled}
    if all(header is None for header in headers.values()):
        headers |= {sheet.title: 0 for sheet in filled[:1]}
    texts: list[ParsedText] = []
    warnings: list[str] = []
    notes = list(side_texts)
    for sheet in filled:
        header = headers[sheet.title]
        notes += [*sheet.side_texts, *said_of_visibility(sheet.rows[:header])]
        warnings += _under(sheet, sheet.warnings, len(filled))
        if header is None:
            warnings.append(f"sheet «{sheet.title}» was not read: no column has a known name")
            continue
        table = _read_table(sheet, header)
        notes += table.side_texts
        warnings += _under(sheet, table.told, len(filled))
        texts += table.texts
    if not texts:
        raise no_rows()
    shared = tuple(notes)
    texts = [replace(text, side_texts=(*shared, *text.side_texts)) for text in texts]
    return (replace(texts[0], warnings=(*warnings, *texts[0].warnings)), *texts[1:])


@dataclass
class _Table:
    """What was read of a sheet, and what is told of it."""

    columns: Sequence[Column]
    texts: list[ParsedText] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    side_texts: list[str] = field(default_factory=list)


def _read_table(sheet: Sheet, header: int) -> _Table:
    columns = read_header(sheet.rows[header])
    shown = [column for column in columns if column.index not in sheet.hidden_columns]
    table = _Table(columns)
    rows, groups = _own_rows(sheet.rows[header + 1 :], table)
    check_rows(len(rows))
    width = len(sheet.rows[header].cells)
    characters = 0
    unnamed: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        text = _read_row(shown, row, groups.get(row.number, ""))
        for column in _unnamed(columns, row):
            unnamed[column].append(row.number)
        text = _hidden_notes(_closed_in_doubt(text, columns, row, width), columns, sheet, row)
        characters += sum(len(str(value)) for value in text.metadata.values())
        characters += sum(len(block.text) for block in text.blocks)
        check_characters(characters)
        table.texts.append(text)
    table.told[:0] = _told_of_columns(shown, len(rows), unnamed)
    return table


def _told_of_columns(
    columns: Sequence[Column], rows: int, unnamed: dict[int, list[int]]
) -> list[str]:
    told = []
    if unknown := unknown_columns(columns):
        many = "column" if len(unknown) == 1 else "columns"
        all_rows = "row" if rows == 1 else "rows"
        names = ", ".join(unknown)
        told.append(f"{len(unknown)} {many} not recognised: {names} · {rows} {all_rows}")
    for column, numbers in sorted(unnamed.items()):
        told.append(f"column {column + 1} has no name: its cells were not read ({listed(numbers)})")
    return told


def _own_rows(
    rows: Sequence[RegisterRow], table: _Table
) -> tuple[list[RegisterRow], dict[int, str]]:
    """The rows that are somebody's, and for each the region or province that a row above names."""
    gazetteer = Gazetteer.load()
    kept: list[RegisterRow] = []
    groups: dict[int, str] = {}
    left: list[RegisterRow] = []
    group = ""
    wide = len(table.columns) > 2
    for row in rows:
        if is_blank(row) or repeats(row, table.columns):
            continue
        wide = wide and not (kept and _filled(kept[-1]) == 1)
        before = kept[-1] if kept and wide else None
        if place := group_of(row, gazetteer) if len(table.columns) > 1 else "":
            group = place
        elif not (is_total(row, table.columns) or is_note(row, before)):
            kept.append(row)
            groups[row.number] = group
            continue
        left.append(row)
    if left:
        quoted = ", ".join(f"«{_quote(row)}» (row {row.number})" for row in left[:5])
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        table.told.append(f"taken for totals, notes or headings, no cooperatives: {quoted}{more}")
        table.side_texts += said_of_visibility(left)
    return kept, groups


def _filled(row: RegisterRow) -> int:
    return sum(map(has_value, row.cells))


def _quote(row: RegisterRow) -> str:
    text = next(cell_text(cell) for cell in row.cells if has_value(cell))
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED]}…"


def _read_row(columns: Sequence[Column], row: RegisterRow, group: str) -> ParsedText:
    """A row's text: what its known columns say as metadata, the others as lines under their names.

    The unknown ones are among the metadata too, since one may say who sees the row.
    """
    metadata: dict[str, object] = {"region": group} if group else {}
    blocks: list[Block] = []
    lines: list[str] = []
    for column in columns:
        cell = row.cells[column.index] if column.index < len(row.cells) else None
        if not has_value(cell) or column.meaning == ORDINAL:
            continue
        value = clean(cell) if isinstance(cell, str) else cell
        meaning = _meaning(column, value)
        if meaning == TEXT:
            blocks += paragraphs(str(cell))
        elif meaning in LISTS and meaning in metadata:
            metadata[meaning] = f"{metadata[meaning]} | {value}"
        elif meaning:
            metadata[meaning] = value
        else:
            metadata[column.header.lower()] = value
        if meaning in ("", ADDRESS):
            under, line = _under_header(column.header, str(cell), cell_text(cell))
            blocks += under
            lines += line
    if lines:
        blocks.append(Block("\n".join(lines)))
    return ParsedText(blocks=tuple(blocks), metadata=metadata, row=row.number)


def _meaning(column: Column, value: object) -> str:
    """What a cell means: activities are competencies where they are listed, else prose."""
    if column.meaning != ACTIVITIES:
        return column.meaning
    items = re.split(r"[|;,\n•]", str(value).rstrip("."))
    listed_short = all(len(item.split()) <= _ITEM and ". " not in item for item in items)
    return COMPETENCIES if listed_short else TEXT


def _under_header(header: str, cell: str, line: str) -> tuple[tuple[Block, ...], list[str]]:
    """A cell under its column's name: as a section of its own, or as one line of several."""
    if len(line) > _LINE:
        under = (replace(b, headings=(header, *b.headings)) for b in paragraphs(cell))
        return tuple(under), []
    return (), [f"{header}: {line}"]


def _unnamed(columns: Sequence[Column], row: RegisterRow) -> list[int]:
    """The columns (from 0) of a row's cells that are under no name."""
    named = {column.index for column in columns}
    return [n for n, cell in enumerate(row.cells) if n not in named and has_value(cell)]


def _closed_in_doubt(
    text: ParsedText, columns: Sequence[Column], row: RegisterRow, width: int
) -> ParsedText:
    """The row's text, for administrators only where a column may hold another's cell.

    So it may be where a row is shorter or longer than the header, or has cells under no name; it
    matters where a column says who may see the row.

    Args:
        text: What was read of the row.
        columns: The named columns.
        row: The row itself.
        width: How many cells the header has.
    """
    closing = [column.meaning or column.header.lower() for column in columns if column.restricts]
    if not closing or not (_unnamed(columns, row) or len(row.cells) < width):
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


def _hidden_notes(
    text: ParsedText, columns: Sequence[Column], sheet: Sheet, row: RegisterRow
) -> ParsedText:
    """The row's text, with what hidden columns say of who may see it.

    Args:
        text: What was read of the row.
        columns: The named columns, hidden ones too.
        sheet: Knows which are hidden.
        row: The row itself.
    """
    hidden = [c for c in columns if c.index in sheet.hidden_columns and c.index < len(row.cells)]
    said = {c: row.cells[c.index] for c in hidden if has_value(row.cells[c.index])}
    strict = {c.meaning or c.header.lower(): cell for c, cell in said.items() if c.restricts}
    notes = said_of_visibility([RegisterRow(row.number, [cell]) for cell in said.values()])
    return replace(text, metadata={**text.metadata, **strict}, side_texts=notes)


def _under(sheet: Sheet, warnings: Sequence[str], sheets: int) -> list[str]:
    """Warnings, each with its sheet's title where the file has several."""
    return [f"sheet «{sheet.title}»: {what}" for what in warnings] if sheets > 1 else [*warnings]
