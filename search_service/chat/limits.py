"""How often a person and a channel may ask. In memory, so for each process of the service."""

from __future__ import annotations

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from search_service.chat.types import Message

PER_USER = "20/minute"
PER_CHANNEL = "60/minute"
_TOLD = parse("1/minute")


class Limits:
    """Counts the messages of the last minute; one that is refused does not count."""

    def __init__(self, per_user: str = PER_USER, per_channel: str = PER_CHANNEL) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._per_user, self._per_channel = parse(per_user), parse(per_channel)

    def allows(self, platform: str, channel: str, user: str) -> bool:
        """Whether a message of this user in this channel may be answered now; it then counts."""
        asked: tuple[tuple[RateLimitItem, str, str], ...] = (
            (self._per_user, "user", user),
            (self._per_channel, "channel", channel),
        )
        if not all(self._limiter.test(limit, platform, kind, who) for limit, kind, who in asked):
            return False
        return all(self._limiter.hit(limit, platform, kind, who) for limit, kind, who in asked)

    def tells(self, message: Message) -> bool:
        """Whether to tell a person that it is too often: once a minute, or a flood is answered by
        another.
        """
        return self._limiter.hit(_TOLD, message.platform, "told", message.channel, message.user)
