"""The switch between those with their seat in a place and those that also work there."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.domain import PlaceRelation
from search_service.domain import Query
from search_service.filters.place import PLACE, area_of, seated_in, wanted_areas
from search_service.filters.search_url import Links


@dataclass(frozen=True, slots=True)
class SeatToggle:
    """Whether only a seat counts now, and the address of the other way."""

    only: bool
    url: str


def seat_toggle(links: Links, query: Query) -> SeatToggle | None:
    """The switch for the place asked for; ``None`` unless it is one, as such."""
    areas = wanted_areas(query)
    if len(areas) != 1 or areas[0].relation is not PlaceRelation.IN or areas[0].ambiguous:
        return None
    (area,) = areas
    place = area.places[0].id
    items = (item for item in query.understood if item.aspect == PLACE.key)
    said = [item for item in items if area_of(item) == area]
    filters = PLACE.with_value(
        place if area.seat_only else seated_in(place), links.asked.filters, said
    )
    return SeatToggle(area.seat_only, links.here(links.asked.choosing(filters)))
