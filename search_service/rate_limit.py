"""How often somebody may ask. Counted in memory, so separately in each process of the service."""

from __future__ import annotations

import ipaddress
import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

_NETWORK = 64  # bits of an IPv6 address that a household, or a server, has for itself


class RateLimiter:
    """Counts the requests of the last minute, for each id of each kind.

    Two numbers are kept for an id, however much it asks. A request that is refused does not count.

    Args:
        per_minute: For each kind of id, as ``address`` or ``person``, how much it may ask in a
            minute.

    Example:
        >>> limiter = RateLimiter(person=1, channel=60)
        >>> limiter.hit(person="ada", channel="general")
        0
        >>> limiter.hit(person="ada", channel="general") > 0
        True
    """

    def __init__(self, **per_minute: int) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limits: dict[str, RateLimitItem] = {
            kind: RateLimitItemPerMinute(most) for kind, most in per_minute.items()
        }

    def hit(self, cost: int = 1, **ids: str) -> int:
        """Count a request for each of the ids, unless one of them has to wait.

        Args:
            cost: What the request counts as; at most as much as each id may ask in a minute.
            ids: The ids of the requester, by kind.

        Returns:
            Seconds to wait; 0: the request may be answered, and was counted.
        """
        if seconds := self.wait(cost, **ids):
            return seconds
        for kind, who in ids.items():
            self._limiter.hit(self._limits[kind], kind, who, cost=self._bounded(cost, kind))
        return 0

    def wait(self, cost: int = 1, **ids: str) -> int:
        """Seconds until a request of this cost may be answered; nothing is counted."""
        return max((self._wait(cost, kind, who) for kind, who in ids.items()), default=0)

    def _wait(self, cost: int, kind: str, who: str) -> int:
        limit = self._limits[kind]
        if self._limiter.test(limit, kind, who, cost=self._bounded(cost, kind)):
            return 0
        reset = self._limiter.get_window_stats(limit, kind, who).reset_time
        return max(1, math.ceil(reset - time.time()))

    def _bounded(self, cost: int, kind: str) -> int:
        return min(cost, self._limits[kind].amount)  # else it could never be answered


def client_key(address: str) -> str:
    """What an address is counted as: itself, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket file has none
        return address
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(parsed), _NETWORK), strict=False))
