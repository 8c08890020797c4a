"""A share of the service for each address: nobody takes it all, however much is asked.

Two numbers are bounded, each in all and for one address: requests that are being answered (places,
held until the answer is sent), and those that are worked on (workers, held until it begins).
A request without a place is refused at once, one without a worker when it has waited too long.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from anyio import fail_after
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer.settings import usable_cores
from search_service.http.limits import STATIC, takes_its_time
from search_service.http.problems import problem
from search_service.observability.monitoring import HEALTH
from search_service.rate_limit import client_key

WAIT_SECONDS = 5.0  # for a worker: a person who has waited longer has given up
WRITE_SECONDS = 30.0  # in which a client must read what is sent to it
_SHARE = 4  # one address holds at most this part of the places: a quarter
_LEAST_WORKERS = 4  # so that two are left, also on one core, when one address has its half
_log = logging.getLogger(__name__)


class PlacesMiddleware:
    """Answers a request if there is a place for it, else 503.

    Health and static files need no place. Whatever is sent must be read within WRITE_SECONDS.

    Args:
        app: Answers the requests.
        most: Requests answered at the same time; one address has a quarter of them.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._each = max(1, most // _SHARE)
        self._taken: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503, or let the application answer."""
        if not _is_bounded(scope):
            await self._app(scope, receive, _in_time(send))
            return
        client = _client(scope)
        if self._taken.total() >= self._most or self._taken[client] >= self._each:
            await _busy("Too many are asking just now.", 1)(scope, receive, _in_time(send))
            return
        self._taken[client] += 1
        try:
            await self._app(scope, receive, _in_time(send))
        finally:
            self._taken[client] -= 1
            self._taken += Counter()  # without those that are zero


class WorkersMiddleware:
    """Lets as many requests be worked on as there are workers, and one address have half of them.

    It comes after authentication: a request that waits for the tokens' file holds no worker.

    Args:
        app: Answers the requests.
        workers: Requests worked on at the same time; as many as there are cores, where not given.
    """

    def __init__(self, app: ASGIApp, workers: int | None = None) -> None:
        self._app = app
        most = workers or max(_LEAST_WORKERS, usable_cores())
        self._workers = asyncio.Semaphore(most)
        self._each = max(1, most // 2)
        self._own: dict[str, asyncio.Semaphore] = {}
        self._here: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 503, or let the application answer."""
        if not _is_bounded(scope) or takes_its_time(scope):
            await self._app(scope, receive, send)
            return
        async with AsyncExitStack() as work:
            try:
                await work.enter_async_context(self._worker(_client(scope)))
            except TimeoutError:
                await _busy("The service is busy.", WAIT_SECONDS)(scope, receive, send)
                return

            async def begun(message: Message) -> None:
                await work.aclose()  # the answer is made: a slow reader keeps no worker
                await send(message)

            await self._app(scope, receive, begun)

    @asynccontextmanager
    async def _worker(self, client: str) -> AsyncIterator[None]:
        own = self._own.setdefault(client, asyncio.Semaphore(self._each))
        self._here[client] += 1
        try:
            async with AsyncExitStack() as held:
                with fail_after(WAIT_SECONDS):
                    await held.enter_async_context(own)  # first: waiting here keeps out nobody else
                    await held.enter_async_context(self._workers)
                yield
        finally:
            self._here[client] -= 1
            if not self._here[client]:
                del self._here[client], self._own[client]


def _is_bounded(scope: Scope) -> bool:
    if scope["type"] != "http":
        return False
    return scope["path"] not in HEALTH and not scope["path"].startswith(STATIC)


def _client(scope: Scope) -> str:
    client = scope.get("client")
    return client_key(client[0] if client else "")


def _busy(detail: str, seconds: float) -> Response:
    return problem(503, detail, "Try again.", {"Retry-After": str(max(1, round(seconds)))})


def _in_time(send: Send) -> Send:
    """``send`` for a client that reads; what one does not take in time is dropped."""
    is_gone = False

    async def sent(message: Message) -> None:
        nonlocal is_gone
        if is_gone:
            return
        try:
            with fail_after(WRITE_SECONDS):
                await send(message)
        except TimeoutError:
            is_gone = True
            _log.warning("an answer was not read within %.0f seconds", WRITE_SECONDS)

    return sent
