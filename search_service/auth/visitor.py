"""Visitors of the service, and what each may see: scopes, tokens, visitors. Pure.

The middleware of this room authenticates each request once; without it everybody is the public.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from starlette.authentication import BaseUser
from starlette.exceptions import HTTPException

from indexer.domain import Level

_SHOWN = 8  # characters of a secret that lists show, to distinguish tokens
_MARK = "cir_"  # what every token begins with: scanners of leaked secrets can look for it


class Scope(StrEnum):
    """What a token is for: each may do what those before it may, and more."""

    SEARCH = "search"
    MEMBERS = "members"
    ADMIN = "admin"

    @property
    def level(self) -> Level:
        """The level that it may see."""
        return {
            Scope.SEARCH: Level.PUBLIC,
            Scope.MEMBERS: Level.MEMBERS,
            Scope.ADMIN: Level.ADMIN,
        }[self]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that was made: all of it but the secret, of which only a hash is kept.

    ``prefix`` is the secret's beginning; times are UTC.
    """

    number: int
    name: str
    scope: Scope
    prefix: str
    made: datetime
    expires: datetime | None
    revoked: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens anything now."""
        return self.revoked is None and (self.expires is None or now < self.expires)


class Way(StrEnum):
    """How a visitor is known."""

    UNKNOWN = "unknown"
    TOKEN = "token"  # noqa: S105 - no secret
    SESSION = "session"  # of the pages, which visitors can end
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class Visitor(BaseUser):
    """Who makes a request: ``name`` is the token's, or what a proxy says; empty for anybody.

    ``token`` is the number of the token that was shown, or opened the session; names may repeat.
    """

    scope: Scope = Scope.SEARCH
    name: str = ""
    way: Way = Way.UNKNOWN
    token: int = 0

    @property
    def level(self) -> Level:
        """What this visitor may see."""
        return self.scope.level

    @property
    def is_authenticated(self) -> bool:
        """Whether the visitor is known."""
        return self.way is not Way.UNKNOWN

    @property
    def display_name(self) -> str:
        """Its name."""
        return self.name

    @property
    def identity(self) -> str:
        """The client that its requests count for; empty if only the address identifies it."""
        return f"token {self.token}" if self.token else ""


ANYBODY = Visitor()


@dataclass(frozen=True, slots=True)
class Refusal(BaseUser):
    """Why a request is refused: its token is invalid, or it needs one. ``wait`` is in seconds."""

    status: int
    detail: str
    wait: int = 0
    is_authenticated: ClassVar[bool] = False

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says besides."""
        if self.wait:
            return {"Retry-After": str(self.wait)}
        return {"WWW-Authenticate": 'Bearer realm="competenze-in-rete"'}

    def error(self) -> HTTPException:
        """The refusal as what answers the request."""
        return HTTPException(self.status, self.detail, self.headers)


def new_secret() -> str:
    """A secret that nobody can guess: 256 random bits, as text."""
    return f"{_MARK}{secrets.token_urlsafe(32)}"


def secret_hash(secret: str) -> str:
    """The stored hash of a secret. A look-up by it does not reveal how much of a guess is right."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def prefix_of(secret: str) -> str:
    """The beginning of a secret, which may be shown."""
    return secret[: len(_MARK) + _SHOWN]


# --- the visitor of a request ----------------------------------------------------------------

# For code without a request, as assistants' tools. Anybody, unless authentication sets it.
present: ContextVar[Visitor] = ContextVar("present", default=ANYBODY)


def announced(scope: Mapping[str, Any]) -> Visitor | Refusal:
    """Who makes an ASGI request, or why it is refused; anybody, where nobody authenticates."""
    found: Visitor | Refusal = scope.get("user", ANYBODY)
    return found


def administrator_of(scope: Mapping[str, Any]) -> Visitor:
    """The administrator who makes an ASGI request. Raises HTTPException for anybody else.

    Only by a token that is shown: a browser sends a cookie, and a proxy's word, also where another
    site made it ask.
    """
    visitor = visitor_of(scope)
    if visitor.way is not Way.TOKEN:
        raise Refusal(401, "A token is needed for this: Authorization: Bearer …").error()
    if visitor.scope is not Scope.ADMIN:
        raise HTTPException(403, "This needs a token of the scope admin.")
    return visitor


def visitor_of(scope: Mapping[str, Any]) -> Visitor:
    """The visitor who makes an ASGI request. Raises HTTPException if access is refused."""
    found = announced(scope)
    if isinstance(found, Refusal):
        raise found.error()
    return found
