"""Who may come in at /mcp: only who posts and, where tokens are set, shows one of them."""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from search_service.chat.limits import Limits

_SCHEME = b"bearer "


class Door:
    """Lets a POST with one of ``tokens`` through to ``app``; without tokens, any POST. Each token,
    or each address where there are none, may ask as often as ``limits`` allow.

    GET would open a stream that nothing is ever sent on, and hang whoever probes it: 405, as the
    protocol allows.
    """

    def __init__(self, app: ASGIApp, tokens: Iterable[str], limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._tokens = tuple(token.encode() for token in tokens)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 405, 401 or 429, or let ``app`` answer."""
        user = self._known(scope["headers"]) if self._tokens else str((scope["client"] or [""])[0])
        if scope["method"] != "POST":
            refused = PlainTextResponse("Only POST.", 405, {"Allow": "POST"})
        elif user is None:
            refused = PlainTextResponse(
                "A bearer token is needed.", 401, {"WWW-Authenticate": 'Bearer realm="mcp"'}
            )
        elif not self._limits.allows("mcp", "mcp", user):
            refused = PlainTextResponse("Too many requests.", 429, {"Retry-After": "60"})
        else:
            await self._app(scope, receive, send)
            return
        await refused(scope, receive, send)

    def _known(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Which token the one Authorization header holds, by its place; in constant time for each.

        ``None``: none of them.
        """
        shown = [value for name, value in headers if name == b"authorization"]
        if len(shown) != 1 or shown[0][: len(_SCHEME)].lower() != _SCHEME:
            return None
        token = shown[0][len(_SCHEME) :].strip()
        # Each is compared, whether or not one was found.
        found = [str(n) for n, known in enumerate(self._tokens) if compare_digest(token, known)]
        return found[0] if found else None
