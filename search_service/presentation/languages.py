"""The languages of the screens: Italian, as the source is written, and English by a catalogue.

A catalogue is kept as text (``locale/en.po``) and read directly, so none is left uncompiled.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ITALIAN = "it"
LANGUAGES = {ITALIAN: "Italiano", "en": "English"}  # each in its own words
_FOLDER = Path(__file__).parent / "locale"
_REGIONS = {"en": "en_GB"}  # whose dates are written as ours are
_RANGE = re.compile(r"\s*([a-zA-Z]{1,8})(?:-[\w-]+)?\s*(?:;\s*q\s*=\s*([0-9.]{1,5}))?\s*")


@dataclass(frozen=True, slots=True)
class Language:
    """Says in one language what the source says in Italian."""

    code: str
    catalogue: NullTranslations

    @property
    def locale(self) -> str:
        """The name by which Babel knows how its dates and numbers are written."""
        return _REGIONS.get(self.code, self.code)

    def text(self, message: str, /, **values: object) -> str:
        """A message, its ``%(names)s`` filled in."""
        said = self.catalogue.gettext(message)
        return said % values if values else said

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A message about a number of things.

        Args:
            one: The Italian message for one thing.
            many: The Italian message for none or several.
            n: How many; ``%(n)s`` in the message.
            values: What the message's other ``%(names)s`` stand for.
        """
        return self.catalogue.ngettext(one, many, n) % {"n": n, **values}


@cache
def language_of(code: str) -> Language:
    """The language of a code of LANGUAGES."""
    return Language(code, NullTranslations() if code == ITALIAN else _catalogue(code))


def preferred_language(accept_language: str) -> str:
    """The code of the language a browser asks for (RFC 9110, Accept-Language); Italian if none."""
    wanted: list[tuple[float, int, str]] = []
    for place, item in enumerate(accept_language.split(",")[:20]):
        found = _RANGE.fullmatch(item)
        code = found[1].lower() if found else ""
        if found and code in LANGUAGES and (quality := _number(found[2])) > 0:
            wanted.append((-quality, place, code))
    return min(wanted)[2] if wanted else ITALIAN


def marked(message: str) -> str:
    """The message itself: marks, for the catalogue, a text that is translated when it is shown."""
    return message


def _number(text: str | None) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _catalogue(code: str) -> GNUTranslations:
    with (_FOLDER / f"{code}.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
