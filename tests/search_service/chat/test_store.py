"""What chats must not forget."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from search_service.chat.errors import StoreError
from search_service.chat.store import LEASE_SECONDS, MAX_IN_CHANNEL, Alert, Store

WATCH = Alert(0, "slack", "C1", "reti LoRa", "it", "2026-01-31", frozenset({"a", "b"}), "g1")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "deep" / "chat.sqlite")


def test_of_many_at_once_one_is_told_that_an_event_is_new(store: Store) -> None:
    other = Store(store.path)  # as another process has it
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda n: (store, other)[n % 2].first_time("e1", 5.0), range(100)))
    assert told.count(True) == 1
    assert store.first_time("e2", 5.0)


def test_an_event_is_forgotten_after_a_day(store: Store) -> None:
    assert store.first_time("e1", 0.0)
    assert not store.first_time("e1", 24 * 3600.0)
    assert store.first_time("e1", 24 * 3600.0 + 1)


def test_a_standing_question_is_kept_once_in_its_channel(store: Store) -> None:
    number = store.add(WATCH)
    assert number is not None
    assert store.add(WATCH) == number
    assert store.add(replace(WATCH, channel="C2")) != number
    assert Store(store.path).of_channel("slack", "C1") == (replace(WATCH, number=number),)
    assert store.of_channel("matrix", "C1") == ()


def test_a_channel_has_so_many_standing_questions_at_most(store: Store) -> None:
    for n in range(MAX_IN_CHANNEL):
        assert store.add(replace(WATCH, question=str(n))) is not None
    assert store.add(WATCH) is None
    assert store.add(replace(WATCH, channel="C2")) is not None


def test_only_its_own_channel_removes_a_standing_question(store: Store) -> None:
    number = store.add(WATCH) or 0
    assert not store.remove(number, "slack", "C2")
    assert not store.remove(number, "matrix", "C1")
    assert store.remove(number, "slack", "C1")
    assert not store.remove(number, "slack", "C1")
    later = store.add(WATCH) or 0
    assert later > number  # a number never means another question


def test_a_standing_question_is_asked_of_each_generation_by_one(store: Store) -> None:
    number = store.add(WATCH)
    assert store.behind("g1", 0.0) == ()
    (watch,) = store.behind("g2", 0.0)
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: store.claim(watch, 1.0), range(8)))
    assert claimed.count(True) == 1
    assert store.behind("g2", 1.0) == ()
    store.told(watch, frozenset({"a", "b", "c"}), "g2")
    assert store.behind("g2", 1.0) == ()
    assert store.of_channel("slack", "C1") == (
        replace(WATCH, number=number, known=frozenset({"a", "b", "c"}), generation="g2"),
    )


def test_what_could_not_be_delivered_waits(store: Store) -> None:
    store.add(WATCH)
    (watch,) = store.behind("g2", 0.0)
    assert store.claim(watch, 1.0)
    store.wait(watch, 100.0)
    assert store.behind("g2", 99.0) == ()
    assert store.behind("g2", 100.0) == (watch,)


def test_who_takes_a_question_and_dies_holds_it_for_a_while_only(store: Store) -> None:
    store.add(WATCH)
    (watch,) = store.behind("g2", 0.0)
    assert store.claim(watch, 0.0)
    assert store.behind("g2", LEASE_SECONDS - 1) == ()
    assert store.behind("g2", LEASE_SECONDS) == (watch,)


def test_an_event_whose_answer_was_not_taken_is_new_again(store: Store) -> None:
    assert store.first_time("e1", 0.0)
    store.unanswered("e1")
    assert store.first_time("e1", 0.0)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "chat.sqlite"
    path.write_text("this is not a database, and long enough to be looked at", "utf-8")
    with pytest.raises(StoreError, match=r"chat\.sqlite cannot be used"):
        Store(path)
