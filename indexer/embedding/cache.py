"""Cache of computed embeddings, so that the model encodes each passage only once.

Keys are hashes of the encoded text: equal texts share a vector, and renaming a file costs nothing.
A key is never an identity: two passages with the same key remain two passages.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from indexer.domain import Encoder, Vectors
from indexer.index.late_interaction import CODER, Codes, TokenCoder
from indexer.storage.cache_file import CacheFile, Keys, all_keys, as_keys, keep_only

_TABLES = {
    "passages": ("key BLOB PRIMARY KEY", "vector BLOB", "codes BLOB", "checksum INTEGER"),
    "coders": ("fingerprint TEXT PRIMARY KEY", "coder BLOB", "checksum INTEGER"),
}
_MANY = 500  # SQLite's default limit on parameters of one statement is 999


@dataclass(frozen=True, slots=True)
class PassageEmbedding:
    """A passage's vector, float32 of shape (dimension,), and its token codes (TokenCoder)."""

    vector: Vectors
    codes: Codes


def embedding_key(fingerprint: str, text: str) -> bytes:
    """The cache key of a text under a model."""
    return hashlib.sha256(f"{fingerprint}\0{CODER}\0{text}".encode()).digest()


class EmbeddingCache:
    """SQLite tables; each ``put`` is durable, so an interrupted build loses one batch at most.

    A damaged file is set aside and recreated: losing it costs time only.
    """

    def __init__(self, path: Path) -> None:
        self._file = CacheFile(path, _TABLES)

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[EmbeddingCache]:
        """Open the cache file ``path``, creating it if missing."""
        cache = cls(path)
        try:
            yield cache
        finally:
            cache._file.close()

    def coder(self, encoder: Encoder) -> TokenCoder:
        """The model's token coder, calibrated once because codes are valid only with it."""
        key = f"{encoder.fingerprint} {CODER}"
        query = "SELECT coder, checksum FROM coders WHERE fingerprint = ?"
        rows = self._file.do(lambda c: c.execute(query, (key,)).fetchall())
        for data, checksum in rows:
            if zlib.crc32(data) == checksum:
                return TokenCoder.from_bytes(data)
        coder = TokenCoder.calibrated(encoder)
        data = coder.to_bytes()
        row = (key, data, zlib.crc32(data))
        self._file.do(lambda c: c.execute("INSERT OR REPLACE INTO coders VALUES (?, ?, ?)", row))
        return coder

    def keys(self) -> Keys:
        """All keys that have an embedding; whether it is damaged ``get`` tells."""
        return self._file.do(lambda connection: all_keys(connection, "passages"))

    def known(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of these keys that have an embedding."""
        found: set[bytes] = set()
        for start in range(0, len(keys), _MANY):
            some = keys[start : start + _MANY]
            marks = ",".join("?" * len(some))
            query = f"SELECT key FROM passages WHERE key IN ({marks})"  # noqa: S608 - marks only
            rows = self._file.do(partial(_rows, query=query, values=some))
            found.update(key for (key,) in rows)
        return found

    def get(self, keys: Sequence[bytes], width: int) -> dict[bytes, PassageEmbedding]:
        """The cached embeddings of these keys; ``width`` is a coded vector's size in bytes."""
        found: dict[bytes, PassageEmbedding] = {}
        for start in range(0, len(keys), _MANY):
            some = keys[start : start + _MANY]
            marks = ",".join("?" * len(some))
            query = f"SELECT * FROM passages WHERE key IN ({marks})"  # noqa: S608 - marks only
            rows = self._file.do(partial(_rows, query=query, values=some))
            for key, vector, codes, checksum in rows:
                if zlib.crc32(vector + codes) == checksum:
                    coded = np.frombuffer(codes, np.uint8).reshape(-1, width)
                    found[key] = PassageEmbedding(np.frombuffer(vector, np.float32), coded)
        return found

    def put(self, passages: Mapping[bytes, PassageEmbedding]) -> None:
        """Store embeddings."""
        rows = []
        for key, embedded in passages.items():
            vector, codes = embedded.vector.tobytes(), embedded.codes.tobytes()
            rows.append((key, vector, codes, zlib.crc32(vector + codes)))
        statement = "INSERT OR REPLACE INTO passages VALUES (?, ?, ?, ?)"
        self._file.do(lambda c: c.executemany(statement, rows))

    def keep_only(self, keys: Iterable[bytes]) -> int:
        """Delete all other entries, so that what leaves the corpus leaves the cache.

        Returns:
            The number of entries deleted.
        """
        kept = as_keys(b"".join(keys))
        return self._file.do(lambda connection: keep_only(connection, "passages", kept))

    def compact(self) -> None:
        """Remove deleted data from the file, its log and any damaged copy."""
        self._file.compact()


def _rows(connection: sqlite3.Connection, query: str, values: Sequence[bytes]) -> list[Any]:
    return connection.execute(query, values).fetchall()
