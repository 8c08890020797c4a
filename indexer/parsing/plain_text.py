"""Plain text: paragraphs, with hard-wrapped lines joined."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from indexer.domain import Block, ParsedText
from indexer.parsing.block_builder import BlockBuilder
from indexer.parsing.file_type import decode
from indexer.parsing.line_joining import DocumentWords, join_lines
from indexer.text.restriction_words import visibility_notes

# A line longer than this was not wrapped by hand or by a mail program.
_MAX_WRAP = 110
_MIN_WRAP = 40
_UNWRAPPED_SHARE = 0.25
_SEPARATOR = re.compile(r"[\s\-_=*~#+.—–]*")
_UNDERLINE = re.compile(r"\s*(=+|-+|~+)\s*")
_ITEM = re.compile(r"[-*•◦▪■–—>]\s|\(?\d{1,3}[.)]\s|[a-zA-Z][)]\s")
_HYPHEN = re.compile(r"[^\W_][-\u2010\u00ad]$")
_OWN_LINE = re.compile(
    rf"{_ITEM.pattern}|[A-ZÀ-Þ][\w '/.()-]{{0,30}}:(\s|$)"  # an item, or "Key: value"
)
_GAP = re.compile(r"\S(?: {3,}|\t+)\S")
_MAX_HEADING = 80


def parse(data: bytes) -> tuple[ParsedText, ...]:
    """Parse a text file as one document."""
    text = decode(data)
    return (replace(parse_text(text), side_texts=visibility_notes(text)),)


def paragraphs(text: str) -> tuple[Block, ...]:
    """The blocks of a table cell's text."""
    return tuple(parse_text(text).blocks)


def parse_text(text: str) -> ParsedText:
    """Parse text into paragraphs under its underlined headings."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n").split("\n")
    width = _wrap_width(lines)
    words = DocumentWords(lines)
    assembler = BlockBuilder()
    paragraph: list[str] = []
    for line in [*lines, ""]:
        if not _SEPARATOR.fullmatch(line):
            if paragraph and max(len(paragraph[-1]), len(line)) > _MAX_WRAP:
                assembler.paragraph(_join(paragraph, width, words))  # a paragraph a line
                paragraph = []
            paragraph.append(line.rstrip())
            continue
        if len(paragraph) == 1 and _underlines(line, paragraph[0]):
            assembler.heading(1 if "=" in line else 2, paragraph[0])
        elif paragraph:
            assembler.paragraph(_join(paragraph, width, words))
        paragraph = []
    return ParsedText(blocks=assembler.blocks(), title=assembler.first_heading)


def _join(lines: list[str], width: int, words: DocumentWords) -> str:
    """One paragraph with wrapped lines joined; lists, "Key: value" lines and tables keep theirs."""
    groups = [[lines[0].strip()]]
    for previous, line in pairwise(lines):
        if _continues(previous, line, width):
            groups[-1].append(line.strip())
        else:
            groups.append([line.strip()])
    return "\n".join(join_lines(group, words) for group in groups)


def _continues(previous: str, line: str, width: int) -> bool:
    """Whether the line break comes from wrapping."""
    text = line.strip()
    if _OWN_LINE.match(text):
        return False
    if _HYPHEN.search(previous) or (line[0].isspace() and _ITEM.match(previous.strip())):
        return True
    if not width or len(previous) > _MAX_WRAP:
        return False
    if _GAP.search(previous) or _GAP.search(text):
        return False
    if len(previous) + 1 + len(text.split(" ", 1)[0]) > 0.8 * width:
        return True
    return text[0].islower() and len(previous) > 0.5 * width


def _wrap_width(lines: list[str]) -> int:
    """The column at which a file's lines are wrapped; 0 if they are not."""
    lengths = [len(line.rstrip()) for line in lines if line.strip()]
    wrapped = [length for length in lengths if length <= _MAX_WRAP]
    if not wrapped or len(lengths) - len(wrapped) > _UNWRAPPED_SHARE * len(lengths):
        return 0
    return max(wrapped) if max(wrapped) >= _MIN_WRAP else 0


def _underlines(line: str, text: str) -> bool:
    length = len(text.strip())
    return (
        _UNDERLINE.fullmatch(line) is not None
        and length <= _MAX_HEADING
        and abs(len(line.strip()) - length) <= 3
    )
