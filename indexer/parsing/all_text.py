"""All text of a file, for searching it: also what is not indexed.

Properties, comments, annotations, headers, attributes, hidden cells, what was deleted but is still
in the file: all that a program for the format can show. The text is rough and may repeat itself.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    StreamObject,
    TextStringObject,
)

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError
from indexer.parsing import parse_file, parse_sidecar
from indexer.parsing.file_type import PDF, check_archive, content_type, decode
from indexer.parsing.formats import format_of
from indexer.parsing.markup import readings

_DEEPEST = 4  # files in files


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
    for read in (_indexed(name, data), _everything(data, unread)):
        found += _readable(read, unread)
    if content_type(data) == PDF and not unread:
        with suppress(UnreadableFileError):
            unread += [warning for text in parse_file(name, data) for warning in text.warnings]
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unread))


def _indexed(name: str, data: bytes) -> Iterator[str]:
    """What the parser of the format makes of it: it joins words, and reads YAML and dates."""
    if format_of(name) is None:
        fields, _ = parse_sidecar(data)
        yield from _leaves(fields)
    else:
        for text in parse_file(name, data):
            yield from _words(text)


def _words(text: ParsedText) -> Iterator[str]:
    """The text that people wrote, without our field names and warnings."""
    yield text.title
    yield from _leaves(text.metadata)
    yield from text.side_texts
    for block in text.blocks:
        yield from (block.text, *block.headings)


def _readable(texts: Iterator[str], unread: list[str]) -> Iterator[str]:
    """The texts up to one that cannot be read; why is added to ``unread``."""
    try:
        yield from texts
    except UnreadableFileError as error:
        unread += [error.message] if error.reason is not Reason.EMPTY else []
    except MemoryError:
        raise
    except Exception as error:  # libraries raise almost anything on malformed input
        unread += [] if unread else [f"It is damaged ({type(error).__name__})."]


def _everything(data: bytes, unread: list[str], depth: int = 0) -> Iterator[str]:
    """Every text in a file and in the files in it; why some are not read is added to ``unread``."""
    if depth > _DEEPEST:
        raise UnreadableFileError(
            Reason.PARTIAL,
            f"It holds files in files, more than {_DEEPEST} deep.",
            remedy="Take them out, and look into them.",
        )
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_archive(archive)
            for name in archive.namelist():
                yield name
                inner = _everything(archive.read(name), unread, depth + 1)
                yield from _readable(inner, unread)
    elif content_type(data) == PDF:
        yield from _pdf(data, unread, depth)
    else:
        yield from readings(decode(data))


def _pdf(data: bytes, unread: list[str], depth: int) -> Iterator[str]:
    """Every string of a PDF (properties, annotations, forms, outline), its pages, and its files."""
    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        reader.decrypt("")  # the parser reports files that it cannot open
    numbers = {(n, g) for g, objects in reader.xref.items() for n in objects}
    numbers |= {(n, 0) for n in reader.xref_objStm}
    for number, generation in sorted(numbers):
        with suppress(Exception):  # lists of objects often name some that are not there
            yield from _strings(
                reader.get_object(IndirectObject(number, generation, reader)), unread, depth
            )
    for part in (reader.xfa or {}).values():
        yield from readings(decode(part))
    for page in reader.pages:
        with suppress(Exception):  # the parser reports it
            yield page.extract_text()


def _strings(value: object, unread: list[str], depth: int) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, TextStringObject):
            yield from readings(str(one))  # a comment's rich text is a page of its own
        elif isinstance(one, ByteStringObject):
            yield decode(bytes(one))
        elif isinstance(one, ArrayObject):
            waiting += one
        elif isinstance(one, DictionaryObject):
            waiting += one.values()
            if isinstance(one, StreamObject) and one.get("/Type") in ("/EmbeddedFile", "/Metadata"):
                inner = _everything(one.get_data(), unread, depth + 1)
                yield from _readable(inner, unread)


def _leaves(value: object) -> Iterator[str]:
    """Every text in metadata, and every name: people wrote those too."""
    if isinstance(value, Mapping):
        yield from map(str, value)
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None:
        yield str(value)
