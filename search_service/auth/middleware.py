"""Authenticates each request: by a token, a session, or the word of a proxy.

Only an invalid token is refused, and guessing is slowed: after a few wrong tokens an address has to
wait. A session that has expired, or cannot be looked up, makes its visitor anybody again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.authentication import AuthCredentials, AuthenticationBackend
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer.domain import Level
from search_service.auth.peer import TrustedProxies, peer_of
from search_service.auth.token_store import UNKNOWN, TokenStore, TokenStoreError, utc_now
from search_service.auth.visitor import (
    ANYBODY,
    AccessToken,
    Refusal,
    Visitor,
    Way,
    announced,
    present,
)
from search_service.auth.visitor import (
    Scope as TokenScope,
)
from search_service.observability.monitoring import HEALTH
from search_service.rate_limit import RateLimiter, client_key
from search_service.settings import ServiceSettings

COOKIE = "competenze_session"
WRONG_TOKENS = 5  # that an address may show in a minute, in each process
_SCHEME = "bearer "
_THREADS = 4
_DEPENDS = "/api/v1/"  # answers that depend on the visitor; pages say so themselves
_WAIT = Refusal(429, "Too many wrong tokens came from your address: wait a minute.", 60)
_UNKNOWN = Refusal(401, "This token opens nothing: it is unknown, has expired or was revoked.")
_NEEDED = Refusal(401, "A token is needed to ask here: show one (Authorization: Bearer …).")
_CLOSED = Refusal(503, "Tokens cannot be checked just now.", 30)
_log = logging.getLogger(__name__)


class Authenticator:
    """Knows visitors by the credentials they show.

    For requests that ``shows_secret`` it reads a file: call it in a thread then.

    Args:
        settings: Names the file of the tokens, and the proxies that may vouch for visitors.
        store: The tokens, where not those of the settings.
        attempts: Limits wrong tokens by ``address``.
        clock: Gives the time (UTC).
    """

    def __init__(
        self,
        settings: ServiceSettings,
        store: TokenStore | None = None,
        attempts: RateLimiter | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.store = store or TokenStore(settings.tokens)
        self._attempts = attempts or RateLimiter(address=WRONG_TOKENS)
        self._clock = clock
        self._needed = settings.require_token
        self._header = settings.proxy_header.lower()
        self._groups = {
            **dict.fromkeys(settings.proxy_members.split(), TokenScope.MEMBERS),
            **dict.fromkeys(settings.proxy_admins.split(), TokenScope.ADMIN),
        }
        self._proxies = TrustedProxies(settings.trusted_proxies.split())

    def shows_secret(self, request: HTTPConnection) -> bool:
        """Whether a request shows something that has to be looked up."""
        return "authorization" in request.headers or COOKIE in request.cookies

    def visitor(self, request: HTTPConnection) -> Visitor | Refusal:
        """Who makes a request, or why it is refused."""
        try:
            found = self._shown(request)
        except TokenStoreError as error:
            _log.error("%s", error)
            return _CLOSED
        return _NEEDED if found is ANYBODY and self._needed else found

    def sign_in(self, request: HTTPConnection, secret: str) -> str | Refusal:
        """The secret of a new session for a visitor with a token, or why there is none."""
        found = self._checked(request, secret)
        if isinstance(found, Refusal):
            return found
        self.sign_out(request)  # of the session before, if there is one
        self.store.note(_who(found), f"signed in from {_address(request)}", self._clock())
        return self.store.open_session(found, self._clock())

    def sign_out(self, request: HTTPConnection) -> None:
        """End the session of a request, if it has one."""
        self.store.close_session(request.cookies.get(COOKIE, ""))

    def _shown(self, request: HTTPConnection) -> Visitor | Refusal:
        shown = request.headers.getlist("authorization")
        if any(value[: len(_SCHEME)].lower() == _SCHEME for value in shown):
            secret = shown[0][len(_SCHEME) :].strip()
            found = self._checked(request, secret) if len(shown) == 1 else _UNKNOWN
            return (
                found
                if isinstance(found, Refusal)
                else Visitor(found.scope, found.name, Way.TOKEN, found.number)
            )
        return self._in_session(request) or self._vouched(request)

    def _in_session(self, request: HTTPConnection) -> Visitor | None:
        secret = request.cookies.get(COOKIE, "")
        if not secret:
            return None
        try:
            token = self.store.of_session(secret, self._clock())
        except TokenStoreError as error:
            if self._needed:
                raise
            _log.error("%s", error)  # public resources need no session
            return None
        return Visitor(token.scope, token.name, Way.SESSION, token.number) if token else None

    def _checked(self, request: HTTPConnection, secret: str) -> AccessToken | Refusal:
        """The token with a secret; wrong ones are counted, and many make even right ones wait."""
        address = _address(request)
        if wait := self._attempts.wait(address=address):
            return Refusal(_WAIT.status, _WAIT.detail, wait)
        found = self.store.find(secret, self._clock())
        if found is None:
            self._attempts.hit(address=address)
            if self.store.path.exists():
                self.store.note(UNKNOWN, f"a wrong token was shown from {address}", self._clock())
            return _UNKNOWN
        return found

    def _vouched(self, request: HTTPConnection) -> Visitor:
        """The visitor whose groups a proxy names, in one header, separated by commas.

        Of two such headers one may be the visitor's own: neither is believed.
        """
        groups = request.headers.getlist(self._header) if self._header else []
        if len(groups) != 1 or peer_of(request.scope) not in self._proxies:
            return ANYBODY
        scopes = [
            self._groups[g] for g in map(str.strip, groups[0].split(",")) if g in self._groups
        ]
        if not scopes:
            return ANYBODY
        return Visitor(max(scopes, key=lambda scope: scope.level.rank), "proxy", Way.PROXY)


class VisitorBackend(AuthenticationBackend):
    """Authenticates each request for Starlette's AuthenticationMiddleware.

    A refusal is noted like a visitor: pages and programs each show it in their own way.
    """

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator
        # Of its own: while the file cannot be read, nobody else waits.
        self._threads = CapacityLimiter(_THREADS)

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, Visitor | Refusal]:
        """Who makes a request, or why it is refused, with the scope it may use."""
        found = await self._found(conn)
        scopes = [found.scope] if isinstance(found, Visitor) else []
        return AuthCredentials(scopes), found

    async def _found(self, request: HTTPConnection) -> Visitor | Refusal:
        if request.scope["path"] in HEALTH:
            return ANYBODY
        if self._authenticator.shows_secret(request):
            return await run_sync(self._authenticator.visitor, request, limiter=self._threads)
        return self._authenticator.visitor(request)


class VisitorMiddleware:
    """Sets the caching headers of each response.

    Restricted responses must not be cached; public ones depend on the visitor (``Vary``).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, as this visitor."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found = announced(scope)
        visitor = found if isinstance(found, Visitor) else ANYBODY
        before = present.set(visitor)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if visitor.level is not Level.PUBLIC:
                    headers["Cache-Control"] = "no-store"
                if scope["path"].startswith(_DEPENDS):
                    headers.add_vary_header("Cookie, Authorization")
            await send(message)

        try:
            await self._app(scope, receive, marked)
        finally:
            present.reset(before)


def _address(request: HTTPConnection) -> str:
    """What the visitor's address is counted as."""
    return client_key(request.client.host) if request.client else "unknown"


def _who(token: AccessToken) -> str:
    return f"{token.name} (token {token.number})"
