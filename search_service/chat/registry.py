"""Which platforms there are, and what each needs to be on: the one list, for service and doctor."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass

from indexer.errors import SettingsError
from indexer.settings import PREFIX
from search_service.chat.adapter import Adapter
from search_service.chat.handler import MessageHandler
from search_service.errors import missing_library
from search_service.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform is on when all ``required`` settings are there; some of them are an error.

    ``posts_with`` is the setting that lets it write unasked, empty where it always may;
    ``library`` is the module that the extra of the platform's name installs, empty for none;
    ``called_with`` is the setting with which it calls us, at the public address, empty for none.
    """

    name: str
    required: tuple[str, ...]
    posts_with: str = ""
    library: str = ""
    called_with: str = ""

    def is_on(self, settings: ServiceSettings) -> bool:
        """Whether it is configured; raises SettingsError where only half of it is."""
        missing = [name for name in self.required if not getattr(settings, name)]
        if len(missing) == len(self.required):
            return False
        if missing:
            names = ", ".join(PREFIX + name.upper() for name in missing)
            raise SettingsError(
                f"{self.name} is configured only in part.",
                remedy=f"Set also: {names}; or none of its settings.",
            )
        return True

    def is_called(self, settings: ServiceSettings) -> bool:
        """Whether it is set up to call us, which it does by https."""
        return bool(self.called_with and getattr(settings, self.called_with))

    def posts(self, settings: ServiceSettings) -> bool:
        """Whether it is on and may write unasked."""
        may = not self.posts_with or bool(getattr(settings, self.posts_with))
        return may and self.is_on(settings)

    @property
    def has_library(self) -> bool:
        """Whether what it needs is installed."""
        return not self.library or importlib.util.find_spec(self.library) is not None

    def adapter(self, settings: ServiceSettings, desk: MessageHandler) -> Adapter:
        """Its adapter; raises SettingsError where its library is missing."""
        if not self.has_library:
            raise missing_library(self.name, self.library, self.name)
        module = importlib.import_module(f"search_service.chat.platforms.{self.name}")
        adapter: Adapter = module.create(settings, desk)
        return adapter


PLATFORMS = (
    Platform(
        "slack", ("slack_signing_secret",), "slack_bot_token", "slack_bolt", "slack_signing_secret"
    ),
    Platform("mattermost", ("mattermost_token",), "mattermost_webhook", "", "mattermost_token"),
    Platform("telegram", ("telegram_token",), "", "telegram", "telegram_webhook_secret"),
    Platform("matrix", ("matrix_homeserver", "matrix_user", "matrix_token"), "", "nio"),
    Platform("teams", ("teams_secret",), "teams_webhook", "", "teams_secret"),
)
