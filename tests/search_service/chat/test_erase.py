"""Erasure from the chats' store: alerts that hold it go, to the byte; others stay."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from indexer.errors import ForgetError
from indexer.maintenance.erase_search import ErasureTarget, Kind
from search_service.chat.erase import erase_alerts
from search_service.chat.store import Alert, Store

TEXT = ErasureTarget("Zaccaria Quintavalle", Kind.TEXT, frozenset({"zaccaria quintavalle"}))
ARCA = ErasureTarget("Arca", Kind.ORGANISATION, frozenset({"arca"}), frozenset({"it00488410010"}))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "chat.sqlite")


def add(store: Store, question: str, known: frozenset[str] = frozenset()) -> None:
    store.add(Alert(0, "slack", "C1", question, "it", "2026-01-01", known, "g"))


def test_alerts_that_hold_it_go_and_others_stay(store: Store) -> None:
    add(store, "cosa fa Arca a Bardi?")
    add(store, "chi fa reti?", frozenset({"it00488410010", "refolo"}))
    add(store, "chi fa pane?")
    assert erase_alerts(store.path, ARCA, True) == 2
    assert len(store.of_channel("slack", "C1")) == 3
    assert erase_alerts(store.path, ARCA, False) == 2
    assert [(a.question, a.known) for a in store.of_channel("slack", "C1")] == [
        ("chi fa reti?", frozenset({"refolo"})),
        ("chi fa pane?", frozenset()),
    ]
    assert b"cosa fa Arca" not in store.path.read_bytes()


def test_alerts_that_were_removed_before_leave_no_bytes(store: Store) -> None:
    add(store, "dove lavora Zaccaria Quintavalle?")
    connection = sqlite3.connect(store.path)
    with connection:
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("DELETE FROM watches")
    connection.close()
    assert b"Quintavalle" in store.path.read_bytes()
    assert erase_alerts(store.path, TEXT, True) == 0
    assert b"Quintavalle" in store.path.read_bytes()
    assert erase_alerts(store.path, TEXT, False) == 0
    assert b"Quintavalle" not in store.path.read_bytes()


def test_without_a_store_nothing_is_made(tmp_path: Path) -> None:
    assert erase_alerts(tmp_path / "none.sqlite", TEXT, False) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_without_the_table_holds_nothing(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.sqlite").close()
    assert erase_alerts(tmp_path / "empty.sqlite", TEXT, False) == 0


def test_a_store_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "chat.sqlite").write_text("this is no database" * 99)
    with pytest.raises(ForgetError, match="cannot be used"):
        erase_alerts(tmp_path / "chat.sqlite", TEXT, False)
