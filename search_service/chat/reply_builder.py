"""Who speaks in a chat: a language, and where links lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from search_service.presentation.labels import Words
from search_service.presentation.languages import Language


@dataclass(frozen=True)
class ReplyBuilder:
    """Says things in one language; ``origin`` is the service's public address, or empty, and
    ``today`` is what an age is counted from.
    """

    words: Words
    origin: str
    today: date

    @property
    def language(self) -> Language:
        """The language."""
        return self.words.language

    def url(self, path: str) -> str:
        """The address of a page, empty where the public address is not configured."""
        return f"{self.origin}{path}" if self.origin else ""
