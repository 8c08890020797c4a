"""What files say and how documents are cut, kept between builds: only what changed is done again.

A key is a hash of everything that a value depends on, the code included; a value that nothing asked
for in a build is deleted with the next generation. Losing the file costs time only.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, TypeVar

from indexer.domain import ParsedText
from indexer.errors import CacheError
from indexer.storage.cache_file import CacheFile, as_keys, keep_only

T = TypeVar("T")

FILE = "texts.sqlite"  # in the index
_TABLES = {"texts": ("key BLOB PRIMARY KEY", "value BLOB", "checksum INTEGER")}
_BATCH = 256  # values written in one transaction
_MANY = 500  # SQLite's default limit on parameters of one statement is 999


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
        self._code = hashlib.sha256(code.encode())
        self._asked = bytearray()  # the places asked for, one behind the other
        self._fresh: dict[bytes, bytes] = {}
        self._ahead: dict[bytes, bytes] = {}

    @classmethod
    @contextmanager
    def open(cls, index: Path, code: str) -> Iterator[TextCache]:
        """Open an index's cache; ``code`` is a hash of the code that makes the values."""
        cache = cls(index / FILE, f"{code} {_libraries()}")
        try:
            yield cache
        finally:
            with suppress(CacheError):  # what is not kept is made again
                cache._flush()
            cache._file.close()

    def recall(self, made_from: tuple[str | bytes, ...], make: Callable[[], bytes]) -> bytes:
        """A value kept before, or else made now; an error of ``make`` is kept by nobody.

        Args:
            made_from: Everything that the value depends on besides code.
            make: Makes the value.
        """
        return self.kept(self.place(made_from), make)

    def place(self, made_from: tuple[str | bytes, ...]) -> bytes:
        """Where a value is kept that is made from this, and the code."""
        digest = self._code.copy()
        for piece in made_from:
            data = piece.encode() if isinstance(piece, str) else piece
            digest.update(len(data).to_bytes(8, "little") + data)
        return digest.digest()

    def expect(self, place: bytes) -> None:
        """Keep the value at a place, though it may not be read."""
        self._asked += place

    def ahead(self, items: Sequence[T], place: Callable[[T], bytes]) -> Iterator[tuple[T, bytes]]:
        """Each item and where its value is kept; the values of many are read together, as to look
        up each alone takes longer than to read it.

        Args:
            items: What values are asked for, in this order.
            place: Where that of an item is kept.
        """
        for start in range(0, len(items), _MANY):
            some = items[start : start + _MANY]
            places = [place(one) for one in some]
            self._ahead = self._read(places)
            yield from zip(some, places, strict=True)
        self._ahead = {}

    def kept(self, place: bytes, make: Callable[[], bytes] | None = None) -> bytes:
        """The value kept at a place, or else made now.

        Raises CacheError for one that is lost and cannot be made: it was there a moment ago.
        """
        self._asked += place
        found = self._fresh.get(place) or self._ahead.get(place)
        if found is None:
            found = self._read([place]).get(place)
        if found is None:
            if make is None:
                # What names it would go on naming it: the next build makes all anew.
                self._file.do(lambda connection: keep_only(connection, "texts", as_keys(b"")))
                raise CacheError(
                    f"What {FILE} kept of a document is lost.",
                    remedy="Run the same command again: it is made anew. What was served stays.",
                )
            found = self._fresh[place] = zlib.compress(make(), 1)
            if len(self._fresh) >= _BATCH:
                self._flush()
        return zlib.decompress(found)

    def forget_others(self) -> None:
        """Delete what was not asked for since the cache was opened."""
        self._flush()
        asked = as_keys(self._asked)
        self._file.do(lambda connection: keep_only(connection, "texts", asked))

    def _read(self, places: Sequence[bytes]) -> dict[bytes, bytes]:
        """The values that are kept at some places, and whole."""
        marks = ",".join("?" * len(places))
        query = f"SELECT key, value, checksum FROM texts WHERE key IN ({marks})"  # noqa: S608 - marks only
        rows = self._file.do(lambda connection: connection.execute(query, places).fetchall())
        return {
            key: value
            for key, value, checksum in rows
            if isinstance(value, bytes) and zlib.crc32(value) == checksum
        }

    def _flush(self) -> None:
        rows = [(key, value, zlib.crc32(value)) for key, value in self._fresh.items()]

        def put(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO texts VALUES (?, ?, ?)", rows)

        if rows:
            self._file.do(put)
            self._fresh.clear()


def remove_texts(index: Path) -> None:
    """Delete the cache of an index, with what damage or a kill left of it."""
    for path in index.glob(f"{Path(FILE).stem}.*"):
        path.unlink(missing_ok=True)


def _libraries() -> str:
    """The packages that files may be read with, and their versions: their folders have both."""
    found = {one.name for path in sys.path if path for one in Path(path).glob("*.*-info")}
    return " ".join(sorted(found))
