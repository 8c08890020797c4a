"""Who may come in at /mcp: only who posts and, where tokens are set, shows one of them."""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from search_service.access import Refusal, announced

_SCHEME = b"bearer "


class Door:
    """Lets a POST with one of ``tokens`` through to ``app``; without tokens, any POST.

    Whoever the service's own entrance knows comes in too, and whom it refuses does not.

    GET would open a stream that nothing is ever sent on, and hang whoever probes it: 405, as the
    protocol allows.
    """

    def __init__(self, app: ASGIApp, tokens: Iterable[str]) -> None:
        self._app = app
        self._tokens = tuple(token.encode() for token in tokens)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 405 or 401, or let ``app`` answer."""
        visitor = announced(scope)
        if scope["method"] != "POST":
            refused = PlainTextResponse("Only POST.", 405, {"Allow": "POST"})
        elif self._tokens and self._knows(scope["headers"]):
            await self._app(scope, receive, send)
            return
        elif isinstance(visitor, Refusal):
            refused = PlainTextResponse(visitor.detail, visitor.status, visitor.headers)
        elif self._tokens and not visitor.name:
            needed = Refusal(401, "A bearer token is needed.")
            refused = PlainTextResponse(needed.detail, needed.status, needed.headers)
        else:
            await self._app(scope, receive, send)
            return
        await refused(scope, receive, send)

    def _knows(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether the one Authorization header holds a known token; in constant time for each."""
        shown = [value for name, value in headers if name == b"authorization"]
        if len(shown) != 1 or shown[0][: len(_SCHEME)].lower() != _SCHEME:
            return False
        token = shown[0][len(_SCHEME) :].strip()
        is_known = False
        for known in self._tokens:  # each is compared, whether or not one was found
            is_known |= compare_digest(token, known)
        return is_known
