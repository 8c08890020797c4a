"""Requests that are too large, too slow or too frequent are refused before any work begins.

Probes of health are exempt from the rate. Before all of this uvicorn counts connections
(limit_concurrency), and beyond its limit answers 503 to anything, probes included.
"""

from __future__ import annotations

from anyio import fail_after
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_service.http.problems import problem
from search_service.observability.monitoring import HEALTH
from search_service.rate_limit import RateLimiter, client_key
from search_service.settings import ServiceSettings

MAX_TARGET = 32 * 1024  # bytes of a request's address: of a question of 2,000 characters, 24,000
BODY_SECONDS = 30.0  # in which a request's body must have arrived
STATIC = "/static/"  # what a page loads: it is in memory here, and then in the browser
_UPLOADS = "/api/v1/documents/"
_CHECK = "/api/v1/check"
_CLOSE = {"Connection": "close"}  # a response does not wait for the rest of a request's body
# A question of 2,000 characters takes ten times as long as a usual one, of less than 200.
_BYTES_OF_ONE = 200
_ENVELOPE = 1024  # bytes around a question in a body: of JSON-RPC, or of a chat's message


class LimitsMiddleware:
    """Lets a request through to ``app``, or says at once why not."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        rate = settings.rate_per_minute
        self._rates = RateLimiter(address=rate, static=rate) if rate else None
        self._max_body = settings.max_body_kb * 1024

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 408, 413, 414 or 429, or let the application answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = _units(scope)
        refused = _too_long(scope) or self._too_often(scope, counted)
        if refused is None and not is_upload(scope):
            body = await self._body(Headers(scope=scope), receive)
            if body is None:
                return  # the client has gone
            if isinstance(body, Response):
                refused = body
            else:
                scope, receive = _measured(scope, body), _given(body, receive)
                refused = self._too_often(scope, cost(scope) - counted)
        await (refused or self._app)(scope, receive, send)

    def _too_often(self, scope: Scope, count: int) -> Response | None:
        if self._rates is None or not count or scope["path"] in HEALTH:
            return None
        client = scope.get("client")
        kind = "static" if scope["path"].startswith(STATIC) else "address"
        seconds = self._rates.hit(count, **{kind: client_key(client[0] if client else "")})
        if not seconds:
            return None
        return problem(
            429,
            "Too many requests from this address.",
            f"Wait {seconds} seconds.",
            {"Retry-After": str(seconds)},
        )

    async def _body(self, headers: Headers, receive: Receive) -> bytes | Response | None:
        """The body, or why it is refused; None: the client has gone.

        It is read here, so that a client that sends slowly holds no place, and nothing behind it
        gets more than it is made for.
        """
        announced = headers.get("content-length", "")
        if not announced and "transfer-encoding" not in headers:
            return b""
        if announced.isdecimal() and int(announced) > self._max_body:
            return self._too_large()
        body = bytearray()
        try:
            with fail_after(BODY_SECONDS):
                while True:
                    message = await receive()
                    if message["type"] != "http.request":
                        return None
                    body += message.get("body", b"")
                    if len(body) > self._max_body:
                        return self._too_large()
                    if not message.get("more_body"):
                        return bytes(body)
        except TimeoutError:
            detail = f"The request's body did not arrive within {BODY_SECONDS:.0f} seconds."
            return problem(408, detail, "Send it again.", _CLOSE)

    def _too_large(self) -> Response:
        remedy = f"At most {self._max_body // 1024} KiB are read."
        return problem(413, "The request's body is too large.", remedy, _CLOSE)


def cost(scope: Scope) -> int:
    """What a request counts as, by the length of its question: a long one takes longer.

    The question is in the address or in the body, which has been read: its length is known. A body
    counts at most as the longest address: it holds no longer question, and one large body must not
    use up what all may ask together.
    """
    body = int(Headers(scope=scope).get("content-length", "0"))
    return _units(scope, min(max(0, body - _ENVELOPE), MAX_TARGET))


def _units(scope: Scope, more: int = 0) -> int:
    """What the address counts as, with so many more bytes of a question."""
    return 1 + (len(scope["query_string"]) + more) // _BYTES_OF_ONE


def is_upload(scope: Scope) -> bool:
    """Whether it is a document that is sent: large, and read only once its sender is known."""
    return scope["method"] == "PUT" and str(scope["path"]).startswith(_UPLOADS)


def takes_its_time(scope: Scope) -> bool:
    """Whether its time is a sender's, or another process's: it keeps nobody else from working."""
    return is_upload(scope) or (scope["method"] == "POST" and scope["path"] == _CHECK)


def _too_long(scope: Scope) -> Response | None:
    target = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
    if target <= MAX_TARGET:
        return None
    return problem(414, "The address is too long.", f"At most {MAX_TARGET} bytes are read.", _CLOSE)


def _measured(scope: Scope, body: bytes) -> Scope:
    """The request with the length of its body, also if it came in chunks."""
    framing = {b"content-length", b"transfer-encoding"}
    headers = [(name, value) for name, value in scope["headers"] if name not in framing]
    if body:
        headers.append((b"content-length", str(len(body)).encode("ascii")))
    scope["headers"] = headers
    return scope


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
