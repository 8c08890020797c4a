"""Word documents: paragraphs, lists, tables and notes in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml.etree import _Element as Element

from indexer.domain import ParsedText
from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.markup import office_side_texts
from indexer.parsing.office.package import Package, core_properties
from indexer.parsing.office.word_styles import WordStyles
from indexer.parsing.office.word_tables import looks_like_header, table_rows
from indexer.parsing.office.word_text import (
    TBL,
    WRAPPERS,
    P,
    Unread,
    W,
    is_placeholder,
    paragraph_text,
    text_boxes,
)
from indexer.text.restriction_words import visibility_notes

_HIDDEN = "text formatted as hidden is not read; remove it, or show it if it is for readers"
_STRUCK = "text that is struck out is not read"
_DEEPEST = 20  # text boxes in text boxes


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """Read the document in a Word file.

    The day it was last saved becomes ``updated``, never ``date``: it does not say when the event
    or the work it describes took place.
    """
    package = Package(data)
    main = package.main_part("word/document.xml")
    document = package.part(main)
    body = document.find(f"{W}body") if document is not None else None
    if body is None:
        raise ValueError(main)
    styles = WordStyles(package.part(name) for name in package.related(main, "styles").values())
    notes = {
        kind: _notes(package.part(name))
        for kind in ("footnotes", "endnotes")
        for name in package.related(main, kind).values()
    }
    assembler = BlockBuilder()
    unread = Unread()
    _Body(styles, notes, assembler, unread).read(body)
    title, saved = core_properties(package)
    return (
        ParsedText(
            blocks=assembler.blocks(),
            metadata={"updated": saved} if saved else {},
            title=title or assembler.first_heading,
            warnings=tuple(
                warning
                for warning, present in ((_HIDDEN, any(unread.hidden)), (_STRUCK, unread.struck))
                if present
            ),
            side_texts=visibility_notes(*office_side_texts(data), *unread.hidden),
        ),
    )


class _Body:
    """Passes a document's body to the block builder; list items are kept until the list ends."""

    def __init__(
        self,
        styles: WordStyles,
        notes: Mapping[str, Mapping[str, Element]],
        assembler: BlockBuilder,
        unread: Unread,
    ) -> None:
        self._styles = styles
        self._notes = notes
        self._assembler = assembler
        self._unread = unread
        self._items: list[str] = []

    def read(self, body: Element) -> None:
        """Read paragraphs and tables in order."""
        for element in _blocks(body):
            if element.tag == TBL:
                self._end_list()
                self._table(element)
                self._read_notes()
            else:
                self._paragraph(element)
        self._end_list()
        self._read_notes()

    def _paragraph(self, element: Element, depth: int = 0) -> None:
        text = paragraph_text(element, self._unread, self._styles.hidden)
        if text.strip():
            level = self._styles.heading_level(element)
            if level is None and self._styles.is_list(element):
                self._items.append(text)
            else:
                self._end_list()
                if level is None:
                    self._assembler.paragraph(text)
                else:
                    self._assembler.heading(level, text)
        if not self._items:
            self._read_notes()
        for box in text_boxes(element) if depth < _DEEPEST else ():
            self._end_list()
            for inner in _blocks(box):
                if inner.tag == TBL:
                    self._table(inner)
                else:
                    self._paragraph(inner, depth + 1)

    def _read_notes(self) -> None:
        """Read the footnotes and endnotes of what was just read."""
        waiting, self._unread.notes = self._unread.notes, []
        for kind, identifier in waiting:
            note = self._notes.get(kind, {}).get(identifier)
            for paragraph in () if note is None else note.iter(P):
                self._assembler.paragraph(
                    paragraph_text(paragraph, self._unread, self._styles.hidden)
                )
        self._unread.notes = []

    def _end_list(self) -> None:
        if self._items:
            self._assembler.items(self._items)
            self._items = []
            self._read_notes()

    def _table(self, table: Element) -> None:
        rows = table_rows(table, self._unread, self._styles.hidden)
        if rows and looks_like_header(table, rows):
            self._assembler.table(rows[1:], rows[0])
        else:
            self._assembler.table(rows)


def _notes(part: Element | None) -> Mapping[str, Element]:
    return {} if part is None else {note.get(f"{W}id", ""): note for note in part}


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables in order, including those in content controls."""
    waiting = list(reversed(parent))
    while waiting:
        element = waiting.pop()
        if element.tag in (P, TBL):
            yield element
        elif element.tag in WRAPPERS and not is_placeholder(element):
            waiting.extend(reversed(element))
