"""Resolves metadata values ("Borgo Val di Taro (PR)", "Provincia di Modena") to places."""

from __future__ import annotations

import re

from indexer.domain import Place, PlaceLevel
from indexer.places.gazetteer import Gazetteer
from indexer.places.tokens import place_key

# Words before a name that state its level.
_LEVELS = (
    (
        re.compile(
            r"(?:(?:la |the )?(?:provincia|prov|province)(?: autonoma)?"
            r"|(?:la )?(?:citta metropolitana|area metropolitana|libero consorzio comunale)"
            r"|metropolitan city)(?: di| del| della| dell| d| of)? (?P<name>.+)"
        ),
        PlaceLevel.PROVINCIA,
    ),
    (
        re.compile(
            r"(?:il |the )?(?:comune|citta|city|town|municipality)(?: di| del| della| dell| d| of)?"
            r" (?P<name>.+)"
        ),
        PlaceLevel.COMUNE,
    ),
    (
        re.compile(
            r"(?:la |the )?(?:regione|region)(?: autonoma)?(?: di| del| della| dell| d| of)?"
            r" (?P<name>.+)"
        ),
        PlaceLevel.REGIONE,
    ),
)
_PROVINCE_LAST = re.compile(r"(?P<name>.+) (?:province|provincia)")
_REGION_LAST = re.compile(r"(?P<name>.+) region")
_PARTS = re.compile(r"\s*[,;()\[\]]\s*|\s+[-–]\s+")
_CODE = re.compile(r"[A-Za-z]{2}")
_CODE_LAST = re.compile(r"(?P<name>.*\S)\s+(?P<code>[A-Z]{2})")


def resolve_place(text: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The places a metadata value can mean, best first; empty if unknown."""
    whole = _named(text, gazetteer)
    if whole:
        return whole
    parts = [part for part in _PARTS.split(text.strip()) if part]
    if len(parts) == 1 and (coded := _CODE_LAST.fullmatch(parts[0])):
        parts = [coded["name"], coded["code"]]
    if len(parts) < 2:
        return ()
    return _narrow(parts, gazetteer)


def _narrow(parts: list[str], gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The places named by the first part that lie inside the others: "Castro, Puglia"."""
    found = _named(parts[0], gazetteer)
    for part in parts[1:]:
        around = _named(part, gazetteer)
        found = tuple(
            place
            for place in found
            if any(gazetteer.within(place, _broad(outer, gazetteer)) for outer in around)
        )
    return found


def _broad(place: Place, gazetteer: Gazetteer) -> Place:
    """A town after another one's name stands for its province."""
    if place.level is PlaceLevel.COMUNE:
        return gazetteer.parent(place) or place
    return place


def _named(text: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The places a single name can mean."""
    stripped = text.strip().strip("()[]")
    if _CODE.fullmatch(stripped) and (province := gazetteer.province_with_code(stripped)):
        comuni = gazetteer.named(place_key(stripped))  # "Re" is a comune, "RE" a province
        return (*comuni, province) if stripped.istitle() else (province, *comuni)
    name = place_key(text)
    if found := gazetteer.named(name):
        return _official_first(name, found)
    return _with_level(name, gazetteer)


def _with_level(name: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    for pattern, level in _LEVELS:
        if match := pattern.fullmatch(name):
            return at_level(_inner(match["name"], gazetteer), level, gazetteer)
    for pattern, level in (
        (_PROVINCE_LAST, PlaceLevel.PROVINCIA),
        (_REGION_LAST, PlaceLevel.REGIONE),
    ):
        if match := pattern.fullmatch(name):
            return at_level(_inner(match["name"], gazetteer), level, gazetteer)
    return ()


def _inner(name: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    if _CODE.fullmatch(name) and (province := gazetteer.province_with_code(name)):
        return (province,)
    return gazetteer.named(name)


def _official_first(name: str, found: tuple[Place, ...]) -> tuple[Place, ...]:
    """ISTAT's "Sud" before the everyday one, which includes the islands."""
    if all(place.level is PlaceLevel.AREA for place in found):
        return tuple(sorted(found, key=lambda place: place_key(place.name) != name))
    return found


def at_level(
    found: tuple[Place, ...], level: PlaceLevel, gazetteer: Gazetteer
) -> tuple[Place, ...]:
    """The places of one level among those sharing a name.

    If none is a provincia, the provinces of the towns: "provincia di Carpi" is Modena's. Capitals
    go first, as provinces are named after them: "provincia di Ascoli" is not Ascoli Satriano's.

    Args:
        found: the places that share a name.
        level: the level stated in the text.
        gazetteer: the known places.
    """
    exact = tuple(place for place in found if place.level is level)
    if exact or level is not PlaceLevel.PROVINCIA:
        return exact or found
    towns = [place for place in found if place.level is PlaceLevel.COMUNE]
    capitals = [town for town in towns if gazetteer.is_capital(town)]
    above = (gazetteer.parent(town) for town in capitals or towns)
    return tuple(dict.fromkeys(place for place in above if place)) or found
