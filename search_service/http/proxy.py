"""The visitor's address as a trusted proxy gives it, if that is a valid address."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from search_service.auth.peer import note_peer

_FORWARDED = b"x-forwarded-for"
# 192.0.2.1:80, [2001:db8::1]:80, or an address alone; no zone (%eth0), which may be any text.
_ENTRY = re.compile(r"([\d.]+):\d+|\[([\da-fA-F:.]+)\](?::\d+)?|([\da-fA-F:.]+)", re.ASCII)


class ProxyMiddleware:
    """Replaces a trusted proxy's address with the visitor's, and keeps the proxy's as peer.

    The chain of X-Forwarded-For is read from its end, where the nearest proxy writes, to the first
    entry that is no address: then the visitor is the proxy that passed that entry on.

    Args:
        app: Answers the requests.
        proxies: Addresses and networks of trusted proxies; nobody else's header counts.
    """

    def __init__(self, app: ASGIApp, proxies: list[str]) -> None:
        # The library's types have no common ancestor with Starlette's.
        self._app: ASGIApp = ProxyHeadersMiddleware(app, proxies)  # type: ignore[arg-type, assignment]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, to the visitor."""
        if scope["type"] == "http":
            note_peer(scope)
            scope["headers"] = list(_with_addresses_only(scope["headers"]))
        await self._app(scope, receive, send)


def _with_addresses_only(
    headers: list[tuple[bytes, bytes]],
) -> Iterator[tuple[bytes, bytes]]:
    """The headers, with one X-Forwarded-For: the addresses at the end of the chain, if any."""
    entries = []
    for name, value in headers:
        if name == _FORWARDED:
            entries += value.decode("latin-1").split(",")
        else:
            yield name, value
    chain: list[str] = []
    for entry in reversed(entries):
        address = _address(entry.strip())
        if address is None:
            break
        chain.insert(0, address)
    if chain:
        yield _FORWARDED, ", ".join(chain).encode("ascii")


def _address(entry: str) -> str | None:
    """The address of an entry, without the port that some proxies write."""
    match = _ENTRY.fullmatch(entry)
    if match is None:
        return None
    try:
        return str(ipaddress.ip_address(next(filter(None, match.groups()))))
    except ValueError:
        return None
