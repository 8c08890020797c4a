"""The lines of a PDF page, with where they stand and how large they are set."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
from pypdfium2 import raw

from indexer.parsing.cleaning import clean_line
from indexer.parsing.pdf.form_fields import Field

_NOT_LETTERS = re.compile(r"[\W\d_]+")
_PRINTED_HYPHEN = re.compile(r"\u00ad(?=\s*$)")
# How PDFium writes a hyphen that ends a line.
_HYPHENS = frozenset({0x02, 0xFFFE})
# Some programs write a bullet as DEL, which WinAnsi leaves to them.
_BULLET = {0x7F: "•"}
# In sizes of type: a gap so wide is between two cells. Justified words in a narrow column may be
# further apart, but all by the same.
_CELL_GAP = 1.9
_JUSTIFIED_GAP = 3.0
_SAME_GAP = 0.1
# Characters on one line stand within this share of their size of each other's height.
_SAME_HEIGHT = 0.3
# A raised or lowered character is set smaller than its line by this share at least.
_RAISED_SIZE = 0.15
_UNMAPPED_PAGE = 0.5  # share of a page's characters
_NAME_BYTES = 128
_USUAL_SIZE = 12.0  # points: of the text in a tall field


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the page prints it, in the order in which the file draws it.

    ``x`` and ``y`` are in points from the lower left corner of the page as it is shown, ``right``
    is where its text ends, ``height`` is where the line stands between the foot (0.0) and the head
    (1.0) of the page, ``size`` the size of the type. ``row`` tells that wide gaps part it into
    cells.
    """

    text: str
    page: int
    x: float
    y: float
    height: float
    size: float
    right: float
    bold: bool = False
    row: bool = False


@dataclass(frozen=True, slots=True)
class PageText:
    """The lines of a page, and for how many of its characters no font says what they are."""

    lines: list[Line]
    unmapped: int


@dataclass(frozen=True, slots=True)
class _PageFrame:
    """The page as it is shown: its corner, its height in points, and its rotation in quarters."""

    left: float
    bottom: float
    height: float
    width: float
    quarters: int

    def shown(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page's own coordinates stands once the page is turned."""
        x, y = x - self.left, y - self.bottom
        match self.quarters:
            case 1:
                return y, self.height - x
            case 2:
                return self.width - x, self.height - y
            case 3:
                return self.width - y, x
            case _:
                return x, y


@dataclass(frozen=True, slots=True)
class _Type:
    """The type of a text object: its size on the page in points, and whether it is bold."""

    size: float
    bold: bool


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    x: float
    y: float
    right: float
    type: _Type
    drawn_with: int = 0  # the text object: what the file draws at once
    breaks: bool = False  # whether the line ends after it
    filled: bool = False  # whether it is no character but the value of a form's field
    mapped: bool = True  # whether its font says which character it is


def _frame(page: pdfium.PdfPage) -> _PageFrame:
    """Measure a page as it is shown."""
    left, bottom, right, top = page.get_cropbox()
    quarters = page.get_rotation() // 90 % 4
    width, height = right - left, top - bottom
    if quarters % 2:
        width, height = height, width
    return _PageFrame(left, bottom, max(height, 1.0), width, quarters)


def letters_of(text: str) -> str:
    """Only the letters, in lower case: a page often numbers a heading that its outline does not."""
    return _NOT_LETTERS.sub("", text).casefold()


def page_text(page: pdfium.PdfPage, number: int, fields: Sequence[Field] = ()) -> PageText:
    """Extract the lines of a page.

    Args:
        page: the page, as PDFium opened it.
        number: its number, from 1.
        fields: what is filled in on it; each value is read behind its label.

    Returns:
        Its lines. A few characters that are not in their font's table (mathematical signs, logos)
        are left out; where most are not, they are read by their codes, which may be right. They
        are counted.

    """
    frame = _frame(page)
    read = list(_Reader(page.get_textpage(), frame).characters())
    unmapped = sum(not char.mapped for char in read)
    keep_unmapped = unmapped > _UNMAPPED_PAGE * len(read)
    lines: list[list[_Char]] = []
    for char in read:
        if not lines or _starts_line(lines[-1][-1], char):
            lines.append([])
        lines[-1].append(char if char.mapped or keep_unmapped else replace(char, text=""))
    for field in fields:
        _fill_in(lines, field, frame)
    made = [_line(chars, number, frame) for chars in lines]
    return PageText([line for line in made if line.text], unmapped)


class _Reader:
    """Reads the characters of a page, in the order of PDFium."""

    def __init__(self, text: pdfium.PdfTextPage, frame: _PageFrame) -> None:
        self._text = text
        self._frame = frame
        self._types: dict[int, _Type] = {}

    def characters(self) -> Iterator[_Char]:
        """Each printed character; spaces and ends of lines belong to the one before them."""
        waiting: _Char | None = None
        for index in range(raw.FPDFText_CountChars(self._text)):
            code = raw.FPDFText_GetUnicode(self._text, index)
            if code in (0x0A, 0x0D):
                waiting = waiting and _with(waiting, "", breaks=True)
            elif code in (0x09, 0x20, 0xA0):
                waiting = waiting and _with(waiting, " ", breaks=waiting.breaks)
            elif code:
                if waiting is not None:
                    yield waiting
                waiting = self._character(index, code)
        if waiting is not None:
            yield waiting

    def _character(self, index: int, code: int) -> _Char:
        ends_line = code in _HYPHENS
        text = "-" if ends_line else _BULLET.get(code) or chr(code)
        x, y = ctypes.c_double(), ctypes.c_double()
        raw.FPDFText_GetCharOrigin(self._text, index, x, y)
        box = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(self._text, index, box)
        left, base = self._frame.shown(x.value, y.value)
        corners = (
            self._frame.shown(box.left, box.bottom)[0],
            self._frame.shown(box.right, box.top)[0],
        )
        thing = raw.FPDFText_GetTextObject(self._text, index)
        key = ctypes.cast(thing, ctypes.c_void_p).value or 0
        if key not in self._types:
            self._types[key] = self._type_of(index, thing)
        mapped = raw.FPDFText_HasUnicodeMapError(self._text, index) != 1
        type_ = self._types[key]
        right = max(left, *corners)
        return _Char(text, left, base, right, type_, key, breaks=ends_line, mapped=mapped)

    def _type_of(self, index: int, thing: raw.FPDF_PAGEOBJECT) -> _Type:
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(self._text, index, matrix)
        size = raw.FPDFText_GetFontSize(self._text, index) * math.hypot(matrix.c, matrix.d)
        name = ctypes.create_string_buffer(_NAME_BYTES)
        if thing:
            font = raw.FPDFTextObj_GetFont(thing)
            raw.FPDFFont_GetBaseFontName(font, name, _NAME_BYTES)
        family = name.value.decode("utf-8", "replace").lower()
        return _Type(abs(size) or 1.0, "bold" in family or "black" in family)


def _with(char: _Char, text: str, *, breaks: bool) -> _Char:
    return replace(char, text=f"{char.text}{text}", breaks=breaks)


def _fill_in(lines: list[list[_Char]], field: Field, frame: _PageFrame) -> None:
    """Put what a field holds behind its label, or else on a line of its own."""
    (left, one), (right, other) = (
        frame.shown(field.left, field.bottom),
        frame.shown(field.right, field.top),
    )
    (left, right), (bottom, top) = sorted((left, right)), sorted((one, other))
    label = _label(lines, field, left, right, bottom, top) if field.name else None
    if label is not None:
        chars, position = label
        near = chars[min(position, len(chars) - 1)]
        value = _Char(f" {field.text} ", left, near.y, right, near.type, filled=True)
        chars.insert(position, value)
        return
    text = f"{field.name}: {field.text}" if field.name else field.text
    size = min(top - bottom, _USUAL_SIZE)
    below = next((n for n, chars in enumerate(lines) if chars[0].y < top - size), len(lines))
    lines.insert(below, [_Char(text, left, top - size, right, _Type(size, False))])


def _label(
    lines: Sequence[list[_Char]],
    field: Field,
    left: float,
    right: float,
    bottom: float,
    top: float,
) -> tuple[list[_Char], int] | None:
    """Find the line at a field's height, and where in it the field stands.

    Args:
        lines: the characters of the page's lines.
        field: the field; the label of a box to tick may follow it, others go before theirs.
        left: where it begins, in points on the page as it is shown.
        right: where it ends.
        bottom: its foot.
        top: its head.

    Returns:
        The line's characters and the position of the field among them; nothing where no text
        stands beside it.

    """
    nearest: tuple[float, list[_Char], int] | None = None
    for chars in lines:
        if not bottom - 0.3 * chars[0].type.size <= chars[0].y <= top:
            continue
        position = sum(char.x < left for char in chars)
        before = left - chars[position - 1].right if position else math.inf
        after = chars[position].x - right if field.is_mark and position < len(chars) else math.inf
        distance = min(before, after)
        if distance < math.inf and (nearest is None or distance < nearest[0]):
            nearest = distance, chars, position
    return nearest and nearest[1:]


def _starts_line(last: _Char, char: _Char) -> bool:
    """Whether a character begins a line: not as a row's next cell, nor as a raised number."""
    if not last.breaks:
        return False
    if last.text.startswith("-"):
        return True
    size = max(char.type.size, last.type.size)
    apart, beyond = abs(char.y - last.y), char.x - last.right
    if abs(char.type.size - last.type.size) > _RAISED_SIZE * size and abs(beyond) < 0.5 * size:
        return apart > 0.6 * size
    return not (apart < _SAME_HEIGHT * char.type.size and char.x > last.x + char.type.size)


def _line(chars: Sequence[_Char], page: int, frame: _PageFrame) -> Line:
    cells = _cell_starts(chars)
    text = "".join(
        f" | {char.text}" if position in cells else char.text for position, char in enumerate(chars)
    )
    common = _commonest(chars)
    return Line(
        # A soft hyphen that is printed stands at the end of a line, and is a hyphen there.
        text=clean_line(_PRINTED_HYPHEN.sub("-", text)),
        page=page,
        x=chars[0].x,
        y=next(char.y for char in chars if char.type == common),
        height=chars[0].y / frame.height,
        size=common.size,
        right=max(char.right for char in chars),
        bold=all(char.type.bold for char in chars),
        row=bool(cells),
    )


def _cell_starts(chars: Sequence[_Char]) -> set[int]:
    """Find the characters before which a gap parts two cells.

    What the file draws at once is one text, however wide its justified spaces are; and so are
    words drawn one by one with the same wide space between them.
    """
    gaps: dict[int, float] = {}
    end, drawn_with = chars[0].x, chars[0].drawn_with
    for position, char in enumerate(chars):
        gap = (char.x - end) / char.type.size
        if char.drawn_with != drawn_with and not char.filled and gap > _CELL_GAP:
            gaps[position] = gap
        end, drawn_with = max(end, char.right), char.drawn_with
    narrow = [gap for gap in gaps.values() if gap < _JUSTIFIED_GAP]
    if len(narrow) > 1 and max(narrow) - min(narrow) < _SAME_GAP:
        return {position for position, gap in gaps.items() if gap not in narrow}
    return set(gaps)


def _commonest(chars: Sequence[_Char]) -> _Type:
    """The type in which most of the characters are set."""
    counts: dict[_Type, int] = {}
    for char in chars:
        counts[char.type] = counts.get(char.type, 0) + 1
    return max(counts, key=lambda one: counts[one])
