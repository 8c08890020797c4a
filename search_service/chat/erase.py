"""Erasure from the chats' store, which the indexer's ``forget`` calls by its entry point."""

from __future__ import annotations

import json
import sqlite3
from functools import partial
from pathlib import Path

from indexer.maintenance.erase_search import ErasureTarget
from indexer.maintenance.erasers import Eraser
from indexer.storage.secure_delete import delete_securely
from search_service.settings import read_service_settings


def eraser() -> Eraser:
    """Erases from the configured store."""
    return partial(erase_alerts, read_service_settings().chat_store)


def erase_alerts(store: Path, target: ErasureTarget, dry_run: bool) -> int:
    """Remove alerts that contain a text, and an organisation's id from those already reported.

    Args:
        store: The chats' store; it may not exist.
        target: What to erase.
        dry_run: Only count.

    Returns:
        How many alerts contain it.

    Raises:
        ForgetError: The store cannot be used.
    """
    erase = partial(_erase, target, dry_run)
    return delete_securely(store, "watches", erase, compact=not dry_run)


def _erase(target: ErasureTarget, dry_run: bool, connection: sqlite3.Connection) -> int:
    held = 0
    for number, question, known in connection.execute(
        "SELECT number, question, known FROM watches"
    ).fetchall():
        ids = json.loads(known)
        others = [id_ for id_ in ids if id_ not in target.ids and not target.in_text(id_)]
        is_about = target.in_text(question)
        held += is_about or others != ids
        if dry_run:
            continue
        if is_about:
            connection.execute("DELETE FROM watches WHERE number = ?", (number,))
        elif others != ids:
            row = (json.dumps(others), number)
            connection.execute("UPDATE watches SET known = ? WHERE number = ?", row)
    return held
