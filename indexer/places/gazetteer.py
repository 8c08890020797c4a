"""ISTAT's list of places: hierarchy, coordinates, names."""

from __future__ import annotations

from functools import cache

from rapidfuzz import fuzz, process

from indexer.domain import Place, PlaceLevel
from indexer.errors import CompetenzeError
from indexer.places import data_files, name_index
from indexer.places.distance import Point, distance_km, distance_to_segment_km, keys_within, mean
from indexer.places.tokens import place_key

ITALY = "country:it"
# ISTAT's five areas, then those that are sums of them or of regions.
_FIVE_AREAS = {
    "area:nord-ovest": "Nord-Ovest",
    "area:nord-est": "Nord-Est",
    "area:centro": "Centro",
    "area:sud": "Sud",
    "area:isole": "Isole",
}
_SUMS = {
    "area:nord": ("Nord", "area:nord-ovest area:nord-est"),
    "area:mezzogiorno": ("Mezzogiorno", "area:sud area:isole"),
    "area:centro-nord": ("Centro-Nord", "area:nord-ovest area:nord-est area:centro"),
    "area:centro-sud": ("Centro-Sud", "area:centro area:sud"),
    "area:triveneto": ("Triveneto", "regione:04 regione:05 regione:06"),
}
# How far off the straight line between two towns a third still counts as "between" them: a quarter
# of its length, clamped so that the corridor is neither a thin strip nor half a region. By hand.
_CORRIDOR_SHARE, _CORRIDOR_MIN_KM, _CORRIDOR_MAX_KM = 0.25, 8.0, 25.0
_SIMILAR = 70.0  # rapidfuzz ratio, 0 to 100, set by hand


class UnknownPlaceError(CompetenzeError, KeyError):
    """A place id that is not in ISTAT's list."""


class Gazetteer:
    """The places of Italy, in memory and immutable."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._parents: dict[str, str] = {}
        self._comuni: dict[str, frozenset[str]] = {}
        self._people: dict[str, int] = {}
        self._points: dict[str, Point] = {}
        self._capitals: dict[str, str] = {}
        self._car_codes: dict[str, str] = {}
        self._centres: dict[str, Point] = {}
        self.names = self._read()

    @classmethod
    @cache
    def load(cls) -> Gazetteer:
        """The process-wide gazetteer; loading it takes about 0.1 s."""
        return cls()

    # Reading

    def _read(self) -> name_index.PlaceNameIndex:
        other_names: list[tuple[str, str]] = []
        self._put(Place(ITALY, PlaceLevel.COUNTRY, "Italia"), "")
        for area, name in _FIVE_AREAS.items():
            self._put(Place(area, PlaceLevel.AREA, name), ITALY)
        self._read_regions(other_names)
        self._read_provinces(other_names)
        self._read_comuni(other_names)
        self._sum_up()
        return name_index.build_name_index(self._places, other_names, self._people)

    def _put(self, place: Place, parent: str) -> None:
        self._places[place.id] = place
        self._parents[place.id] = parent

    def _read_regions(self, other_names: list[tuple[str, str]]) -> None:
        for code, name, other, area, capital in data_files.csv_rows("regions.csv"):
            place = Place(f"regione:{code}", PlaceLevel.REGIONE, name)
            self._put(place, f"area:{area}")
            self._capitals[place.id] = f"comune:{capital}"
            if other:
                other_names.append((place.id, other))

    def _read_provinces(self, other_names: list[tuple[str, str]]) -> None:
        for code, name, other, car_code, region, capital in data_files.csv_rows("provinces.csv"):
            place = Place(f"provincia:{code}", PlaceLevel.PROVINCIA, name, car_code)
            self._put(place, f"regione:{region}")
            self._capitals[place.id] = f"comune:{capital}"
            self._car_codes[car_code] = place.id
            if other:
                other_names.append((place.id, other))

    def _read_comuni(self, other_names: list[tuple[str, str]]) -> None:
        for code, name, other, car_code, people, latitude, longitude in data_files.csv_rows(
            "places.csv"
        ):
            place_id = f"comune:{code}"
            place = Place(place_id, PlaceLevel.COMUNE, name, car_code)
            self._put(place, self._car_codes[car_code])
            self._people[place_id] = int(people)
            self._points[place_id] = (float(latitude), float(longitude))
            if other:
                other_names.append((place_id, other))

    def _sum_up(self) -> None:
        """Aggregate comuni and populations upwards, then the areas composed of others."""
        inside: dict[str, list[str]] = {place_id: [] for place_id in self._places}
        for place_id in self._points:
            inside[self._parents[place_id]].append(place_id)
        for place_id, above in reversed(self._parents.items()):
            if above and place_id not in self._points:
                inside[above].extend(inside[place_id])
        self._comuni = {place_id: frozenset(ids) for place_id, ids in inside.items() if ids}
        for area, (name, parts) in _SUMS.items():
            self._put(Place(area, PlaceLevel.AREA, name), ITALY)
            self._comuni[area] = frozenset().union(*(self._comuni[part] for part in parts.split()))
        for place_id in self._places.keys() - self._points.keys():
            ids = self._comuni[place_id]
            self._people[place_id] = sum(self._people[comune] for comune in ids)
            capital = self._capitals.get(place_id)
            weighted = ((self._points[id_], self._people[id_]) for id_ in ids)
            self._centres[place_id] = self._points[capital] if capital else mean(weighted)

    # What lies in what

    def get(self, place_id: str) -> Place:
        """The place with this id; raises UnknownPlaceError, a KeyError, if there is none."""
        try:
            return self._places[place_id]
        except KeyError:
            raise UnknownPlaceError(
                f"There is no place with the id {place_id!r}.",
                remedy="Ids look like comune:037006, provincia:037, regione:08, area:nord-est.",
            ) from None

    def parent(self, place: Place) -> Place | None:
        """The enclosing place: comune, provincia, regione, ISTAT area, Italy, then ``None``."""
        above = self._parents[place.id]
        return self._places[above] if above else None

    def is_capital(self, place: Place) -> bool:
        """Whether a comune is the capital of its province."""
        return self._capitals.get(self._parents[place.id]) == place.id

    def ancestors(self, place: Place) -> tuple[Place, ...]:
        """The enclosing places, smallest first."""
        found = []
        above = self.parent(place)
        while above is not None:
            found.append(above)
            above = self.parent(above)
        return tuple(found)

    def within(self, inner: Place, outer: Place) -> bool:
        """Whether ``outer`` contains every comune of ``inner``; a place is within itself."""
        return self.comuni(inner) <= self.comuni(outer)

    def comuni(self, place: Place) -> frozenset[str]:
        """Ids of the comuni in a place; for a comune, its own id."""
        return self._comuni.get(place.id) or frozenset({place.id})

    def regions(self) -> tuple[Place, ...]:
        """The twenty regions in ISTAT's order."""
        return tuple(p for p in self._places.values() if p.level is PlaceLevel.REGIONE)

    def population(self, place: Place) -> int:
        """The number of inhabitants."""
        return self._people[place.id]

    def province_with_code(self, code: str) -> Place | None:
        """The provincia with this car code ("BO"), in upper or lower case."""
        place_id = self._car_codes.get(code.upper())
        return self._places[place_id] if place_id else None

    # Position

    def coordinates(self, place: Place) -> Point | None:
        """Latitude and longitude in degrees; ``None`` for an unknown place.

        A comune's centre, a larger place's capital, else the mean weighted by population.
        """
        return self._points.get(place.id) or self._centres.get(place.id)

    def distance_km(self, a: Place, b: Place) -> float | None:
        """Straight-line distance between two places in km; ``None`` if one is unknown."""
        here, there = self.coordinates(a), self.coordinates(b)
        return distance_km(here, there) if here and there else None

    def near(self, place: Place, radius_km: float) -> frozenset[str]:
        """Ids of the comuni in a place, and of those whose centre is within ``radius_km`` of one.

        So "near" a provincia or a regione is measured from its comuni, not from its capital.
        """
        inside = self.comuni(place)
        found = keys_within(self._points, (self._points[id_] for id_ in inside), radius_km)
        return inside.union(found)

    def between(self, a: Place, b: Place) -> frozenset[str]:
        """Ids of the comuni in two places and in the corridor between them.

        The corridor reaches a quarter of the line's length to each side, at least 8 and at most
        25 km.
        """
        here, there = self.coordinates(a), self.coordinates(b)
        ends = self.comuni(a) | self.comuni(b)
        if here is None or there is None:
            return ends
        width = _CORRIDOR_SHARE * distance_km(here, there)
        width = min(_CORRIDOR_MAX_KM, max(_CORRIDOR_MIN_KM, width))
        spots = self._points.items()
        return ends.union(
            id_ for id_, spot in spots if distance_to_segment_km(spot, here, there) <= width
        )

    # Under which names

    def named(self, name: str) -> tuple[Place, ...]:
        """The places with a key (see ``tokens.place_key``), the most likely first."""
        return tuple(self._places[place_id] for place_id in self.names.find(name))

    def suggest(self, text: str) -> tuple[Place, ...]:
        """Up to three places with a name similar to an unknown one, for an error message."""
        wanted = place_key(text)
        close = process.extract(
            wanted, self.names.full.keys(), scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=6
        )
        ids = dict.fromkeys(self.names.full[name][0] for name, _, _ in close)
        return tuple(self._places[place_id] for place_id in list(ids)[:3])
