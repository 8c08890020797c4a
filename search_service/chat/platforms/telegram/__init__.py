"""Telegram."""

from __future__ import annotations

from search_service.chat.adapter import Adapter
from search_service.chat.handler import MessageHandler
from search_service.chat.platform import Platform
from search_service.settings import ServiceSettings


def _create(settings: ServiceSettings, handler: MessageHandler) -> Adapter:
    from search_service.chat.platforms.telegram.bot import create  # its library is an extra

    return create(settings, handler)


PLATFORM = Platform(
    name="telegram",
    required=("telegram_token",),
    create=_create,
    library="telegram",
    called_with="telegram_webhook_secret",
)
