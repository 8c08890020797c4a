"""The chat platforms there are, each registered by entry point."""

from __future__ import annotations

from indexer.settings import registered
from search_service.chat.platform import Platform

ENTRY_POINTS = "competenze.chat"


def platforms() -> tuple[Platform, ...]:
    """Every platform, in the order of their names."""
    return tuple(registered(ENTRY_POINTS).values())
