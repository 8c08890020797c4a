"""Who a connection comes from, before the word of a proxy is taken for it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, MutableMapping
from typing import Any

_KEY = "peer"


def note_peer(scope: MutableMapping[str, Any]) -> None:
    """Keep the connection's own address, which the visitor's is about to replace."""
    scope.setdefault("state", {})[_KEY] = scope.get("client")


def peer_of(scope: MutableMapping[str, Any]) -> str:
    """The address at the other end of the connection; empty if it has none."""
    client = scope.get("state", {}).get(_KEY, scope.get("client"))
    return str(client[0]) if client else ""


class TrustedProxies:
    """The addresses and networks of the proxies that are believed."""

    def __init__(self, proxies: Iterable[str]) -> None:
        self._networks = tuple(map(ipaddress.ip_network, proxies))

    def __contains__(self, host: str) -> bool:
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return any(address in network for network in self._networks)
