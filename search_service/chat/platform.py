"""A chat platform: which settings switch it on, and what makes its adapter."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from indexer.errors import SettingsError
from indexer.settings import PREFIX, load_settings, without_faults
from search_service.chat.adapter import Adapter
from search_service.chat.handler import MessageHandler
from search_service.errors import missing_library
from search_service.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class Platform:
    """A chat platform. It is on if all ``required`` settings are given; only some is an error.

    Attributes:
        name: The prefix of its settings, and its extra.
        required: The settings that switch it on.
        create: Makes its adapter; raises SettingsError for settings that cannot work.
        posts_with: The setting that lets it post alerts; empty if it always can.
        library: The module that its extra installs; empty for none.
        called_with: The setting that makes it call the public address; empty if it never does.
        settings: The class of its settings. Another package's platform has its own, a subclass
            registered in the group ``competenze.settings``; ``create`` gets an instance of it.
    """

    name: str
    required: tuple[str, ...]
    create: Callable[[ServiceSettings, MessageHandler], Adapter]
    posts_with: str = ""
    library: str = ""
    called_with: str = ""
    settings: type[ServiceSettings] = ServiceSettings

    def is_on(self, settings: ServiceSettings) -> bool:
        """Whether it is configured; raises SettingsError if only in part."""
        own = self._own(settings)
        missing = [name for name in self.required if not getattr(own, name)]
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
        """Whether it is configured to call the public address, which it does by https."""
        return bool(self.called_with and getattr(self._own(settings), self.called_with))

    def posts(self, settings: ServiceSettings) -> bool:
        """Whether it is on and may post alerts."""
        may = not self.posts_with or bool(getattr(self._own(settings), self.posts_with))
        return may and self.is_on(settings)

    @property
    def has_library(self) -> bool:
        """Whether the library it needs is installed."""
        return not self.library or importlib.util.find_spec(self.library) is not None

    def adapter(self, settings: ServiceSettings, handler: MessageHandler) -> Adapter:
        """Its adapter; raises SettingsError if its library is missing or a setting cannot work."""
        if not self.has_library:
            raise missing_library(self.name, self.library, self.name)
        return self.create(self._own(settings), handler)

    def _own(self, settings: ServiceSettings) -> ServiceSettings:
        """The same settings, with the platform's own from the environment."""
        if isinstance(settings, self.settings):
            return settings
        return without_faults(*load_settings(self.settings, settings.model_dump()))
