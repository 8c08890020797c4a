"""Places, and how texts mention them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PlaceLevel(StrEnum):
    """Levels of ISTAT's list of places, smallest first."""

    COMUNE = "comune"
    PROVINCIA = "provincia"
    REGIONE = "regione"
    AREA = "area"
    COUNTRY = "country"


class PlaceRelation(StrEnum):
    """What a text says about a place."""

    IN = "in"
    NEAR = "near"
    BETWEEN = "between"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Place:
    """A place of ISTAT's list.

    ``id`` is the level and ISTAT's code (``comune:037006``, ``provincia:037``, ``regione:08``,
    ``area:nord-est``, ``country:it``); ``name`` is the official Italian name; ``province`` is the
    car code of the province ("BO") for a comune or a provincia, empty above.
    """

    id: str
    level: PlaceLevel
    name: str
    province: str = ""

    @property
    def label(self) -> str:
        """The Italian label: "Bologna (BO)", "provincia di Bologna"."""
        if self.level is PlaceLevel.COMUNE:
            return f"{self.name} ({self.province})"
        if self.level is PlaceLevel.PROVINCIA:
            return f"provincia di {self.name}"
        return self.name


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """An expression in a text that names a place.

    ``start`` and ``end`` are character offsets, preposition included ("nella zona di Rimini").
    ``places`` holds one place; two for ``BETWEEN``; several, most likely first, if the name is
    shared and the text does not decide (``ambiguous``). ``radius_km`` is for ``NEAR`` only.
    """

    start: int
    end: int
    places: tuple[Place, ...]
    relation: PlaceRelation = PlaceRelation.IN
    radius_km: float | None = None
    ambiguous: bool = False
