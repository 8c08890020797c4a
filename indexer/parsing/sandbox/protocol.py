"""What passes between the indexer and the process that parses: frames, and parsed text as JSON.

A frame is four bytes of length, most significant first, and as many bytes. JSON, because whoever
takes over a parser must gain nothing by what it answers: there is nothing in it that could run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import BinaryIO

from indexer.domain import ParsedText, Reason
from indexer.errors import UnreadableFileError

READY = b"ready"
PARSE, SIDECAR, SEARCH = "parse", "sidecar", "search"  # the requests about a file
OUT_OF_MEMORY = 3  # the exit status of a process that had no more
MAX_ANSWER = 64 * 1024 * 1024  # bytes; five million characters of text take a fraction of it
_LENGTH = 4
_DATE, _FIELDS = "$date", "$fields"  # what a date, and a mapping, is written under
_WORD = 64  # bits: no number in metadata needs more


@dataclass(frozen=True, slots=True)
class ParseFailure:
    """Why a file cannot be read: the parts of an UnreadableFileError."""

    reason: Reason
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ParseAnswer:
    """The result for one file: texts, a sidecar's fields, or a failure.

    After its ``last`` answer the process ends by itself. Dates and mappings in ``metadata`` and
    ``fields`` are coded; ``decoded`` gives them back.
    """

    texts: tuple[ParsedText, ...] = ()
    searchable: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    failure: ParseFailure | None = None
    last: bool = False

    def decoded(self) -> ParseAnswer:
        """The same, no longer coded; raises ValueError, KeyError or TypeError if some are none."""
        texts = (
            replace(t, blocks=tuple(t.blocks), metadata=_with_dates(t.metadata)) for t in self.texts
        )
        return replace(self, texts=tuple(texts), fields=_with_dates(self.fields))


def dump_answer(answer: ParseAnswer) -> bytes:
    """An answer as JSON. Half characters, as an escape of YAML can make, become question marks."""
    value = {
        "texts": [_text(text) for text in answer.texts],
        "searchable": answer.searchable,
        "fields": _plain_fields(answer.fields),
        "warnings": answer.warnings,
        "failure": answer.failure and _failure(answer.failure),
        "last": answer.last,
    }
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def failure_of(error: UnreadableFileError) -> ParseFailure:
    """The parts of an error."""
    return ParseFailure(error.reason, error.message, error.remedy)


def write_frame(stream: BinaryIO, data: bytes) -> None:
    """Send ``data`` and push it out; raises OSError when nobody listens any more."""
    stream.write(len(data).to_bytes(_LENGTH, "big"))
    stream.write(data)
    stream.flush()


def read_frame(stream: BinaryIO, most: int | None = None) -> bytes:
    """Receive a frame sent by ``write_frame``.

    Raises EOFError when the other side has ended, OverflowError before it reads anything that is
    longer than ``most`` bytes.
    """
    length = int.from_bytes(_exactly(stream, _LENGTH), "big")
    if most is not None and length > most:
        raise OverflowError(length)
    return _exactly(stream, length)


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _text(text: ParsedText) -> dict[str, object]:
    return {
        "blocks": [{"text": b.text, "headings": b.headings, "page": b.page} for b in text.blocks],
        "metadata": _plain_fields(text.metadata),
        "title": text.title,
        "warnings": text.warnings,
        "pages": text.pages,
        "row": text.row,
        "side_texts": text.side_texts,
    }


def _failure(failure: ParseFailure) -> dict[str, str]:
    return {"reason": failure.reason, "message": failure.message, "remedy": failure.remedy}


def _plain_fields(fields: Mapping[str, object]) -> dict[str, object]:
    return {str(key): _plain(value) for key, value in fields.items()}


def _plain(value: object) -> object:
    """A value that JSON can hold: other than numbers, dates, lists and mappings become text."""
    if isinstance(value, date):  # a datetime too
        return {_DATE: value.isoformat()}
    if isinstance(value, int) and value.bit_length() > _WORD:
        return hex(value)  # in decimal it may be too long for Python to write
    if value is None or isinstance(value, int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {_FIELDS: _plain_fields(value)}
    return str(value)


def _with_dates(fields: Mapping[str, object]) -> dict[str, object]:
    return {key: _dated(value) for key, value in fields.items()}


def _dated(value: object) -> object:
    if isinstance(value, dict) and _FIELDS in value:
        return _with_dates(dict(value[_FIELDS]))
    if isinstance(value, dict):
        written = value[_DATE]
        return (datetime if "T" in written else date).fromisoformat(written)
    return [_dated(item) for item in value] if isinstance(value, list) else value
