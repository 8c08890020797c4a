"""Text out of markup, roughly: what pages and the XML of Office files say, unstructured."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator

from indexer.parsing.file_type import decode

# Elements of HTML and of Office's XML that separate words; others may occur inside a word.
_BREAK = re.compile(
    r"</?(?:\w{1,9}:)?(?:p|br|tab|cr|tr|tc|td|th|li|div|h[1-6]|ul|ol|dt|dd|table|si|is|c|row|comment"
    r"|text|option|section|article|title|script|style|meta|img|input)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r"""=\s{0,9}(?:"([^"<]*)"|'([^'<]*)')""")
# Of YAML, JSON and scripts; and of a workbook's cells.
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|_x([0-9a-fA-F]{4})_"
)
_BODY = re.compile(r"word/document\.xml|xl/sharedStrings\.xml|ppt/slides/.*")
# Large parts of Microsoft's files that hold no text.
_NO_TEXT = re.compile(
    r"(?:word|xl|ppt)/(?:styles\w*|theme/.*|fontTable|settings|webSettings|numbering)\.xml"
)
_SHEET = "xl/worksheets/"
_SHEET_MARGIN = re.compile(r"<(?:\w{1,9}:)?(?:odd|even|first)(?:Header|Footer)>([^<]*)<")
_MARGIN_CODE = re.compile(r'&(?:"[^"]*"|\d{1,3}|[A-Z])')  # "&C" begins the middle, "&B" bold
_CUSTOM_PROPERTY = re.compile(
    r'<property\b[^<>]*\sname="([^"]*)"[^<>]*>\s*<[^<>]*>([^<]*)<', re.IGNORECASE
)


def readings(source: str) -> Iterator[str]:
    """A text as typed, without its tags, and its attributes: with escapes resolved."""
    yield _resolved(source)
    if "<" in source:
        yield without_tags(source)
        yield _resolved(
            "\n".join(double or single for double, single in _ATTRIBUTE.findall(source))
        )


def without_tags(source: str) -> str:
    """A text without its tags, each of its blocks on a line, with references resolved."""
    return _resolved(_TAG.sub("", _BREAK.sub("\n", source)))


def office_side_texts(data: bytes, *, body: str = "") -> Iterator[str]:
    """What an Office file says beside its text: properties, headers, footers, comments, boxes.

    Args:
        data: the file.
        body: the part that is its text, unless it is one of Microsoft's, which are known.

    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = (name for name in archive.namelist() if name.endswith(".xml") and name != body)
        parts = [n for n in names if not (_BODY.fullmatch(n) or _NO_TEXT.fullmatch(n))]
        for name in parts:
            source = decode(archive.read(name))
            if name.startswith("docProps/"):
                yield from property_lines(source)
            elif name.startswith(_SHEET):
                margins = map(html.unescape, _SHEET_MARGIN.findall(source))
                yield from (_MARGIN_CODE.sub("\n", margin) for margin in margins)
            else:
                yield without_tags(source)


def property_lines(source: str) -> Iterator[str]:
    """Each property of a file, in XML or as "name: value", and each keyword in it."""
    text = _TAG.sub("\n", _CUSTOM_PROPERTY.sub(r"<p>\1: \2<p>\2<", source))
    for line in filter(None, map(str.strip, _resolved(text).splitlines())):
        yield line
        yield from (item.strip() for item in re.split(r"[,;]", line.partition(": ")[2] or line))


def _resolved(text: str) -> str:
    """A text with its references and escapes resolved."""
    return _ESCAPE.sub(_character, html.unescape(text))


def _character(match: re.Match[str]) -> str:
    code = int(next(filter(None, match.groups())), 16)
    return chr(code) if code < 0x110000 else match[0]
