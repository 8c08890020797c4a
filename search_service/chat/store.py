"""Answered events, and alerts, in an SQLite file that all processes of the service share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indexer.storage.durable import make_private_file
from search_service.chat.errors import StoreError

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID",
    "CREATE INDEX IF NOT EXISTS events_at ON events (at)",
    """CREATE TABLE IF NOT EXISTS watches (
        number INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, channel TEXT NOT NULL,
        question TEXT NOT NULL, language TEXT NOT NULL, made TEXT NOT NULL,
        known TEXT NOT NULL, generation TEXT NOT NULL, not_before REAL NOT NULL DEFAULT 0,
        UNIQUE (platform, channel, question))""",
)
_KEEP_EVENTS = 24 * 3600.0  # seconds: platforms repeat an event within minutes, Telegram a day
LEASE_SECONDS = 600.0
MAX_IN_CHANNEL = 20  # alerts


@dataclass(frozen=True, slots=True)
class Alert:
    """A question that a channel wants to be notified of.

    ``known`` are the ids of the cooperatives already reported, as of ``generation``; ``made`` is
    the day of the request (ISO).
    """

    number: int
    platform: str
    channel: str
    question: str
    language: str
    made: str
    known: frozenset[str]
    generation: str


class Store:
    """The tables in the file ``path``. Each call opens a connection, so it is safe across threads
    and processes. Raises StoreError if the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._opened() as connection:
            for statement in _SCHEMA:
                connection.execute(statement)

    def is_new_event(self, event: str, now: float) -> bool:
        """Whether an event is new (``now`` in seconds); true for one caller, however many ask."""
        with self._opened() as connection:
            connection.execute("DELETE FROM events WHERE at < ?", (now - _KEEP_EVENTS,))
            done = connection.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", (event, now))
            return done.rowcount == 1

    def allow_retry(self, event: str) -> None:
        """Let an event be answered again: the platform did not accept the reply."""
        with self._opened() as connection:
            connection.execute("DELETE FROM events WHERE id = ?", (event,))

    def add(self, alert: Alert) -> int | None:
        """Add an alert (its ``number`` is ignored) and return its number, or ``None`` if the
        channel has MAX_IN_CHANNEL. An alert that exists keeps its number.
        """
        channel = (alert.platform, alert.channel)
        with self._opened() as connection:
            same = connection.execute(
                "SELECT number FROM watches WHERE platform = ? AND channel = ? AND question = ?",
                (*channel, alert.question),
            ).fetchone()
            if same:
                return int(same[0])
            count = "SELECT count(*) FROM watches WHERE platform = ? AND channel = ?"
            if connection.execute(count, channel).fetchone()[0] >= MAX_IN_CHANNEL:
                return None
            done = connection.execute(
                "INSERT INTO watches (platform, channel, question, language, made, known, "
                "generation) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *channel,
                    alert.question,
                    alert.language,
                    alert.made,
                    _written(alert.known),
                    alert.generation,
                ),
            )
            return done.lastrowid

    def remove(self, number: int, platform: str, channel: str) -> bool:
        """Remove an alert; returns whether the channel had it.

        Args:
            number: The alert's number.
            platform: The chat platform.
            channel: The channel that asks: it can remove only its own alerts.
        """
        with self._opened() as connection:
            done = connection.execute(
                "DELETE FROM watches WHERE number = ? AND platform = ? AND channel = ?",
                (number, platform, channel),
            )
            return done.rowcount == 1

    def of_channel(self, platform: str, channel: str) -> tuple[Alert, ...]:
        """The alerts of a channel, the oldest first."""
        return self._alerts("platform = ? AND channel = ?", platform, channel)

    def due(self, generation: str, now: float) -> tuple[Alert, ...]:
        """The alerts not yet checked against a generation, and not postponed."""
        return self._alerts("generation <> ? AND not_before <= ?", generation, now)

    def claim(self, alert: Alert, now: float) -> bool:
        """Take an alert to check it; true for one process only.

        If that process dies, the alert is due again after LEASE_SECONDS.
        """
        with self._opened() as connection:
            done = connection.execute(
                "UPDATE watches SET not_before = ? "
                "WHERE number = ? AND generation = ? AND not_before <= ?",
                (now + LEASE_SECONDS, alert.number, alert.generation, now),
            )
            return done.rowcount == 1

    def mark_delivered(self, alert: Alert, known: frozenset[str], generation: str) -> None:
        """Record what a channel has been told.

        Args:
            alert: The alert that was delivered.
            known: The ids of all the organisations reported so far.
            generation: The generation that was searched.
        """
        with self._opened() as connection:
            connection.execute(
                "UPDATE watches SET known = ?, generation = ?, not_before = 0 WHERE number = ?",
                (_written(known), generation, alert.number),
            )

    def postpone(self, alert: Alert, not_before: float) -> None:
        """Try an alert that could not be delivered again at ``not_before``."""
        with self._opened() as connection:
            connection.execute(
                "UPDATE watches SET not_before = ? WHERE number = ?", (not_before, alert.number)
            )

    def _alerts(self, condition: str, *values: object) -> tuple[Alert, ...]:
        columns = "number, platform, channel, question, language, made, known, generation"
        query = f"SELECT {columns} FROM watches WHERE {condition} ORDER BY number"  # noqa: S608
        with self._opened() as connection:
            rows = connection.execute(query, values).fetchall()
        return tuple(
            Alert(n, platform, channel, question, language, made, _read(known), generation)
            for n, platform, channel, question, language, made, known, generation in rows
        )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            make_private_file(self.path)
            connection = sqlite3.connect(self.path, timeout=10.0, isolation_level=None)
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            finally:
                connection.close()  # what was not committed is undone
        except (sqlite3.Error, OSError) as error:
            raise StoreError(
                f"The chats' store {self.path} cannot be used: {error}.",
                remedy="Make the folder writable, or move a damaged file away: it is made anew.",
            ) from error


def _written(ids: frozenset[str]) -> str:
    return json.dumps(sorted(ids))


def _read(ids: str) -> frozenset[str]:
    return frozenset(json.loads(ids))
