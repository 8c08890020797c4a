"""From the lines of a PDF to paragraphs, lists, table rows and headings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from indexer.domain import Block
from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.line_joining import DocumentWords, join_lines
from indexer.parsing.pdf.headings import Bookmark, heading_levels, title_of
from indexer.parsing.pdf.lines import Line
from indexer.parsing.pdf.running_heads import without_contents, without_edges

_BULLET = re.compile(r"[•◦▪■●○➢►✓✔*]\s*(?=\S)|[–—-]\s+(?=\S)")
_ORDINAL = re.compile(r"\(?(?:\d{1,2}|[a-z])[.)]\s")
_DASHES = ("–", "—", "-")
_ENDS = (".", "!", "?", ":", ";", "”", "»", ")")

_GAP = 1.25
_SIZE_TOLERANCE = 0.1
_ROOM = 0.85
_COLUMN = 20
# How many lines above a cell its neighbour may begin: cells are aligned to the top or middle.
_TALLEST_CELL = 5
# In type sizes per character: no type is so narrow that a line ends before this.
_NARROWEST = 0.3


@dataclass(frozen=True, slots=True)
class Layout:
    """A document's blocks, and the line that looks like its title."""

    blocks: tuple[Block, ...]
    title: str


def read_layout(lines: Sequence[Line], bookmarks: Sequence[Bookmark]) -> Layout:
    """Rebuild the text of a document from its lines."""
    # If every line repeats, as in copies of one slide, everything is better than nothing.
    content = without_contents(without_edges(lines)) or list(lines)
    writer = _Writer(content)
    for paragraph in _paragraphs(content, heading_levels(content, bookmarks), _Measures(content)):
        writer.write(paragraph)
    return Layout(writer.blocks(), title_of(content) or writer.first_heading)


class _Writer:
    """Passes paragraphs to the block builder; list items are collected until the list ends."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._assembler = BlockBuilder()
        self._words = DocumentWords([line.text for line in lines])
        self._items: list[str] = []
        self._page = 0

    @property
    def first_heading(self) -> str:
        """The first heading of the document."""
        return self._assembler.first_heading

    def write(self, paragraph: _Paragraph) -> None:
        """Write one paragraph, heading or item."""
        text = paragraph.text(self._words)
        if paragraph.is_item:
            self._page = self._page or paragraph.page
            self._items.append(_BULLET.sub("", text, count=1))
            return
        self._end_list()
        if paragraph.level is None:
            self._assembler.paragraph(text, paragraph.page)
        else:
            self._assembler.heading(paragraph.level, text, paragraph.page)

    def blocks(self) -> tuple[Block, ...]:
        """All that was written."""
        self._end_list()
        return self._assembler.blocks()

    def _end_list(self) -> None:
        self._assembler.items(self._items, self._page)
        self._items = []
        self._page = 0


class _Measures:
    """What is usual in a document: line spacing by type size, length of full lines by column."""

    def __init__(self, lines: Sequence[Line]) -> None:
        gaps: dict[int, list[float]] = defaultdict(list)
        self._longest: dict[tuple[int, int, int], int] = defaultdict(int)
        for before, line in pairwise(lines):
            gap = before.y - line.y
            if before.page == line.page and 0.8 * line.size < gap < 2.2 * line.size:
                gaps[round(line.size)].append(gap)
        for line in lines:
            column = _column(line)
            self._longest[column] = max(self._longest[column], len(line.text))
        self._leading = {size: median(values) for size, values in gaps.items()}

    def leading(self, line: Line) -> float:
        """The usual distance between lines of this size, in points."""
        return self._leading.get(round(line.size), 1.3 * line.size)

    def has_room(self, line: Line, word: str) -> bool:
        """Whether the next word would have fitted: then the line ended on purpose."""
        longest = self._longest[_column(line)]
        return len(line.text) + 1 + len(word) < _ROOM * longest


def _column(line: Line) -> tuple[int, int, int]:
    return (line.page, round(line.size), round(line.x / _COLUMN))


@dataclass(slots=True)
class _Paragraph:
    """Consecutive lines; ``cells`` are the finished cells of a table row."""

    level: int | None
    lines: list[Line]
    cells: list[list[Line]] = field(default_factory=list)

    @property
    def page(self) -> int:
        """The page on which it begins."""
        return self.first.page

    @property
    def first(self) -> Line:
        """Its first line."""
        return self.cells[0][0] if self.cells else self.lines[0]

    @property
    def is_item(self) -> bool:
        """Whether it is a list item."""
        return self.level is None and not self.cells and bool(_BULLET.match(self.first.text))

    def text(self, words: DocumentWords) -> str:
        """The lines joined, the cells of a row with a bar between them."""
        return " | ".join(_joined(cell, words) for cell in [*self.cells, self.lines])


def _joined(lines: Sequence[Line], words: DocumentWords) -> str:
    return words.mend(join_lines([line.text for line in lines], words))


def _paragraphs(
    lines: Sequence[Line], levels: Mapping[int, int], measures: _Measures
) -> Iterator[_Paragraph]:
    current: _Paragraph | None = None
    for position, line in enumerate(lines):
        level = levels.get(position)
        if current is not None and _takes(current, line, level, measures):
            continue
        if current is not None:
            yield current
        current = _Paragraph(level, [line])
    if current is not None:
        yield current


def _takes(current: _Paragraph, line: Line, level: int | None, measures: _Measures) -> bool:
    """Add the line to the paragraph if it belongs there; returns whether it did."""
    last = current.lines[-1]
    if level != current.level or abs(line.size - last.size) > _SIZE_TOLERANCE * last.size:
        return False
    if level is None and _is_next_cell(current, line, measures):
        current.cells.append(current.lines)
        current.lines = [line]
        return True
    if not _follows(current, line, measures):
        return False
    current.lines.append(line)
    return True


def _is_next_cell(current: _Paragraph, line: Line, measures: _Measures) -> bool:
    """Whether the line stands to the right of the paragraph, at the same height."""
    last = current.lines[-1]
    right = max(one.x + _NARROWEST * len(one.text) * one.size for one in current.lines)
    if line.page != last.page or line.x < max(right, last.x + 2 * line.size):
        return False
    everything = [one.y for cell in [*current.cells, current.lines] for one in cell]
    highest = max(everything) + _TALLEST_CELL * measures.leading(line)
    return max(last.y + 0.3 * line.size, min(everything) - 0.5 * line.size) < line.y <= highest


def _follows(current: _Paragraph, line: Line, measures: _Measures) -> bool:
    """Whether the line continues the text of the paragraph."""
    last = current.lines[-1]
    gap = last.y - line.y
    unfinished = not last.text.endswith(_ENDS) and line.text[0].islower()
    if _starts_item(line, last) or line.row:
        return False
    if line.page != last.page or gap < 0.3 * line.size or gap > 3 * measures.leading(line):
        return unfinished and not (current.cells or last.row) and current.level is None
    if gap > _GAP * measures.leading(line):
        return False
    if current.level is not None:
        return True
    return _same_paragraph(current, line, unfinished, measures)


def _starts_item(line: Line, last: Line) -> bool:
    """Whether a mark opens an item; a dash within a sentence does not."""
    if _BULLET.match(line.text) or _ORDINAL.match(line.text):
        runs_on = abs(line.x - last.x) < line.size and not last.text.endswith(_ENDS)
        return not (line.text.startswith(_DASHES) and runs_on and not _BULLET.match(last.text))
    return False


def _same_paragraph(current: _Paragraph, line: Line, unfinished: bool, measures: _Measures) -> bool:
    last, first = current.lines[-1], current.lines[0]
    if any(one.row for one in current.lines):
        return line.x > first.x + 2 * line.size  # the rest of a cell of the row
    if current.cells and abs(line.x - last.x) < line.size:
        return True
    if last.bold != line.bold and not line.text[0].islower():
        return False
    hangs = _BULLET.match(first.text) or _ORDINAL.match(first.text)
    indented = line.x > last.x + 0.8 * line.size and not hangs
    if indented and (last.text.endswith(_ENDS) or line.text[0].isupper()):
        return False
    return unfinished or not measures.has_room(last, line.text.split(" ", 1)[0])
