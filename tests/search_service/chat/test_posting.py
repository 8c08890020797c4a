"""Posting JSON, without telling where."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from search_service.chat.desk import Desk
from search_service.chat.errors import DeliveryError
from search_service.chat.model import Reply
from search_service.chat.posting import post_json
from search_service.chat.teams import Teams, render

SECRET = "workflows/the-secret-of-the-address"


@dataclass
class Hook:
    """A webhook on loopback, and what it was sent."""

    url: str = ""
    status: int = 202
    seen: list[tuple[str, str, Any]] = field(default_factory=list)


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.seen.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(hook.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    hook.url = f"http://127.0.0.1:{server.server_port}/{SECRET}"
    yield hook
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_is_posted_as_json(hook: Hook) -> None:
    asyncio.run(post_json(hook.url, {"text": "è"}))
    assert hook.seen == [(f"/{SECRET}", "application/json", {"text": "è"})]


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 429, 500])
def test_what_is_not_taken_is_an_error_with_the_status(hook: Hook, status: int) -> None:
    hook.status = status
    with pytest.raises(DeliveryError, match=f"answered {status}") as caught:
        asyncio.run(post_json(hook.url, {}))
    assert len(hook.seen) == 1  # it follows nowhere
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "url",
    [
        f"http://example.invalid/{SECRET}",
        f"ftp://127.0.0.1/{SECRET}",
        f"file:///{SECRET}",
        SECRET,
        "",
        f"http://127.0.0.1.example.invalid/{SECRET}",
        f"http://127.0.0.1@example.invalid/{SECRET}",
    ],
)
def test_only_https_and_this_machine_are_posted_to(url: str) -> None:
    with pytest.raises(DeliveryError, match="no https:// address") as caught:
        asyncio.run(post_json(url, {}))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:9/{SECRET}",
        f"https://127.0.0.1:9/{SECRET}\x00 \n",
        f"https://[/{SECRET}",
        f"http://127.0.0.1:port/{SECRET}",
    ],
)
def test_who_cannot_be_reached_is_not_told(url: str) -> None:
    with pytest.raises(DeliveryError, match="could not be reached") as caught:
        asyncio.run(post_json(url, {}))
    assert SECRET not in str(caught.value)


def test_teams_posts_a_card_by_its_workflow(hook: Hook, desk: Desk) -> None:
    adapter = Teams(b"key", desk, hook.url)
    reply = Reply("it", "Una novità")
    assert adapter.poster is not None
    asyncio.run(adapter.poster.post("19:any", reply))
    assert [sent for _, _, sent in hook.seen] == [render(reply)]
    assert SECRET not in repr(adapter)
