from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.domain import Encoded
from indexer.errors import GenerationError
from indexer.index.retention import roll_back
from indexer.index.snapshot import current_name
from indexer.maintenance.erase import forget
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

ONE = {"profiles/uno.md": "---\nname: Uno\n---\nPane.\n"}
TWO = {"profiles/due.md": "---\nname: Due\n---\nVino.\n"}
RESTRICTED = {"profiles/due.md": "---\nname: Due\nvisibility: members\n---\nVino.\n"}


class _OtherEncoder(ToyEncoder):
    fingerprint = "another model"


class _CountingEncoder(ToyEncoder):
    def __init__(self) -> None:
        self.calls: list[str] = []

    def __getattribute__(self, name: str) -> object:
        if name.startswith("encode"):
            self.calls.append(name)
        return super().__getattribute__(name)


def state_of(index: Path) -> ServiceState:
    state = ServiceState(index, ToyEncoder())
    state.refresh()
    return state


def organisations(state: ServiceState) -> list[str]:
    return sorted(state.searcher.generation.organisations)


def damage(index: Path, name: str | None = None) -> None:
    """Flip one bit of a part of a generation, the current one if none is named."""
    folder = index / "generations" / (name or current_name(index) or "")
    part = folder / "documents.json"
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)


def test_before_anything_is_loaded_it_is_starting(tmp_path: Path) -> None:
    state = ServiceState(build_sources(tmp_path, ONE).index, ToyEncoder())
    assert (state.readiness.ready, state.readiness.detail) == (False, "the service is starting")
    with pytest.raises(GenerationError, match="the service is starting"):
        _ = state.searcher


def test_a_generation_is_loaded_and_named(tmp_path: Path) -> None:
    index = build_sources(tmp_path, ONE).index
    state = state_of(index)
    assert (state.readiness.ready, state.readiness.detail) == (True, "ok")
    assert state.readiness.generation == current_name(index) == state.searcher.generation.id


def test_the_model_is_warm_before_the_first_question(tmp_path: Path) -> None:
    encoder = _CountingEncoder()
    index = build_sources(tmp_path, ONE).index
    state = ServiceState(index, encoder)
    assert encoder.calls == []
    state.refresh()
    assert encoder.calls != []


def test_while_the_model_warms_up_it_is_starting(tmp_path: Path) -> None:
    seen = []

    class Warming(ToyEncoder):
        def encode_query(self, text: str) -> Encoded:
            seen.append(state.readiness.starting)
            return super().encode_query(text)

    state = ServiceState(build_sources(tmp_path, ONE).index, Warming())
    state.refresh()
    assert seen[-1] is True
    assert state.readiness.starting is False


def test_a_new_generation_takes_the_place_of_the_old(tmp_path: Path) -> None:
    state = state_of(build_sources(tmp_path, ONE).index)
    old = state.searcher
    build_sources(tmp_path, TWO)
    assert state.searcher is old  # until it is refreshed
    state.refresh()
    assert organisations(state) == ["due", "uno"]
    assert sorted(old.generation.organisations) == ["uno"]  # a request under way is not disturbed
    assert state.readiness.generation != old.generation.id


def test_nothing_new_loads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_of(build_sources(tmp_path, ONE).index)
    before = state.searcher
    monkeypatch.setattr(
        "search_service.live.live_index.load_current_levels", None
    )  # calling it would fail
    state.refresh()
    assert (state.searcher, state.readiness.detail) == (before, "ok")


def test_a_damaged_generation_leaves_the_old_one_in_service(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    index = build_sources(tmp_path, ONE).index
    state = state_of(index)
    before = state.searcher
    build_sources(tmp_path, TWO)
    damage(index)
    state.refresh()
    assert state.searcher is before
    assert state.readiness.ready
    assert state.readiness.detail.startswith("degraded: ")
    assert "SHA-256" in state.readiness.detail
    assert "python -m indexer build" in state.readiness.detail
    told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert any("degraded" in one and "SHA-256" in one for one in told)


def test_a_service_that_starts_on_a_damaged_generation_serves_the_one_before(
    tmp_path: Path,
) -> None:
    index = build_sources(tmp_path, ONE).index
    build_sources(tmp_path, TWO)
    damage(index)
    state = state_of(index)
    assert organisations(state) == ["uno"]
    assert state.readiness.detail.startswith("degraded: ")


def test_a_service_that_starts_answers_nobody_from_before_a_restriction(tmp_path: Path) -> None:
    index = build_sources(tmp_path, ONE | TWO).index
    settings = build_sources(tmp_path, RESTRICTED)
    damage(index)
    state = state_of(index)
    client = TestClient(create_app(state, settings))
    told = client.get("/readyz")
    assert (told.status_code, told.json()["ready"]) == (503, False)
    assert "shows what has been restricted since" in state.readiness.detail
    assert "python -m indexer build" in state.readiness.detail
    asked = client.get("/api/v1/search", params={"q": "pane"})
    assert asked.status_code == 503
    assert not re.search(r"\b(due|profiles)\b", f"{told.text} {asked.text}", re.IGNORECASE)


def test_a_running_service_does_not_go_on_showing_what_was_restricted(tmp_path: Path) -> None:
    index = build_sources(tmp_path, ONE | TWO).index
    state = state_of(index)
    build_sources(tmp_path, RESTRICTED)
    damage(index)
    state.refresh()
    assert not state.readiness.ready
    assert "shows what has been restricted since" in state.readiness.detail
    with pytest.raises(GenerationError):
        _ = state.searcher
    build_sources(tmp_path, RESTRICTED)
    state.refresh()
    assert (organisations(state), state.readiness.detail) == (["uno"], "ok")


def test_a_running_service_goes_on_where_nobody_can_say_what_was_restricted(
    tmp_path: Path,
) -> None:
    index = build_sources(tmp_path, ONE).index
    state = state_of(index)
    build_sources(tmp_path, TWO)
    damage(index)
    (index / "restricted.json").write_text("{")
    state.refresh()
    assert organisations(state) == ["uno"]
    assert state.readiness.detail.startswith("degraded: ")


def test_a_build_after_the_damage_heals_it(tmp_path: Path) -> None:
    index = build_sources(tmp_path, ONE).index
    state = state_of(index)
    build_sources(tmp_path, TWO)
    damage(index)
    state.refresh()
    build_sources(tmp_path, TWO)
    state.refresh()
    assert (organisations(state), state.readiness.detail) == (["due", "uno"], "ok")


def test_when_all_is_damaged_what_is_in_memory_goes_on(tmp_path: Path) -> None:
    index = build_sources(tmp_path, ONE).index
    state = state_of(index)
    before = state.searcher
    build_sources(tmp_path, TWO)
    for folder in (index / "generations").iterdir():
        damage(index, folder.name)
    state.refresh()
    assert state.searcher is before
    assert state.readiness.ready
    assert state.readiness.detail.startswith("degraded: ")
    (index / "CURRENT").write_bytes(b"\xff\xfe")
    state.refresh()
    assert state.searcher is before
    assert "CURRENT" in state.readiness.detail


def test_an_index_of_another_model_is_refused_with_the_remedy(tmp_path: Path) -> None:
    state = ServiceState(build_sources(tmp_path, ONE).index, _OtherEncoder())
    state.refresh()
    assert not state.readiness.ready
    assert "another embedding model" in state.readiness.detail
    assert "COMPETENZE_MODEL" in state.readiness.detail
    with pytest.raises(GenerationError, match="no index that can be used"):
        _ = state.searcher


def test_no_index_at_all_says_what_to_run(tmp_path: Path) -> None:
    state = state_of(tmp_path / "nowhere")
    assert not state.readiness.ready
    assert "There is no index" in state.readiness.detail
    with pytest.raises(GenerationError) as caught:
        _ = state.searcher
    assert "python -m indexer build" in caught.value.remedy
    assert ".." not in caught.value.message.replace(str(tmp_path), "")


def test_an_index_that_appears_later_is_picked_up(tmp_path: Path) -> None:
    state = state_of(tmp_path / "index")
    build_sources(tmp_path, ONE)
    state.refresh()
    assert (organisations(state), state.readiness.detail) == (["uno"], "ok")


def test_going_back_and_forth_is_followed(tmp_path: Path) -> None:
    index = build_sources(tmp_path, ONE).index
    build_sources(tmp_path, TWO)
    state = state_of(index)
    assert organisations(state) == ["due", "uno"]
    roll_back(index)
    state.refresh()
    assert organisations(state) == ["uno"]
    assert state.readiness.detail == "ok"


def test_what_was_forgotten_is_not_answered_any_more(tmp_path: Path) -> None:
    settings = build_sources(tmp_path, ONE | TWO)
    state = state_of(settings.index)
    forget(settings, ToyEncoder(), "Uno")
    state.refresh()
    assert organisations(state) == ["due"]
