"""The proxies of deploy/, running: what they tell the service, and what they keep from it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tools.proxies import PROXIES, is_installed, proxy, unverified

pytestmark = pytest.mark.process
_HURRY = {
    "caddy": {"read_header 10s": "read_header 1s"},
    "nginx": {"client_header_timeout 10s": "client_header_timeout 1s"},
}


class Echo(BaseHTTPRequestHandler):
    """Answers with what it was told."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps([[name.lower(), value] for name, value in self.headers.items()]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=PROXIES)
def port(
    request: pytest.FixtureRequest, upstream: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    name: str = request.param
    if not is_installed(name):
        pytest.skip(f"{name} is not installed")
    folder: Path = tmp_path_factory.mktemp(name)
    with proxy(name, folder, [upstream, upstream], _HURRY[name]) as address:
        yield int(address.rpartition(":")[2])


def ask(port: int, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPSConnection("localhost", port, timeout=10, context=unverified())
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


def test_the_service_is_told_who_asks_and_nothing_that_visitors_make_up(port: int) -> None:
    sent = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Groups": "direzione",
        "X-Request-ID": "one",
    }
    status, content = ask(port, "/", sent)
    told = [(name, value) for name, value in json.loads(content) if value]
    assert status == 200
    assert [value for name, value in told if name == "x-forwarded-for"] == ["127.0.0.1"]
    assert [value for name, value in told if name == "x-forwarded-proto"] == ["https"]
    assert [value for name, value in told if name == "host"] == [f"localhost:{port}"]
    assert "direzione" not in str(told)
    assert ("x-request-id", "one") in told


def test_numbers_are_kept_from_outside(port: int) -> None:
    assert ask(port, "/metrics", {})[0] == 404


def test_headers_that_are_too_large_reach_nobody(port: int) -> None:
    status, content = ask(port, "/", {"X-Long": "x" * 100_000})
    assert status in {400, 431}
    assert b"x-long" not in content


def test_whoever_sends_headers_slowly_is_not_waited_for(port: int) -> None:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        unverified().wrap_socket(plain, server_hostname="localhost") as slow,
    ):
        slow.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        started = time.monotonic()
        answer = slow.recv(4096)  # until the proxy says something, or ends the connection
        assert b"200" not in answer[:20]
        assert time.monotonic() - started < 5


def test_what_assistants_ask_waits_while_no_instance_counts_as_up(tmp_path: Path) -> None:
    if not is_installed("caddy"):
        pytest.skip("caddy is not installed")
    late = ThreadingHTTPServer(("127.0.0.1", 0), Echo, bind_and_activate=False)
    late.server_bind()  # it has its port, and refuses connections
    thread = threading.Thread(target=late.serve_forever)
    with proxy("caddy", tmp_path, [f"127.0.0.1:{late.server_port}"] * 2) as address:
        time.sleep(1)  # both are found to be down
        host = address.removeprefix("https://")
        connection = http.client.HTTPSConnection(host, timeout=20, context=unverified())
        connection.request("POST", "/mcp", b"{}")
        time.sleep(1)
        late.server_activate()
        thread.start()
        status = connection.getresponse().status
        connection.close()
    late.shutdown()
    thread.join()
    late.server_close()
    assert status == 200
