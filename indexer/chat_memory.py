"""What the chats' store holds of a thing to forget. The store is the service's (chat/store.py).

The indexer only takes out of it: standing questions that hold the text, and an organisation's id
from the lists of those a channel was told of.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from indexer.errors import ForgetError
from indexer.traces import Sought


def forget_questions(store: Path, sought: Sought, *, dry_run: bool) -> int:
    """Take a thing out of the store; returns how many standing questions held it.

    Raises ForgetError where the store cannot be used.
    """
    if not store.exists():
        return 0
    try:
        with closing(sqlite3.connect(store, timeout=10.0)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            if not connection.execute("PRAGMA table_info(watches)").fetchall():
                return 0
            with connection:
                held = _forget(connection, sought, dry_run=dry_run)
            if not dry_run:
                connection.execute("VACUUM")  # what was deleted long ago goes too
    except sqlite3.Error as error:
        raise ForgetError(
            f"The chats' memory {store} cannot be used: {error}.",
            remedy="Make it writable, or stop the service and delete it; then forget again.",
        ) from error
    return held


def _forget(connection: sqlite3.Connection, sought: Sought, *, dry_run: bool) -> int:
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
