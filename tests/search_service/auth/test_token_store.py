"""Tokens and sessions on disk: what opens, until when, and that no secret is kept."""

from __future__ import annotations

import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from search_service.auth.token_store import SESSION, UNKNOWN, TokenStore, TokenStoreError
from search_service.auth.visitor import Scope

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "new" / "tokens.sqlite")


def test_a_token_opens_until_it_expires(store: TokenStore) -> None:
    token, secret = store.make("ufficio", Scope.MEMBERS, NOW, timedelta(days=90))
    assert store.find(secret, NOW) == token
    assert store.find(secret, NOW + timedelta(days=90) - SECOND) == token
    assert store.find(secret, NOW + timedelta(days=90)) is None
    assert store.find(secret[:-1], NOW) is None
    assert store.find(token.prefix, NOW) is None
    assert secret.startswith(token.prefix)
    assert len(secret) - len(token.prefix) > 30  # what is shown helps nobody to guess


def test_a_revoked_token_opens_nothing_nor_do_its_sessions(store: TokenStore) -> None:
    first, secret = store.make("una", Scope.ADMIN, NOW)
    second, other = store.make("altra", Scope.SEARCH, NOW)
    session = store.open_session(first, NOW)
    assert store.of_session(session, NOW) == first
    assert store.revoke(first.number, NOW + SECOND)
    assert not store.revoke(first.number, NOW + SECOND)
    assert store.find(secret, NOW) is None
    assert store.of_session(session, NOW) is None
    assert store.find(other, NOW) == second
    assert [(t.name, t.revoked) for t in store.all()] == [("una", NOW + SECOND), ("altra", None)]


def test_a_session_ends_by_itself_or_when_it_is_closed(store: TokenStore) -> None:
    token, _ = store.make("una", Scope.MEMBERS, NOW, timedelta(hours=13))
    one, two = store.open_session(token, NOW), store.open_session(token, NOW + 2 * SECOND)
    assert store.of_session(one, NOW + SESSION - SECOND) == token
    assert store.of_session(one, NOW + SESSION) is None
    store.close_session(two)
    assert store.of_session(two, NOW) is None
    late = store.open_session(token, NOW + SESSION)
    assert store.of_session(late, NOW + SESSION) == token
    assert store.of_session(late, NOW + timedelta(hours=13)) is None  # the token has expired


def test_no_secret_is_in_the_file_which_is_its_owners_alone(store: TokenStore) -> None:
    token, secret = store.make("una", Scope.MEMBERS, NOW)
    session = store.open_session(token, NOW)
    store.note("una", "signed in", NOW)
    held = b"".join(path.read_bytes() for path in store.path.parent.iterdir())
    assert secret.encode() not in held
    assert session.encode() not in held
    assert b"signed in" in held
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_two_tokens_are_never_alike(store: TokenStore) -> None:
    assert len({store.make("x", Scope.SEARCH, NOW)[1] for _ in range(50)}) == 50


def test_the_log_is_newest_first_and_forgets_after_two_years(store: TokenStore) -> None:
    store.note("una", "prima", NOW)
    store.note("una", "poi", NOW + SECOND)
    assert [entry.what for entry in store.log(10)] == ["poi", "prima"]
    assert [entry.what for entry in store.log(1)] == ["poi"]
    store.note("una", "tardi", NOW + timedelta(days=731))
    assert [entry.what for entry in store.log(10)] == ["tardi"]


def test_addresses_of_who_showed_a_wrong_token_are_forgotten_sooner(store: TokenStore) -> None:
    store.note(UNKNOWN, "a wrong token was shown from 192.0.2.1", NOW)
    store.note("una", "signed in", NOW)
    store.note("una", "later", NOW + timedelta(days=31))
    assert [entry.what for entry in store.log(10)] == ["later", "signed in"]


def test_one_job_at_a_time(store: TokenStore) -> None:
    assert store.begin_job("a", NOW, NOW - SECOND)
    assert not store.begin_job("b", NOW, NOW - SECOND)
    store.end_job("a", 0, "{}", NOW)
    assert store.begin_job("c", NOW + SECOND, NOW)
    store.see_job("c", NOW + 9 * SECOND)
    assert not store.begin_job("d", NOW + 9 * SECOND, NOW + 8 * SECOND)
    assert store.begin_job("e", NOW + 19 * SECOND, NOW + 18 * SECOND), "the last one was lost"
    jobs = {job.id: (job.ended, job.status) for job in store.jobs()}
    assert jobs == {"a": (NOW, 0), "c": (NOW + 9 * SECOND, None), "e": (None, None)}


def test_without_a_file_there_is_nothing_and_asking_makes_none(store: TokenStore) -> None:
    assert store.find("x", NOW) is None
    assert store.of_session("x", NOW) is None
    assert (store.all(), store.log(5), store.revoke(1, NOW)) == ((), (), False)
    store.close_session("x")
    assert not store.path.exists()


def test_a_damaged_file_is_named(store: TokenStore) -> None:
    store.path.parent.mkdir()
    store.path.write_bytes(b"no database at all, and long enough to be looked at twice" * 20)
    with pytest.raises(TokenStoreError, match=r"tokens\.sqlite cannot be used"):
        store.find("x", NOW)
    store.path.unlink()
    store.make("x", Scope.SEARCH, NOW)
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE tokens SET scope = 'root'")
    with pytest.raises(TokenStoreError):
        store.all()
