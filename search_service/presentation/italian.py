"""Italian places after "da", with the article that each wants. Pure."""

from __future__ import annotations

from indexer.domain import Place, PlaceLevel

_PLURAL = frozenset({"Marche"})
_MASCULINE = frozenset(
    {
        "Abruzzo",
        "Friuli-Venezia Giulia",
        "Lazio",
        "Molise",
        "Piemonte",
        "Trentino-Alto Adige",
        "Veneto",
    }
)
_ISLES = "area:isole"
_VOWELS = "AEIOU"


def away_from(place: Place, name: str) -> str:
    """What follows "fuori": "dalla Sardegna", "dal Lazio", "dalla provincia di Bari", "da Roma".

    A comune's own article stays apart ("da La Spezia") unless it is elided ("dall'Aquila").

    Args:
        place: The place.
        name: How it is called: its label.
    """
    if place.level is PlaceLevel.PROVINCIA:
        return f"dalla {name}"
    if place.level is PlaceLevel.COMUNE:
        return f"dall'{name[2:]}" if name.startswith("L'") else f"da {name}"
    if name in _PLURAL or place.id == _ISLES:
        return f"dalle {name}"
    if name[0] in _VOWELS:
        return f"dall'{name}"
    if name in _MASCULINE or place.level is PlaceLevel.AREA:
        return f"dal {name}"
    return f"dalla {name}"
