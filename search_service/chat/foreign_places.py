"""Names of countries and cities of the world, from Babel's data, in our languages."""

from __future__ import annotations

from functools import cache

from babel import Locale

from indexer.text.folding import fold
from search_service.presentation.languages import LANGUAGES


def is_abroad(name: str) -> bool:
    """Whether a name is that of a country or a large city, in Italian or English.

    A few are Italian ("Roma"): look in the gazetteer first.
    """
    return fold(name) in _names()


@cache
def _names() -> frozenset[str]:
    names: set[str] = set()
    for code in LANGUAGES:
        locale = Locale(code)
        names.update(locale.territories.values())
        for zone, names_of_it in locale.time_zones.items():
            # "Europe/Paris": an English locale lists only names that differ from the zone's.
            names.update((zone.rsplit("/", 1)[-1].replace("_", " "), names_of_it.get("city", "")))
    return frozenset(fold(name) for name in names if name)
