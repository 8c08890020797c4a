"""Slack."""

from __future__ import annotations

from search_service.chat.adapter import Adapter
from search_service.chat.handler import MessageHandler
from search_service.chat.platform import Platform
from search_service.settings import ServiceSettings


def _create(settings: ServiceSettings, handler: MessageHandler) -> Adapter:
    from search_service.chat.platforms.slack.app import create  # its library is an extra

    return create(settings, handler)


PLATFORM = Platform(
    name="slack",
    required=("slack_signing_secret",),
    create=_create,
    posts_with="slack_bot_token",
    library="slack_bolt",
    called_with="slack_signing_secret",
)
