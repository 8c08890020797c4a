"""Who is let in at /mcp, and how."""

from __future__ import annotations

import asyncio
import random
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

from indexer.errors import SettingsError
from search_service.auth import visitor
from search_service.auth.token_store import TokenStore, utc_now
from search_service.chat.limits import Limits
from search_service.mcp.auth import McpPostOnly
from search_service.settings import read_service_settings
from tests.search_service.conftest import build_sources
from tests.search_service.mcp.clients import ORIGIN, TOKEN, TOOLS, ask, on, serving, talk

LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
ACCEPT = {"Accept": "application/json, text/event-stream"}
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


def post(url: str, headers: Mapping[str, str]) -> httpx2.Response:
    return httpx2.post(f"{url}/mcp", json=LIST, headers={**ACCEPT, **headers}, timeout=5)


def test_a_post_is_complete_in_itself_whichever_process_gets_it(service: str, guarded: str) -> None:
    for url, headers in ((service, {}), (guarded, SHOWN)):
        answer = post(url, headers)  # no redirect; neither of the two has seen an opening
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert "mcp-session-id" not in answer.headers
        assert [tool["name"] for tool in answer.json()["result"]["tools"]] == TOOLS


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
def test_only_known_hosts_are_answered(guarded: str, host: str, status: int) -> None:
    assert post(guarded, {**SHOWN, "Host": host}).status_code == status


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
def test_only_known_pages_are_answered(guarded: str, origin: str, status: int) -> None:
    answer = post(guarded, {**SHOWN, "Origin": origin})
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
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN} un-altro-gettone-lungo",
        f"Basic {TOKEN}",
        TOKEN,
    ],
)
def test_without_a_known_token_nobody_comes_in(guarded: str, shown: str | None) -> None:
    answer = post(guarded, {"Authorization": shown} if shown else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="competenze-in-rete"'
    assert "tools" not in answer.text


def test_each_token_opens_to_the_real_client(guarded: str) -> None:
    @asynccontextmanager
    async def transport(token: str) -> AsyncIterator[Any]:
        headers = {"Authorization": f"bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            streamable_http_client(f"{guarded}/mcp", http_client=http) as streams,
        ):
            yield streams

    for token in (TOKEN, "un-altro-gettone-lungo"):
        result = talk(Client(transport(token)), lambda client: ask(client, "data engineering"))
        assert not result.is_error


def test_no_mutated_token_opens() -> None:
    """Ten thousand of them, and one that is shown twice."""
    opened: list[int] = []
    statuses: list[int] = []

    async def app(*_: object) -> None:
        opened.append(1)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    right = TOKEN.encode()
    door = McpPostOnly(app, [TOKEN], Limits())

    async def knock(*tokens: bytes) -> None:
        headers = [(b"authorization", b"Bearer " + token) for token in tokens]
        await door({"type": "http", "method": "POST", "headers": headers}, receive, send)

    async def everyone() -> None:
        chance = random.Random(5)
        for _ in range(10_000):
            token = bytearray(right)
            token[chance.randrange(len(token))] ^= chance.randint(1, 255)
            await knock(bytes(token[: chance.randint(1, len(token))]))
        await knock(right, right)

    asyncio.run(everyone())
    assert opened == []
    assert statuses == [401] * 10_001
    asyncio.run(knock(right))
    assert opened == [1]


def test_what_is_too_large_is_not_read(service: str) -> None:
    body = b" " * (256 * 1024 + 1)
    headers = {**ACCEPT, "Content-Type": "application/json"}
    answer = httpx2.post(f"{service}/mcp", content=body, headers=headers, timeout=5)
    assert answer.status_code == 413


def test_it_is_off_until_it_is_configured(client: TestClient) -> None:
    assert client.post("/mcp", json=LIST, headers=ACCEPT).status_code == 405
    assert client.get("/mcp").status_code == 404


def test_a_short_token_is_no_start_and_no_token_is_shown() -> None:
    with pytest.raises(SettingsError, match="at least 16 characters") as refused:
        read_service_settings(mcp_tokens=f"{TOKEN} corto-corto")
    assert "corto-corto" not in str(refused.value)
    assert "corto-corto" not in str(refused.value.__cause__)
    assert TOKEN not in repr(read_service_settings(mcp_tokens=TOKEN))


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
            return {one["name"] for one in result["organisations"]}

    async def all_at_once(url: str) -> list[set[str]]:
        return await asyncio.gather(*(found(url, headers) for headers in shown))

    with serving(on(built, tokens=store.path)) as url:
        answers = asyncio.run(all_at_once(url))
        refused = post(url, {"Authorization": "Bearer unknown"})
    assert answers == [{"Aperta"}, {"Aperta", "Chiusa"}] * 5
    assert (refused.status_code, refused.headers["www-authenticate"][:6]) == (401, "Bearer")


def test_each_assistant_may_ask_so_often_in_a_minute() -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await PlainTextResponse("in")(_scope, _receive, send)

    other = "another token, just as long"
    with_tokens = TestClient(McpPostOnly(app, [TOKEN, other], Limits("2/minute", "100/minute")))
    statuses = [with_tokens.post("/", headers=SHOWN).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    shown = {"Authorization": f"Bearer {other}"}
    assert with_tokens.post("/", headers=shown).status_code == 200
    open_door = TestClient(McpPostOnly(app, [], Limits("2/minute", "100/minute")))
    refused = [open_door.post("/") for _ in range(3)][-1]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
