"""What a chat must not forget: events already answered, and standing questions. In SQLite, so that
several processes of the service share them.
"""

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
MAX_IN_CHANNEL = 20  # standing questions


@dataclass(frozen=True, slots=True)
class Alert:
    """A standing question: ``known`` are the ids of those that its channel was told of, as of
    ``generation``; ``made`` is the day it was asked.
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
    """The tables in the file ``path``. A connection for each call: they are rare, and it is safe
    among threads and processes. Raises StoreError where the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._opened() as connection:
            for statement in _SCHEMA:
                connection.execute(statement)

    def first_time(self, event: str, now: float) -> bool:
        """Whether an event comes for the first time; ``now`` in seconds. Only one caller is told
        so, however many ask at once.
        """
        with self._opened() as connection:
            connection.execute("DELETE FROM events WHERE at < ?", (now - _KEEP_EVENTS,))
            done = connection.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", (event, now))
            return done.rowcount == 1

    def unanswered(self, event: str) -> None:
        """Let an event be answered again: the platform did not take its answer."""
        with self._opened() as connection:
            connection.execute("DELETE FROM events WHERE id = ?", (event,))

    def add(self, watch: Alert) -> int | None:
        """Keep a standing question (its number is not read); its number, or ``None`` where the
        channel has as many as it may. One that is there already keeps its number.
        """
        channel = (watch.platform, watch.channel)
        with self._opened() as connection:
            same = connection.execute(
                "SELECT number FROM watches WHERE platform = ? AND channel = ? AND question = ?",
                (*channel, watch.question),
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
                    watch.question,
                    watch.language,
                    watch.made,
                    _written(watch.known),
                    watch.generation,
                ),
            )
            return done.lastrowid

    def remove(self, number: int, platform: str, channel: str) -> bool:
        """Forget a standing question of a channel; whether there was one."""
        with self._opened() as connection:
            done = connection.execute(
                "DELETE FROM watches WHERE number = ? AND platform = ? AND channel = ?",
                (number, platform, channel),
            )
            return done.rowcount == 1

    def of_channel(self, platform: str, channel: str) -> tuple[Alert, ...]:
        """The standing questions of a channel, the oldest first."""
        return self._watches("platform = ? AND channel = ?", platform, channel)

    def behind(self, generation: str, now: float) -> tuple[Alert, ...]:
        """The standing questions not yet asked of a generation, and due."""
        return self._watches("generation <> ? AND not_before <= ?", generation, now)

    def claim(self, watch: Alert, now: float) -> bool:
        """Take a standing question to ask it: of several processes, one is let.

        Whoever takes it and dies holds it for LEASE_SECONDS; then it is due again.
        """
        with self._opened() as connection:
            done = connection.execute(
                "UPDATE watches SET not_before = ? "
                "WHERE number = ? AND generation = ? AND not_before <= ?",
                (now + LEASE_SECONDS, watch.number, watch.generation, now),
            )
            return done.rowcount == 1

    def told(self, watch: Alert, known: frozenset[str], generation: str) -> None:
        """Remember whom a channel was told of, as of which generation."""
        with self._opened() as connection:
            connection.execute(
                "UPDATE watches SET known = ?, generation = ?, not_before = 0 WHERE number = ?",
                (_written(known), generation, watch.number),
            )

    def wait(self, watch: Alert, not_before: float) -> None:
        """Let a standing question that could not be delivered be asked again, later."""
        with self._opened() as connection:
            connection.execute(
                "UPDATE watches SET not_before = ? WHERE number = ?", (not_before, watch.number)
            )

    def _watches(self, condition: str, *values: object) -> tuple[Alert, ...]:
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
                f"The chats' memory {self.path} cannot be used: {error}.",
                remedy="Make the folder writable, or move a damaged file away: it is made anew.",
            ) from error


def _written(ids: frozenset[str]) -> str:
    return json.dumps(sorted(ids))


def _read(ids: str) -> frozenset[str]:
    return frozenset(json.loads(ids))
