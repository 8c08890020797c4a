"""What the styles of a Word document mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.etree import _Element as Element

from indexer.parsing.office.word_text import VAL, W, is_on

_HEADING_NAME = re.compile(
    r"(?:heading|titolo|titre|t[ií]tulo|überschrift)\s*([1-9])", re.IGNORECASE
)
_TITLE_NAMES = frozenset({"title", "titolo"})
_LIST_NAME = re.compile(r"(?:list|elenco|punto elenco)\b", re.IGNORECASE)
_MAX_STYLE_DEPTH = 20


class WordStyles:
    """The meaning of paragraph styles, by id, outline level, name, and the styles they extend."""

    def __init__(self, parts: Iterable[Element | None]) -> None:
        self._by_id = {
            style.get(f"{W}styleId", ""): style
            for part in parts
            if part is not None
            for style in part.iter(f"{W}style")
        }
        self.hidden = frozenset(
            name
            for name in self._by_id
            if any(is_on(style.find(f"{W}rPr/{W}vanish")) for style in self._extended(name))
        )

    def heading_level(self, paragraph: Element) -> int | None:
        """The level of a heading, 1 the outermost; ``None`` for text."""
        own = paragraph.find(f"{W}pPr/{W}outlineLvl")
        if own is not None:
            return _outline_level(own)
        for style in self._chain(paragraph):
            name = _value(style.find(f"{W}name"))
            if name.lower() in _TITLE_NAMES:
                return 1
            numbered = _HEADING_NAME.match(name)
            if numbered:
                return int(numbered[1])
            level = style.find(f"{W}pPr/{W}outlineLvl")
            if level is not None:
                return _outline_level(level)
        return None

    def is_list(self, paragraph: Element) -> bool:
        """Whether the paragraph is a list item, by its own numbering or its style's."""
        own = paragraph.find(f"{W}pPr/{W}numPr")
        if own is not None:
            return _value(own.find(f"{W}numId")) != "0"
        return any(
            style.find(f"{W}pPr/{W}numPr") is not None
            or _LIST_NAME.match(_value(style.find(f"{W}name")))
            for style in self._chain(paragraph)
        )

    def _chain(self, paragraph: Element) -> Iterator[Element]:
        return self._extended(_value(paragraph.find(f"{W}pPr/{W}pStyle")))

    def _extended(self, style_id: str) -> Iterator[Element]:
        """A style and those it extends; ends at a loop."""
        for _ in range(_MAX_STYLE_DEPTH):
            style = self._by_id.get(style_id)
            if style is None:
                return
            yield style
            style_id = _value(style.find(f"{W}basedOn"))


def _outline_level(element: Element) -> int | None:
    value = _value(element)
    return int(value) + 1 if value in set("012345678") and value else None


def _value(element: Element | None) -> str:
    return "" if element is None else str(element.get(VAL) or "")
