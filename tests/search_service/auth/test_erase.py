"""Erasure from the tokens' file: the log, the reports of builds, and the names of tokens."""

from __future__ import annotations

import json
from pathlib import Path

from indexer.maintenance.erase_search import ErasureTarget, Kind
from search_service.auth.erase import FORGOTTEN, erase_administration
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope

SECRET = "Zaccaria Quintavalle"
TARGET = ErasureTarget(
    SECRET, Kind.TEXT, frozenset({"zaccaria quintavalle"}), frozenset({"events/incontro.md"})
)


def test_the_log_of_administration_loses_what_names_it(tmp_path: Path) -> None:
    now = utc_now()
    store = TokenStore(tmp_path / "tokens.sqlite")
    _, secret = store.make(f"Per {SECRET}", Scope.MEMBERS, now)
    store.note("Arca", "sent events/arca-a-bardi.md (12 bytes)", now)
    store.note("Refolo", f"sent events/{SECRET}.md (12 bytes)", now)
    store.begin_job("a", now, now)
    store.end_job("a", 1, json.dumps({"problems": [{"detail": f"già {SECRET}"}]}), now)
    store.note("Refolo", "sent events/incontro.md (9 bytes)", now)
    assert erase_administration(store.path, TARGET, True) == 4
    assert len(store.log(10)) == 3
    assert erase_administration(store.path, TARGET, False) == 4
    assert [entry.who for entry in store.log(10)] == ["Arca"]
    assert store.jobs()[0].report == "{}"
    found = store.find(secret, now)
    assert found, "a token stays valid until it is revoked"
    assert found.name == FORGOTTEN
    assert SECRET.encode() not in store.path.read_bytes()


def test_without_tokens_nothing_is_made(tmp_path: Path) -> None:
    assert erase_administration(tmp_path / "none.sqlite", TARGET, False) == 0
    assert list(tmp_path.iterdir()) == []
