"""The filters of a question as chips that change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from search_service.domain import ExplicitFilters, Query, SearchArea
from search_service.filters.place import PLACE, SEATED, seated_in, wanted_areas
from search_service.filters.search_url import Links, SearchUrl
from search_service.presentation.labels import Words
from search_service.query import wording
from search_service.query.narrower import NARROWER
from search_service.search.one_word_off import one_word_off
from search_service.search.searcher import Searcher

_PLACE = PLACE.parameters[0].name


@dataclass(frozen=True, slots=True)
class Chip:
    """Something understood, and the address of the search that changes it.

    ``limits``: without it the search may find more.
    """

    aspect: str
    label: str
    url: str
    key: str = ""
    limits: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """What to leave out of a question, the search without it, and how many that documents."""

    label: str
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A place's name that several places share, with a link for each."""

    name: str
    alternatives: tuple[Chip, ...]


def understood_chips(links: Links, query: Query, searcher: Searcher, words: Words) -> list[Chip]:
    """What was understood or chosen, each with the address of the search without it.

    Args:
        links: The addresses of the visitor's search.
        query: The question as it was understood.
        searcher: Says what has to be switched off to drop a filter.
        words: The wording in the page's language.
    """
    return [
        Chip(
            wording.heading(item.aspect, words),
            wording.label(item, words),
            links.here(links.asked.choosing(searcher.without(item, links.asked.filters))),
            item.key,
            limits=item.aspect != NARROWER,
        )
        for item in query.understood
    ]


def ignored_chips(links: Links, query: Query, searcher: Searcher, words: Words) -> list[Chip]:
    """What was understood and then switched off, each with the address that switches it on again.

    Args:
        links: The addresses of the visitor's search.
        query: The question as it was understood, without what is off.
        searcher: Understands the question with it.
        words: The wording in the page's language.
    """
    asked, chips = links.asked, []
    for key in asked.filters.off:
        wider = asked.switched_on(key)
        other = searcher.understand(wider.question, wider.filters)
        if _settles_a_name(asked, other):
            continue
        again = (u for u in other.understood if u not in query.understood)
        items = [u for u in again if key in (u.key, u.aspect)]
        if items:
            label = ", ".join(wording.label(item, words) for item in items)
            chips.append(Chip(wording.heading(items[0].aspect, words), label, links.here(wider)))
    return chips


def one_thing_less(
    links: Links, query: Query, searcher: Searcher, chips: Sequence[Chip], counts: Mapping[str, int]
) -> list[Offer]:
    """The searches without a word or a filter that document somebody.

    Args:
        links: The addresses of the visitor's search.
        query: The question as it was understood, which documents nobody.
        searcher: Counts who would be documented without each word.
        chips: What was understood.
        counts: How many are documented without it, by the key of each.
    """
    asked = links.asked
    words = [
        Offer(one.word, links.here(replace(asked, question=one.question, page=1)), one.count)
        for one in one_word_off(searcher, query, asked.filters)
    ]
    filters = [Offer(one.label, one.url, counts[one.key]) for one in chips if counts.get(one.key)]
    return [*words, *filters]


def ambiguities(links: Links, query: Query, words: Words) -> list[Ambiguity]:
    """The places asked for whose name several share, each with links that choose one of them.

    Args:
        links: The addresses of the visitor's search.
        query: The question as it was understood.
        words: The wording in the page's language.
    """
    asked, areas, found = links.asked, wanted_areas(query), []
    chosen = asked.filters.get(_PLACE)
    first_chosen = len(areas) - len(chosen)
    for number, area in enumerate(areas):
        if not area.ambiguous:
            continue
        alternatives = []
        for place in area.places:
            if number >= first_chosen:
                filters = _with_place(asked.filters, number - first_chosen, place.id)
            else:
                # Chosen places add to those of the question, so the question's own goes.
                without = asked.filters.switched_off(f"{PLACE.key}:{area.places[0].id}")
                filters = _with_place(without, len(chosen), place.id)
            url = links.here(asked.choosing(filters))
            alternatives.append(Chip(wording.heading(PLACE.key, words), words.place(place), url))
        found.append(Ambiguity(area.places[0].name, tuple(alternatives)))
    return found


def _with_place(filters: ExplicitFilters, number: int, place: str) -> ExplicitFilters:
    """The same filters with another place for the chosen one of this number."""
    chosen = filters.get(_PLACE)
    return filters.having(_PLACE, *chosen[:number], place, *chosen[number + 1 :])


def with_place_labels(asked: SearchUrl, query: Query, searcher: Searcher) -> SearchUrl:
    """The same search, its chosen places written as people write them ("Bologna (BO)").

    Args:
        asked: The search, its places as ids.
        query: The question as it was understood.
        searcher: Reads each label again: if it means another place, the id stays.
    """
    names, areas = asked.filters.get(_PLACE), wanted_areas(query)
    chosen = areas[len(areas) - len(names) :]

    def written(name: str, area: SearchArea) -> str:
        place = area.places[0].label
        label = seated_in(place) if name.startswith(SEATED) else place
        again = searcher.understand("", ExplicitFilters.of(place=label))
        return label if wanted_areas(again)[0].places == area.places else name

    shown = (written(name, area) for name, area in zip(names, chosen, strict=True))
    return replace(asked, filters=asked.filters.having(_PLACE, *shown))


def _settles_a_name(asked: SearchUrl, query: Query) -> bool:
    """Whether a chosen place says which of the places of a shared name was meant."""
    chosen = asked.filters.get(_PLACE)
    return any(
        area.ambiguous and any(place.id in chosen for place in area.places)
        for area in wanted_areas(query)
    )
