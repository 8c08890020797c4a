"""What the pages of a PDF repeat: headers, footers, page numbers, tables of contents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from indexer.parsing.pdf.lines import Line

# The share of the page's height, at its head and its foot, where headers and footers are.
_EDGE = 0.12
_SAME_HEIGHT = 0.006
# So many pages must repeat a header; two, if the document has no more pages than this.
_REPEATED = 3
# A cover and other unnumbered pages shift the printed number from the page's own by some.
_NUMBER_SHIFT = 20
# A shorter line at the edge may well be text that the first page has too.
_RUNNING_HEAD = 12
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[-–— ]*(?P<word>(?:pag(?:ina|\.)?|page)\s*)?(?P<number>\d{1,4})"
    r"(?P<total>\s*(?:di|of|/)\s*\d{1,4})?[-–— ]*",
    re.IGNORECASE,
)
_LEADER = re.compile(r"(?:\.\s?){5,}\s*\d*\s*$")
_LEADER_LENGTH = 200
_CONTENTS = re.compile(r"(?:indice(?: .*)?|sommario|contents|table of contents)", re.IGNORECASE)
_MARKS_ONLY = re.compile(r"[\W_]*")

_Heights = Mapping[str, Sequence[tuple[float, int]]]


def without_edges(lines: Sequence[Line]) -> list[Line]:
    """The lines without page numbers and what repeats at the head or foot of pages."""
    pages = len({line.page for line in lines})
    heights: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for line in lines:
        if _at_edge(line):
            heights[_shape(line)].append((line.height, line.page))
    needed = _REPEATED if pages > _REPEATED else 2
    first_page = " ".join(line.text for line in lines if line.page == lines[0].page)
    return [
        line
        for line in lines
        if not _at_edge(line)
        or not (
            _is_page_number(line)
            or _repeats(line, heights, needed)
            or (line.page != lines[0].page and _is_running_head(line, first_page))
        )
    ]


def without_contents(lines: Sequence[Line]) -> list[Line]:
    """The lines without a table of contents: it names every subject and says nothing of it."""
    kept: list[Line] = []
    for position, line in enumerate(lines):
        if _has_leader(line) or _MARKS_ONLY.fullmatch(line.text):
            continue
        following = lines[position + 1 : position + 3]
        if _CONTENTS.fullmatch(line.text) and any(_has_leader(one) for one in following):
            continue
        kept.append(line)
    return kept


def _has_leader(line: Line) -> bool:
    """Whether dots lead to a page number at the end of the line."""
    return _LEADER.search(line.text[-_LEADER_LENGTH:]) is not None


def _at_edge(line: Line) -> bool:
    return not _EDGE < line.height < 1 - _EDGE


def _shape(line: Line) -> str:
    """The text with its numbers alike: "Pagina 3 di 12" is the same line on all pages."""
    return _DIGITS.sub("#", line.text.casefold())


def _repeats(line: Line, heights: _Heights, needed: int) -> bool:
    same = {
        page for height, page in heights[_shape(line)] if abs(height - line.height) < _SAME_HEIGHT
    }
    return len(same) >= needed


def _is_running_head(line: Line, first_page: str) -> bool:
    """Whether the line only repeats the title or the author, cell by cell."""
    return len(line.text) >= _RUNNING_HEAD and all(
        cell in first_page for cell in line.text.split(" | ")
    )


def _is_page_number(line: Line) -> bool:
    match = _PAGE_NUMBER.fullmatch(line.text)
    if match is None:
        return False
    if match["word"] or match["total"]:
        return True
    return int(match["number"]) <= line.page + _NUMBER_SHIFT
