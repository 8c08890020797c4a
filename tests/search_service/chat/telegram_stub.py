"""Telegram's Bot API on loopback: it records what it is asked, and answers as it was told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "123456789:AAtest_token-of-a-bot-that-is-none"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Competenze", "username": "CompetenzeBot"}
ANNA = {"id": 7, "is_bot": False, "first_name": "Anna"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Anna"}
GROUP = {"id": -100123, "type": "supergroup", "title": "Rete"}


def update(
    number: int, text: str, chat: dict[str, Any] = PRIVATE, **more: object
) -> dict[str, Any]:
    told = {"message_id": 1000 + number, "date": 1_769_850_000, "chat": chat, "from": ANNA}
    return {"update_id": number, "message": {**told, "text": text, **more}}


@dataclass
class Stub:
    """``faults`` are answered first, by method: (status, body); ``updates`` until confirmed."""

    url: str = ""
    updates: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def called(self, method: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name == method]

    def answer(self, token: str, method: str, body: bytes) -> tuple[int, dict[str, Any]]:
        given: dict[str, Any] = dict(parse_qsl(body.decode(), keep_blank_values=True))
        self.calls.append((method, given))
        if token != TOKEN:
            return 401, {"ok": False, "error_code": 401, "description": "Unauthorized"}
        if self.faults.get(method):
            return self.faults[method].pop(0)
        results = {"getMe": lambda: BOT, "getUpdates": lambda: self._new(given)}
        if method == "sendMessage":
            chat = {"id": int(given["chat_id"]), "type": "private"}
            return 200, {"ok": True, "result": {"message_id": 1, "date": 1, "chat": chat}}
        return 200, {"ok": True, "result": results.get(method, lambda: True)()}

    def _new(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        since = int(given.get("offset", 0))
        new = [u for u in self.updates if u["update_id"] >= since]
        if not new:
            time.sleep(0.02)  # the real one waits longer
        return new


@contextmanager
def telegram_stub() -> Iterator[Stub]:
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            _, bot, method = self.path.split("/")
            status, answer = stub.answer(bot.removeprefix("bot"), method, body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}/bot"
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
