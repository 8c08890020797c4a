"""The entrance: finds out who makes each request, by a token, a session or what a proxy says.

Only who shows a token that opens nothing is refused, and guessing is slowed: after a few wrong ones
an address has to wait. A session that is over is no offence: its visitor is anybody again.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable
from datetime import datetime

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer.domain import Level
from search_service.auth.token_store import UNKNOWN, TokenStore, TokenStoreError, utc_now
from search_service.auth.visitor import (
    ANYBODY,
    Refusal,
    Token,
    Visitor,
    Way,
    announce,
    hashed,
    present,
)
from search_service.auth.visitor import (
    Scope as TokenScope,
)
from search_service.rate_limit import client_key
from search_service.settings import ServiceSettings

COOKIE = "competenze_session"
WRONG = "5/minute"  # tokens that open nothing, of one address, in each process
_SCHEME = "bearer "
_THREADS = 4
_HEALTH = frozenset({"/healthz", "/readyz"})
_DEPENDS = "/api/v1/"  # answers that depend on who asks; pages say so themselves
_ASSISTANTS = "/mcp"  # where the tokens of the setting ``mcp_tokens`` are good, and nowhere else
_WAIT = Refusal(429, "Too many wrong tokens came from your address: wait a minute.", 60)
_UNKNOWN = Refusal(401, "This token opens nothing: it is unknown, has expired or was revoked.")
_NEEDED = Refusal(401, "A token is needed to ask here: show one (Authorization: Bearer …).")
_CLOSED = Refusal(503, "Tokens cannot be checked just now.", 30)
_log = logging.getLogger(__name__)


class Attempts:
    """Counts wrong tokens by address, in memory."""

    def __init__(self, wrong: str = WRONG) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limit = parse(wrong)

    def wait(self, address: str) -> int:
        """How many seconds an address has to wait before it may try again; 0: none."""
        if self._limiter.test(self._limit, address):
            return 0
        reset = self._limiter.get_window_stats(self._limit, address).reset_time
        return max(1, round(reset - time.time()))

    def failed(self, address: str) -> None:
        """Count a wrong token."""
        self._limiter.hit(self._limit, address)


class Authenticator:
    """Knows visitors by what they show. Reads a file for who ``shows_secret``: not to be called on
    an event loop then.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        store: TokenStore | None = None,
        attempts: Attempts | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.store = store or TokenStore(settings.tokens)
        self._attempts = attempts or Attempts()
        self._clock = clock
        self._needed = settings.require_token
        self._header = settings.proxy_header.lower()
        self._groups = {
            **dict.fromkeys(settings.proxy_members.split(), TokenScope.MEMBERS),
            **dict.fromkeys(settings.proxy_admins.split(), TokenScope.ADMIN),
        }
        assistants = settings.mcp_tokens.get_secret_value().split() if settings.mcp_tokens else []
        self._assistants = frozenset(map(hashed, assistants))
        self._proxies = [
            ipaddress.ip_network(p, strict=False) for p in settings.trusted_proxies.split()
        ]

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
        """The secret of a new session for who shows a token, or why there is none."""
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
            if hashed(secret) in self._assistants and request.url.path == _ASSISTANTS:
                return Visitor(name="mcp", way=Way.TOKEN)
            found = self._checked(request, secret) if len(shown) == 1 else _UNKNOWN
            return (
                found
                if isinstance(found, Refusal)
                else Visitor(found.scope, found.name, Way.TOKEN, found.number)
            )
        if secret := request.cookies.get(COOKIE, ""):
            token = self.store.of_session(secret, self._clock())
            if token is not None:
                return Visitor(token.scope, token.name, Way.SESSION)
        return self._vouched(request)

    def _checked(self, request: HTTPConnection, secret: str) -> Token | Refusal:
        """The token with a secret; wrong ones are counted, and many make even right ones wait."""
        address = _address(request)
        if wait := self._attempts.wait(address):
            return Refusal(_WAIT.status, _WAIT.detail, wait)
        found = self.store.find(secret, self._clock())
        if found is None:
            self._attempts.failed(address)
            if self.store.path.exists():
                self.store.note(UNKNOWN, f"a wrong token was shown from {address}", self._clock())
            return _UNKNOWN
        return found

    def _vouched(self, request: HTTPConnection) -> Visitor:
        """Who a proxy that signs people in says that it is: the groups of one header, by commas.

        A header that comes twice may be a visitor's own beside the proxy's: neither is believed.
        """
        said = request.headers.getlist(self._header) if self._header else []
        if len(said) != 1 or not self._is_from_proxy(request):
            return ANYBODY
        scopes = [self._groups[g] for g in map(str.strip, said[0].split(",")) if g in self._groups]
        if not scopes:
            return ANYBODY
        return Visitor(max(scopes, key=lambda scope: scope.level.rank), "proxy", Way.PROXY)

    def _is_from_proxy(self, request: HTTPConnection) -> bool:
        """Whether a trusted proxy passed it on.

        The server puts the visitor's address in the place of a trusted proxy's, with a port that
        no connection has.
        """
        host, port = request.client or ("", -1)
        if port == 0:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


class AuthenticationMiddleware:
    """Announces the visitor of each request to what answers it.

    What is not for everybody is kept in no cache; what is for everybody says that it depends on
    who asks.
    """

    def __init__(self, app: ASGIApp, keeper: Authenticator) -> None:
        self._app = app
        self._keeper = keeper
        # Of its own: while the file cannot be read, nobody else waits.
        self._threads = CapacityLimiter(_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find out who asks, then let the application answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        found = await self._found(request)
        announce(scope, found)
        visitor = found if isinstance(found, Visitor) else ANYBODY
        before = present.set(visitor)

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if visitor.level is not Level.PUBLIC:
                    headers["Cache-Control"] = "no-store"
                if request.url.path.startswith(_DEPENDS):
                    headers.add_vary_header("Cookie, Authorization")
            await send(message)

        try:
            await self._app(scope, receive, marked)
        finally:
            present.reset(before)

    async def _found(self, request: HTTPConnection) -> Visitor | Refusal:
        if request.url.path in _HEALTH:
            return ANYBODY
        if self._keeper.shows_secret(request):
            return await run_sync(self._keeper.visitor, request, limiter=self._threads)
        return self._keeper.visitor(request)


def _address(request: HTTPConnection) -> str:
    """What stands for who asks, as far as is known."""
    return client_key(request.client.host) if request.client else "unknown"


def _who(token: Token) -> str:
    return f"{token.name} (token {token.number})"
