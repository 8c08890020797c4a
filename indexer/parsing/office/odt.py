"""OpenDocument text (LibreOffice Writer): paragraphs, lists, tables and notes in reading order."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.cleaning import clean_line
from indexer.parsing.markup import office_side_texts
from indexer.parsing.office.columns import names_columns
from indexer.parsing.office.odt_styles import OdtStyles
from indexer.parsing.office.odt_text import OFFICE, TABLE, TEXT, OdtReader, own_text
from indexer.parsing.office.package import Package, day
from indexer.text.restriction_words import visibility_notes

_HIDDEN = "text formatted as hidden is not read; remove it, or show it if it is for readers"
_STRUCK = "text that is struck out is not read"
_ENCRYPTED = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}encryption-data"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MAX_SPAN = 60
_SKIPPED = frozenset(
    {f"{TEXT}tracked-changes", f"{TEXT}table-of-content", f"{OFFICE}forms", f"{TEXT}sequence-decls"}
)
_LIST, _ITEM, _HEADER = f"{TEXT}list", f"{TEXT}list-item", f"{TEXT}list-header"
_P, _H, _NOTE_BODY = f"{TEXT}p", f"{TEXT}h", f"{TEXT}note-body"
_ROW, _CELL, _COVERED = f"{TABLE}table-row", f"{TABLE}table-cell", f"{TABLE}covered-table-cell"


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """Read the document in an OpenDocument text.

    The day it was last saved becomes ``updated``, never ``date``.
    """
    package = Package(data)
    _check_open(package)
    content = package.part("content.xml")
    body = content.find(f"{OFFICE}body/{OFFICE}text") if content is not None else None
    if body is None:
        raise ValueError("content.xml")
    assembler = BlockBuilder()
    reader = OdtReader(OdtStyles(part for part in (package.part("styles.xml"), content)))
    _Body(reader, assembler).read(body)
    title, metadata = _properties(package)
    said = (
        (_HIDDEN, any(reader.unread.hidden)),
        (_STRUCK, reader.unread.struck),
    )
    beside = office_side_texts(data, body="content.xml")
    comments = ("".join(map(str, one.itertext())) for one in body.iter(f"{OFFICE}annotation"))
    return (
        ParsedText(
            blocks=assembler.blocks(),
            metadata=metadata,
            title=title or assembler.first_heading,
            warnings=tuple(warning for warning, present in said if present),
            side_texts=visibility_notes(*beside, *comments, *reader.unread.hidden),
        ),
    )


def _check_open(package: Package) -> None:
    manifest = package.part("META-INF/manifest.xml")
    if manifest is not None and next(manifest.iter(_ENCRYPTED), None) is not None:
        raise UnreadableFileError(
            Reason.ENCRYPTED,
            "It is protected by a password.",
            remedy="Save a copy without the password.",
        )


def _properties(package: Package) -> tuple[str, dict[str, object]]:
    meta = package.part("meta.xml")
    if meta is None:
        return "", {}
    title = clean_line(meta.findtext(f".//{_DC}title") or "")
    saved = day(meta.findtext(f".//{_DC}date") or meta.findtext(f".//{_META}creation-date"))
    return title, {"updated": saved} if saved else {}


class _Body:
    """Passes the body of a document to the block builder."""

    def __init__(self, reader: OdtReader, assembler: BlockBuilder) -> None:
        self._reader = reader
        self._assembler = assembler

    def read(self, body: Element) -> None:
        """Read headings, paragraphs, lists and tables in order, through sections and frames."""
        waiting = list(reversed(body))
        while waiting:
            element = waiting.pop()
            if element.tag in _SKIPPED or self._reader.is_hidden(element):
                continue
            if element.tag in (_P, _H):
                waiting.extend(reversed(self._paragraph(element)))
            elif element.tag == _LIST:
                waiting.extend(reversed(self._list(element)))
            elif element.tag == f"{TABLE}table":
                waiting.extend(reversed(self._table(element)))
            else:
                waiting.extend(reversed(element))

    def _paragraph(self, element: Element) -> list[Element]:
        """Read a paragraph; what is anchored in it comes back, to be read after it."""
        text = self._reader.text(element)
        level = self._reader.heading_level(element)
        if level is None:
            self._assembler.paragraph(text)
        else:
            self._assembler.heading(level, text)
        return self._reader.take_anchored()

    def _list(self, element: Element) -> list[Element]:
        """Read a list of short texts; one with tables or headings in it is walked instead."""
        inner = element.iter(f"{TABLE}table", _H)
        if next(inner, None) is not None:
            return list(element)
        items = [
            "\n".join(filter(None, (self._reader.text(p).strip() for p in _own_paragraphs(item))))
            for item in element.iter(_ITEM, _HEADER)
        ]
        self._assembler.items(items)
        return self._reader.take_anchored()

    def _table(self, table: Element) -> list[Element]:
        rows, declared = self._rows(table)
        if not rows:
            return self._reader.take_anchored()
        if len(rows) > 1 and (declared or (len(rows[0]) > 2 and names_columns(rows))):
            self._assembler.table(rows[1:], rows[0])
        else:
            self._assembler.table(rows)
        return self._reader.take_anchored()

    def _rows(self, table: Element) -> tuple[list[list[str]], bool]:
        """The rows that say something, and whether the first is declared a header."""
        rows: list[list[str]] = []
        held: dict[int, tuple[int, str]] = {}
        declared = False
        for row in _nearest(table, _ROW):
            cells = self._cells(row, held)
            if any(cells):
                in_header = next(row.iterancestors(f"{TABLE}table-header-rows"), None) is not None
                declared = declared or (in_header and not rows)
                rows.append(cells)
        return rows, declared

    def _cells(self, row: Element, held: dict[int, tuple[int, str]]) -> list[str]:
        """The cells of a row; one that spans rows counts in each of them."""
        cells: list[str] = []
        for cell in row.iterchildren(_CELL, _COVERED):
            for _ in range(min(_number(cell, "columns-repeated"), _MAX_SPAN)):
                column = len(cells)
                if cell.tag == _COVERED:
                    left, text = held.get(column, (0, ""))
                    held[column] = (left - 1, text)
                    cells.append(text if left > 0 else "")
                    continue
                paragraphs = (p for p in cell.iter(_P, _H) if own_text(p, cell))
                text = clean_line(" ".join(map(self._reader.text, paragraphs)))
                held[column] = (_number(cell, "rows-spanned") - 1, text)
                cells.append(text)
        while cells and not cells[-1]:
            cells.pop()
        return cells


def _own_paragraphs(item: Element) -> Iterator[Element]:
    """The paragraphs of a list item, without those of lists in it."""
    yield from item.iterchildren(_P, _H)


def _nearest(table: Element, tag: str) -> Iterator[Element]:
    """The rows of a table, without those of tables in it."""
    waiting = list(reversed(table))
    while waiting:
        element = waiting.pop()
        if element.tag == tag:
            yield element
        elif element.tag != f"{TABLE}table" and isinstance(element, etree._Element):
            waiting.extend(reversed(element))


def _number(cell: Element, what: str) -> int:
    value = cell.get(f"{TABLE}number-{what}") or ""
    return int(value) if value.isdecimal() and len(value) < 9 else 1
