"""PowerPoint presentations: a slide is a section under its title, and its number is the page."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element as Element

from indexer.domain import ParsedText
from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.cleaning import clean_line
from indexer.parsing.markup import office_side_texts
from indexer.parsing.office.package import Package, core_properties
from indexer.text.restriction_words import visibility_notes

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TITLES = frozenset({"title", "ctrTitle"})
_FURNITURE = frozenset({"dt", "ftr", "hdr", "sldNum"})
_BODIES = frozenset({"body", "obj", ""})
_STRUCK = frozenset({"sngStrike", "dblStrike"})


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """Read the document in a presentation.

    Slides that are hidden are not read, and the report says so. Notes are for the speaker: they
    are searched for restrictions, and are no text.
    """
    package = Package(data)
    main = package.main_part("ppt/presentation.xml")
    presentation = package.part(main)
    if presentation is None:
        raise ValueError(main)
    assembler = BlockBuilder()
    slides = package.related(main, "slide")
    hidden: list[int] = []
    struck = False
    shown = [slides.get(one.get(f"{_R}id", "")) for one in presentation.iter(f"{_P}sldId")]
    for number, name in enumerate(shown, 1):
        slide = package.part(name) if name else None
        if slide is None or name is None:
            continue
        if slide.get("show") in ("0", "false"):
            hidden.append(number)
        else:
            struck = struck or any(map(_is_struck, slide.iter(f"{_A}r")))
            diagrams = (package.part(one) for one in package.related(name, "diagramData").values())
            _Slide(assembler, number).read(slide, [one for one in diagrams if one is not None])
    title, saved = core_properties(package)
    return (
        ParsedText(
            blocks=assembler.blocks(),
            metadata={"updated": saved} if saved else {},
            title=title or assembler.first_heading,
            warnings=tuple(_warnings(hidden, struck=struck)),
            pages=len(shown),
            side_texts=visibility_notes(*office_side_texts(data)),
        ),
    )


def _warnings(hidden: list[int], *, struck: bool) -> Iterator[str]:
    if hidden:
        numbers = ", ".join(map(str, hidden))
        yield f"hidden slides are not read ({numbers}); show them if they are for readers"
    if struck:
        yield "text that is struck out is not read"


class _Slide:
    """Passes a slide to the block builder: its title, then its shapes in their order."""

    def __init__(self, assembler: BlockBuilder, number: int) -> None:
        self._assembler = assembler
        self._number = number

    def read(self, slide: Element, diagrams: list[Element]) -> None:
        """Read a slide with the drawings that are kept in parts of their own."""
        self._assembler.end_section(1)
        shapes = list(_shapes(slide))
        shapes.sort(key=lambda shape: _placeholder(shape) not in _TITLES)  # a title is above all
        for shape in shapes:
            table = next(shape.iter(f"{_A}tbl"), None)
            if table is not None:
                self._table(table)
            elif _placeholder(shape) not in _FURNITURE:
                self._texts(shape)
        for diagram in diagrams:
            points = (_text(point) for point in diagram.iter(f"{_DIAGRAM}pt"))
            self._assembler.items([text for text in points if text], self._number)

    def _texts(self, shape: Element) -> None:
        texts = [text for one in shape.iter(f"{_A}p") if (text := _text(one)).strip()]
        kind = _placeholder(shape)
        if kind in _TITLES:
            self._assembler.heading(1, " ".join(texts), self._number)
        elif kind in _BODIES and len(texts) > 1:
            self._assembler.items(texts, self._number)
        else:
            for text in texts:
                self._assembler.paragraph(text, self._number)

    def _table(self, table: Element) -> None:
        rows: list[list[str]] = []
        for row in table.iterchildren(f"{_A}tr"):
            cells: list[str] = []
            for cell in row.iterchildren(f"{_A}tc"):
                above = rows[-1][len(cells)] if rows and len(cells) < len(rows[-1]) else ""
                if cell.get("vMerge") in ("1", "true"):
                    cells.append(above)
                else:
                    cells.append(clean_line(" ".join(map(_text, cell.iter(f"{_A}p")))))
            rows.append(cells)
        properties = table.find(f"{_A}tblPr")
        header = properties is not None and properties.get("firstRow") in ("1", "true")
        if header and len(rows) > 1:
            self._assembler.table(rows[1:], rows[0], self._number)
        else:
            self._assembler.table(rows, page=self._number)


def _shapes(slide: Element) -> Iterator[Element]:
    """The shapes and tables of a slide, through groups, in the order in which they are drawn."""
    waiting = [slide]
    while waiting:
        element = waiting.pop()
        if element.tag in (f"{_P}sp", f"{_P}graphicFrame"):
            if not _is_hidden(element):
                yield element
        elif element.tag != _FALLBACK and not _is_hidden(element):
            waiting.extend(reversed(element))


def _is_hidden(shape: Element) -> bool:
    named = shape.find(f"*/{_P}cNvPr")
    return named is not None and named.get("hidden") in ("1", "true")


def _placeholder(shape: Element) -> str | None:
    """What a shape is in the layout of the slide; ``None`` for one that somebody drew."""
    found = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
    return None if found is None else found.get("type") or ""


def _text(paragraph: Element) -> str:
    """The text of a paragraph, without its slide's number and date, and what is struck out."""
    parts: list[str] = []
    for run in paragraph.iter(f"{_A}r", f"{_A}br", f"{_A}fld"):
        if run.tag == f"{_A}br":
            parts.append("\n")
        elif run.tag == f"{_A}r" and not _is_struck(run):
            parts.append(run.findtext(f"{_A}t") or "")
    return "".join(parts)


def _is_struck(run: Element) -> bool:
    properties = run.find(f"{_A}rPr")
    return properties is not None and properties.get("strike") in _STRUCK
