"""Registers in CSV, as spreadsheets of any country write it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing.file_type import decode
from indexer.parsing.table.register import read_sheets
from indexer.parsing.table.rows import RegisterRow, Sheet, check_rows, is_blank

_DELIMITERS = ";,\t|"
_SAMPLE = 50
_TITLE = re.compile(rf"\A(?:[^{_DELIMITERS}\n]*\n)+")  # lines above the header, of one cell
_DECLARATION = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """One text for each row under the header."""
    text = decode(data)
    declared = _DECLARATION.match(text)  # Excel's first line, which it does not show
    if declared:
        text = text[declared.end() :]
    delimiter = declared[1] if declared else _delimiter(text)
    rows, warnings = _rows(text, delimiter)
    return read_sheets([Sheet("", [row for row in rows if not is_blank(row)], warnings=warnings)])


def _rows(text: str, delimiter: str) -> tuple[list[RegisterRow], tuple[str, ...]]:
    """All the rows; when a quote is never closed the strict reading fails, and that is said."""
    try:
        return _read(text, delimiter, strict=True), ()
    except csv.Error as error:
        warning = f"quotes are not balanced ({error}): check the rows from there on"
    try:
        return _read(text, delimiter, strict=False), (warning,)
    except csv.Error as error:
        raise UnreadableFileError(
            Reason.CORRUPT,
            f"Its rows cannot be told apart: {error}.",
            remedy="Check that every opened quote is closed, or save it again as CSV UTF-8.",
        ) from error


def _read(text: str, delimiter: str, *, strict: bool) -> list[RegisterRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    rows: list[RegisterRow] = []
    try:
        for number, cells in enumerate(reader, 1):
            rows.append(RegisterRow(number, cells))
            check_rows(number - 1)
    except csv.Error as error:
        raise csv.Error(f"line {reader.line_num}: {error}") from None
    return rows


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts most rows of a sample into one number of cells, not one."""
    text = _TITLE.sub("", text)
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        try:
            widths = [len(cells) for cells in islice(reader, _SAMPLE) if any(cells)]
        except csv.Error:
            continue
        if not widths or widths[0] == 1:
            continue
        width, agreeing = Counter(widths).most_common(1)[0]
        score = (agreeing * 10 // len(widths) if width > 1 else 0, widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best
