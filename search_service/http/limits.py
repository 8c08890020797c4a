"""Who is let in: known hosts, with a request of a decent size, not too often, not too many.

Health is asked by machines that know no name and must be answered under any load: there only the
size counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_service.http.problems import problem
from search_service.http.rates import Rates
from search_service.settings import ServiceSettings

MAX_TARGET = 32 * 1024  # bytes of a request's address: of a question of 2,000 signs, 24,000
_HOST = re.compile(r"(?P<name>[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?", re.ASCII | re.I)
_HEALTH = frozenset({"/healthz", "/readyz"})
_CHEAP = "/static/"  # what a page loads: it is in memory here, and then in the browser
_UPLOADS = "/api/v1/documents/"
_CLOSE = {"Connection": "close"}  # what is still being sent is not waited for


class LimitsMiddleware:
    """Lets a request through to ``app``, or says at once why not."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        self._hosts = hosts(settings)
        self._rates = Rates(settings.rate_per_minute) if settings.rate_per_minute else None
        self._most = settings.max_concurrency
        self._max_body = settings.max_body_kb * 1024
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 4xx or 503, or let the application answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_health = scope["path"] in _HEALTH
        refused = _too_long(scope) or (None if is_health else self._unwelcome(scope))
        unread = refused is not None or _is_upload(scope)
        body = b"" if unread else await self._body(Headers(scope=scope), receive)
        if body is None:
            return  # there is nobody any more
        if len(body) > self._max_body:
            remedy = f"At most {self._max_body // 1024} KiB are read."
            refused = problem(413, "The request's body is too large.", remedy, _CLOSE)
        elif self._running >= self._most and not is_health:
            refused = problem(
                503, "Too many are asking just now.", "Try again.", {"Retry-After": "1"}
            )
        if refused is not None:
            await refused(scope, receive, send)
            return
        self._running += not is_health
        try:
            await self._app(scope, receive if unread else _given(body, receive), send)
        finally:
            self._running -= not is_health

    def _unwelcome(self, scope: Scope) -> Response | None:
        """What to say to a host that is not ours, or an address that asks too often."""
        if not is_ours(Headers(scope=scope).getlist("host"), self._hosts):
            return problem(
                400,
                "The service does not go by this name.",
                "Call it by its public address, or add the host to COMPETENZE_ALLOWED_HOSTS.",
            )
        if self._rates is None or scope["path"].startswith(_CHEAP):
            return None
        client = scope.get("client")
        seconds = self._rates.wait(client[0] if client else "")
        if not seconds:
            return None
        return problem(
            429,
            "Too many requests from this address.",
            f"Wait {seconds} seconds.",
            {"Retry-After": str(seconds)},
        )

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """The body, as much of it as shows that it is too large; None: it will never be whole.

        It is read here, so that who sends it slowly takes nobody's place, and no part of it
        reaches anything that is not made for its size.
        """
        announced = headers.get("content-length", "")
        if not announced and "transfer-encoding" not in headers:
            return b""
        if announced.isdecimal() and int(announced) > self._max_body:
            return bytes(self._max_body + 1)
        body = bytearray()
        while len(body) <= self._max_body:
            message = await receive()
            if message["type"] != "http.request":
                return None
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        return bytes(body)


def hosts(settings: ServiceSettings) -> frozenset[str]:
    """The names that the service goes by, with a port where only that one is meant."""
    named = settings.allowed_hosts.lower().split()
    own = urlsplit(settings.origin).netloc.lower()
    return frozenset((*named, own) if named and own else named)


def is_ours(named: Collection[str], known: Collection[str]) -> bool:
    """Whether a request's Host headers name one host, one of those known; any where none is."""
    match = _HOST.fullmatch(next(iter(named))) if len(named) == 1 else None
    if match is None:
        return False
    return not known or match[0].lower() in known or match["name"].lower() in known


def _is_upload(scope: Scope) -> bool:
    """Whether it is a document that is sent: large, and read only once its sender is known."""
    return scope["method"] == "PUT" and str(scope["path"]).startswith(_UPLOADS)


def _too_long(scope: Scope) -> Response | None:
    target = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
    if target <= MAX_TARGET:
        return None
    return problem(414, "The address is too long.", f"At most {MAX_TARGET} bytes are read.", _CLOSE)


def _given(body: bytes, receive: Receive) -> Receive:
    """A body that has been read, and then what else is received."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
