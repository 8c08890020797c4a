"""What arrives on the network before it is a request: slow, endless, broken; and how it ends."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest

from search_service.http import protocol
from search_service.search.searcher import Searcher
from search_service.server import run, sockets
from search_service.server.run import Server, application
from search_service.settings import ServiceSettings, read_service_settings
from tests.toy import ToyEncoder

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def server(settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The real server, in a thread, on a port of its own; it is in a hurry."""
    monkeypatch.setattr(protocol, "REQUEST_SECONDS", 0.4)
    monkeypatch.setattr(run, "NOTICE_SECONDS", 0.3)
    monkeypatch.setattr(run, "SETTLE_SECONDS", 0.1)
    chosen = read_service_settings(index=settings.index, drain_seconds=5)
    app = application(chosen, ToyEncoder())
    bound = sockets.bound("127.0.0.1", 0)
    made = Server(run._config(chosen, app))
    made.address = bound.getsockname()  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.run, args=([bound],))
    thread.start()
    while not made.started:
        time.sleep(0.01)
    yield made
    made.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def connect(server: Server) -> socket.socket:
    made = socket.create_connection(server.address, timeout=5)  # type: ignore[attr-defined]
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def read(connection: socket.socket) -> bytes:
    """All until the other side closes."""
    found = b""
    with suppress(ConnectionResetError):
        while part := connection.recv(65536):
            found += part
    return found


def greet(connection: socket.socket) -> None:
    """Ask, and read the whole answer of a connection that stays open."""
    connection.sendall(GET)
    answer = b""
    while not answer.endswith(b'{"status":"ok"}'):
        part = connection.recv(4096)
        assert part, answer
        answer += part


def says(answer: bytes) -> tuple[int, dict[str, object]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert b"connection: close" in head.lower()
    return int(head.split()[1]), json.loads(body)


STALLED = 5.0  # seconds: a busy machine takes one, a server that hangs does not answer at all


def answered_in(server: Server) -> float:
    """Seconds that another visitor waits for an answer."""
    started = time.monotonic()
    with closing(connect(server)) as other:
        other.sendall(GET)
        assert other.recv(100).startswith(b"HTTP/1.1 200")
    return time.monotonic() - started


def test_slow_headers_end_and_nobody_else_notices(server: Server) -> None:
    slow = [connect(server) for _ in range(100)]
    started = time.monotonic()
    for one in slow:
        one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
    for _ in range(3):  # a byte now and then does not help
        time.sleep(0.05)
        for one in slow:
            one.sendall(b"X")
    assert answered_in(server) < 1.0
    status, problem = says(read(slow[0]))
    assert (status, problem["title"]) == (408, "Request Timeout")
    assert all(says(read(one))[0] == 408 for one in slow[1:])
    assert time.monotonic() - started < 4
    for one in slow:
        one.close()


def test_who_says_nothing_is_not_waited_for(server: Server) -> None:
    with closing(connect(server)) as silent:
        assert says(read(silent))[0] == 408


def test_a_slow_second_request_on_a_connection_ends_too(server: Server) -> None:
    with closing(connect(server)) as one:
        greet(one)
        time.sleep(0.5)  # idle is no crime
        greet(one)
        one.sendall(b"GET / HTTP")
        assert says(read(one))[0] == 408


@pytest.mark.parametrize("path", [b"/", b"/healthz", b"/api/v1/search"])
def test_a_slow_body_ends(server: Server, path: bytes) -> None:
    with closing(connect(server)) as one:
        one.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab")
        assert read(one) == b""  # nobody to answer: no request was made
    assert answered_in(server) < STALLED


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /" + b"x" * 2**20 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 2**20 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n\r\nabc",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 40 + b"\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a/../b\r\nConnection: close\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_at_once(server: Server, sent: bytes) -> None:
    started = time.monotonic()
    with closing(connect(server)) as one:
        with suppress(ConnectionResetError, BrokenPipeError):
            one.sendall(sent)
        answer = read(one)
    assert time.monotonic() - started < 2
    # A megabyte may still be on its way when the other side closes: the answer is then lost.
    if answer or len(sent) < 10_000:
        assert 400 <= says(answer)[0] < 500
    assert answered_in(server) < STALLED


def test_what_was_accepted_is_answered_when_the_service_stops(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, search = threading.Event(), Searcher.search

    def slow(self: Searcher, *arguments: object, **named: object) -> object:
        begun.set()
        time.sleep(1.0)
        return search(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Searcher, "search", slow)
    ready = b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"
    question = b"GET /api/v1/search?q=data HTTP/1.1\r\nHost: x\r\n\r\n"
    wait_until(lambda: ask(server, ready).startswith(b"HTTP/1.1 200"))
    with closing(connect(server)) as asked, closing(connect(server)) as idle:
        greet(idle)
        asked.sendall(question)
        assert begun.wait(5)
        server.should_exit = True
        time.sleep(0.2)
        late = ask(server, ready)  # a new connection, while it is stopping
        assert late.startswith(b"HTTP/1.1 503")
        assert b"the service is stopping" in late
        idle.sendall(GET)
        assert b"connection: close" in read(idle)
        assert b"200 OK" in read(asked)
    with pytest.raises(OSError, match="refused"):
        connect(server)


def ask(server: Server, sent: bytes) -> bytes:
    with closing(connect(server)) as one:
        one.sendall(sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return read(one)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
