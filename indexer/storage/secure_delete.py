"""Deletion from SQLite files so that no byte of a deleted row stays in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from indexer.errors import ForgetError


def delete_securely(
    path: Path, table: str, delete: Callable[[sqlite3.Connection], int], *, compact: bool = True
) -> int:
    """Delete rows in a transaction that overwrites what it deletes.

    Args:
        path: The file; if there is none, nothing is done.
        table: A table that it needs: a file that was just created may have none.
        delete: Deletes the rows, and counts them.
        compact: Also remove the bytes of rows deleted earlier.

    Returns:
        The count of ``delete``.

    Raises:
        ForgetError: The file cannot be used.
    """
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(path, timeout=10.0)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            with connection:
                count = delete(connection) if _has_table(connection, table) else 0
            if compact:
                connection.execute("VACUUM")
    except sqlite3.Error as error:
        raise ForgetError(
            f"The file {path} cannot be used: {error}.",
            remedy="Make it writable, or stop the service and delete it (access tokens then have "
            "to be made again); then run forget again.",
        ) from error
    return count


def _has_table(connection: sqlite3.Connection, table: str) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (table,)).fetchone() is not None
