"""The rows of a Word table."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element as Element

from indexer.parsing.cleaning import clean_line
from indexer.parsing.office.columns import names_columns
from indexer.parsing.office.word_text import (
    SDT,
    TC,
    TR,
    VAL,
    WRAPPERS,
    P,
    Unread,
    W,
    is_on,
    is_placeholder,
    paragraph_text,
    text_boxes,
)

_MAX_SPAN = 60


def table_rows(table: Element, unread: Unread, hidden_styles: frozenset[str]) -> list[list[str]]:
    """The cells by row and column; a merged cell counts in each of its rows.

    Args:
        table: the table.
        unread: takes note of what is left out.
        hidden_styles: the ids of styles that hide text.

    """
    rows: list[list[str]] = []
    for row in _children(table, TR):
        if is_on(row.find(f"{W}trPr/{W}hidden")):
            unread.hidden += [element.text or "" for element in row.iter(f"{W}t")]
            continue
        cells: list[str] = []
        for cell in _children(row, TC):
            properties = cell.find(f"{W}tcPr")
            merge = None if properties is None else properties.find(f"{W}vMerge")
            continued = merge is not None and merge.get(VAL) != "restart"
            above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else ""
            cells.append(above if continued else _cell_text(cell, unread, hidden_styles))
            cells.extend([""] * (_span(properties) - 1))
        rows.append(cells)
    return [row for row in rows if any(row)]


def looks_like_header(table: Element, rows: list[list[str]]) -> bool:
    """Whether the first row names the columns: declared, or short and different words.

    Of two columns it must be bold as well: they may be a list of facts.
    """
    first_row = next(_children(table, TR), None)
    if first_row is not None and is_on(first_row.find(f"{W}trPr/{W}tblHeader")):
        return True
    return names_columns(rows) and (len(rows[0]) > 2 or _is_bold(first_row))


def _children(parent: Element, tag: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, however deep in content controls."""
    waiting = list(reversed(parent))
    while waiting:
        element = waiting.pop()
        if element.tag == tag:
            yield element
        elif element.tag in WRAPPERS:
            waiting.extend(reversed(element))


def _cell_text(cell: Element, unread: Unread, hidden_styles: frozenset[str]) -> str:
    """The paragraphs of a cell, of tables in it and of its text boxes, each once."""
    parts = []
    waiting = list(reversed(cell))
    while waiting:
        element = waiting.pop()
        if element.tag == P:
            parts.append(paragraph_text(element, unread, hidden_styles))
            waiting.extend(reversed(list(text_boxes(element))))
        elif not (element.tag == SDT and is_placeholder(element)):
            waiting.extend(reversed(element))
    return clean_line(" ".join(parts))


def _span(properties: Element | None) -> int:
    element = None if properties is None else properties.find(f"{W}gridSpan")
    span = "" if element is None else element.get(VAL) or ""
    return max(1, min(int(span), _MAX_SPAN)) if span.isdecimal() and len(span) < 9 else 1


def _is_bold(row: Element | None) -> bool:
    if row is None:
        return False
    runs = [run for run in row.iter(f"{W}r") if "".join(t.text or "" for t in run.iter(f"{W}t"))]
    return bool(runs) and all(is_on(run.find(f"{W}rPr/{W}b")) for run in runs)
