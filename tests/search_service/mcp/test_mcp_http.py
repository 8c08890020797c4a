"""Who is let in at /mcp, and how."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from search_service.auth import visitor
from search_service.auth.token_store import TokenStore, utc_now
from search_service.mcp.auth import McpPostOnly
from search_service.rate_limit import RateLimiter
from search_service.settings import ServiceSettings
from tests.search_service.conftest import build_sources
from tests.search_service.mcp.clients import ORIGIN, TOOLS, ask, on, serving, talk

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def post(url: str, headers: Mapping[str, str]) -> httpx2.Response:
    return httpx2.post(f"{url}/mcp", json=LIST, headers={**ACCEPT, **headers}, timeout=5)


def test_a_post_is_complete_in_itself_whichever_process_gets_it(
    service: str, guarded: str, shown: dict[str, str]
) -> None:
    for url, headers in ((service, {}), (guarded, shown)):
        answer = post(url, headers)  # no redirect; neither of the two has seen an opening
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert "mcp-session-id" not in answer.headers
        assert [tool["name"] for tool in answer.json()["result"]["tools"]] == TOOLS


def test_an_address_with_a_slash_at_its_end_is_the_same(service: str) -> None:
    answer = httpx2.post(f"{service}/mcp/", json=LIST, headers=ACCEPT, timeout=5)
    assert (answer.status_code, answer.headers["location"]) == (307, "/mcp")
    followed = httpx2.post(
        f"{service}/mcp/", json=LIST, headers=ACCEPT, timeout=5, follow_redirects=True
    )
    assert [tool["name"] for tool in followed.json()["result"]["tools"]] == TOOLS


@pytest.mark.parametrize("arguments", [{"limit": None}, {"offset": None, "off": None}])
def test_null_is_what_is_left_out(service: str, arguments: dict[str, None]) -> None:
    said = {"domanda": "C++", "places": None, "seat": None, **arguments}
    call = {"name": "cerca_competenze", "arguments": said}
    request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    result = httpx2.post(f"{service}/mcp", json=request, headers=ACCEPT, timeout=30).json()
    assert not result["result"].get("isError"), result


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
def test_nothing_but_a_post_is_answered_and_nothing_hangs(service: str, method: str) -> None:
    answer = httpx2.request(method, f"{service}/mcp", headers=ACCEPT, timeout=5)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("rete.example", 200),  # the public address
        ("mcp.example", 200),
        ("altro.example:8443", 200),
        ("altro.example", 421),
        ("evil.example", 421),
        ("mcp.example.evil.example", 421),
        ("localhost.evil.example", 421),
    ],
)
def test_only_known_hosts_are_answered(
    guarded: str, shown: dict[str, str], host: str, status: int
) -> None:
    assert post(guarded, {**shown, "Host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://pagina.example", 200),
        (ORIGIN, 200),
        ("http://pagina.example", 403),
        ("https://evil.example", 403),
        ("http://localhost:3000", 403),
        ("null", 403),
    ],
)
def test_only_known_pages_are_answered(
    guarded: str, shown: dict[str, str], origin: str, status: int
) -> None:
    answer = post(guarded, {**shown, "Origin": origin})
    assert answer.status_code == status
    allowed = answer.headers.get("access-control-allow-origin")
    assert allowed == (origin if status == 200 else None)


def test_a_page_of_a_known_site_may_ask_from_a_browser(guarded: str) -> None:
    headers = {
        "Origin": "https://pagina.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,mcp-protocol-version",
    }
    answer = httpx2.options(f"{guarded}/mcp", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "https://pagina.example"
    refused = httpx2.options(f"{guarded}/mcp", headers={**headers, "Origin": "https://x.example"})
    assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "Bearer",
        "Bearer {0}x",
        "Bearer {0[0]}",
        "Bearer {0} {1}",
        "Basic {0}",
        "{0}",
    ],
)
def test_without_a_known_token_nobody_comes_in(
    guarded: str, tokens: tuple[Path, tuple[str, str]], shown: str | None
) -> None:
    answer = post(guarded, {"Authorization": shown.format(*tokens[1])} if shown else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="competenze-in-rete"'
    assert "tools" not in answer.text


def test_each_token_opens_to_the_real_client(
    guarded: str, tokens: tuple[Path, tuple[str, str]]
) -> None:
    @asynccontextmanager
    async def transport(token: str) -> AsyncIterator[Any]:
        headers = {"Authorization": f"bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            streamable_http_client(f"{guarded}/mcp", http_client=http) as streams,
        ):
            yield streams

    for token in tokens[1]:
        result = talk(Client(transport(token)), lambda client: ask(client, "data engineering"))
        assert not result.is_error


def test_what_is_too_large_is_not_read(service: str) -> None:
    body = b" " * (256 * 1024 + 1)
    headers = {**ACCEPT, "Content-Type": "application/json"}
    answer = httpx2.post(f"{service}/mcp", content=body, headers=headers, timeout=5)
    assert answer.status_code == 413


def test_it_is_off_until_it_is_configured(client: TestClient) -> None:
    assert client.post("/mcp", json=LIST, headers=ACCEPT).status_code == 405
    assert client.get("/mcp").status_code == 404


def test_a_member_s_assistant_is_told_what_members_see(tmp_path: Path) -> None:
    """Each answer is for who asks it, also when several ask at once."""
    sources = {
        "profiles/aperta.md": "---\nname: Aperta\n---\nPane e focacce.\n",
        "profiles/chiusa.md": "---\nname: Chiusa\nvisibility: members\n---\nPane e focacce.\n",
    }
    built = build_sources(tmp_path, sources)
    store = TokenStore(tmp_path / "tokens.sqlite")
    secret = store.make("una", visitor.Scope.MEMBERS, utc_now())[1]
    shown: list[dict[str, str]] = [{}, {"Authorization": f"Bearer {secret}"}] * 5

    async def found(url: str, headers: Mapping[str, str]) -> set[str]:
        async with (
            httpx2.AsyncClient(headers=dict(headers), timeout=30) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            result = (await ask(client, "pane")).structured_content
            return {one["name"] for one in result["documented"]}

    async def all_at_once(url: str) -> list[set[str]]:
        return await asyncio.gather(*(found(url, headers) for headers in shown))

    with serving(on(built, tokens=store.path)) as url:
        answers = asyncio.run(all_at_once(url))
        refused = post(url, {"Authorization": "Bearer unknown"})
    assert answers == [{"Aperta"}, {"Aperta", "Chiusa"}] * 5
    assert (refused.status_code, refused.headers["www-authenticate"][:6]) == (401, "Bearer")


def client_of(
    limits: RateLimiter, found: visitor.Visitor, address: str = "192.0.2.1"
) -> TestClient:
    """A client at an address, known as this visitor, of what the limits let through."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("in")(scope, receive, send)

    async def known(scope: Scope, receive: Receive, send: Send) -> None:
        await McpPostOnly(app, limits)({**scope, "user": found}, receive, send)

    return TestClient(known, client=(address, 5000))


def test_each_assistant_may_ask_so_often_in_a_minute() -> None:
    client = functools.partial(client_of, RateLimiter(assistant=2, service=100))
    one, other = (
        client(visitor.Visitor(name="una", way=visitor.Way.TOKEN, token=number))
        for number in (1, 2)
    )
    assert [one.post("/").status_code for _ in range(3)] == [200, 200, 429]
    assert other.post("/").status_code == 200  # of the same name and address
    nobody, elsewhere = (client(visitor.ANYBODY, f"192.0.2.{n}") for n in (1, 2))
    refused = [nobody.post("/") for _ in range(3)][-1]
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert elsewhere.post("/").status_code == 200


def test_those_whom_a_proxy_signed_in_are_told_apart_by_their_addresses() -> None:
    limits = RateLimiter(assistant=2, service=100)
    colleague = visitor.Visitor(visitor.Scope.MEMBERS, "proxy", visitor.Way.PROXY)
    one, other = (client_of(limits, colleague, f"192.0.2.{n}") for n in (1, 2))
    assert [one.post("/").status_code for _ in range(3)] == [200, 200, 429]
    assert other.post("/").status_code == 200


def test_a_long_question_counts_as_several_of_an_assistant() -> None:
    client = client_of(RateLimiter(assistant=10, service=100), visitor.ANYBODY)
    long = b"x" * (1024 + 7 * 200)  # 8, beyond the envelope
    assert client.post("/", content=long).status_code == 200
    assert client.post("/", content=long).status_code == 429
    assert client.post("/", content=b"x" * 1024).status_code == 200


def test_one_large_request_does_not_use_up_what_all_may_ask() -> None:
    limits = RateLimiter(assistant=120, service=1200)
    one, other = (client_of(limits, visitor.ANYBODY, f"192.0.2.{n}") for n in (1, 2))
    assert [one.post("/", content=b"x" * 250_000).status_code for _ in range(2)] == [200, 429]
    assert [other.post("/").status_code for _ in range(100)] == [200] * 100


def test_the_size_of_a_request_is_the_setting_s(settings: ServiceSettings) -> None:
    """No second limit is below it."""
    question = {**LIST, "params": {"cursor": None, "_meta": {"x": "x" * (300 * 1024)}}}
    with serving(on(settings, max_body_kb=512)) as url:
        answer = httpx2.post(f"{url}/mcp", json=question, headers=ACCEPT, timeout=30)
    assert answer.status_code == 200
