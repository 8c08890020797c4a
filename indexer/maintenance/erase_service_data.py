"""What the service's own files hold of a thing to forget: the chats' memory, and the tokens' file.

Both are the service's (chat/store.py, tokens.py). The indexer only takes out of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from indexer.errors import ForgetError
from indexer.maintenance.erase_search import ErasureTarget, strings

FORGOTTEN = "(forgotten)"  # in the place of a token's name, which may be on a list somewhere


def forget_questions(store: Path, sought: ErasureTarget, *, dry_run: bool) -> int:
    """Take a thing out of the chats' memory; returns how many standing questions held it.

    Those that hold the text go, and an organisation's id goes from the lists of those a channel was
    told of. Raises ForgetError where the file cannot be used.
    """
    return _forget(store, "watches", _questions, sought, dry_run=dry_run)


def forget_administration(store: Path, sought: ErasureTarget, *, dry_run: bool) -> int:
    """Take a thing out of the tokens' file; returns how many entries held it.

    Entries of the log go, reports of builds are emptied; tokens lose their name, and go on to open
    what they opened. Raises ForgetError where the file cannot be used.
    """
    return _forget(store, "log", _administration, sought, dry_run=dry_run)


def _forget(
    store: Path,
    table: str,
    take_out: Callable[[sqlite3.Connection, ErasureTarget, bool], int],
    sought: ErasureTarget,
    *,
    dry_run: bool,
) -> int:
    if not store.exists():
        return 0
    try:
        with closing(sqlite3.connect(store, timeout=10.0)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            if not connection.execute(f"PRAGMA table_info({table})").fetchall():
                return 0
            with connection:
                held = take_out(connection, sought, dry_run)
            if not dry_run:
                connection.execute("VACUUM")  # what was deleted long ago goes too
    except sqlite3.Error as error:
        raise ForgetError(
            f"The file {store} cannot be used: {error}.",
            remedy="Make it writable, or stop the service and delete it (tokens have to be made "
            "anew); then forget again.",
        ) from error
    return held


def _questions(connection: sqlite3.Connection, sought: ErasureTarget, dry_run: bool) -> int:
    held = 0
    for number, question, known in connection.execute(
        "SELECT number, question, known FROM watches"
    ).fetchall():
        ids = json.loads(known)
        others = [id_ for id_ in ids if id_ not in sought.ids and not sought.in_text(id_)]
        is_about = sought.in_text(question)
        held += is_about or others != ids
        if dry_run:
            continue
        if is_about:
            connection.execute("DELETE FROM watches WHERE number = ?", (number,))
        elif others != ids:
            row = (json.dumps(others), number)
            connection.execute("UPDATE watches SET known = ? WHERE number = ?", row)
    return held


def _administration(connection: sqlite3.Connection, sought: ErasureTarget, dry_run: bool) -> int:
    def holding(rows: str) -> list[tuple[object]]:
        return [
            (key,)
            for key, *texts in connection.execute(rows).fetchall()
            if any(sought.is_named_in(text) for text in texts)
        ]

    entries = holding("SELECT rowid, who, what FROM log")
    reports = [
        (job,)
        for job, report in connection.execute("SELECT id, report FROM jobs").fetchall()
        if any(sought.is_named_in(text) for text in strings(json.loads(report)))
    ]
    tokens = holding("SELECT number, name FROM tokens")
    if not dry_run:
        connection.executemany("DELETE FROM log WHERE rowid = ?", entries)
        connection.executemany("UPDATE jobs SET report = '{}' WHERE id = ?", reports)
        connection.executemany(
            "UPDATE tokens SET name = ? WHERE number = ?", [(FORGOTTEN, *key) for key in tokens]
        )
    return len(entries) + len(reports) + len(tokens)
