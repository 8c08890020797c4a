"""Vectors already computed, so that a passage is read by the model once in its life.

The key is a hash of what the model reads, so equal texts share a vector and a renamed file costs
nothing. It is never an identity: two passages with one key stay two passages.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from indexer.model import Vectors

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
_MANY = 500  # SQLite's default limit on parameters of one statement is 999


def embedding_key(fingerprint: str, text: str) -> bytes:
    """The cache key of a text under a model."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()


class EmbeddingCache:
    """A table of vectors in SQLite; each ``put`` is durable, so a broken build loses one batch."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[EmbeddingCache]:
        """The cache in the file ``path``, made if missing; a damaged file is set aside and remade.

        Losing it costs time, never an answer.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            connection = _connect(path)
        except sqlite3.DatabaseError:
            path.replace(path.with_suffix(".damaged"))
            connection = _connect(path)
        with closing(connection):
            yield cls(connection)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        """The vectors known for these keys."""
        found: dict[bytes, Vectors] = {}
        for start in range(0, len(keys), _MANY):
            some = keys[start : start + _MANY]
            marks = ",".join("?" * len(some))
            rows = self._connection.execute(
                f"SELECT key, vector FROM vectors WHERE key IN ({marks})",  # noqa: S608 - marks only
                some,
            )
            found.update((key, np.frombuffer(vector, np.float32)) for key, vector in rows)
        return found

    def put(self, vectors: Mapping[bytes, Vectors]) -> None:
        """Keep these vectors."""
        with self._connection:
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                [(key, vector.astype(np.float32).tobytes()) for key, vector in vectors.items()],
            )

    def keep_only(self, keys: Iterable[bytes]) -> None:
        """Forget every vector but these: what left the corpus leaves the cache too."""
        with self._connection:
            self._connection.execute("CREATE TEMP TABLE kept (key BLOB PRIMARY KEY)")
            self._connection.executemany(
                "INSERT OR IGNORE INTO kept VALUES (?)", [(key,) for key in keys]
            )
            self._connection.execute("DELETE FROM vectors WHERE key NOT IN (SELECT key FROM kept)")
            self._connection.execute("DROP TABLE kept")


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute(_SCHEMA)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection
