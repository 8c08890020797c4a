"""The drills of an administrator: an erasure, and a backup restored on another machine.

What is compared is every answer of the service, not the files: that is what people see.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.maintenance.backup import backup
from indexer.maintenance.erase import forget
from indexer.maintenance.erasers import installed_erasers
from indexer.maintenance.restore import restore
from indexer.pipeline.build import build_index
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from search_service.chat.store import Alert, Store
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.search_service.canary import FULL, IDENTITY, NAME, addresses, traces
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder
from tests.waiting import until

pytestmark = pytest.mark.process
ROOT = Path(__file__).parents[3]
ADDRESSES = sorted({*addresses(), "/api/v1/documents/profiles/ovunque-due.txt/original"})
# Of what is forgotten; the rest of the hidden documents stays.
OWN = frozenset({"zanzibarda", "99900088883"})


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServiceSettings:
    built = build_sources(tmp_path, FULL)
    monkeypatch.setenv("COMPETENZE_TOKENS", str(tmp_path / "tokens.sqlite"))
    monkeypatch.setenv("COMPETENZE_CHAT_STORE", str(tmp_path / "chat.sqlite"))
    return read_service_settings(corpus=built.corpus, index=built.index)


@contextmanager
def client_of(settings: ServiceSettings, scope: Scope) -> Iterator[TestClient]:
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    _, secret = TokenStore(settings.tokens).make("Tester", scope, utc_now())
    with TestClient(create_app(state, settings), follow_redirects=False) as client:
        client.headers["Authorization"] = f"Bearer {secret}"
        yield client


def answers(settings: ServiceSettings, scope: Scope) -> dict[str, tuple[int, bytes]]:
    with client_of(settings, scope) as client:
        found = {address: client.get(address) for address in ADDRESSES}
    return {
        address: (answer.status_code, b"" if ".xlsx" in address else answer.content)
        for address, answer in found.items()
    }


@pytest.mark.parametrize("scope", [Scope.SEARCH, Scope.ADMIN])
def test_a_backup_made_while_building_answers_the_same_elsewhere(
    settings: ServiceSettings, tmp_path: Path, scope: Scope
) -> None:
    before = answers(settings, scope)
    with building(settings, tmp_path / "holding"):
        backup(settings.index, tmp_path / "index.tar")
    elsewhere = settings.model_copy(update={"index": tmp_path / "elsewhere" / "index"})
    elsewhere.index.parent.mkdir()
    restore(elsewhere.index, tmp_path / "index.tar")
    assert answers(elsewhere, scope) == before


@contextmanager
def building(settings: ServiceSettings, flag: Path) -> Iterator[None]:
    """A build that is at work meanwhile, and never ends."""
    (settings.corpus / "events/nuovo.md").write_text("Un testo nuovo.")
    command = [sys.executable, "-m", "tests.indexer.torture.toy_indexer", "build"]
    process = subprocess.Popen(
        [*command, str(settings.corpus), "--index", str(settings.index)],
        cwd=ROOT,
        env={**os.environ, "HOLD": str(flag)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: flag.exists() or process.poll() is not None)
        assert process.poll() is None, "the build ended"
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_after_an_erasure_no_answer_and_no_file_has_a_trace(settings: ServiceSettings) -> None:
    store, now = TokenStore(settings.tokens), utc_now()
    store.note("Tester", f"sent profiles/{NAME.lower()}.md (12 bytes)", now)
    alert = Alert(0, "slack", "C", f"chi lavora con {NAME}?", "it", "2026-01-01", frozenset(), "g")
    Store(settings.chat_store).add(alert)
    (settings.corpus / "events/altro.md").write_text("Un altro testo.")
    build_index(settings, ToyEncoder())  # so that an older generation has it too
    with client_of(settings, Scope.ADMIN) as client:
        assert client.get(f"/api/v1/organisations/{IDENTITY}").status_code == 200, (
            "or it is no test"
        )
    erased = forget(settings, ToyEncoder(), NAME, erasers=installed_erasers())
    assert erased.elsewhere == {"questions": 1, "administration": 1}
    for path in erased.corpus:
        (settings.corpus / path).unlink()
        (settings.corpus / f"{path}.yaml").unlink(missing_ok=True)
    build_index(settings, ToyEncoder())
    assert forget(settings, ToyEncoder(), NAME, erasers=installed_erasers()).remains is False
    for scope in Scope:
        for address, (_, content) in answers(settings, scope).items():
            if not traces(address):
                found = OWN & set(traces(content.decode("utf-8", "replace")))
                assert not found, (scope, address)
    root = settings.index.parent
    held = [path for path in root.rglob("*") if path.is_file() and holds(path)]
    assert held == []


def holds(path: Path) -> bool:
    content = path.read_bytes().lower()
    return any(word.encode() in content or word in path.name.lower() for word in OWN)
