"""What the styles of an OpenDocument text mean: hidden, struck out, headings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml.etree import _Element as Element

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MAX_STYLE_DEPTH = 20
_HEADING_NAME = re.compile(r"(?:heading|titolo)_20_(\d)$", re.IGNORECASE)
_TITLE_NAMES = frozenset({"title", "titolo"})


class OdtStyles:
    """Styles by name, of the document and of its template, with those they extend."""

    def __init__(self, parts: Iterable[Element | None]) -> None:
        self._by_name = {
            style.get(f"{_STYLE}name", ""): style
            for part in parts
            if part is not None
            for style in part.iter(f"{_STYLE}style")
        }

    def heading_level(self, name: str) -> int | None:
        """The level of headings in a style, 1 the outermost; ``None`` for text."""
        for style in self._extended(name):
            level = style.get(f"{_STYLE}default-outline-level") or ""
            if level.isdecimal() and 0 < int(level) < 10:
                return int(level)
            own = style.get(f"{_STYLE}name", "")
            if own.lower() in _TITLE_NAMES:
                return 1
            if found := _HEADING_NAME.match(own):
                return int(found[1])
        return None

    def is_hidden(self, name: str) -> bool:
        """Whether text in a style is not shown."""
        return any(
            properties.get(f"{_TEXT}display") == "none" for properties in self._properties(name)
        )

    def is_struck(self, name: str) -> bool:
        """Whether text in a style is struck out."""
        return any(
            properties.get(f"{_STYLE}text-line-through-style") not in (None, "none")
            for properties in self._properties(name)
        )

    def _properties(self, name: str) -> Iterator[Element]:
        for style in self._extended(name):
            yield from style.iterchildren(f"{_STYLE}text-properties", f"{_STYLE}section-properties")

    def _extended(self, name: str) -> Iterator[Element]:
        """A style and those it extends; ends at a loop."""
        for _ in range(_MAX_STYLE_DEPTH):
            style = self._by_name.get(name)
            if style is None:
                return
            yield style
            name = style.get(f"{_STYLE}parent-style-name", "")
