"""The headings of a PDF: from its outline if the text has them, else from the type."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.parsing.pdf.lines import Line, letters_of

_LARGER = 1.12
_MAX_LENGTH = 120
_MAX_BOLD_LENGTH = 80
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+[A-ZÀ-Þ]")
_CAPTION = re.compile(r"(?:tab(?:ella|le|\.)|fig(?:ur[ae]|\.))\s*\d", re.IGNORECASE)
_MATCHED_SHARE = 0.5
# Prose: at least so many lines of one size, so long, and this share of the whole text.
_PROSE_LINES = 3
_PROSE_LENGTH = 200
_PROSE_SHARE = 0.02
_TITLE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of a PDF's outline."""

    title: str
    level: int
    page: int


def heading_levels(lines: Sequence[Line], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """The level of each heading by the position of its line; 1 is the outermost."""
    return _by_outline(lines, bookmarks) or _by_type(lines)


def title_of(lines: Sequence[Line]) -> str:
    """The words in the largest type of the first page, if that is larger than prose."""
    first = [line for line in lines if line.page == lines[0].page]
    largest = max(line.size for line in first)
    if largest < _LARGER * _prose_size(lines):
        return ""
    start = next(n for n, line in enumerate(first) if line.size > 0.95 * largest)
    words: list[str] = []
    for line in first[start:]:
        if line.size <= 0.95 * largest:
            break
        words.append(line.text)
    title = " ".join(words)
    return title if len(title) <= _TITLE_LENGTH else words[0]


def _by_outline(lines: Sequence[Line], bookmarks: Sequence[Bookmark]) -> dict[int, int]:
    """The lines that the outline names; none if few of its entries are found."""
    wanted = {(mark.page, letters_of(mark.title)): mark.level for mark in bookmarks}
    levels: dict[int, int] = {}
    for position, line in enumerate(lines):
        level = wanted.pop((line.page, letters_of(line.text)), None)
        if level is not None:
            levels[position] = level
    return levels if len(levels) >= _MATCHED_SHARE * len(bookmarks) else {}


def _by_type(lines: Sequence[Line]) -> dict[int, int]:
    """Lines in larger type than prose, and lines in bold above prose."""
    prose = _prose_size(lines)
    ranks: dict[int, tuple[float, int]] = {}
    for position, line in enumerate(lines):
        if _could_be_heading(line) and (
            line.size >= _LARGER * prose or _is_bold_heading(lines, position, prose)
        ):
            ranks[position] = _rank(line)
    order = {rank: level for level, rank in enumerate(sorted(set(ranks.values())), 1)}
    return {position: order[rank] for position, rank in ranks.items()}


def _could_be_heading(line: Line) -> bool:
    text = line.text
    return (
        len(text) <= _MAX_LENGTH
        and not line.row
        and not text.endswith((".", ",", ";"))
        and not _CAPTION.match(text)
        and sum(char.isalpha() for char in text) > 2
    )


def _is_bold_heading(lines: Sequence[Line], position: int, prose: float) -> bool:
    """Whether a bold line of the size of prose is numbered, or stands above prose."""
    line = lines[position]
    if not line.bold or line.size < 0.95 * prose or line.text.endswith(":"):
        return False
    if _NUMBERED.match(line.text):
        return True
    if len(line.text) > _MAX_BOLD_LENGTH or not line.text[0].isupper():
        return False
    if position + 1 == len(lines):
        return False
    below = lines[position + 1]
    gap = line.y - below.y
    return (
        not below.bold
        and not below.row
        and below.page == line.page
        and 0 < gap < 3 * line.size
        and abs(below.x - line.x) < 3 * line.size
        and len(below.text) > len(line.text)
        and len(below.text) > _MAX_BOLD_LENGTH // 2
    )


def _rank(line: Line) -> tuple[float, int]:
    """The rank of a heading among others: larger type first, then the shorter number."""
    numbered = _NUMBERED.match(line.text)
    return (-round(line.size), numbered["number"].count(".") if numbered else 0)


def _prose_size(lines: Sequence[Line]) -> float:
    """The largest type size of the document's prose, tables apart."""
    total = sum(len(line.text) for line in lines)
    prose: dict[float, int] = defaultdict(int)
    sizes: Counter[float] = Counter()
    for run in _runs(lines):
        length = sum(len(line.text) for line in run)
        sizes[round(run[0].size, 1)] += length
        if len(run) >= _PROSE_LINES and length >= _PROSE_LENGTH:
            prose[round(run[0].size, 1)] += length
    real = [size for size, length in prose.items() if length >= _PROSE_SHARE * total]
    return max(real) if real else sizes.most_common(1)[0][0]


def _runs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Split the lines wherever size or page changes, or they are not consecutive."""
    run = [lines[0]]
    for line in lines[1:]:
        last = run[-1]
        follows = 0 < last.y - line.y < 2.2 * line.size and not line.row
        if follows and line.page == last.page and abs(line.size - last.size) < 0.5:
            run.append(line)
        else:
            yield run
            run = [line]
    yield run
