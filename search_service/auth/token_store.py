"""Tokens, the sessions they opened, and the log of administrators' actions, in one SQLite file.

Only the SHA-256 of a secret is stored: nothing in the file opens anything. The first token creates
the file, which only its owner can read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from indexer.errors import CompetenzeError
from indexer.storage.durable import make_private_file
from search_service.auth.visitor import AccessToken, Scope, new_secret, prefix_of, secret_hash

SESSION = timedelta(hours=12)
KEPT = timedelta(days=730)  # entries of the log
KEPT_WRONG = timedelta(days=30)  # those that hold the address a wrong token came from
KEPT_JOBS = timedelta(days=30)
UNKNOWN = "?"  # in the log: somebody who showed a wrong token
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS tokens (
        number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, scope TEXT NOT NULL,
        prefix TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, made TEXT NOT NULL, expires TEXT,
        revoked TEXT)""",
    """CREATE TABLE IF NOT EXISTS sessions (
        hash TEXT PRIMARY KEY, token INTEGER NOT NULL REFERENCES tokens (number),
        ends TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS jobs (
        id TEXT PRIMARY KEY, started TEXT NOT NULL, seen TEXT NOT NULL, ended TEXT,
        status INTEGER, report TEXT NOT NULL DEFAULT '{}') WITHOUT ROWID""",
    # One at a time, whichever process starts it.
    "CREATE UNIQUE INDEX IF NOT EXISTS one_job ON jobs ((1)) WHERE ended IS NULL",
    "CREATE TABLE IF NOT EXISTS log (at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL)",
)
_COLUMNS = "number, name, scope, prefix, made, expires, revoked"


class TokenStoreError(CompetenzeError):
    """The file of the tokens cannot be used."""


@dataclass(frozen=True, slots=True)
class TokenLogEntry:
    """One line of the log: when (UTC), who, what; never a secret."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Job:
    """A re-indexing: its process was last ``seen`` at work; ``report`` is JSON, once it has ended.

    Without a ``status`` it ended unseen.
    """

    id: str
    started: datetime
    seen: datetime
    ended: datetime | None
    status: int | None
    report: str


class TokenStore:
    """The tables in the file ``path``. Each call opens a connection, so it is safe across threads
    and processes. Without a file there are no tokens. Raises TokenStoreError if the file cannot
    be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(
        self, name: str, scope: Scope, now: datetime, lasts: timedelta | None = None
    ) -> tuple[AccessToken, str]:
        """Make a token.

        Args:
            name: What lists and the log call it; names may repeat.
            scope: What it is for.
            now: When it is made (UTC).
            lasts: How long it is valid; for ever where not given.

        Returns:
            The token and its secret. Shown once; only its hash is stored.
        """
        secret = new_secret()
        expires = None if lasts is None else now + lasts
        with self._opened() as connection:
            made = connection.execute(
                "INSERT INTO tokens (name, scope, prefix, hash, made, expires) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (name, scope, prefix_of(secret), secret_hash(secret), _text(now), _text(expires)),
            )
            number = int(made.lastrowid or 0)
        return AccessToken(number, name, scope, prefix_of(secret), now, expires, None), secret

    def all(self) -> tuple[AccessToken, ...]:
        """Every token that was made, the revoked too, in the order of their numbers."""
        return self._found("1 ORDER BY number")

    def revoke(self, number: int, now: datetime) -> bool:
        """End a token, and its sessions, for good; whether there was one to end."""
        if not self.path.exists():
            return False
        with self._opened() as connection:
            connection.execute("DELETE FROM sessions WHERE token = ?", (number,))
            ended = connection.execute(
                "UPDATE tokens SET revoked = ? WHERE number = ? AND revoked IS NULL",
                (_text(now), number),
            )
            return ended.rowcount > 0

    def find(self, secret: str, now: datetime) -> AccessToken | None:
        """The token with this secret, while it is valid."""
        return _valid(self._found("hash = ?", secret_hash(secret)), now)

    # --- sessions ----------------------------------------------------------------------------

    def open_session(self, token: AccessToken, now: datetime) -> str:
        """The secret of a new session that a token opens; sessions that are over are removed."""
        secret = new_secret()
        with self._opened() as connection:
            connection.execute("DELETE FROM sessions WHERE ends <= ?", (_text(now),))
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?)",
                (secret_hash(secret), token.number, _text(now + SESSION)),
            )
        return secret

    def of_session(self, secret: str, now: datetime) -> AccessToken | None:
        """The token of a session, while both are valid."""
        found = self._found(
            "number IN (SELECT token FROM sessions WHERE hash = ? AND ends > ?)",
            secret_hash(secret),
            _text(now),
        )
        return _valid(found, now)

    def close_session(self, secret: str) -> None:
        """End a session."""
        if self.path.exists():
            with self._opened() as connection:
                connection.execute("DELETE FROM sessions WHERE hash = ?", (secret_hash(secret),))

    # --- re-indexing -------------------------------------------------------------------------

    def begin_job(self, job: str, now: datetime, lost_before: datetime) -> bool:
        """Note that a re-indexing begins, unless another is running; old ones are removed.

        Args:
            job: Its id.
            now: When it begins (UTC).
            lost_before: A job that was last seen before this time has ended (UTC).

        Returns:
            Whether it may begin.
        """
        with self._opened() as connection:
            connection.execute("DELETE FROM jobs WHERE started < ?", (_text(now - KEPT_JOBS),))
            connection.execute(
                "UPDATE jobs SET ended = seen WHERE ended IS NULL AND seen < ?",
                (_text(lost_before),),
            )
            begun = connection.execute(
                "INSERT OR IGNORE INTO jobs (id, started, seen) VALUES (?, ?, ?)",
                (job, _text(now), _text(now)),
            )
            return begun.rowcount > 0

    def see_job(self, job: str, now: datetime) -> None:
        """Note that it is at work still."""
        with self._opened() as connection:
            connection.execute("UPDATE jobs SET seen = ? WHERE id = ?", (_text(now), job))

    def end_job(self, job: str, status: int | None, report: str, now: datetime) -> None:
        """Note how a re-indexing ended.

        Args:
            job: Its id.
            status: Its exit status; ``None`` if unknown.
            report: What it reported (JSON).
            now: When it ended (UTC).
        """
        with self._opened() as connection:
            connection.execute(
                "UPDATE jobs SET ended = ?, status = ?, report = ? WHERE id = ?",
                (_text(now), status, report, job),
            )

    def jobs(self) -> tuple[Job, ...]:
        """The re-indexings of the last month, the newest first."""
        if not self.path.exists():
            return ()
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT id, started, seen, ended, status, report FROM jobs ORDER BY started DESC"
            )
            return tuple(_job(*row) for row in rows)

    # --- the log -----------------------------------------------------------------------------

    def note(self, who: str, what: str, now: datetime) -> None:
        """Write into the log; entries of two years ago are removed, wrong tokens sooner.

        Args:
            who: The visitor, as the log names it; ``UNKNOWN`` for a wrong token.
            what: What it did; never a secret.
            now: When (UTC).
        """
        with self._opened() as connection:
            connection.execute("INSERT INTO log VALUES (?, ?, ?)", (_text(now), who, what))
            connection.execute("DELETE FROM log WHERE at < ?", (_text(now - KEPT),))
            connection.execute(
                "DELETE FROM log WHERE who = ? AND at < ?", (UNKNOWN, _text(now - KEPT_WRONG))
            )

    def log(self, most: int) -> tuple[TokenLogEntry, ...]:
        """The last entries of the log, the newest first."""
        if not self.path.exists():
            return ()
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT at, who, what FROM log ORDER BY at DESC, rowid DESC LIMIT ?", (most,)
            ).fetchall()
        return tuple(TokenLogEntry(datetime.fromisoformat(at), who, what) for at, who, what in rows)

    def _found(self, condition: str, *values: object) -> tuple[AccessToken, ...]:
        if not self.path.exists():
            return ()
        with self._opened() as connection:
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM tokens WHERE {condition}",  # noqa: S608 - our own words
                values,
            )
            return tuple(_token(*row) for row in rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            make_private_file(self.path)
            connection = sqlite3.connect(self.path, timeout=10.0)
            try:
                with connection:
                    for statement in _SCHEMA:
                        connection.execute(statement)
                    yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError, ValueError) as error:
            raise TokenStoreError(
                f"The tokens' file {self.path} cannot be used: {error}.",
                remedy="Let the service and whoever makes tokens read and write it; a damaged "
                "file has to be moved away, and its tokens made anew.",
            ) from error


def utc_now() -> datetime:
    """Now, as the store writes times."""
    return datetime.now(UTC)


def _token(
    number: int, name: str, scope: str, prefix: str, made: str, *ends: str | None
) -> AccessToken:
    expires, revoked = map(_time, ends)
    made_at = datetime.fromisoformat(made)
    return AccessToken(number, name, Scope(scope), prefix, made_at, expires, revoked)


def _job(
    job: str, started: str, seen: str, ended: str | None, status: int | None, report: str
) -> Job:
    begun, last = datetime.fromisoformat(started), datetime.fromisoformat(seen)
    return Job(job, begun, last, _time(ended), status, report)


def _valid(found: tuple[AccessToken, ...], now: datetime) -> AccessToken | None:
    return next((token for token in found if token.is_valid(now)), None)


def _text(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="microseconds")


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
