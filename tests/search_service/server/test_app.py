from __future__ import annotations

import logging
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.errors import ModelError
from search_service.live import live_index as state_module
from search_service.live.live_index import ServiceState
from search_service.search.searcher import Searcher
from search_service.server.app import create_app
from search_service.settings import ServiceSettings
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder
from tests.waiting import until

PROFILE = {"profiles/solo.md": "---\nname: Solo\n---\nPane.\n"}


def test_alive_without_an_index_but_not_ready(tmp_path: Path) -> None:
    state = ServiceState(tmp_path, ToyEncoder())
    state.refresh()
    client = TestClient(create_app(state, ServiceSettings()))
    health = client.get("/healthz")
    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    ready = client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["ready"] is False
    assert ready.json()["generation"] == ""
    assert ready.json()["detail"].startswith("there is no index")
    assert str(tmp_path) not in ready.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search?q=x",
        "/api/v1/passages?q=x",
        "/api/v1/organisations/x",
        "/api/v1/documents/x",
        "/api/v1/documents/x/original",
        "/api/v1/facets",
    ],
)
def test_without_an_index_every_route_says_what_to_run(tmp_path: Path, path: str) -> None:
    state = ServiceState(tmp_path, ToyEncoder())
    state.refresh()
    response = TestClient(create_app(state, ServiceSettings())).get(path)
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == "Service Unavailable"
    assert "there is no index" in response.json()["detail"]
    assert str(tmp_path) not in response.text
    assert "python -m indexer build" in response.json()["remedy"]


def test_the_service_gets_ready_and_then_follows_the_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_module, "FOLLOW_SECONDS", 0.02)
    state = ServiceState(tmp_path / "index", ToyEncoder())
    with TestClient(create_app(state, ServiceSettings())) as client:
        assert client.get("/readyz").status_code == 503
        build_sources(tmp_path, PROFILE)
        until(lambda: client.get("/readyz").status_code == 200)
        first = client.get("/readyz").json()
        assert (first["ready"], first["detail"]) == (True, "ok")
        build_sources(tmp_path, {"profiles/duo.md": "---\nname: Duo\n---\nVino.\n"})
        until(lambda: client.get("/readyz").json()["generation"] != first["generation"])
        assert client.get("/api/v1/organisations/duo").status_code == 200


def test_a_failure_while_following_does_not_stop_the_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(state_module, "FOLLOW_SECONDS", 0.02)
    state = ServiceState(build_sources(tmp_path, PROFILE).index, ToyEncoder())
    refresh, calls = state.refresh, []

    def failing() -> None:
        calls.append(1)
        if len(calls) < 3:
            raise MemoryError("too little")
        refresh()

    monkeypatch.setattr(state, "refresh", failing)
    with caplog.at_level(logging.ERROR), TestClient(create_app(state, ServiceSettings())) as client:
        until(lambda: client.get("/readyz").status_code == 200)
    assert "the index could not be loaded" in caplog.text


def test_an_unexpected_error_shows_no_stack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    state = ServiceState(build_sources(tmp_path, PROFILE).index, ToyEncoder())
    state.refresh()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret: /home/somebody")

    monkeypatch.setattr(Searcher, "run", fail)
    client = TestClient(create_app(state, ServiceSettings()), raise_server_exceptions=False)
    page = client.get("/?q=pane", headers={"accept-language": "it"})
    assert page.status_code == 500
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Qualcosa è andato storto" in page.text
    assert "secret" not in page.text
    response = client.get("/api/v1/search?q=pane")
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "Something went wrong.",
        "remedy": "Try again; if it lasts, see the service's log.",
    }
    assert "secret" in caplog.text  # the log has it
    assert client.get("/healthz").status_code == 200


def test_an_error_of_the_service_names_its_files_in_the_log_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    state = ServiceState(build_sources(tmp_path, PROFILE).index, ToyEncoder())
    state.refresh()

    def fail(*_: object, **__: object) -> None:
        raise ModelError("The model in /srv/model is gone.", remedy="Put it back.")

    monkeypatch.setattr(Searcher, "run", fail)
    response = TestClient(create_app(state, ServiceSettings())).get("/api/v1/search?q=pane")
    assert response.status_code == 500
    assert response.json()["detail"] == "Something went wrong."
    assert "/srv" not in response.text
    assert "The model in /srv/model is gone." in caplog.text


READ = [
    "/healthz",
    "/readyz",
    "/api/v1/openapi.json",
    "/api/v1/search?q=data",
    "/api/v1/passages?q=data",
    "/api/v1/organisations/vicina",
    "/api/v1/organisations/vicina/neighbours",
    "/api/v1/documents/events/meetup.md",
    "/api/v1/documents/events/meetup.md/original",
    "/api/v1/facets",
]


@pytest.mark.parametrize("path", READ)
def test_only_reading_is_allowed(client: TestClient, path: str) -> None:
    sent = path.startswith("/api/v1/documents/")  # administrators may, by PUT
    for method in ("POST", *(() if sent else ("PUT",)), "DELETE", "PATCH", "OPTIONS"):
        response = client.request(method, path)
        assert response.status_code == 405
        assert response.headers["content-type"] == "application/problem+json"
        assert response.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/network", "/privacy", "/nothing"])
def test_pages_say_in_words_that_they_can_only_be_read(client: TestClient, path: str) -> None:
    response = client.post(path, headers={"accept-language": "it"})
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"
    assert "<h1>Operazione non consentita</h1>" in response.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((path, 200) for path in (*READ, "/", "/?q=data")),
        ("/api/v1/search?q=data&limit=0", 400),
        ("/api/v1/organisations/nobody", 404),
        ("/api/v1/none", 404),
    ],
)
def test_head_is_get_without_its_body(client: TestClient, path: str, status: int) -> None:
    client.headers["X-Request-ID"] = "one"
    get, head = client.get(path), client.head(path)
    del client.headers["X-Request-ID"]
    assert (get.status_code, head.status_code) == (status, status)
    assert get.content
    assert head.content == b""
    assert dict(head.headers) == dict(get.headers)


def test_no_page_loads_scripts_of_other_hosts(client: TestClient) -> None:
    for path in ("/docs", "/redoc"):
        assert client.get(path).status_code == 404


def test_the_pages_are_served_beside_the_api(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
