"""How often an address may ask. In memory, so for each process of the service."""

from __future__ import annotations

import ipaddress
import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

_NETWORK = 64  # bits of an IPv6 address that a household, or a server, has for itself


class Rates:
    """Counts the requests of the last minute; one that is refused does not count.

    Two numbers are kept for an address, however much it asks.
    """

    def __init__(self, per_minute: int) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(per_minute)

    def wait(self, address: str) -> int:
        """Seconds until this address may ask again; 0: it may now, and that counts."""
        key = whose(address)
        if self._limiter.hit(self._limit, key):
            return 0
        reset = self._limiter.get_window_stats(self._limit, key).reset_time
        return max(1, math.ceil(reset - time.time()))


def whose(address: str) -> str:
    """What stands for the one who asks: the address, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # a socket file has none
        return address
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(parsed), _NETWORK), strict=False))
