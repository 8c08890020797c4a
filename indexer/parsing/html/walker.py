"""Walks a page and passes its text to the block builder."""

from __future__ import annotations

from lxml.etree import _Element as Element
from lxml.etree import iterwalk

from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.cleaning import clean, clean_line
from indexer.parsing.html.boilerplate import is_dropped, is_shorter
from indexer.parsing.html.elements import BLOCKS, HEADINGS, spaced, visible_text, within
from indexer.parsing.html.panels import Panels, is_toggle
from indexer.parsing.html.tables import is_data_table, table_rows

_MAIN = ("article", "main")
_NO_ITEMS = frozenset({"table", "pre", "button", *HEADINGS})


class Walker:
    """Walks a tree without recursion and passes its text to the block builder."""

    def __init__(self, assembler: BlockBuilder, panels: Panels) -> None:
        self._assembler = assembler
        self._panels = panels
        self._open_panels: list[tuple[Element, int]] = []
        self._buffer: list[str] = []
        self._inside_main = False
        self._term = ""
        self._toggle_level = 0  # of the labels of an accordion, until the next heading

    def read(self, root: Element) -> None:
        """Read everything visible under ``root``."""
        self._inside_main = root.tag in ("main", "article", "header")
        walk = iterwalk(root, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                if element is not root and (self._skip(element) or self._take_whole(element)):
                    walk.skip_subtree()
                else:
                    self._open(element)
            else:
                self._close(element)
                if element is not root and element.tail:
                    self._buffer.append(spaced(element.tail))
        self._flush()

    def _skip(self, element: Element) -> bool:
        if is_toggle(element) and self._panels.is_placed(element):
            return True
        if self._panels.label(element):
            return False
        if element.tag == "form":
            # A few systems wrap the whole page in a form: one with much text is content.
            return is_shorter(element)
        if element.tag == "button" and is_toggle(element):
            return False
        inside_main = self._inside_main or element.tag != "header" or within(element, *_MAIN)
        return is_dropped(element, inside_main=inside_main)

    def _take_whole(self, element: Element) -> bool:
        """Read an element at once: a heading, a simple list, a data table or preformatted text."""
        tag = element.tag
        if tag in HEADINGS:
            self._flush()
            self._toggle_level = 0
            self._assembler.heading(HEADINGS[tag], visible_text(element))
        elif tag in ("button", "summary") and next(element.iter(*HEADINGS), None) is None:
            self._toggle(element)
        elif tag in ("ul", "ol") and self._is_plain_list(element):
            self._flush()
            self._assembler.items([visible_text(item) for item in element.iterchildren("li")])
        elif tag == "table" and is_data_table(element):
            self._flush()
            for caption in element.iterchildren("caption"):
                self._assembler.paragraph(visible_text(caption))
            header, rows = table_rows(element)
            self._assembler.table(rows, header)
        elif tag == "pre":
            self._flush()
            self._assembler.paragraph("".join(map(str, element.itertext())))
        else:
            return False
        return True

    def _toggle(self, element: Element) -> None:
        """Read a label above what it opens; those of one accordion are of one level."""
        self._flush()
        level = self._toggle_level or self._assembler.level + 1
        self._assembler.heading(level, visible_text(element))
        details = element.getparent()
        if element.tag == "summary" and details is not None:
            self._open_panels.append((details, level))
        else:
            self._toggle_level = level

    def _open(self, element: Element) -> None:
        label = self._panels.label(element)
        if label:
            self._flush()
            level = self._assembler.level + 1
            self._open_panels.append((element, level))
            self._assembler.heading(level, label)
        if element.tag == "br":
            self._buffer.append("\n")
        elif element.tag in BLOCKS and not (element.tag == "dd" and self._term):
            self._flush()
        if element.text:
            self._buffer.append(spaced(element.text))
        if element.tag == "img" and element.get("alt"):
            self._buffer.append(f" {element.get('alt')} ")

    def _close(self, element: Element) -> None:
        if element.tag == "dt":
            self._term = clean_line("".join(self._buffer))
            self._buffer.clear()
        elif element.tag in BLOCKS:
            self._flush()
        if self._open_panels and self._open_panels[-1][0] is element:
            self._flush()
            self._assembler.end_section(self._open_panels.pop()[1])

    def _is_plain_list(self, element: Element) -> bool:
        """Whether it lists texts; one that lays out headings, tables or tabs is walked instead."""
        return not any(
            one.tag in _NO_ITEMS or self._panels.is_placed(one) for one in element.iter()
        )

    def _flush(self) -> None:
        text = clean("".join(self._buffer))
        self._buffer.clear()
        if self._term:
            text = f"{self._term}: {text}" if text else self._term
            self._term = ""
        self._assembler.paragraph(text)
