"""What chats must not forget."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from search_service.chat.errors import StoreError
from search_service.chat.store import LEASE_SECONDS, MAX_IN_CHANNEL, Alert, Store

CREATE_ALERT = Alert(0, "slack", "C1", "reti LoRa", "it", "2026-01-31", frozenset({"a", "b"}), "g1")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "deep" / "chat.sqlite")


def test_of_many_at_once_one_is_told_that_an_event_is_new(store: Store) -> None:
    other = Store(store.path)  # as another process has it
    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(lambda n: (store, other)[n % 2].is_new_event("e1", 5.0), range(100)))
    assert told.count(True) == 1
    assert store.is_new_event("e2", 5.0)


def test_an_event_is_forgotten_after_a_day(store: Store) -> None:
    assert store.is_new_event("e1", 0.0)
    assert not store.is_new_event("e1", 24 * 3600.0)
    assert store.is_new_event("e1", 24 * 3600.0 + 1)


def test_a_standing_question_is_kept_once_in_its_channel(store: Store) -> None:
    number = store.add(CREATE_ALERT)
    assert number is not None
    assert store.add(CREATE_ALERT) == number
    assert store.add(replace(CREATE_ALERT, channel="C2")) != number
    assert Store(store.path).of_channel("slack", "C1") == (replace(CREATE_ALERT, number=number),)
    assert store.of_channel("matrix", "C1") == ()


def test_a_channel_has_so_many_standing_questions_at_most(store: Store) -> None:
    for n in range(MAX_IN_CHANNEL):
        assert store.add(replace(CREATE_ALERT, question=str(n))) is not None
    assert store.add(CREATE_ALERT) is None
    assert store.add(replace(CREATE_ALERT, channel="C2")) is not None


def test_only_its_own_channel_removes_a_standing_question(store: Store) -> None:
    number = store.add(CREATE_ALERT) or 0
    assert not store.remove(number, "slack", "C2")
    assert not store.remove(number, "matrix", "C1")
    assert store.remove(number, "slack", "C1")
    assert not store.remove(number, "slack", "C1")
    later = store.add(CREATE_ALERT) or 0
    assert later > number  # a number never means another question


def test_a_standing_question_is_asked_of_each_generation_by_one(store: Store) -> None:
    number = store.add(CREATE_ALERT)
    assert store.due("g1", 0.0) == ()
    (alert,) = store.due("g2", 0.0)
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: store.claim(alert, 1.0), range(8)))
    assert claimed.count(True) == 1
    assert store.due("g2", 1.0) == ()
    store.mark_delivered(alert, frozenset({"a", "b", "c"}), "g2")
    assert store.due("g2", 1.0) == ()
    assert store.of_channel("slack", "C1") == (
        replace(CREATE_ALERT, number=number, known=frozenset({"a", "b", "c"}), generation="g2"),
    )


def test_what_could_not_be_delivered_waits(store: Store) -> None:
    store.add(CREATE_ALERT)
    (alert,) = store.due("g2", 0.0)
    assert store.claim(alert, 1.0)
    store.postpone(alert, 100.0)
    assert store.due("g2", 99.0) == ()
    assert store.due("g2", 100.0) == (alert,)


def test_who_takes_a_question_and_dies_holds_it_for_a_while_only(store: Store) -> None:
    store.add(CREATE_ALERT)
    (alert,) = store.due("g2", 0.0)
    assert store.claim(alert, 0.0)
    assert store.due("g2", LEASE_SECONDS - 1) == ()
    assert store.due("g2", LEASE_SECONDS) == (alert,)


def test_an_event_whose_answer_was_not_taken_is_new_again(store: Store) -> None:
    assert store.is_new_event("e1", 0.0)
    store.allow_retry("e1")
    assert store.is_new_event("e1", 0.0)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "chat.sqlite"
    path.write_text("this is not a database, and long enough to be looked at", "utf-8")
    with pytest.raises(StoreError, match=r"chat\.sqlite cannot be used"):
        Store(path)
