"""What was understood of a question, as chips that change it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from indexer.domain import Place
from search_service.domain import Aspect, ExplicitFilters, Query
from search_service.presentation.labels import Words
from search_service.presentation.urls import Links, SearchUrl
from search_service.search.searcher import Searcher


@dataclass(frozen=True, slots=True)
class Chip:
    """Something understood, and the address of the search that changes it."""

    aspect: str
    label: str
    url: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A place's name that several places share, with a link for each."""

    name: str
    alternatives: tuple[Chip, ...]


def understood_chips(links: Links, query: Query, searcher: Searcher, words: Words) -> list[Chip]:
    """What was understood or chosen, each with the address of the search without it."""
    return [
        Chip(
            words.aspect(item.aspect),
            words.understood(item, query),
            links.here(links.asked.choosing(searcher.without(item, links.asked.choices))),
            item.key,
        )
        for item in query.understood
    ]


def ignored_chips(links: Links, query: Query, searcher: Searcher, words: Words) -> list[Chip]:
    """What was understood and then switched off, each with the address that switches it on."""
    asked, chips = links.asked, []
    for key in asked.off:
        wider = asked.switched_on(key)
        other = searcher.understand(wider.question, wider.choices)
        if _settles_a_name(asked, other):
            continue
        again = (u for u in other.understood if u not in query.understood)
        items = [u for u in again if key in (u.key, u.aspect.value)]
        if items:
            label = ", ".join(words.understood(item, other) for item in items)
            chips.append(Chip(words.aspect(items[0].aspect), label, links.here(wider)))
    return chips


def ambiguities(links: Links, query: Query, words: Words) -> list[Ambiguity]:
    """The shared names among the places asked for: one click says which one is meant."""
    asked, found = links.asked, []
    first_chosen = len(query.places) - len(asked.places)
    for number, place_filter in enumerate(query.places):
        if not place_filter.ambiguous:
            continue
        alternatives = []
        for place in place_filter.places:
            if number >= first_chosen:
                chosen = asked.with_place(number - first_chosen, place.id)
            else:
                # Chosen places add to those of the question, so the question's own goes.
                key = f"{Aspect.PLACE}:{place_filter.places[0].id}"
                chosen = asked.switched_off(key).with_place(len(asked.places), place.id)
            url = links.here(chosen)
            alternatives.append(Chip(words.aspect(Aspect.PLACE), words.place(place), url))
        found.append(Ambiguity(place_filter.places[0].name, tuple(alternatives)))
    return found


def with_place_labels(asked: SearchUrl, query: Query, searcher: Searcher) -> SearchUrl:
    """The same search, its chosen places as people write them ("Bologna (BO)").

    An id stays where its label, read again, would mean something else.
    """
    chosen = query.places[len(query.places) - len(asked.places) :]

    def written(name: str, found: tuple[Place, ...]) -> str:
        again = searcher.understand("", ExplicitFilters(places=(found[0].label,))).places[0]
        return found[0].label if again.places == found else name

    names = zip(asked.places, chosen, strict=True)
    return replace(asked, places=tuple(written(name, f.places) for name, f in names))


def _settles_a_name(asked: SearchUrl, query: Query) -> bool:
    """Whether a chosen place says which of the places of a shared name was meant."""
    return any(f.ambiguous and any(p.id in asked.places for p in f.places) for f in query.places)
