"""The chat platforms, each registered by entry point."""

from __future__ import annotations

from indexer.settings import registered
from search_service.chat.platform import Platform

ENTRY_POINTS = "competenze.chat"


def platforms() -> tuple[Platform, ...]:
    """Every platform, sorted by name."""
    return tuple(registered(ENTRY_POINTS).values())
