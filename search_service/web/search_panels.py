"""What stands beside an answer: the filters to choose next, the map, the orders. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from indexer.domain import DocumentKind
from search_service.domain import Answer, Aspect, FacetValue, Proof, Query, Sort
from search_service.insights.italy_map import ItalyMap, load_map, shades
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _
from search_service.presentation.urls import Links, SearchUrl

_GROUPS = (  # of Facets: the field, the filter's name in an address, what people read
    ("regions", "place", _("Regione della sede")),
    ("provinces", "place", _("Provincia della sede")),
    ("proofs", "proof", _("Prova")),
    ("competencies", "competence", _("Competenza")),
    ("certifications", "certification", _("Certificazione")),
    ("sectors", "sector", _("Settore")),
    ("kinds", "kind", _("Documenti")),
    ("years", "year", _("Anno")),
)
_ANY = {"place": Aspect.PLACE, "kind": Aspect.KIND, "proof": Aspect.PROOF, "sector": Aspect.SECTOR}
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
    """A region on the map; ``url`` is empty where it leads nowhere."""

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
    """The filters that tell the answer's cooperatives apart."""
    found = []
    for field, name, label in _GROUPS:
        values: tuple[FacetValue, ...] = getattr(answer.facets, field)
        rows_naming_certification = [v for v in values if v.count < answer.total] or len(values) > 1
        if rows_naming_certification and answer.total > 1:
            choices = tuple(
                FacetChoice(
                    _label(name, v, words), v.count, _url(links, answer.query, name, v.value)
                )
                for v in values
            )
            found.append(FacetGroup(field, words.language.text(label), choices))
    return found


def answer_map(links: Links, answer: Answer) -> RegionMap:
    """Where the cooperatives of an answer are seated; a region leads to those in it."""
    counts = {value.value: value.count for value in answer.facets.regions}
    urls = {place: _url(links, answer.query, "place", place) for place in counts}
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


def _url(links: Links, query: Query, name: str, value: str) -> str:
    """The search with one value more; where any of a filter's values will do, with it alone."""
    asked = links.asked
    if name in _ANY:
        for item in query.understood:
            if item.aspect is _ANY[name] and item.words:
                asked = asked.switched_off(item.key)
        asked = asked.only(name, value)
    else:
        asked = asked.having(name, value)
    return links.here(replace(asked, page=1))


def _label(name: str, value: FacetValue, words: Words) -> str:
    if name == "kind":
        return words.kinds(DocumentKind(value.value))
    if name == "proof":
        return words.proof(Proof(value.value))
    return words.place_label(value.value, value.label) if name == "place" else value.label
