"""Everything that a file says, for searching it: what is indexed, and what is not.

Properties, comments, annotations, headers, attributes, hidden cells, what was deleted but is still
in the file: all that a program for the format can show. The text is rough and may repeat itself.
"""

from __future__ import annotations

import io
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
        yield from readings(decode(data))


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
        yield from readings(decode(part))
    for page in reader.pages:
        with suppress(Exception):  # told by the parser
            yield page.extract_text()


def _strings(value: object, depth: int) -> Iterator[str]:
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
