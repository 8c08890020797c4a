"""Everything that a file says, for searching it: what is indexed, and what is not.

Properties, comments, annotations, headers, attributes, hidden cells, what was deleted but is still
in the file: all that a program for the format can show. The text is rough and may repeat itself.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
    TextStringObject,
)

from indexer.domain import Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file, parse_sidecar
from indexer.parsing.file_type import PDF, check_archive, content_type, decode
from indexer.parsing.formats import format_of

_DEEPEST = 4  # files in files
# Elements of HTML and of Office's XML that separate words; others may stand within one.
_BREAK = re.compile(
    r"</?(?:\w{1,9}:)?(?:p|br|tab|cr|tr|tc|td|th|li|div|h[1-6]|ul|ol|dt|dd|table|si|is|c|row|comment"
    r"|text|option|section|article|title|script|style|meta|img|input|\w{0,9}Header|\w{0,9}Footer"
    r"|property|keywords|description|subject|creator|category|lastModifiedBy)\b[^<>]*>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
_ATTRIBUTE = re.compile(r"""=\s{0,9}(?:"([^"<]*)"|'([^'<]*)')""")
# Of YAML, JSON and scripts; and of a workbook's cells.
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|_x([0-9a-fA-F]{4})_"
)


def searchable_text(name: str, data: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Read all that can be read of a file or a sidecar.

    Args:
        name: The file's name, with its suffix.
        data: Its bytes.

    Returns:
        The texts in it, and why some of it could not be read.

    """
    found: list[str] = []
    unread: list[str] = []
    for read in (_indexed(name, data), _everything(data)):
        try:
            for text in read:
                found.append(text)
        except UnreadableFileError as error:
            unread += [error.message] if error.reason is not Reason.EMPTY else []
        except MemoryError:
            raise
        except Exception as error:  # libraries raise almost anything on malformed input
            unread += [] if unread else [f"It is damaged ({type(error).__name__})."]
    if content_type(data) == PDF and not unread:
        with suppress(UnreadableFileError):
            unread += [warning for text in parse_file(name, data) for warning in text.warnings]
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unread))


def office_parts(data: bytes) -> Iterator[tuple[str, str]]:
    """The XML parts of an Office file: the name of each, and its text without tags."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                yield name, _untagged(decode(archive.read(name)))


def _indexed(name: str, data: bytes) -> Iterator[str]:
    """What the parser of the format makes of it: it joins words, and reads YAML and dates."""
    if format_of(name) is None:
        fields, _ = parse_sidecar(data)
        yield from _leaves(fields)
    else:
        for text in parse_file(name, data):
            yield from _leaves(asdict(text))


def _everything(data: bytes, depth: int = 0) -> Iterator[str]:
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive)
            for name in archive.namelist() if depth < _DEEPEST else ():
                yield name
                yield from _everything(archive.read(name), depth + 1)
    elif content_type(data) == PDF:
        yield from _pdf(data, depth)
    else:
        yield from _markup(decode(data))


def _markup(source: str) -> Iterator[str]:
    """A text as typed, without its tags, and its attributes: with escapes resolved."""
    yield _resolved(source)
    if "<" in source:
        yield _untagged(source)
        values = (double or single for double, single in _ATTRIBUTE.findall(source))
        yield _resolved("\n".join(values))


def _untagged(source: str) -> str:
    return _resolved(_TAG.sub("", _BREAK.sub("\n", source)))


def _resolved(text: str) -> str:
    """A text with its references and escapes as the characters they stand for."""
    return _ESCAPE.sub(_character, html.unescape(text))


def _character(match: re.Match[str]) -> str:
    code = int(next(filter(None, match.groups())), 16)
    return chr(code) if code < 0x110000 else match[0]


def _pdf(data: bytes, depth: int) -> Iterator[str]:
    """Every string of a PDF (properties, annotations, forms, outline), its pages, and its files."""
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        reader.decrypt("")  # what it does not open is told by the parser
    numbers = {(n, g) for g, objects in reader.xref.items() for n in objects}
    numbers |= {(n, 0) for n in reader.xref_objStm}
    for number, generation in sorted(numbers):
        with suppress(Exception):  # lists of objects often name some that are not there
            yield from _strings(
                reader.get_object(IndirectObject(number, generation, reader)), depth
            )
    for part in (reader.xfa or {}).values():
        yield from _markup(decode(part))
    for page in reader.pages:
        with suppress(Exception):  # told by the parser
            yield page.extract_text()


def _strings(value: object, depth: int) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, TextStringObject):
            yield from _markup(str(one))  # a comment's rich text is a page of its own
        elif isinstance(one, ByteStringObject):
            yield decode(bytes(one))
        elif isinstance(one, ArrayObject):
            waiting += one
        elif isinstance(one, DictionaryObject):
            waiting += one.values()
            if isinstance(one, StreamObject) and one.get("/Type") in ("/EmbeddedFile", "/Metadata"):
                yield from _everything(one.get_data(), depth + 1)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from map(str, value)
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield str(value)
