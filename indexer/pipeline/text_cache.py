"""What files say and how documents are cut, kept between builds: only what changed is done again.

A key is a hash of everything that a value depends on, the code included; a value that nothing asked
for in a build is deleted with the next generation. Losing the file costs time only.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import distributions
from pathlib import Path
from typing import Protocol

from pydantic import TypeAdapter

from indexer.domain import ParsedText
from indexer.parsing.formats import suffix_of
from indexer.parsing.sandbox.protocol import ParseAnswer, dump_answer
from indexer.storage.cache_file import CacheFile, keep_only

FILE = "texts.sqlite"  # in the index
_TABLES = {"texts": ("key BLOB PRIMARY KEY", "value BLOB", "checksum INTEGER")}
_BATCH = 256  # values written in one transaction
_ANSWER: TypeAdapter[ParseAnswer] = TypeAdapter(ParseAnswer)


class FileParser(Protocol):
    """Reads files: the sandboxed parser, or one that remembers what that read."""

    def parse(self, name: str, data: bytes) -> tuple[ParsedText, ...]:
        """The texts of a file; raises UnreadableFileError."""

    def parse_sidecar(self, data: bytes) -> tuple[Mapping[str, object], tuple[str, ...]]:
        """The fields of a sidecar, and warnings; raises UnreadableFileError."""


class TextCache:
    """Values by what they were made from; each is compressed and has a checksum."""

    def __init__(self, path: Path, code: str) -> None:
        self._file = CacheFile(path, _TABLES)
        self._code = code
        self._asked: set[bytes] = set()
        self._fresh: dict[bytes, bytes] = {}

    @classmethod
    @contextmanager
    def open(cls, index: Path, code: str) -> Iterator[TextCache]:
        """Open an index's cache; ``code`` is a hash of the code that makes the values."""
        cache = cls(index / FILE, f"{code} {_libraries()}")
        try:
            yield cache
        finally:
            cache._flush()
            cache._file.close()

    def recall(self, made_from: tuple[str | bytes, ...], make: Callable[[], bytes]) -> bytes:
        """A value kept before, or else made now; an error of ``make`` is kept by nobody.

        Args:
            made_from: Everything that the value depends on besides code.
            make: Makes the value.
        """
        digest = hashlib.sha256(self._code.encode())
        for piece in made_from:
            data = piece.encode() if isinstance(piece, str) else piece
            digest.update(len(data).to_bytes(8, "little") + data)
        key = digest.digest()
        self._asked.add(key)
        found = self._fresh.get(key) or self._kept(key)
        if found is None:
            found = self._fresh[key] = zlib.compress(make(), 1)
            if len(self._fresh) >= _BATCH:
                self._flush()
        return zlib.decompress(found)

    def forget_others(self) -> None:
        """Delete what was not asked for since the cache was opened."""
        self._flush()
        keys = [(key,) for key in self._asked]
        self._file.do(lambda connection: keep_only(connection, "texts", keys))

    def _kept(self, key: bytes) -> bytes | None:
        query = "SELECT value, checksum FROM texts WHERE key = ?"
        row = self._file.do(lambda connection: connection.execute(query, (key,)).fetchone())
        return row[0] if row and zlib.crc32(row[0]) == row[1] else None

    def _flush(self) -> None:
        rows = [(key, value, zlib.crc32(value)) for key, value in self._fresh.items()]

        def put(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", rows)

        if rows:
            self._file.do(put)
            self._fresh.clear()


class RememberingParser:
    """A parser that reads a file's bytes once; a file that it cannot read, at each build."""

    def __init__(self, parser: FileParser, cache: TextCache) -> None:
        self._parser = parser
        self._cache = cache

    def parse(self, name: str, data: bytes) -> tuple[ParsedText, ...]:
        """The texts of a file; raises UnreadableFileError."""
        return self._answer(
            ("parse", suffix_of(name), data), lambda: ParseAnswer(self._parser.parse(name, data))
        ).texts

    def parse_sidecar(self, data: bytes) -> tuple[Mapping[str, object], tuple[str, ...]]:
        """The fields of a sidecar, and warnings; raises UnreadableFileError."""

        def parsed() -> ParseAnswer:
            fields, warnings = self._parser.parse_sidecar(data)
            return ParseAnswer(fields=fields, warnings=warnings)

        answer = self._answer(("sidecar", data), parsed)
        return answer.fields, answer.warnings

    def _answer(
        self, made_from: tuple[str | bytes, ...], parse: Callable[[], ParseAnswer]
    ) -> ParseAnswer:
        data = self._cache.recall(made_from, lambda: dump_answer(parse()))
        return _ANSWER.validate_json(data).decoded()


def remove_texts(index: Path) -> None:
    """Delete the cache of an index, with what damage or a kill left of it."""
    for path in index.glob(f"{Path(FILE).stem}.*"):
        path.unlink(missing_ok=True)


def _libraries() -> str:
    """The packages that files may be read with, and their versions."""
    return " ".join(sorted(f"{one.name}=={one.version}" for one in distributions()))
