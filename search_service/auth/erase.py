"""Erasure from the tokens' file, which the indexer's ``forget`` calls by its entry point."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from indexer.maintenance.erase_search import ErasureTarget
from indexer.maintenance.erasers import Eraser
from indexer.storage.secure_delete import delete_securely
from search_service.settings import read_service_settings

FORGOTTEN = "(forgotten)"  # replaces a token's name: the token itself stays valid


def eraser() -> Eraser:
    """Erases from the configured file."""
    return partial(erase_administration, read_service_settings().tokens)


def erase_administration(tokens: Path, target: ErasureTarget, dry_run: bool) -> int:
    """Remove entries of the log, empty reports of builds, and rename tokens that name a target.

    Args:
        tokens: The tokens' file; there may be none.
        target: What to erase.
        dry_run: Count only.

    Returns:
        How many entries, reports and tokens name it.

    Raises:
        ForgetError: The file cannot be used.
    """
    erase = partial(_erase, target, dry_run)
    return delete_securely(tokens, "log", erase, compact=not dry_run)


def _erase(target: ErasureTarget, dry_run: bool, connection: sqlite3.Connection) -> int:
    def naming(rows: str) -> list[tuple[object]]:
        return [
            (key,)
            for key, *texts in connection.execute(rows).fetchall()
            if any(target.is_named_in(text) for text in texts)
        ]

    entries = naming("SELECT rowid, who, what FROM log")
    reports = [
        (job,)
        for job, report in connection.execute("SELECT id, report FROM jobs").fetchall()
        if any(target.is_named_in(text) for text in _strings(json.loads(report)))
    ]
    names = naming("SELECT number, name FROM tokens")
    if not dry_run:
        connection.executemany("DELETE FROM log WHERE rowid = ?", entries)
        connection.executemany("UPDATE jobs SET report = '{}' WHERE id = ?", reports)
        connection.executemany(
            "UPDATE tokens SET name = ? WHERE number = ?", [(FORGOTTEN, *key) for key in names]
        )
    return len(entries) + len(reports) + len(names)


def _strings(value: object) -> Iterator[str]:
    """Every string in a value of JSON, without the names of its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)
