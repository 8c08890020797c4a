"""ISTAT's list of places: what lies in what, where, and under which name."""

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
# How far from the straight way between two towns a third may lie and still be "between" them:
# a quarter of the way's length, but neither a mere strip nor half a region.
_CORRIDOR_SHARE, _CORRIDOR_MIN_KM, _CORRIDOR_MAX_KM = 0.25, 8.0, 25.0
_SIMILAR = 70.0


class UnknownPlaceError(CompetenzeError, KeyError):
    """An id that is not in ISTAT's list."""


class Gazetteer:
    """The places of Italy, held in memory; immutable once loaded."""

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
        """The one gazetteer of the process; reading the tables takes about 0.1 s."""
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
        """Add up comuni and people from the bottom, then the areas that are sums."""
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
        """The place with this id; UnknownPlaceError, which is a KeyError, when there is none."""
        try:
            return self._places[place_id]
        except KeyError:
            raise UnknownPlaceError(
                f"There is no place with the id {place_id!r}.",
                remedy="Ids look like comune:037006, provincia:037, regione:08, area:nord-est.",
            ) from None

    def parent(self, place: Place) -> Place | None:
        """The next larger place: comune, provincia, regione, ISTAT's area, Italy, then none."""
        above = self._parents[place.id]
        return self._places[above] if above else None

    def is_capital(self, place: Place) -> bool:
        """Whether a comune is the capital of its province."""
        return self._capitals.get(self._parents[place.id]) == place.id

    def ancestors(self, place: Place) -> tuple[Place, ...]:
        """The places around this one, nearest first."""
        found = []
        above = self.parent(place)
        while above is not None:
            found.append(above)
            above = self.parent(above)
        return tuple(found)

    def within(self, inner: Place, outer: Place) -> bool:
        """Whether every comune of ``inner`` is one of ``outer``'s; a place is within itself."""
        return self.comuni(inner) <= self.comuni(outer)

    def comuni(self, place: Place) -> frozenset[str]:
        """Ids of the comuni inside a place; a comune's own."""
        return self._comuni.get(place.id) or frozenset({place.id})

    def regions(self) -> tuple[Place, ...]:
        """The twenty regions in ISTAT's order."""
        return tuple(p for p in self._places.values() if p.level is PlaceLevel.REGIONE)

    def population(self, place: Place) -> int:
        """How many people live there."""
        return self._people[place.id]

    def province_with_code(self, code: str) -> Place | None:
        """The provincia with this car code ("BO"), in any case."""
        place_id = self._car_codes.get(code.upper())
        return self._places[place_id] if place_id else None

    # Where it is

    def coordinates(self, place: Place) -> Point | None:
        """Latitude and longitude: a comune's centre, the capital's, or the mean weighted by people.

        None for a place of another list.
        """
        return self._points.get(place.id) or self._centres.get(place.id)

    def distance_km(self, a: Place, b: Place) -> float | None:
        """Distance between two places as the crow flies."""
        here, there = self.coordinates(a), self.coordinates(b)
        return distance_km(here, there) if here and there else None

    def near(self, place: Place, radius_km: float) -> frozenset[str]:
        """Ids of the comuni of a place and of those whose centre is close to one of them.

        "Near" a provincia or a regione is counted from its border, not from its capital.
        """
        inside = self.comuni(place)
        found = keys_within(self._points, (self._points[id_] for id_ in inside), radius_km)
        return inside.union(found)

    def between(self, a: Place, b: Place) -> frozenset[str]:
        """Ids of the comuni of two places and of those on the way between them.

        On the way is a comune whose centre lies off the straight line by no more than a quarter
        of its length, but at least 8 and at most 25 km.
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
        """The places filed under a key (see ``text.key``), the most likely first."""
        return tuple(self._places[place_id] for place_id in self.names.find(name))

    def suggest(self, text: str) -> tuple[Place, ...]:
        """Up to three places with a name like an unknown one, for an error message."""
        wanted = place_key(text)
        close = process.extract(
            wanted, self.names.full.keys(), scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=6
        )
        ids = dict.fromkeys(self.names.full[name][0] for name, _, _ in close)
        return tuple(self._places[place_id] for place_id in list(ids)[:3])
