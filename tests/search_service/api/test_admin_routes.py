"""What administrators do from afar, and that nobody else does."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr

from search_service.admin.index_jobs import LOST_AFTER, IndexJobs, JobProgress, JobState
from search_service.admin.uploads import checked_path
from search_service.auth.middleware import COOKIE
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from search_service.errors import ConflictError, UploadError
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder
from tests.waiting import until

# What the service runs, with the toy encoder, which no setting can name.
BUILD = """
import sys
from indexer.cli.main import main
from tests.toy import ToyEncoder
sys.exit(main(sys.argv[1:], ToyEncoder()))
"""
NEW = "---\nname: Nuova\n---\nFacciamo pane nuovo.\n"


@pytest.fixture
def settings(tmp_path: Path) -> ServiceSettings:
    built = build_sources(tmp_path, {"profiles/una.md": "---\nname: Una\n---\nPane.\n"})
    return read_service_settings(
        corpus=built.corpus, index=built.index, tokens=tmp_path / "t.sqlite", max_file_mb=1
    )


@pytest.fixture
def secrets(settings: ServiceSettings) -> Mapping[Scope, str]:
    store = TokenStore(settings.tokens)
    return {scope: store.make(f"for {scope}", scope, utc_now())[1] for scope in Scope}


@pytest.fixture
def client(settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    built = ["build", str(settings.corpus), "--json", "--index", str(settings.index)]
    monkeypatch.setattr(
        "search_service.api.admin_routes.IndexJobs",
        lambda s, store: IndexJobs(s, store, [sys.executable, "-c", BUILD, *built]),
    )
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    app: FastAPI = create_app(state, settings)
    with TestClient(app) as client:
        yield client


@pytest.fixture
def admin(secrets: Mapping[Scope, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {secrets[Scope.ADMIN]}"}


def ended(client: TestClient, job: str, admin: Mapping[str, str]) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(f"/api/v1/index/{job}", headers=admin).json()
        return found if found["state"] != JobState.RUNNING else None

    return until(look) or {}


def test_a_document_is_sent_indexed_and_found(
    client: TestClient, admin: dict[str, str], settings: ServiceSettings
) -> None:
    sent = client.put("/api/v1/documents/profiles/nuova.md", content=NEW, headers=admin)
    assert (sent.status_code, sent.headers["location"]) == (
        201,
        "/api/v1/documents/profiles/nuova.md",
    )
    assert (settings.corpus / "profiles/nuova.md").read_text() == NEW
    started = client.post("/api/v1/index", headers=admin)
    assert started.status_code == 202
    job = started.json()["id"]
    assert started.headers["location"] == f"/api/v1/index/{job}"
    assert client.post("/api/v1/index", headers=admin).status_code == 409  # one is running
    found = ended(client, job, admin)
    assert (found["state"], found["report"]["documents"]) == ("done", 2)
    until(lambda: client.get("/api/v1/organisations/nuova").status_code == 200)
    again = client.put("/api/v1/documents/profiles/nuova.md", content=NEW, headers=admin)
    assert again.status_code == 204
    entries = TokenStore(settings.tokens).log(9)
    assert {entry.who for entry in entries} == {"for admin (token 3)"}
    told = [entry.what for entry in entries]
    assert f"had the index built (job {job})" in told
    assert told.count(f"sent profiles/nuova.md ({len(NEW)} bytes)") == 2


def test_a_build_that_fails_says_why(
    client: TestClient, admin: dict[str, str], settings: ServiceSettings
) -> None:
    (settings.corpus / "profiles/una.md").unlink()
    job = client.post("/api/v1/index", headers=admin).json()["id"]
    found = ended(client, job, admin)
    assert found["state"] == "failed"
    assert found["report"]
    assert client.get("/api/v1/organisations/una").status_code == 200
    assert client.get("/api/v1/index/none", headers=admin).status_code == 404


def jobs_of(settings: ServiceSettings, *command: str) -> IndexJobs:
    return IndexJobs(settings, TokenStore(settings.tokens), command)


def found_at_end(jobs: IndexJobs, job: str) -> JobProgress:
    def progress() -> JobProgress:
        found = jobs.progress(job)
        assert found is not None
        return found

    until(lambda: progress().state is not JobState.RUNNING)
    return progress()


def test_while_one_runs_no_other_is_started(settings: ServiceSettings, tmp_path: Path) -> None:
    go = tmp_path / "go"
    os.mkfifo(go)  # the job runs until something is written here
    jobs = jobs_of(settings, sys.executable, "-c", f"open({str(go)!r}).read()")
    job = jobs.start()
    with pytest.raises(ConflictError):
        jobs.start()
    go.write_text("go")
    assert found_at_end(jobs, job).state is JobState.DONE
    another = jobs.start()
    go.write_text("go")
    assert found_at_end(jobs, another).state is JobState.DONE


def test_one_that_does_not_start_holds_no_other_up(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(sys, "executable", "/nowhere/python")
        with pytest.raises(OSError, match="nowhere"):
            jobs_of(settings, "x").start()
    (job,) = TokenStore(settings.tokens).jobs()
    assert job.report == '{"error": "It could not be started: No such file or directory."}'
    jobs = jobs_of(settings, sys.executable, "-c", "")
    assert found_at_end(jobs, jobs.start()).state is JobState.DONE


def test_one_whose_process_is_gone_is_lost(settings: ServiceSettings) -> None:
    store = TokenStore(settings.tokens)
    now = utc_now()
    store.begin_job("a", now, now)
    later = IndexJobs(settings, store, ["x"], clock=lambda: now + 2 * LOST_AFTER).progress("a")
    assert later is not None
    assert (later.state, later.seconds) == (JobState.LOST, 0)


def test_an_indexer_is_given_settings_and_no_secrets(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPETENZE_TELEGRAM_TOKEN", "12345:secret")
    monkeypatch.setenv("COMPETENZE_CACHE", "/a/cache")
    told = "import json, os; print(json.dumps(dict(os.environ)))"
    own = settings.model_copy(update={"telegram_token": SecretStr("12345:secret")})
    jobs = jobs_of(own, sys.executable, "-c", told)
    report = found_at_end(jobs, jobs.start()).report
    assert report["COMPETENZE_CACHE"] == "/a/cache"
    assert "COMPETENZE_TELEGRAM_TOKEN" not in report


@pytest.mark.parametrize(
    ("scope", "status"), [(None, 401), (Scope.SEARCH, 403), (Scope.MEMBERS, 403)]
)
def test_only_administrators_may(
    client: TestClient,
    secrets: Mapping[Scope, str],
    settings: ServiceSettings,
    scope: Scope | None,
    status: int,
) -> None:
    shown = {"Authorization": f"Bearer {secrets[scope]}"} if scope else {}
    assert client.post("/api/v1/index", headers=shown).status_code == status
    assert client.get("/api/v1/index/none", headers=shown).status_code == status
    sent = client.put("/api/v1/documents/profiles/x.md", content=NEW, headers=shown)
    assert sent.status_code == status
    assert not (settings.corpus / "profiles/x.md").exists()


def test_a_cookie_is_not_enough(
    client: TestClient, secrets: Mapping[Scope, str], settings: ServiceSettings
) -> None:
    """A browser sends it also where another site's page asks."""
    store = TokenStore(settings.tokens)
    token = store.find(secrets[Scope.ADMIN], utc_now())
    assert token is not None
    client.cookies.set(COOKIE, store.open_session(token, utc_now()))
    assert client.post("/api/v1/index").status_code == 401
    assert client.put("/api/v1/documents/profiles/x.md", content=NEW).status_code == 401


@pytest.mark.parametrize(
    "name",
    [
        "../fuori.md",
        "profiles/../../fuori.md",
        "profiles/..",
        "/etc/passwd.md",
        "profiles//x.md",
        "x.md",
        "profiles/.nascosto.md",
        ".git/x.md",
        "profiles/x.md/",
        "profiles/x.exe",
        "profiles/x",
        "profiles/x.md.",
        "profiles/x\\y.md",
        "profiles/x\x00.md",
        "profiles/x\n.md",
        "profiles/-rf.md",
        "profiles/" + "x" * 200 + ".md",
        "a/b/c/d/e/f/g.md",
        "profiles/\u202e.md",
    ],
)
def test_names_that_may_lead_elsewhere_are_refused(
    client: TestClient, admin: dict[str, str], settings: ServiceSettings, name: str
) -> None:
    before = sorted(settings.corpus.parent.rglob("*.md"))
    with pytest.raises(UploadError):
        checked_path(name)
    address = f"/api/v1/documents/{quote(name, safe='')}"
    assert client.put(address, content=NEW, headers=admin).status_code in (400, 404, 405)
    assert sorted(settings.corpus.parent.rglob("*.md")) == before


@pytest.mark.parametrize(
    "name", ["case_studies/città d'arte #1 50%.md", "events/2025/a.pdf.yaml", "profiles/R&D.CSV"]
)
def test_names_as_people_give_them_are_taken(name: str) -> None:
    assert checked_path(name).as_posix() == name


def test_a_link_leads_nowhere(
    client: TestClient, admin: dict[str, str], settings: ServiceSettings, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (settings.corpus / "events").symlink_to(outside)
    (outside / "own.md").write_text("mine")
    (settings.corpus / "profiles/link.md").symlink_to(outside / "own.md")
    for name in ("events/x.md", "profiles/link.md"):
        sent = client.put(f"/api/v1/documents/{name}", content=NEW, headers=admin)
        assert sent.status_code == 400
    assert [path.read_text() for path in outside.iterdir()] == ["mine"]


def test_what_is_too_large_or_nothing_is_refused(
    client: TestClient, admin: dict[str, str], settings: ServiceSettings
) -> None:
    packed = client.put(
        "/api/v1/documents/profiles/x.md",
        content=gzip.compress(NEW.encode()),
        headers={**admin, "Content-Encoding": "gzip"},
    )
    assert packed.status_code == 415
    for content, status in ((b"", 400), (b"x" * 1_000_001, 413)):
        sent = client.put("/api/v1/documents/profiles/x.md", content=content, headers=admin)
        assert sent.status_code == status
    assert [path.name for path in (settings.corpus / "profiles").iterdir()] == ["una.md"]
