"""The map of Italy by region: outlines, how many organisations each has, and its shade."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from indexer.domain import Organisation, Place, PlaceLevel
from indexer.places import Gazetteer
from search_service.presentation.languages import marked as _

SHADES = 5  # steps above nothing
# The credit that the licence requires beside the map, in Italian like the pages' source.
ATTRIBUTION = _(
    "Mappa: @svg-maps/italy 2.0.0 di Victor Cazanave, dalla mappa di MapSVG, "
    "licenza CC BY 4.0; confini semplificati."
)
SOURCE_URL = "https://github.com/VictorCazanave/svg-maps"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True, slots=True)
class RegionShape:
    """A region on the map: ``code`` is ISTAT's ("08"), ``path`` is an SVG path.

    ``label_x`` and ``label_y`` are a point well inside it, in the units of the view box.
    """

    code: str
    name: str
    path: str
    label_x: float
    label_y: float

    @property
    def place_id(self) -> str:
        """The region's id in the gazetteer: "regione:08"."""
        return f"regione:{self.code}"


@dataclass(frozen=True, slots=True)
class ItalyMap:
    """The regions in ISTAT's order, inside an SVG ``view_box`` ("0 0 610 793")."""

    view_box: str
    regions: tuple[RegionShape, ...]


@cache
def load_map() -> ItalyMap:
    """The map, loaded once for the process."""
    text = (files("search_service.insights") / "data" / "regions.json").read_text("utf-8")
    drawn = json.loads(text)
    return ItalyMap(drawn["view_box"], tuple(RegionShape(**region) for region in drawn["regions"]))


def shades(counts: Mapping[str, int]) -> Mapping[str, int]:
    """How dark to draw each region, from 0 (nobody) to 5, by its share of the highest count.

    Each step is a fifth of the highest count; a region with anybody has at least 1.
    """
    most = max(counts.values(), default=0)
    return {place: shade(count, most) for place, count in counts.items()}


def shade(count: int, most: int) -> int:
    """The shade of one count where ``most`` is the highest."""
    return -(-SHADES * count // most) if count else 0


def region_of(place: Place | None, gazetteer: Gazetteer) -> Place | None:
    """The region that a place is or lies in; ``None`` for no place and for larger areas."""
    if place is None:
        return None
    around = (place, *gazetteer.ancestors(place))
    return next((p for p in around if p.level is PlaceLevel.REGIONE), None)


def count_by_region(
    organisations: Iterable[Organisation], gazetteer: Gazetteer
) -> Mapping[str, int]:
    """How many of these organisations have their seat in each of the twenty regions, by id."""
    seats = (region_of(organisation.seat, gazetteer) for organisation in organisations)
    found = Counter(region.id for region in seats if region)
    return {region.id: found[region.id] for region in gazetteer.regions()}
