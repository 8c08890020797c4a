"""The text of an OpenDocument paragraph: what is printed, not what is hidden or deleted."""

from __future__ import annotations

from lxml.etree import _Element as Element
from lxml.etree import iterwalk

from indexer.parsing.office.odt_styles import OdtStyles
from indexer.parsing.office.word_text import Unread

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"

_MARKS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
_NOTE, _NOTE_BODY = f"{TEXT}note", f"{TEXT}note-body"
_ANCHORED = frozenset({_NOTE, f"{_DRAW}text-box"})
_SKIPPED = frozenset({f"{OFFICE}annotation", f"{TEXT}placeholder", f"{TEXT}ruby-text",
                      f"{_SVG}title", f"{_SVG}desc"})  # fmt: skip
_HIDDEN = frozenset({f"{TEXT}hidden-text", f"{TEXT}hidden-paragraph"})
_MOST_SPACES = 100


class OdtReader:
    """Reads paragraphs, and remembers what is anchored in them."""

    def __init__(self, styles: OdtStyles) -> None:
        self.unread = Unread()
        self._styles = styles
        self._anchored: list[Element] = []

    def take_anchored(self) -> list[Element]:
        """The notes and text boxes of the paragraphs read since this was last asked."""
        anchored, self._anchored = self._anchored, []
        return anchored

    def heading_level(self, paragraph: Element) -> int | None:
        """The level of a heading, 1 the outermost; ``None`` for text."""
        if paragraph.tag == f"{TEXT}h":
            level = paragraph.get(f"{TEXT}outline-level") or "1"
            return int(level) if level.isdecimal() and 0 < int(level) < 10 else 1
        return self._styles.heading_level(_style(paragraph))

    def is_hidden(self, element: Element) -> bool:
        """Whether a section or a paragraph is hidden; takes note of what it says."""
        hidden = element.get(f"{TEXT}display") == "none" or self._styles.is_hidden(_style(element))
        if hidden:
            self.unread.hidden.append("".join(map(str, element.itertext())))
        return hidden

    def text(self, paragraph: Element) -> str:
        """The text of a paragraph, with fields and links as they are printed."""
        if self.is_hidden(paragraph):
            return ""
        parts = [paragraph.text or ""]
        walk = iterwalk(paragraph, events=("start", "end"))
        for event, node in walk:
            if node is paragraph:
                continue
            if event == "end":
                parts.append(node.tail or "")
            elif self._is_left_out(node):
                walk.skip_subtree()
            else:
                parts.append(_mark(node) or node.text or "")
        return "".join(parts)

    def _is_left_out(self, node: Element) -> bool:
        if node.tag in _ANCHORED:
            body = node.find(_NOTE_BODY) if node.tag == _NOTE else node
            self._anchored += [] if body is None else [body]
            return True
        if node.tag in _SKIPPED:
            return True
        name = _style(node)
        if node.tag in _HIDDEN or (name and self._styles.is_hidden(name)):
            self.unread.hidden.append("".join(map(str, node.itertext())))
            return True
        if name and node.tag == f"{TEXT}span" and self._styles.is_struck(name):
            self.unread.struck = True
            return True
        return False


def own_text(paragraph: Element, cell: Element) -> bool:
    """Whether a paragraph of a cell is read with it: not as a note or a box anchored in it."""
    for ancestor in paragraph.iterancestors():
        if ancestor is cell:
            return True
        if ancestor.tag in _ANCHORED:
            return False
    return True


def _mark(node: Element) -> str:
    if node.tag == f"{TEXT}s":
        count = node.get(f"{TEXT}c") or "1"
        return " " * (min(int(count), _MOST_SPACES) if count.isdecimal() else 1)
    return _MARKS.get(node.tag, "")


def _style(element: Element) -> str:
    return element.get(f"{TEXT}style-name") or ""
