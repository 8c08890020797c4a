"""The panels beside an answer: filters to choose next, the map, the orders. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search_service.domain import Answer, Query, Sort
from search_service.filters.place import PLACE, seated_in
from search_service.filters.registry import GROUPS, AnyFilter
from search_service.filters.search_url import Links, SearchUrl
from search_service.insights.italy_map import ItalyMap, load_map, shades
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _

_ORDERS = {
    Sort.RELEVANCE: _("pertinenza"),
    Sort.NAME: _("nome"),
    Sort.PLACE: _("luogo"),
    Sort.DATE: _("prove più recenti"),
}


@dataclass(frozen=True, slots=True)
class FacetChoice:
    """A value to choose, how many cooperatives have it, and the search that has it chosen."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """The values of one filter, most first."""

    name: str
    label: str
    choices: tuple[FacetChoice, ...]


@dataclass(frozen=True, slots=True)
class MapRegion:
    """A region on the map; ``url`` is empty if it is no link."""

    name: str
    path: str
    x: float
    y: float
    count: int
    shade: int
    url: str


@dataclass(frozen=True, slots=True)
class RegionMap:
    """The map of Italy: its view box and its regions."""

    view_box: str
    regions: tuple[MapRegion, ...]


@dataclass(frozen=True, slots=True)
class SortOrder:
    """An order of the answer."""

    label: str
    url: str
    current: bool


def facet_groups(links: Links, answer: Answer, words: Words) -> list[FacetGroup]:
    """The facets that distinguish the answer's cooperatives.

    Args:
        links: The addresses of the visitor's search.
        answer: The answer with its counts.
        words: The wording in the page's language.
    """
    found = []
    for group, one in GROUPS:
        values = answer.facets.get(group.name, ())
        telling = any(v.count < answer.total for v in values) or len(values) > 1
        if telling and answer.total > 1:
            choices = tuple(
                FacetChoice(
                    one.value_label(v, words), v.count, _url(links, answer.query, one, v.value)
                )
                for v in values
            )
            found.append(FacetGroup(group.name, words.language.text(group.heading), choices))
    return found


def answer_map(links: Links, answer: Answer) -> RegionMap:
    """Where the cooperatives of an answer have their seats; a region links to those in it."""
    counts = {value.value: value.count for value in answer.facets["regions"]}
    urls = {place: _url(links, answer.query, PLACE, place) for place in counts}
    return region_map(counts, urls)


def region_map(counts: Mapping[str, int], urls: Mapping[str, str]) -> RegionMap:
    """The map with these counts and addresses, by the regions' ids."""
    italy: ItalyMap = load_map()
    shade = shades(counts)
    return RegionMap(
        italy.view_box,
        tuple(
            MapRegion(
                region.name,
                region.path,
                region.label_x,
                region.label_y,
                counts.get(region.place_id, 0),
                shade.get(region.place_id, 0),
                urls.get(region.place_id, ""),
            )
            for region in italy.regions
        ),
    )


def sort_orders(links: Links, words: Words) -> list[SortOrder]:
    """The orders an answer can be shown in."""
    now = sort_of(links.asked)
    return [
        SortOrder(
            words.language.text(label),
            links.here(links.asked.sorted_by("" if sort is Sort.RELEVANCE else sort.value)),
            sort is now,
        )
        for sort, label in _ORDERS.items()
    ]


def sort_of(asked: SearchUrl) -> Sort:
    """The order that an address asks for; one that is none is the usual."""
    return next((sort for sort in Sort if sort == asked.sort), Sort.RELEVANCE)


def _url(links: Links, query: Query, one: AnyFilter, value: str) -> str:
    """The search with one value of a filter more, on its first page.

    Args:
        links: The addresses of the visitor's search.
        query: The question as it was understood.
        one: The filter.
        value: The value of a facet.

    """
    said = [item for item in query.understood if item.aspect == one.key]
    if one is PLACE:
        value = seated_in(value)  # as the facet counts
    return links.here(links.asked.choosing(one.with_value(value, links.asked.filters, said)))
