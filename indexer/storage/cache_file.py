"""A cache in an SQLite file. Losing it costs time only: a damaged one is made anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from indexer.errors import CacheError
from indexer.storage.durable import make_private_file

T = TypeVar("T")

_KEY = 32  # bytes of a key: a SHA-256
_AT_ONCE = 10_000  # keys looked at together

Keys = NDArray[np.bytes_]

# SQLite errors that do not mean a damaged file.
_TRANSIENT = ("locked", "full", "disk I/O error", "readonly", "unable to open")


class CacheFile:
    """An SQLite file with certain tables, created if it is missing."""

    def __init__(self, path: Path, tables: Mapping[str, tuple[str, ...]]) -> None:
        """Open the file.

        Args:
            path: The file.
            tables: The columns of each table, as SQL declares them; the first is the key.
        """
        self._path, self._tables = path, tables
        try:
            self._connection = self._connect()
        except sqlite3.DatabaseError as error:
            self._raise_if_transient(error)
            self._connection = self._recreate()

    def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run ``work`` in a transaction; if the file is damaged, again on a new one."""
        try:
            with self._connection:
                return work(self._connection)
        except sqlite3.DatabaseError as error:
            self._raise_if_transient(error)
            self._connection.close()
            self._connection = self._recreate()
            with self._connection:
                return work(self._connection)

    def compact(self) -> None:
        """Remove deleted data from the file, its log and any damaged copy."""
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._path.with_suffix(".damaged").unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _raise_if_transient(self, error: sqlite3.DatabaseError) -> None:
        """Raise CacheError for transient errors, which do not call for a new file."""
        if any(words in str(error) for words in _TRANSIENT):
            raise CacheError(
                f"The cache {self._path} cannot be used: {error}.",
                remedy="See that no other program holds it and that the disk has room; the index "
                "served until now is untouched.",
            ) from error

    def _recreate(self) -> sqlite3.Connection:
        self._path.replace(self._path.with_suffix(".damaged"))
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        return self._connect()

    def _connect(self) -> sqlite3.Connection:
        make_private_file(self._path)
        connection = sqlite3.connect(self._path)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA secure_delete=ON")
            for table, columns in self._tables.items():
                declared = ", ".join(columns)
                connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({declared})")
                names = ", ".join(column.split()[0] for column in columns)
                connection.execute(f"SELECT {names} FROM {table} LIMIT 1")  # noqa: S608 - ours
        except sqlite3.DatabaseError:
            connection.close()
            raise
        return connection


def as_keys(keys: bytes | bytearray) -> Keys:
    """Keys that stand one behind the other, sorted, each once: 32 bytes for each and no more."""
    return np.unique(np.frombuffer(keys, f"S{_KEY}"))


def contained(keys: Sequence[bytes], among: Keys) -> NDArray[np.bool_]:
    """Which keys are among others, shape (keys,)."""
    return _contained(np.array(keys, f"S{_KEY}"), among)


def _contained(wanted: Keys, among: Keys) -> NDArray[np.bool_]:
    if not len(among):
        return np.zeros(len(wanted), bool)
    found: NDArray[np.bool_] = among[np.searchsorted(among, wanted) % len(among)] == wanted
    return found


def all_keys(connection: sqlite3.Connection, table: str) -> Keys:
    """The keys of a table, called ``key``."""
    every = [np.zeros(0, f"S{_KEY}")]
    for rows in _keys(connection, table):
        every.append(_array(rows))
    return np.unique(np.concatenate(every))


def keep_only(connection: sqlite3.Connection, table: str, keys: Keys) -> int:
    """Delete the rows of a table with other keys; returns how many.

    Args:
        connection: In a transaction.
        table: Its key is called ``key``.
        keys: Those that stay.
    """
    gone: list[tuple[object]] = []
    for rows in _keys(connection, table):
        stays = _contained(_array(rows), keys)
        gone += [rows[n] for n in np.flatnonzero(~stays).tolist()]
    connection.executemany(f"DELETE FROM {table} WHERE key = ?", gone)  # noqa: S608 - ours
    return len(gone)


def _keys(connection: sqlite3.Connection, table: str) -> Iterator[list[tuple[object]]]:
    """The keys of a table, many at a time, as rows."""
    found = connection.execute(f"SELECT key FROM {table}")  # noqa: S608 - ours
    while rows := found.fetchmany(_AT_ONCE):
        yield rows


def _array(rows: Sequence[tuple[object]]) -> Keys:
    """Keys as an array; what damage made of one is a text that no key is."""
    return np.array([key if isinstance(key, bytes) else b"" for (key,) in rows], f"S{_KEY}")
