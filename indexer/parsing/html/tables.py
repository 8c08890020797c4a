"""Tables of a page: rows of cells, each under its column."""

from __future__ import annotations

from lxml.etree import _Element as Element

from indexer.parsing.html.elements import HEADINGS, visible_text

_MAX_SPAN = 50
_MAX_ROWS = 1_000  # that a cell may span


def is_data_table(element: Element) -> bool:
    """Whether it is a table of data; one used for layout is walked instead."""
    if element.get("role") == "presentation":
        return False
    inner = element.iter("table", "ul", "ol", *HEADINGS)
    next(inner, None)  # the table itself
    if next(inner, None) is not None:
        return False
    return any(len(row.findall("td")) + len(row.findall("th")) > 1 for row in element.iter("tr"))


def table_rows(table: Element) -> tuple[list[str], list[list[str]]]:
    """The header's cells, empty without a header, and the other rows.

    A cell over several rows counts in each of them.
    """
    header: list[str] = []
    rows: list[list[str]] = []
    held: dict[int, tuple[int, str]] = {}  # by column: for how many more rows, and the text
    for row in table.iter("tr"):
        cells = list(row.iterchildren("td", "th"))
        texts = _texts(cells, held)
        in_head = next(row.iterancestors("thead"), None) is not None
        if not rows and not header and (in_head or all(cell.tag == "th" for cell in cells)):
            header = texts
        elif cells and cells[0].tag == "th" and len(texts) == 2:
            rows.append([f"{texts[0].rstrip(': ')}: {texts[1]}"])
        else:
            rows.append(texts)
    if not rows:
        return [], [header]
    return header, rows


def _texts(cells: list[Element], held: dict[int, tuple[int, str]]) -> list[str]:
    """The texts of a row by column, with those of the rows above that reach into it."""
    above, waiting = dict(held), iter(cells)
    held.clear()
    texts: list[str] = []
    while True:
        column = len(texts)
        if column in above:
            rows, text = above.pop(column)
            texts.append(text)
            if rows > 1:
                held[column] = (rows - 1, text)
            continue
        cell = next(waiting, None)
        if cell is None:
            break
        down = _span(cell, "rowspan", _MAX_ROWS) - 1
        for text in [visible_text(cell), *[""] * (_span(cell, "colspan", _MAX_SPAN) - 1)]:
            if down:
                held[len(texts)] = (down, text)
            texts.append(text)
    return texts


def _span(cell: Element, name: str, most: int) -> int:
    span = cell.get(name) or ""
    return max(1, min(int(span), most)) if span.isdecimal() and len(span) < 9 else 1
