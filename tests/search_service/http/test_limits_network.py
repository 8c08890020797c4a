"""What arrives on the network before it is a request: slow, endless, broken; and how it ends."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress

import pytest
import uvicorn

from search_service.http import limits, places
from search_service.search.searcher import Searcher
from search_service.server import run
from search_service.server.run import application
from search_service.settings import ServiceSettings, read_service_settings
from tests.toy import ToyEncoder

GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


WRITE_SECONDS = 1.0


@pytest.fixture
def server(settings: ServiceSettings, monkeypatch: pytest.MonkeyPatch) -> Iterator[uvicorn.Server]:
    """The real server, in a thread, on a port of its own; it is in a hurry."""
    monkeypatch.setattr(limits, "BODY_SECONDS", 0.4)
    monkeypatch.setattr(places, "WRITE_SECONDS", WRITE_SECONDS)
    monkeypatch.setattr(run, "WRITE_SECONDS", WRITE_SECONDS)
    chosen = read_service_settings(
        index=settings.index, drain_seconds=5, max_concurrency=8, rate_per_minute=0
    )
    bound = run.listening("127.0.0.1", 0)
    monkeypatch.setattr(run, "DRAIN_SECONDS", 0.3)
    made = run.DrainingServer(run.config(chosen, application(chosen, ToyEncoder())))
    made.address = bound.getsockname()  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.run, args=([bound],))
    thread.start()
    while not made.started:
        time.sleep(0.01)
    yield made
    made.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def connect(server: uvicorn.Server) -> socket.socket:
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


def says(answer: bytes) -> tuple[int, dict[str, object]]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert b"connection: close" in head.lower()
    return int(head.split()[1]), json.loads(body)


STALLED = 5.0  # seconds: a busy machine takes one, a server that hangs does not answer at all


def answered_in(server: uvicorn.Server) -> float:
    """Seconds that another visitor waits for an answer."""
    started = time.monotonic()
    with closing(connect(server)) as other:
        other.sendall(GET)
        assert other.recv(100).startswith(b"HTTP/1.1 200")
    return time.monotonic() - started


@pytest.mark.parametrize("path", [b"/static/none.css", b"/"])
def test_who_reads_no_answers_keeps_nobody_out(server: uvicorn.Server, path: bytes) -> None:
    """More connections than there are places, each with more answers than a socket holds."""
    asked = b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    page = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    with ExitStack() as deaf:
        for _ in range(12):
            one = deaf.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(server.address)  # type: ignore[attr-defined]
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.sendall(asked * 200)
        assert answered_in(server) < STALLED
        # All these are of one address; its share of the places is free again after the deadline.
        wait_until(lambda: ask(server, page).startswith(b"HTTP/1.1 200"))
        wait_until(lambda: not server.server_state.connections)


@pytest.mark.parametrize("path", [b"/", b"/healthz", b"/api/v1/search"])
def test_a_slow_body_ends(server: uvicorn.Server, path: bytes) -> None:
    with closing(connect(server)) as one:
        one.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nab")
        assert says(read(one))[0] == 408
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
    ],
)
def test_what_is_no_request_is_refused_at_once(server: uvicorn.Server, sent: bytes) -> None:
    started = time.monotonic()
    with closing(connect(server)) as one:
        with suppress(ConnectionResetError, BrokenPipeError):
            one.sendall(sent)
        answer = read(one)
    assert time.monotonic() - started < 2
    # A megabyte may still be on its way when the other side closes: the answer is then lost.
    if answer or len(sent) < 10_000:
        assert 400 <= int(answer.split()[1]) < 500
        assert b"connection: close" in answer.lower()
    assert answered_in(server) < STALLED


def test_what_was_accepted_is_answered_when_the_service_stops(
    server: uvicorn.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, search = threading.Event(), Searcher.run

    def slow(self: Searcher, *arguments: object, **named: object) -> object:
        begun.set()
        time.sleep(1.0)
        return search(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Searcher, "run", slow)
    question = b"GET /api/v1/search?q=data HTTP/1.1\r\nHost: x\r\n\r\n"
    ready = b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"
    with closing(connect(server)) as asked:
        asked.sendall(question)
        assert begun.wait(5)
        server.should_exit = True
        wait_until(lambda: b"the service is stopping" in ask(server, ready))
        assert b"200 OK" in read(asked)
    with pytest.raises(OSError, match="refused"):
        connect(server)


def ask(server: uvicorn.Server, sent: bytes) -> bytes:
    with closing(connect(server)) as one:
        one.sendall(sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return read(one)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
