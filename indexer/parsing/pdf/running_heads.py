"""What the pages of a PDF repeat: headers, footers, page numbers, tables of contents."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from indexer.parsing.pdf.lines import Line, letters_of

# Headers and footers stand in this share of the page's height, at its head and at its foot.
_EDGE = 0.12
_SAME_HEIGHT = 0.006
# Repeated on so many pages a line is a header; of up to so many, two pages must have it.
_REPEATED = 3
# A cover and other unnumbered pages shift the printed number from the page's own by some.
_NUMBER_SHIFT = 20
# A shorter line at the edge may well be text that the first page has too.
_RUNNING_HEAD = 12
# Running heads that say the title again are set smaller than the title.
_SMALLER = 0.95
# Of the pages with a text at one height, so many must have the same for it to be a header.
_ALIKE_SHARE = 0.8
_CONTENTS_GAP = 4  # lines: an entry may take several
_DIGITS = re.compile(r"\d{1,9}")
_PAGE_NUMBER = re.compile(
    r"[-–— ]*(?P<word>(?:pag(?:ina|\.)?|page)\s*)?(?P<number>\d{1,4})"
    r"(?P<total>\s*(?:di|of|/)\s*\d{1,4})?[-–— ]*",
    re.IGNORECASE,
)
_LEADER = re.compile(r"(?:\.\s?){5,}\s*\d*\s*$")
_LEADER_LENGTH = 200
_CONTENTS = re.compile(r"(?:indice(?: .*)?|sommario|contents|table of contents)", re.IGNORECASE)
_DOTS = re.compile(r"\s*(?:\.\s?){5,}\s*")
_MARKS_ONLY = re.compile(r"[\W_]*")


def without_edges(lines: Sequence[Line]) -> list[Line]:
    """The lines without page numbers and what repeats at the head or foot of pages.

    Nothing is dropped that stands further from the edge than something that is kept: there the
    content of the page has begun.
    """
    edges = [line for line in lines if _at_edge(line)]
    judge = _Repetition(lines, edges)
    first_page = [line for line in lines if line.page == lines[0].page]
    begun: dict[tuple[int, bool], float] = {}  # of a page's head and foot: where content begins
    dropped: set[int] = set()
    for line in sorted(edges, key=_from_edge):
        end = (line.page, line.height > 0.5)
        outside = _from_edge(line) < begun.get(end, 1.0)
        repeated = (
            _is_page_number(line)
            or judge.repeats(line)
            or (line.page != lines[0].page and _is_running_head(line, first_page, judge))
        )
        if repeated and outside:
            dropped.add(id(line))
        else:
            begun.setdefault(end, _from_edge(line) + _SAME_HEIGHT)
    return [line for line in lines if id(line) not in dropped]


def without_contents(lines: Sequence[Line]) -> list[Line]:
    """The lines without a table of contents: it names every subject and says nothing of it.

    A price list has leaders too: its lines name what is nowhere else, under no such title. They
    are kept, without their dots.
    """
    written = Counter(letters_of(line.text) for line in lines if not _has_leader(line))
    kept: list[Line] = []
    inside = 0  # lines since the title of a table of contents, or since one of its entries
    for position, line in enumerate(lines):
        if _MARKS_ONLY.fullmatch(line.text):
            continue
        inside = max(0, inside - 1)
        if _has_leader(line):
            if inside or written[letters_of(line.text)]:
                inside = _CONTENTS_GAP
                continue
        elif _CONTENTS.fullmatch(line.text):
            following = lines[position + 1 : position + _CONTENTS_GAP]
            if any(_has_leader(one) for one in following):
                inside = _CONTENTS_GAP
                continue
        kept.append(replace(line, text=_DOTS.sub(" ", line.text)))
    return kept


class _Repetition:
    """Which texts stand at the same height of many pages."""

    def __init__(self, lines: Sequence[Line], edges: Sequence[Line]) -> None:
        pages = len({line.page for line in lines})
        self._needed = _REPEATED if pages > _REPEATED else 2
        self._shapes = _Shapes(edges)
        self._pages: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for line in edges:
            self._pages[_slot(line)][self._shapes.of(line)].add(line.page)
        self._body = {line.text.casefold() for line in lines if not _at_edge(line)}
        self._counts = Counter(map(self._shapes.of, edges))

    def repeats(self, line: Line) -> bool:
        """Whether a line is a header or a footer: on enough pages, and not their data.

        Where pages have different texts at one height ("Bologna", "Imola"), these are what the
        pages tell of, unless they are titles of chapters, or alternate from left to right.
        """
        shape = self._shapes.of(line)
        near = [self._pages.get(_slot(line) + step, {}) for step in (-1, 0, 1)]
        same = set().union(*(slot.get(shape, ()) for slot in near))
        if len(same) < self._needed:
            return False
        if line.text.casefold() in self._body:
            return True
        sides = {page % 2 for page in same}
        rivals = {page for slot in near for pages in slot.values() for page in pages}
        return len(same) >= _ALIKE_SHARE * sum(page % 2 in sides for page in rivals)

    def recurs(self, line: Line) -> bool:
        """Whether other pages have the same line at an edge."""
        return self._counts[self._shapes.of(line)] > 1


class _Shapes:
    """Texts in which the numbers that count pages are alike: "Pagina 3 di 12"."""

    def __init__(self, lines: Sequence[Line]) -> None:
        values: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
        shifts: dict[tuple[str, int], Counter[int]] = defaultdict(Counter)
        for line in lines:
            for place, number in enumerate(_numbers(line)):
                values[_skeleton(line), place][number] += 1
                shifts[_skeleton(line), place][number - line.page] += 1
        self._counting = {
            key for key in values if max(shifts[key].values()) > max(values[key].values())
        }

    def of(self, line: Line) -> str:
        """The same for two lines if they differ in nothing but their page's number."""
        skeleton = _skeleton(line)
        numbers = (
            number - line.page if (skeleton, place) in self._counting else number
            for place, number in enumerate(_numbers(line))
        )
        return f"{skeleton} {' '.join(map(str, numbers))}"


def _numbers(line: Line) -> list[int]:
    return [int(number) for number in _DIGITS.findall(line.text)]


def _skeleton(line: Line) -> str:
    return _DIGITS.sub("#", line.text.casefold())


def _slot(line: Line) -> int:
    return int(line.height / _SAME_HEIGHT)


def _from_edge(line: Line) -> float:
    return min(line.height, 1 - line.height)


def _has_leader(line: Line) -> bool:
    """Whether dots lead to a page number at the end of the line."""
    return _LEADER.search(line.text[-_LEADER_LENGTH:]) is not None


def _at_edge(line: Line) -> bool:
    return not _EDGE < line.height < 1 - _EDGE


def _is_running_head(line: Line, first_page: Sequence[Line], judge: _Repetition) -> bool:
    """Whether the line only says the title or the author again, cell by cell.

    One that the first page names in no larger type, and no other page repeats, is a heading that
    the first page announces, as an agenda does.
    """
    if len(line.text) < _RUNNING_HEAD:
        return False
    recurs = judge.recurs(line)
    return all(
        any(cell in one.text and (recurs or line.size < _SMALLER * one.size) for one in first_page)
        for cell in line.text.split(" | ")
    )


def _is_page_number(line: Line) -> bool:
    match = _PAGE_NUMBER.fullmatch(line.text)
    if match is None:
        return False
    if match["word"] or match["total"]:
        return True
    return int(match["number"]) <= line.page + _NUMBER_SHIFT
