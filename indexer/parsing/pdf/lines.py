"""The lines of a PDF page, with their position and type size."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pypdf import PageObject

from indexer.parsing.cleaning import clean_line

# A false space, from a change of font or the kerning of an apostrophe: “ word”, dell' Ente.
_FALSE_SPACE = re.compile(
    r"(?<=[“‘(\[]) (?=\w)|(?<=\b[Ll]') (?=\w)|(?<=\w[lL]') (?=[aeiouhAEIOUH])"
)
_PRINTED_HYPHEN = re.compile(r"\u00ad(?=\s*$)")
# In type sizes: no character is wider than the first; a wider gap than the second is between
# two cells.
_WIDEST = 0.65
_CELL_GAP = 1.5
_BULLET = 2.0


_Font = Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the page prints it, in the order in which the file draws it.

    ``x`` and ``y`` are in points from the page's lower left corner; ``height`` is the position
    between the foot (0.0) and the head (1.0) of the page; ``size`` is the type size in points.
    ``row``: wide gaps divide it into cells.
    """

    text: str
    page: int
    x: float
    y: float
    height: float
    size: float
    bold: bool = False
    row: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    x: float
    y: float
    size: float
    bold: bool


def page_lines(page: PageObject, number: int) -> list[Line]:
    """The lines of a page."""
    reader = _Reader(number, float(page.mediabox.bottom), float(page.mediabox.top))
    page.extract_text(visitor_text=reader.visit)
    reader.end_line()
    return reader.lines


class _Reader:
    """Collects the pieces of text that pypdf finds into lines."""

    def __init__(self, page: int, bottom: float, top: float) -> None:
        self.lines: list[Line] = []
        self._page = page
        self._bottom = bottom
        self._height = max(top - bottom, 1.0)
        self._pieces: list[_Piece] = []
        self._broken = False

    def visit(
        self, text: str, cm: Sequence[float], tm: Sequence[float], font: _Font, size: float
    ) -> None:
        """Take a piece of text with the matrices that place it, as pypdf passes them."""
        for count, part in enumerate(text.split("\n")):
            self._broken = self._broken or count > 0
            if not part.strip():
                if part and self._pieces and not self._broken:
                    self._pieces[-1] = replace(self._pieces[-1], text=f"{self._pieces[-1].text} ")
                continue
            piece = _piece(part, cm, tm, font, size)
            if self._broken and not self._goes_on(piece):
                self.end_line()
            elif self._broken:
                piece = replace(piece, text=f" {piece.text}")
            self._broken = False
            self._pieces.append(piece)

    def end_line(self) -> None:
        """Make a line of the pieces so far."""
        if self._pieces:
            line = _line(self._pieces, self._page, self._bottom, self._height)
            self._pieces = []
            if line.text:
                self.lines.append(line)

    def _goes_on(self, piece: _Piece) -> bool:
        """Whether the piece stands at the height of the last one: a cell of its row."""
        if not self._pieces:
            return False
        last = self._pieces[-1]
        return abs(piece.y - last.y) < 0.3 * piece.size and piece.x > last.x + piece.size


def _piece(
    text: str,
    cm: Sequence[float],
    tm: Sequence[float],
    font: _Font,
    size: float,
) -> _Piece:
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    scale = math.hypot(tm[2], tm[3]) * math.hypot(cm[2], cm[3])
    name = str(font.get("/BaseFont", "")).lower() if font is not None else ""
    # Some programs write a bullet as DEL, which WinAnsi leaves to them.
    text = text.replace("\x7f", "•")
    return _Piece(text, x, y, abs(size * scale), "bold" in name or "black" in name)


def _line(pieces: Sequence[_Piece], page: int, bottom: float, height: float) -> Line:
    parts: list[str] = []
    row = False
    end = pieces[0].x
    for piece in pieces:
        gap = piece.x - end > _CELL_GAP * piece.size
        parts.append(f" | {piece.text}" if gap else piece.text)
        row = row or gap
        # The file moves to most pieces, but not to one that only changes the font.
        end = max(end, piece.x) + _width(piece)
    # A soft hyphen that is printed stands at the end of a line, and is a hyphen there.
    printed = _PRINTED_HYPHEN.sub("-", "".join(parts))
    text = _FALSE_SPACE.sub("", clean_line(printed))
    largest = max(pieces, key=lambda piece: len(piece.text))
    return Line(
        text=text,
        page=page,
        x=pieces[0].x,
        y=largest.y,
        height=(pieces[0].y - bottom) / height,
        size=largest.size,
        bold=all(piece.bold for piece in pieces),
        row=row,
    )


def _width(piece: _Piece) -> float:
    """An upper bound of the width of a piece, in points."""
    return max(_WIDEST * len(piece.text.strip()), _BULLET) * piece.size
