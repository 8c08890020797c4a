"""Each request leaves a line without its question, counts, and an answer with all its headers."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import MutableHeaders

from search_service.http.security_headers import secure
from search_service.live.live_index import ServiceState
from search_service.observability import trace
from search_service.observability.logs import JsonFormatter
from search_service.search.searcher import Searcher
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.search_service.conftest import ODD
from tests.toy import ToyEncoder

CANARY = "canarino segretissimo"


@contextmanager
def service(settings: ServiceSettings, **given: object) -> Iterator[TestClient]:
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    app = create_app(state, read_service_settings(index=settings.index, **given))
    yield TestClient(app, raise_server_exceptions=False)


class _Kept(logging.Handler):
    def __init__(self, *, log_questions: bool) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter(log_questions=log_questions))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def requests(self) -> list[dict[str, object]]:
        found = [json.loads(line) for line in self.lines]
        return [line for line in found if line["message"] == "request"]


@contextmanager
def logged(*, log_questions: bool = False) -> Iterator[_Kept]:
    """What the service logs, as it writes it."""
    kept, log = _Kept(log_questions=log_questions), logging.getLogger("search_service")
    level = log.level
    log.addHandler(kept)
    log.setLevel(logging.INFO)
    try:
        yield kept
    finally:
        log.removeHandler(kept)
        log.setLevel(level)


# --- the log -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/api/v1/search?q=data+engineering", "/api/v1/search", 200),
        ("/api/v1/organisations/vicina", "/api/v1/organisations/{organisation}", 200),
        ("/api/v1/organisations/vicino", "/api/v1/organisations/{organisation}", 404),
        (f"/documents/{ODD.replace('#', '%23')}", "/documents/{name:path}", 200),
        ("/?q=data", "/", 200),
        ("/healthz", "/healthz", 200),
        ("/none/of/them", "/{name:path}", 404),
        ("/api/v1/search?q=", "/api/v1/search", 400),
    ],
)
def test_a_request_is_one_line(client: TestClient, path: str, route: str, status: int) -> None:
    for method in ("GET", "HEAD"):
        with logged() as kept:
            response = client.request(method, path, headers={"X-Request-ID": "abc-1"})
        (line,) = kept.requests
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(line["time"]))
        assert (line["request"], response.headers["x-request-id"]) == ("abc-1", "abc-1")
        assert (line["method"], line["route"], line["status"]) == (method, route, status)
        assert isinstance(line["milliseconds"], float)
        served = "" if path in {"/healthz", "/none/of/them"} else client.get("/readyz").json()
        assert line["generation"] == (served and served["generation"])


def test_a_refused_request_has_its_line_and_its_id(settings: ServiceSettings) -> None:
    with service(settings, allowed_hosts="a") as client, logged() as kept:
        response = client.get("/api/v1/facets", headers={"x-request-id": "no id\tat all"})
    (line,) = kept.requests
    assert (line["status"], line["route"]) == (400, "")
    assert re.fullmatch(r"[0-9a-f]{32}", str(line["request"]))
    assert response.headers["x-request-id"] == line["request"]


def test_a_question_of_a_letter_is_not_told_by_what_is_left_of_other_words(
    settings: ServiceSettings,
) -> None:
    with logged() as kept, service(settings) as client:
        client.get("/api/v1/search?q=e")
    (line,) = kept.requests  # "request" has two of them
    assert line["route"] == "/api/v1/search"


@pytest.mark.parametrize(
    ("question", "message", "said"),
    [
        ("the", "no answer to the of them", "no answer to (the question) of them"),
        (" the ", "no answer to 'the'", "no answer to '(the question)'"),
        ("pane", "nobody: compane", "nobody: com(the question)"),
    ],
)
def test_a_question_in_a_message_is_hidden(question: str, message: str, said: str) -> None:
    token = trace.begin_trace(trace.Trace("r1", question=question))
    try:
        record = logging.LogRecord("x", logging.INFO, "", 0, message, (), None)
        assert json.loads(JsonFormatter(log_questions=False).format(record))["message"] == said
    finally:
        trace.end_trace(token)


def test_a_question_is_in_the_log_only_where_that_is_wanted(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyError(f"no {CANARY} here")

    for wanted in (False, True):
        with (
            service(settings, log_questions=wanted) as client,
            logged(log_questions=wanted) as kept,
        ):
            for path in ("/", "/api/v1/search", "/api/v1/passages"):
                assert client.get(path, params={"q": CANARY}).status_code == 200
            with monkeypatch.context() as patched:
                patched.setattr(Searcher, "run", fail)
                for path in ("/", "/api/v1/search"):
                    assert client.get(path, params={"q": CANARY}).status_code == 500
        whole = "\n".join(kept.lines)
        assert [line["status"] for line in kept.requests] == [200, 200, 200, 500, 500]
        assert "Traceback" in whole
        assert whole.count("\n") == len(kept.lines) - 1  # an error is one line too
        assert ("canarino" in whole) is wanted
        questions = [line.get("question") for line in kept.requests]
        assert questions == [CANARY if wanted else None] * 5


def test_an_unexpected_error_is_logged_once_and_answered_like_all(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Searcher, "run", fail)
    with service(settings) as client, logged() as kept:
        response = client.get("/api/v1/search?q=x")
    assert response.status_code == 500
    assert response.headers["x-content-type-options"] == "nosniff"
    errors = [json.loads(line) for line in kept.lines if "Traceback" in line]
    assert [line["request"] for line in errors] == [response.headers["x-request-id"]]
    assert "secret" not in response.text


# --- metrics -------------------------------------------------------------------------------


def numbers(client: TestClient) -> dict[str, float]:
    text = client.get("/metrics").text
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in lines}


def test_metrics_are_served_only_where_that_is_wanted(client: TestClient) -> None:
    assert client.get("/metrics").status_code == 404


def test_metrics_count_what_happens(settings: ServiceSettings) -> None:
    with service(settings, metrics=True) as client:
        before = numbers(client)
        assert before["competenze_questions_total"] == 0
        generation = client.get("/readyz").json()["generation"]
        assert client.get("/api/v1/search?q=data+engineering&limit=1").json()["total"]
        nobody = client.get("/api/v1/search?competence=sartoria&certification=ISO+9001")
        assert (nobody.json()["total"], nobody.json()["total_documents"]) == (0, 0)
        client.get("/?q=data")
        client.get("/api/v1/organisations/none")
        client.request("BREW", "/")
        found = numbers(client)
    assert found["competenze_questions_total"] == 3
    assert found["competenze_unanswered_questions_total"] == 1
    searched = 'competenze_requests_total{method="GET",route="/api/v1/search",status="200"}'
    assert found[searched] == 2
    missing = '{method="GET",route="/api/v1/organisations/{organisation}",status="404"}'
    assert found[f"competenze_requests_total{missing}"] == 1
    assert found['competenze_requests_total{method="other",route="/",status="405"}'] == 1
    assert found['competenze_request_seconds_count{route="/"}'] == 2
    for stage in ("understand", "encode", "filter", "retrieve", "rank", "render"):
        assert found[f'competenze_stage_seconds_count{{stage="{stage}"}}'] >= 2, stage
    assert found[f'competenze_generation_info{{generation="{generation}"}}'] == 1
    assert (found["competenze_ready"], found["competenze_degraded"]) == (1, 0)
    assert (found["competenze_documents"], found["competenze_organisations"]) == (13, 8)
    assert not any("data engineering" in name for name in found)


def test_a_stage_does_not_count_the_stages_inside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 4.0, 10.0, 20.0, 25.0])
    monkeypatch.setattr("search_service.observability.trace.time.perf_counter", lambda: next(clock))
    noted = trace.Trace("id")
    token = trace.begin_trace(noted)
    with trace.stage("rank"), trace.stage("encode"):  # 0 to 10, of which 1 to 4
        pass
    with trace.stage("encode"):  # 20 to 25
        pass
    trace.end_trace(token)
    assert noted.seconds == {"rank": 7.0, "encode": 8.0}


def test_outside_a_request_nothing_is_noted() -> None:
    with trace.stage("rank"):
        trace.note_question("?")
        trace.note_result(found=False)
        trace.note_generation("g")
    assert trace.current_trace() is None


# --- headers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/embed", "/network", "/none", "/healthz", "/readyz", "/api/v1/facets"),
        *("/api/v1/none", "/api/v1/search?q=", "/api/v1/openapi.json", "/static/none"),
        *("/static/site.css", "/api/v1/documents/events/meetup.md/original"),
    ],
)
def test_every_answer_has_the_headers_that_keep_it_safe(client: TestClient, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        headers = client.request(method, path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] in {"no-referrer", "same-origin"}
        assert headers["cross-origin-opener-policy"] == "same-origin"
        own = "cross-origin" if path == "/embed" else "same-origin"
        assert headers["cross-origin-resource-policy"] == own
        assert headers["permissions-policy"].startswith("camera=()")
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert len(headers.get_list("content-security-policy")) == 1
        assert "server" not in headers
        assert "strict-transport-security" not in headers
    frames = "*" if path == "/embed" else "'none'"
    policy = client.get(path).headers["content-security-policy"]
    assert f"frame-ancestors {frames}" in policy or "sandbox" in policy


def test_browsers_are_to_insist_on_https_where_it_is_the_public_address(
    settings: ServiceSettings,
) -> None:
    with service(settings, origin="https://rete.example") as client:
        assert client.get("/none").headers["strict-transport-security"] == "max-age=31536000"
    with service(settings, origin="http://rete.example") as client:
        assert "strict-transport-security" not in client.get("/").headers


def test_a_pdf_can_be_shown_by_the_browsers_own_viewer() -> None:
    headers = MutableHeaders({"content-type": "application/pdf"})
    secure(headers, "/api/v1/documents/a.pdf/original", is_https=False)
    assert headers["content-security-policy"] == "frame-ancestors 'none'"
