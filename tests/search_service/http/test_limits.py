"""What is too much, too often or no request at all is refused at once; others do not notice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from search_service.auth.peer import peer_of
from search_service.errors import QueryError
from search_service.http import limits, places
from search_service.http.places import WorkersMiddleware
from search_service.http.proxy import ProxyMiddleware
from search_service.http.request_log import request_id
from search_service.http.stack import hosts
from search_service.live.live_index import ServiceState
from search_service.search.searcher import Searcher
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.toy import ToyEncoder

Make = Callable[..., TestClient]


@pytest.fixture
def make(settings: ServiceSettings) -> Make:
    """A client of a service with these settings."""

    def made(**given: object) -> TestClient:
        state = ServiceState(settings.index, ToyEncoder())
        state.refresh()
        app = create_app(state, read_service_settings(index=settings.index, **given))
        return TestClient(app, raise_server_exceptions=False)

    return made


def refusal(response: object) -> tuple[int, str]:
    """The status of a problem, and what it says."""
    assert response.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    found = response.json()  # type: ignore[attr-defined]
    assert found["status"] == response.status_code  # type: ignore[attr-defined]
    return found["status"], found["detail"]


# --- hosts ---------------------------------------------------------------------------------


def test_only_its_own_names_are_answered_to(make: Make) -> None:
    client = make(allowed_hosts="rete.example 10.0.0.5:8000", origin="https://cerca.example")
    for host in ("rete.example", "RETE.example:9000", "10.0.0.5:8000", "cerca.example"):
        assert client.get("/api/v1/facets", headers={"host": host}).status_code == 200
    for host in (
        "evil.example",
        "rete.example.evil.example",
        "testserver",
        "a b",
        "a@b",
        "x" * 300,
    ):
        for path in ("/api/v1/facets", "/", "/static/none.css"):
            assert client.get(path, headers={"host": host}).status_code == 400
    for health in ("/healthz", "/readyz"):
        assert client.get(health, headers={"host": "10.1.2.3"}).status_code == 200


def test_any_host_is_answered_to_where_none_is_set() -> None:
    assert hosts(ServiceSettings(origin="https://cerca.example")) == ["*"]


# --- size ----------------------------------------------------------------------------------


def test_a_long_address_is_refused(client: TestClient) -> None:
    found = refusal(client.get("/api/v1/search?q=" + "x" * 60_000))
    assert found == (414, "The address is too long.")
    assert refusal(client.get("/" + "x" * 60_000))[0] == 414
    assert refusal(client.get("/healthz?" + "x" * 60_000))[0] == 414
    assert client.get("/api/v1/search?q=" + "x" * 2001).json()["detail"].startswith("The question")


@pytest.mark.parametrize("path", ["/", "/api/v1/search", "/mcp", "/slack/events", "/healthz"])
def test_a_million_form_fields_are_refused(client: TestClient, path: str) -> None:
    fields = b"&".join([b"a=b"] * 1_000_000)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    response = client.post(path, content=fields, headers=kind)
    assert refusal(response) == (413, "The request's body is too large.")
    assert response.headers["connection"] == "close"


def test_a_body_that_does_not_say_how_long_it_is_is_read_only_so_far(make: Make) -> None:
    client, sent = make(max_body_kb=1), []

    def endless() -> object:
        while len(sent) < 10_000:
            sent.append(1)
            yield b"x" * 512

    assert refusal(client.post("/", content=endless()))[0] == 413
    assert client.post("/", content=b"x" * 1024).status_code == 405


# --- rate and concurrency ------------------------------------------------------------------


def test_who_asks_too_often_waits(make: Make) -> None:
    client = make(rate_per_minute=5)
    for _ in range(5):
        assert client.get("/api/v1/facets").status_code == 200
    response = client.get("/api/v1/facets")
    assert refusal(response) == (429, "Too many requests from this address.")
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert client.get("/healthz").status_code == 200
    assert client.get("/static/none.css").status_code == 404
    other = {"x-forwarded-for": "203.0.113.9"}
    assert client.get("/api/v1/facets", headers=other).status_code == 429  # no proxy we know


def test_a_known_proxy_is_believed_about_the_address(settings: ServiceSettings) -> None:
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    app = create_app(state, read_service_settings(rate_per_minute=1, trusted_proxies="10.0.0.0/8"))
    proxied = TestClient(app, client=("10.1.2.3", 1))
    direct = TestClient(app, client=("192.0.2.1", 1))
    for address in ("203.0.113.1", "203.0.113.2"):
        sent = {"x-forwarded-for": f"6.6.6.6, {address}"}  # the first is the visitor's own word
        assert proxied.get("/api/v1/facets", headers=sent).status_code == 200
        assert proxied.get("/api/v1/facets", headers=sent).status_code == 429
    assert direct.get("/api/v1/facets").status_code == 200
    assert direct.get("/api/v1/facets", headers=sent).status_code == 429


@pytest.mark.parametrize(
    ("said", "visitor"),
    [
        ("203.0.113.1", "203.0.113.1"),
        ("203.0.113.1:5123", "203.0.113.1"),
        ("[2001:db8::1]:5123", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("6.6.6.6, 203.0.113.1, 10.0.0.7", "203.0.113.1"),  # the first is the visitor's own word
        ("x" * 60_000, "10.1.2.3"),
        ("fe80::1%" + "x" * 60_000, "10.1.2.3"),
        ("203.0.113.1, unknown", "10.1.2.3"),
        ("unknown, 10.0.0.7", "10.0.0.7"),  # the proxy that passed it on
        ("203.0.113.1:port", "10.1.2.3"),
        ("[2001:db8::1", "10.1.2.3"),
        ("", "10.1.2.3"),
    ],
)
def test_what_is_no_address_counts_as_the_peers(said: str, visitor: str) -> None:
    seen: list[tuple[str, str]] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["client"][0], peer_of(scope)))
        await PlainTextResponse("in")(scope, receive, send)

    client = TestClient(ProxyMiddleware(app, ["10.0.0.0/8"]), client=("10.1.2.3", 5000))
    client.get("/", headers={"x-forwarded-for": said})
    assert seen == [(visitor, "10.1.2.3")]


def test_no_rate_is_no_limit(make: Make) -> None:
    client = make(rate_per_minute=0)
    assert {client.get("/api/v1/facets").status_code for _ in range(30)} == {200}


def test_a_long_question_counts_as_several(make: Make) -> None:
    client = make(rate_per_minute=20)
    long = {"q": "pane " * 300}  # 1,500 characters: 8
    assert client.get("/api/v1/search", params=long).status_code == 200
    assert client.get("/api/v1/search", params=long).status_code == 200
    assert refusal(client.get("/api/v1/search", params=long))[0] == 429
    assert client.get("/api/v1/facets").status_code == 200


@pytest.mark.parametrize("announced", [True, False])
def test_a_long_body_counts_as_several(make: Make, announced: bool) -> None:
    """A usual one, with what a program writes around a question, counts as one."""
    client = make(rate_per_minute=20)
    long = b"x" * (1024 + 1500)  # 8
    for status in (405, 405, 429):
        sent = long if announced else iter([long[:1000], long[1000:]])
        assert client.post("/", content=sent).status_code == status
    usual = [client.post("/", content=b"x" * 1000).status_code for _ in range(5)]
    assert usual == [405] * 3 + [429] * 2  # the refused one counted as its address


def test_a_document_that_is_sent_counts_as_one(make: Make) -> None:
    client = make(rate_per_minute=5)
    sent = [client.put("/api/v1/documents/a.txt", content=b"x" * 50_000) for _ in range(5)]
    assert 429 not in {answer.status_code for answer in sent}


def test_static_files_have_a_rate_of_their_own(make: Make) -> None:
    client = make(rate_per_minute=5)
    statuses = [client.get("/static/none.css").status_code for _ in range(6)]
    assert statuses == [404] * 5 + [429]
    assert client.get("/api/v1/facets").status_code == 200


def test_more_than_can_be_answered_are_told_to_try_again(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make(max_concurrency=1)
    inside: list[tuple[int, int]] = []
    search = Searcher.run

    def slow(self: Searcher, *arguments: object, **named: object) -> object:
        busy = client.get("/api/v1/facets")
        assert refusal(busy) == (503, "Too many are asking just now.")
        assert busy.headers["retry-after"] == "1"
        inside.append((busy.status_code, client.get("/readyz").status_code))
        return search(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Searcher, "run", slow)
    assert client.get("/api/v1/search?q=data").status_code == 200
    assert inside == [(503, 200)]
    assert client.get("/api/v1/facets").status_code == 200  # its place is free again


def test_what_is_refused_anyway_is_not_told_that_it_is_full(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make(max_concurrency=1, rate_per_minute=6, max_body_kb=1, allowed_hosts="testserver")
    told: list[int] = []

    def slow(*_: object, **__: object) -> object:
        told.append(client.get("/", headers={"host": "evil.example"}).status_code)
        told.append(client.get("/" + "x" * 60_000).status_code)
        told.append(client.post("/", content=b"x" * 2000).status_code)
        told.extend(client.get("/api/v1/facets").status_code for _ in range(5))
        raise QueryError("Enough.")

    monkeypatch.setattr(Searcher, "run", slow)
    client.get("/api/v1/search?q=data")
    assert told == [400, 414, 413, 503, 503, 503, 503, 429]


def test_one_address_leaves_places_to_others(
    settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    app = create_app(state, read_service_settings(index=settings.index, max_concurrency=4))
    one, other = (TestClient(app, client=(f"192.0.2.{n}", 1)) for n in (1, 2))
    told: list[int] = []

    def slow(*_: object, **__: object) -> object:
        told.extend((one.get("/api/v1/facets").status_code, other.get("/").status_code))
        raise QueryError("Enough.")

    monkeypatch.setattr(Searcher, "run", slow)
    one.get("/api/v1/search?q=data")
    assert told == [503, 200]


def test_who_waits_too_long_for_a_worker_is_told_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(places, "WAIT_SECONDS", 0.2)

    async def tried() -> list[int]:
        release = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["path"] == "/slow":
                await release.wait()
            await PlainTextResponse("in")(scope, receive, send)

        middleware = WorkersMiddleware(app, workers=4)  # two for each address

        async def asked(path: str, address: str) -> int:
            transport = httpx.ASGITransport(middleware, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
                response = await client.get(path)
            if response.status_code == 503:
                assert refusal(response) == (503, "The service is busy.")
                assert response.headers["retry-after"] == "1"
            return response.status_code

        slow = [asyncio.create_task(asked("/slow", "192.0.2.1")) for _ in range(3)]
        await asyncio.sleep(0.01)
        found = [await asked("/", "192.0.2.2"), await slow[2]]
        found.append(await asked("/", "192.0.2.1"))
        release.set()
        return [*found, await slow[0], await slow[1], await asked("/", "192.0.2.1")]

    assert asyncio.run(tried()) == [200, 503, 503, 200, 200, 200]


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/v1/check"), ("PUT", "/api/v1/documents/events/a.md")]
)
def test_what_takes_its_time_elsewhere_keeps_no_worker(method: str, path: str) -> None:
    async def tried() -> int:
        release = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["method"] != "GET":
                await release.wait()
            await PlainTextResponse("in")(scope, receive, send)

        transport = httpx.ASGITransport(WorkersMiddleware(app, workers=1))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            slow = asyncio.create_task(client.request(method, path))
            await asyncio.sleep(0.01)
            found = await asyncio.wait_for(client.get("/"), 2)
            release.set()
            await slow
        return found.status_code

    assert asyncio.run(tried()) == 200


# --- wrong types and names that lead elsewhere ---------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        *("q=x&limit=many", "q=x&limit=1e9", "q=x&limit=0", "q=x&limit=101", "q=x&offset=-1"),
        *("q=x&sort=up", "q=x&explain=perhaps", "q=x&since=yesterday", "q=x&place=Nowhere"),
        *("q=x&kind=none", "q=%00&limit[]=1&limit=x", "q=x&limit=9999999999999999999999"),
        *("q=x&until=2024-13", "q=x&off=", "q="),
    ],
)
def test_wrong_types_are_said_to_be(client: TestClient, query: str) -> None:
    response = client.get(f"/api/v1/search?{query}")
    if query in {"q=x&off=", "q="}:
        assert response.status_code in {200, 400}
    else:
        assert refusal(response)[0] == 400


OUTSIDE = [
    *("../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd"),
    *("..\\..\\etc\\passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "....//....//etc/passwd"),
    *("%00", "profiles/../../index/CURRENT", "profiles/bussola.md/../../../CURRENT"),
    *("%c0%ae%c0%ae/etc/passwd", "..%252f..%252fetc%252fpasswd", "CON", "~root/.ssh/id_rsa"),
    "con%0d%0aX-Injected:%20yes",
]
NAMED = [
    *("/api/v1/organisations/{}", "/api/v1/organisations/{}/neighbours", "/api/v1/documents/{}"),
    *("/api/v1/documents/{}/original", "/organisations/{}", "/documents/{}", "/competencies/{}"),
    *("/static/{}", "/shortlist/export.{}", "/{}"),
]


@pytest.mark.parametrize("path", NAMED)
def test_no_name_leads_outside(client: TestClient, path: str) -> None:
    for name in OUTSIDE:
        response = client.get(path.format(name), follow_redirects=False)
        assert response.status_code in {400, 401, 404}, name  # 401: it led to what needs a token
        assert "root:" not in response.text
        assert "x-injected" not in response.headers
        assert response.headers["x-content-type-options"] == "nosniff"


@given(st.text(max_size=80))
def test_an_id_is_kept_where_it_is_sane_only(given: str) -> None:
    found = request_id({"X-Request-ID": given})
    sane = (
        1 <= len(given) <= 64 and given.isascii() and all(c.isalnum() or c in "._-" for c in given)
    )
    assert found == given if sane else len(found) == 32


def test_limits_do_not_stand_in_the_way_of_a_whole_question(client: TestClient) -> None:
    longest = "😀" * 2000
    assert len("/api/v1/search?q=") + len(longest.encode()) * 3 < limits.MAX_TARGET
    assert client.get("/api/v1/search", params={"q": longest}).status_code == 200
