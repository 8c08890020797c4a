"""Telegram: ``create`` makes its adapter."""

from search_service.chat.platforms.telegram.bot import create

__all__ = ["create"]
