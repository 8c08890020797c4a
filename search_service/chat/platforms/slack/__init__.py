"""Slack: ``create`` makes its adapter."""

from search_service.chat.platforms.slack.app import create

__all__ = ["create"]
