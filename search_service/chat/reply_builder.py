"""What all replies need: a language, and where links lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from search_service.presentation.labels import Words
from search_service.presentation.languages import Language


@dataclass(frozen=True)
class ReplyBuilder:
    """Makes replies in one language; ``origin`` is the service's public address, or empty, and
    ``today`` is the day that ages are counted from.
    """

    words: Words
    origin: str
    today: date

    @property
    def language(self) -> Language:
        """The language."""
        return self.words.language

    def url(self, path: str) -> str:
        """The address of a page; empty if the public address is not configured."""
        return f"{self.origin}{path}" if self.origin else ""
