"""Deletion from SQLite files so that no byte of a deleted row stays in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from indexer.errors import ForgetError


@contextmanager
def secure_deletion(path: Path, *, compact: bool = True) -> Iterator[sqlite3.Connection]:
    """A transaction on an SQLite file whose deletions overwrite what they delete.

    Args:
        path: The file, which must exist.
        compact: Also remove the bytes of rows deleted earlier.

    Raises:
        ForgetError: The file cannot be used.
    """
    try:
        with closing(sqlite3.connect(path, timeout=10.0)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            with connection:
                yield connection
            if compact:
                connection.execute("VACUUM")
    except sqlite3.Error as error:
        raise ForgetError(
            f"The file {path} cannot be used: {error}.",
            remedy="Make it writable, or stop the service and delete it (access tokens then have "
            "to be made again); then run forget again.",
        ) from error


def has_table(connection: sqlite3.Connection, table: str) -> bool:
    """Whether a file has a table; one that was just created by something else may have none."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (table,)).fetchone() is not None
