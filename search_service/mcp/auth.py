"""The way to /mcp: by POST, and not too often. Visitors are known from the service's own tokens."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from search_service.auth.visitor import Refusal, announced
from search_service.http.limits import cost
from search_service.rate_limit import RateLimiter, client_key


class McpPostOnly:
    """Lets a POST through to ``app``.

    GET would open a stream that nothing is ever sent on, and hang a client that probes it: 405, as
    the protocol allows. A long question counts as several requests.

    Args:
        app: Answers the requests.
        limits: Limits each ``assistant`` (a token, or the address of a visitor without one) and the
            ``service``.
    """

    def __init__(self, app: ASGIApp, limits: RateLimiter) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 405, 429 or the refusal of a token, or let ``app`` answer."""
        refused = self._refused(scope)
        await (self._app if refused is None else refused)(scope, receive, send)

    def _refused(self, scope: Scope) -> Response | None:
        if scope["method"] != "POST":
            return PlainTextResponse("Only POST.", 405, {"Allow": "POST"})
        visitor = announced(scope)
        if isinstance(visitor, Refusal):
            return PlainTextResponse(visitor.detail, visitor.status, visitor.headers)
        address, _ = scope["client"] or ("", 0)
        assistant = visitor.identity or client_key(address)
        if wait := self._limits.hit(cost(scope), assistant=assistant, service="mcp"):
            return PlainTextResponse("Too many requests.", 429, {"Retry-After": str(wait)})
        return None
