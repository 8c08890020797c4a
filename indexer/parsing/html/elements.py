"""The names of HTML elements, and their visible text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element
from lxml.etree import iterwalk

from indexer.parsing.cleaning import clean
from indexer.parsing.html.boilerplate import is_dropped


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLOCKS = _names(
    """
    address article blockquote body center dd details div dl dt fieldset figcaption figure
    form header hr html legend li main ol p pre section summary table tbody td tfoot th
    thead tr ul
    """
)
_BLANK_LINES = re.compile(r"\n{2,}")
_SPACES = re.compile(r"[ \t\r\n\f]+")


def spaced(text: str | None) -> str:
    """Text with each run of white space as one space, as a browser shows it."""
    return _SPACES.sub(" ", text or "")


def visible_text(element: Element) -> str:
    """The visible text of an element; blocks start a line, list items begin with "- "."""
    parts = [spaced(element.text)]
    walk = iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if node is element:
            continue
        if event == "start":
            # A button within a heading or a cell is what one reads there.
            if node.tag != "button" and is_dropped(node, inside_main=True):
                walk.skip_subtree()
                continue
            parts.append(_lead(node))
            parts.append(spaced(node.text))
        else:
            parts.append("\n" if node.tag in BLOCKS else "")
            parts.append(spaced(node.tail))
    return _BLANK_LINES.sub("\n", clean("".join(parts)))


def within(element: Element, *tags: str) -> bool:
    """Whether an element lies in one of these tags."""
    return next(_enclosing(element, tags), None) is not None


def _enclosing(element: Element, tags: tuple[str, ...]) -> Iterator[Element]:
    yield from element.iterancestors(*tags)


def _lead(node: Element) -> str:
    if node.tag == "li":
        return "\n- "
    if node.tag == "img":
        return node.get("alt") or ""
    return "\n" if node.tag == "br" or node.tag in BLOCKS else ""
