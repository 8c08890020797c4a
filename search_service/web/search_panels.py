"""The panels beside an answer: filters to choose next, the map, the orders. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

from search_service.domain import Answer, Query, Sort
from search_service.filters.place import PLACE, seated_in
from search_service.filters.registry import GROUPS, AnyFilter
from search_service.filters.search_url import Links, SearchUrl
from search_service.insights.italy_map import ItalyMap, load_map, shades
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _

MAX_CHOICES = 40  # of a group: hundreds of rare competencies would be most of the page
_ANY = "\0any\0"  # stands for a value in an address; no value is that
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
    """The values of one filter, most first.

    Attributes:
        name: Tells the group from others.
        label: What stands over it.
        choices: The first MAX_CHOICES values, or all if the visitor wants the group whole.
        left_out: How many values are not among them.
        whole_url: The same page with all of them.

    """

    name: str
    label: str
    choices: tuple[FacetChoice, ...]
    left_out: int
    whole_url: str


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
            shown = values if links.asked.whole == group.name else values[:MAX_CHOICES]
            url_of = _urls(links, answer.query, one)
            choices = tuple(
                FacetChoice(one.value_label(v, words), v.count, url_of(v.value)) for v in shown
            )
            label = words.language.text(group.heading)
            left, url = len(values) - len(shown), links.whole(group.name)
            found.append(FacetGroup(group.name, label, choices, left, f"{url}#filtro-{group.name}"))
    return found


def answer_map(links: Links, answer: Answer) -> RegionMap:
    """Where the cooperatives of an answer have their seats; a region links to those in it."""
    counts = {value.value: value.count for value in answer.facets["regions"]}
    url_of = _urls(links, answer.query, PLACE)
    return region_map(counts, {place: url_of(place) for place in counts})


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


def _urls(links: Links, query: Query, one: AnyFilter) -> Callable[[str], str]:
    """The search with one value of a filter more, on its first page, by the value.

    The addresses of a group differ in the value alone, so one is made and filled in.

    Args:
        links: The addresses of the visitor's search.
        query: The question as it was understood.
        one: The filter.

    """
    said = [item for item in query.understood if item.aspect == one.key]
    chosen = {v for parameter in one.parameters for v in links.asked.filters.get(parameter.name)}

    def url(value: str) -> str:
        wanted = seated_in(value) if one is PLACE else value  # as the facet counts
        return links.here(links.asked.choosing(one.with_value(wanted, links.asked.filters, said)))

    form, gap = url(_ANY), quote_plus(_ANY)
    return lambda value: url(value) if value in chosen else form.replace(gap, quote_plus(value))
