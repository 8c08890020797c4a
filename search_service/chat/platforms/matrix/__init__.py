"""Matrix: ``create`` makes its adapter."""

from search_service.chat.platforms.matrix.bot import create

__all__ = ["create"]
