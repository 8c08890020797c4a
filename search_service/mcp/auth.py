"""Who may come in at /mcp: only who posts and, where tokens are set, shows one of them."""

from __future__ import annotations

from collections.abc import Iterable
from hmac import compare_digest

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from search_service.auth.visitor import Refusal, announced
from search_service.chat.limits import Limits

_SCHEME = b"bearer "
_NEEDED = Refusal(401, "A bearer token is needed.")


class McpPostOnly:
    """Lets a POST with one of ``tokens`` through to ``app``; without tokens, any POST. Each token,
    or each address where there are none, may ask as often as ``limits`` allow.

    Whoever the service's own entrance knows comes in too, and whom it refuses does not.

    GET would open a stream that nothing is ever sent on, and hang whoever probes it: 405, as the
    protocol allows.
    """

    def __init__(self, app: ASGIApp, tokens: Iterable[str], limits: Limits) -> None:
        self._app = app
        self._limits = limits
        self._tokens = tuple(token.encode() for token in tokens)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 405, 401 or 429, or let ``app`` answer."""
        visitor = announced(scope)
        user = self._user(scope)
        if scope["method"] != "POST":
            refused = PlainTextResponse("Only POST.", 405, {"Allow": "POST"})
        elif user is None:
            refusal = visitor if isinstance(visitor, Refusal) else _NEEDED
            refused = PlainTextResponse(refusal.detail, refusal.status, refusal.headers)
        elif not self._limits.allows("mcp", "mcp", user):
            refused = PlainTextResponse("Too many requests.", 429, {"Retry-After": "60"})
        else:
            await self._app(scope, receive, send)
            return
        await refused(scope, receive, send)

    def _user(self, scope: Scope) -> str | None:
        """Who asks, as far as limits go; ``None`` for who does not come in."""
        known = self._known(scope["headers"]) if self._tokens else None
        if known is not None:
            return known
        visitor = announced(scope)
        if isinstance(visitor, Refusal) or (self._tokens and not visitor.name):
            return None
        return visitor.name or str((scope["client"] or [""])[0])

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
