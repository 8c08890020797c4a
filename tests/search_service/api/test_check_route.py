"""The check of the corpus that administrators ask for: as the command's, one at a time."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.cli.main import main
from search_service.admin.corpus_checks import CorpusChecks
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.search_service.api.test_admin_routes import BUILD
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder
from tests.waiting import until

CHECK = "/api/v1/check"


@pytest.fixture
def settings(tmp_path: Path) -> ServiceSettings:
    built = build_sources(tmp_path, {"profiles/una.md": "---\nname: Una\n---\nPane.\n"})
    (built.corpus / "profiles/due.md").write_text("---\nname: <b>Due</b>\n---\nSiti.\n")
    (built.corpus / "profiles/rotto.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    return read_service_settings(
        corpus=built.corpus, index=built.index, tokens=tmp_path / "t.sqlite"
    )


@pytest.fixture
def signed(settings: ServiceSettings) -> dict[Scope, dict[str, str]]:
    store = TokenStore(settings.tokens)
    secrets = {scope: store.make(f"for {scope}", scope, utc_now())[1] for scope in Scope}
    return {scope: {"Authorization": f"Bearer {secret}"} for scope, secret in secrets.items()}


@pytest.fixture
def admin(signed: Mapping[Scope, dict[str, str]]) -> dict[str, str]:
    return signed[Scope.ADMIN]


def serving(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch, command: list[str], most: float
) -> TestClient:
    monkeypatch.setattr(
        "search_service.api.admin_routes.CorpusChecks",
        lambda s: CorpusChecks(s, command, most),
    )
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    return TestClient(create_app(state, settings))


@pytest.fixture
def client(settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    asked = ["check", str(settings.corpus), "--json", "--index", str(settings.index)]
    with serving(settings, monkeypatch, [sys.executable, "-c", BUILD, *asked], 60) as client:
        yield client


def without_times(report: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in report.items() if key != "seconds"}


def test_it_reports_what_the_command_prints_and_indexes_nothing(
    client: TestClient,
    admin: dict[str, str],
    settings: ServiceSettings,
    capfd: pytest.CaptureFixture[str],
) -> None:
    answer = client.post(CHECK, headers=admin)
    assert answer.status_code == 200
    assert answer.headers["vary"].startswith("Accept, ")
    report = answer.json()
    assert (report["published"], report["files"], report["documents"]) == (False, 3, 2)
    told = {p["path"] for p in report["problems"] if p["severity"] == "error"}
    assert told == {"profiles/rotto.pdf"}
    asked = ["check", str(settings.corpus), "--index", str(settings.index), "--json"]
    assert main(asked, ToyEncoder()) == 1
    printed = json.loads(capfd.readouterr().out)
    assert without_times(report) == without_times(printed)
    assert client.get("/api/v1/organisations/due").status_code == 404
    assert "had the corpus checked" in [e.what for e in TokenStore(settings.tokens).log(9)]


@pytest.mark.parametrize(
    ("lang", "said"),
    [("it", "File che non si sono potuti leggere"), ("en", "Files that were not read")],
)
def test_who_accepts_html_gets_the_page_to_forward(
    client: TestClient, admin: dict[str, str], lang: str, said: str
) -> None:
    wants = {**admin, "Accept": "text/html,*/*;q=0.8"}
    answer = client.post(CHECK, params={"lang": lang}, headers=wants)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<html lang="{lang}">' in answer.text
    assert said in answer.text
    assert "profiles/rotto.pdf" in answer.text
    assert "<b>Due" not in answer.text


def test_a_language_that_it_does_not_speak_is_refused(
    client: TestClient, admin: dict[str, str]
) -> None:
    assert client.post(CHECK, params={"lang": "fr"}, headers=admin).status_code == 400


@pytest.mark.parametrize(
    ("scope", "status"), [(None, 401), (Scope.SEARCH, 403), (Scope.MEMBERS, 403)]
)
def test_only_administrators_may(
    client: TestClient,
    signed: Mapping[Scope, dict[str, str]],
    scope: Scope | None,
    status: int,
) -> None:
    answer = client.post(CHECK, headers=signed[scope] if scope else {})
    assert answer.status_code == status
    assert "rotto" not in answer.text


def test_while_one_runs_no_other_is_started(
    settings: ServiceSettings,
    admin: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    started, go = tmp_path / "started", tmp_path / "go"
    os.mkfifo(go)  # the check runs until something is written here
    code = (
        f"import sys; open({str(started)!r}, 'w'); open({str(go)!r}).read();"
        "open(sys.argv[sys.argv.index('--html') + 1], 'w'); print('{}')"
    )
    command = [sys.executable, "-c", code]
    with (
        serving(settings, monkeypatch, command, 60) as client,
        ThreadPoolExecutor(1) as beside,
    ):
        first = beside.submit(client.post, CHECK, headers=admin)
        until(started.exists)
        second = client.post(CHECK, headers=admin)
        assert second.status_code == 409
        assert second.json()["detail"] == "The corpus is being checked already."
        go.write_text("go")
        assert first.result().status_code == 200


def test_one_that_takes_too_long_is_stopped_with_what_it_started(
    settings: ServiceSettings,
    admin: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    told = tmp_path / "pid"
    code = (
        "import subprocess, sys, time;"
        "own = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"open({str(told)!r}, 'w').write(str(own.pid)); time.sleep(60)"
    )
    began = time.monotonic()
    with serving(settings, monkeypatch, [sys.executable, "-c", code], 2) as client:
        answer = client.post(CHECK, headers=admin)
        again = client.post(CHECK, headers=admin)  # the first left no lock behind
    assert time.monotonic() - began < 30
    assert (answer.status_code, again.status_code) == (503, 503)
    assert answer.json()["detail"] == "The check did not end within 2 seconds."
    until(lambda: is_gone(int(told.read_text())))


def is_gone(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def test_a_corpus_that_cannot_be_checked_is_a_problem_with_its_reason(
    client: TestClient, admin: dict[str, str], settings: ServiceSettings
) -> None:
    for path in (settings.corpus / "profiles").iterdir():
        path.unlink()
    answer = client.post(CHECK, headers=admin)
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("The corpus could not be checked: ")
    assert answer.json()["remedy"]
