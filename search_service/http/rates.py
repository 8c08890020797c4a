"""How often an address may ask. In memory, so for each process of the service."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from search_service.rate_limit import client_key


class Rates:
    """Counts the requests of the last minute; one that is refused does not count.

    Two numbers are kept for an address, however much it asks.
    """

    def __init__(self, per_minute: int) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(per_minute)

    def wait(self, address: str) -> int:
        """Seconds until this address may ask again; 0: it may now, and that counts."""
        key = client_key(address)
        if self._limiter.hit(self._limit, key):
            return 0
        reset = self._limiter.get_window_stats(self._limit, key).reset_time
        return max(1, math.ceil(reset - time.time()))
