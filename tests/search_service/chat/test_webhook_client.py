"""Posting to a webhook."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from search_service.chat import webhook_client
from search_service.chat.errors import DeliveryError

SECRET = "xyz-secret"


class Hook:
    """Records what is posted; answers with the status that a path says."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, object]] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.seen.append((self.path, json.loads(body)))
                self.send_response(int(self.path.rsplit("/", 1)[1]))
                self.send_header("Location", f"{hook.url}/followed/200")
                self.end_headers()

            def do_GET(self) -> None:
                hook.seen.append((self.path, "followed"))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.close()


def test_json_is_posted(hook: Hook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    asyncio.run(webhook_client.post_json(f"{hook.url}/{SECRET}/200", {"text": "è"}))
    assert hook.seen == [(f"/{SECRET}/200", {"text": "è"})]
    assert f"HTTP Request: POST {hook.url}/…" in caplog.text
    assert SECRET not in caplog.text


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 429, 500])
def test_what_is_not_taken_is_an_error_without_the_address(hook: Hook, status: int) -> None:
    with pytest.raises(DeliveryError, match=f"answered {status}") as caught:
        asyncio.run(webhook_client.post_json(f"{hook.url}/{SECRET}/{status}", {}))
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert len(hook.seen) == 1  # no redirect is followed


def test_a_host_that_is_away_is_an_error(hook: Hook) -> None:
    hook.close()
    with pytest.raises(DeliveryError, match="cannot be reached") as caught:
        asyncio.run(webhook_client.post_json(f"{hook.url}/{SECRET}/200", {}))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/xyz-secret",
        "file:///etc/xyz-secret",
        "ftp://localhost/xyz-secret",
        "https://[xyz-secret",
        "xyz-secret",
        "http://127.0.0.1.example/xyz-secret",
    ],
)
def test_only_https_is_posted_to(url: str) -> None:
    with pytest.raises(DeliveryError, match="no https address") as caught:
        asyncio.run(webhook_client.post_json(url, {}))
    assert SECRET not in str(caught.value)
