"""Word documents: paragraphs, lists and tables in reading order."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from lxml.etree import _Element as Element

from indexer.domain import ParsedText
from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.cleaning import clean_line
from indexer.parsing.markup import office_side_texts
from indexer.text.restriction_words import visibility_notes

_HEADING_NAME = re.compile(
    r"(?:heading|titolo|titre|t[ií]tulo|überschrift)\s*([1-9])", re.IGNORECASE
)
_TITLE_NAMES = frozenset({"title", "titolo"})
_LIST_NAME = re.compile(r"(?:list|elenco|punto elenco)\b", re.IGNORECASE)
_MAX_STYLE_DEPTH = 20
_HEADER_CELL = 60

_P, _TBL, _TR, _TC = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_SDT, _SDT_CONTENT = qn("w:sdt"), qn("w:sdtContent")
_T, _TAB, _BR, _CR = qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")
_HYPHEN, _TEXT_BOX = qn("w:noBreakHyphen"), qn("w:txbxContent")
_VAL = qn("w:val")
_WRAPPERS = frozenset({qn("w:customXml"), qn("w:ins"), qn("w:moveTo")})
_MARKS = {_TAB: "\t", _BR: "\n", _CR: "\n", _HYPHEN: "-"}
_MAX_SPAN = 60
# Fallback repeats a drawing for old programs; deleted text is no longer the document's.
_SKIPPED = frozenset(
    {
        qn("w:del"),
        qn("w:moveFrom"),
        qn("w:pPr"),
        qn("w:rPr"),
        qn("w:instrText"),
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """Read the document in a Word file.

    The day it was last saved becomes ``updated``, never ``date``: it does not say when the event
    or the work it describes took place.
    """
    document = Document(io.BytesIO(data))
    assembler = BlockBuilder()
    _Body(document, assembler).read()
    properties = document.core_properties
    metadata: dict[str, object] = {}
    saved = properties.modified or properties.created
    if saved:
        metadata["updated"] = saved.date()
    return (
        ParsedText(
            blocks=assembler.blocks(),
            metadata=metadata,
            title=clean_line(properties.title or "") or assembler.first_heading,
            side_texts=visibility_notes(*office_side_texts(data)),
        ),
    )


class _Body:
    """Passes a document's body to the block builder; list items are kept until the list ends."""

    def __init__(self, document: WordDocument, assembler: BlockBuilder) -> None:
        self._styles = _Styles(document)
        self._body = document.element.body
        self._assembler = assembler
        self._items: list[str] = []

    def read(self) -> None:
        """Read paragraphs and tables in order."""
        for element in _blocks(self._body):
            if element.tag == _TBL:
                self._end_list()
                self._table(element)
            else:
                self._paragraph(element)
        self._end_list()

    def _paragraph(self, element: Element) -> None:
        text = _text(element)
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
        for box in element.iter(_TEXT_BOX):
            if not _is_skipped(box, element):
                for inner in box.iter(_P):
                    self._assembler.paragraph(_text(inner))

    def _end_list(self) -> None:
        self._assembler.items(self._items)
        self._items = []

    def _table(self, table: Element) -> None:
        rows = _rows(table)
        if rows and (_declares_header(table) or _looks_like_header(table, rows)):
            self._assembler.table(rows[1:], rows[0])
        else:
            self._assembler.table(rows)


class _Styles:
    """The meaning of paragraph styles, by id, outline level, name, and the styles they extend."""

    def __init__(self, document: WordDocument) -> None:
        self._by_id: dict[str, Element] = {}
        for style in document.styles.element.iter(qn("w:style")):
            self._by_id[style.get(qn("w:styleId"), "")] = style

    def heading_level(self, paragraph: Element) -> int | None:
        """The level of a heading, 1 the outermost; ``None`` for text."""
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        if own is not None:
            return _outline_level(own)
        for style in self._chain(paragraph):
            name = _value(style.find(qn("w:name")))
            if name.lower() in _TITLE_NAMES:
                return 1
            numbered = _HEADING_NAME.match(name)
            if numbered:
                return int(numbered[1])
            level = style.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
            if level is not None:
                return _outline_level(level)
        return None

    def is_list(self, paragraph: Element) -> bool:
        """Whether the paragraph is a list item, by its own numbering or its style's."""
        own = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if own is not None:
            return _value(own.find(qn("w:numId"))) != "0"
        return any(
            style.find(f"{qn('w:pPr')}/{qn('w:numPr')}") is not None
            or _LIST_NAME.match(_value(style.find(qn("w:name"))))
            for style in self._chain(paragraph)
        )

    def _chain(self, paragraph: Element) -> Iterator[Element]:
        """The paragraph's style and those it extends; ends at a loop."""
        style_id = _value(paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}"))
        for _ in range(_MAX_STYLE_DEPTH):
            style = self._by_id.get(style_id)
            if style is None:
                return
            yield style
            style_id = _value(style.find(qn("w:basedOn")))


def _outline_level(element: Element) -> int | None:
    value = _value(element)
    return int(value) + 1 if value in set("012345678") and value else None


def _value(element: Element | None) -> str:
    return "" if element is None else str(element.get(_VAL) or "")


def _blocks(parent: Element) -> Iterator[Element]:
    """Paragraphs and tables in order, including those in content controls."""
    waiting = list(reversed(parent))
    while waiting:
        element = waiting.pop()
        if element.tag in (_P, _TBL):
            yield element
        elif element.tag == _SDT:
            content = element.find(_SDT_CONTENT)
            waiting.extend(reversed(content) if content is not None else ())
        elif element.tag in _WRAPPERS:
            waiting.extend(reversed(element))


def _is_skipped(element: Element, top: Element) -> bool:
    """Whether the element lies in a part of ``top`` that is not read."""
    for ancestor in element.iterancestors():
        if ancestor is top:
            return False
        if ancestor.tag in _SKIPPED:
            return True
    return False


def _text(paragraph: Element) -> str:
    """A paragraph's text with insertions and links, without deletions and text boxes."""
    parts: list[str] = []
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag in _SKIPPED or element.tag == _TEXT_BOX:
            continue
        parts.append((element.text or "") if element.tag == _T else _MARKS.get(element.tag, ""))
        waiting.extend(reversed(element))
    return "".join(parts)


def _rows(table: Element) -> list[list[str]]:
    """The rows as texts by column; a cell merged downwards counts in each of its rows."""
    rows: list[list[str]] = []
    for row in _children(table, _TR):
        cells: list[str] = []
        for cell in _children(row, _TC):
            properties = cell.find(qn("w:tcPr"))
            merge = None if properties is None else properties.find(qn("w:vMerge"))
            continued = merge is not None and _value(merge) != "restart"
            above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else ""
            cells.append(above if continued else _cell_text(cell))
            cells.extend([""] * (_span(properties) - 1))
        rows.append(cells)
    return [row for row in rows if any(row)]


def _children(parent: Element, tag: str) -> Iterator[Element]:
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag == _SDT:
            content = element.find(_SDT_CONTENT)
            yield from () if content is None else content.iterchildren(tag)


def _cell_text(cell: Element) -> str:
    return clean_line(" ".join(_text(paragraph) for paragraph in cell.iter(_P)))


def _span(properties: Element | None) -> int:
    span = "" if properties is None else _value(properties.find(qn("w:gridSpan")))
    return max(1, min(int(span), _MAX_SPAN)) if span.isdecimal() else 1


def _declares_header(table: Element) -> bool:
    first = table.find(_TR)
    return first is not None and first.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


def _looks_like_header(table: Element, rows: list[list[str]]) -> bool:
    """Whether the first row has short, different words; with two columns, bold ones."""
    first = rows[0]
    if len(rows) < 2 or len(first) < 2 or not all(first) or len(set(first)) < len(first):
        return False
    if any(len(cell) > _HEADER_CELL or not cell[0].isalpha() or cell[-1] in ".:" for cell in first):
        return False
    return len(first) > 2 or _is_bold(table.find(_TR))


def _is_bold(row: Element | None) -> bool:
    if row is None:
        return False
    runs = [run for run in row.iter(qn("w:r")) if "".join(t.text or "" for t in run.iter(_T))]
    return bool(runs) and all(run.find(f"{qn('w:rPr')}/{qn('w:b')}") is not None for run in runs)
