"""Completions of a question while it is typed, from what the index holds. Pure.

The last words typed are looked up as the beginning of a value, or of a word inside one: the longest
run of them that begins any value, so that "data eng" is not taken for "eng" alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from indexer.domain import Place, PlaceLevel
from indexer.index.snapshot import Generation
from indexer.places import Gazetteer
from indexer.text.tokens import fold
from search_service.filters.competencies import competencies_of

MAX_SUGGESTIONS = 8
_LEAST = 2  # letters typed
_LONGEST = 8  # words of a value that are looked up together
_WORD = re.compile(r"\w+")
# After these words a place may follow.
_BEFORE_PLACE = re.compile(
    r"(?:\b(?:in|a|ad|nel|nella|nelle|nello|near|around|vicino|presso|provincia d[ie]|regione"
    r"|province of)\s+|\b(?:nell|all|dell)['’])$"
)
_END = "\U0010ffff"


class SuggestionKind(StrEnum):
    """What a suggestion completes the question with."""

    COMPETENCE = "competence"
    ORGANISATION = "organisation"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A whole question, the last words of it completed."""

    text: str
    kind: SuggestionKind


class Autocomplete:
    """The values of a generation by the beginnings of their words; made once for it."""

    def __init__(self, entries: Iterable[tuple[str, SuggestionKind, int]]) -> None:
        """Each entry is a value, its kind and how many organisations have it."""
        frequent = sorted((-count, _folded(text), text, kind) for text, kind, count in entries)
        self._values = [(text, kind, folded) for _, folded, text, kind in frequent]
        self._is_place = np.array([kind is SuggestionKind.PLACE for _, kind, _ in self._values])
        # A value is filed under each of its words, with those after it, by its rank: all that begin
        # with what is typed come before all that have a word inside that does.
        filed = sorted(
            (folded[word.start() :], n + (word.start() > 0) * len(frequent))
            for n, (_, folded, _, _) in enumerate(frequent)
            for word in _WORD.finditer(folded)
        )
        self._keys = [key for key, _ in filed]
        self._ranks = np.array([rank for _, rank in filed], np.int64)

    @classmethod
    def of(cls, generation: Generation, gazetteer: Gazetteer) -> Autocomplete:
        """The competencies, the names, and the regions and provinces of Italy."""
        return cls(
            (
                *((text, SuggestionKind.COMPETENCE, n) for text, n in _competencies(generation)),
                *(
                    (o.name, SuggestionKind.ORGANISATION, 1)
                    for o in generation.organisations.values()
                ),
                *((text, SuggestionKind.PLACE, n) for text, n in _places(generation, gazetteer)),
            )
        )

    def complete(self, text: str, limit: int = MAX_SUGGESTIONS) -> tuple[Suggestion, ...]:
        """Up to ``limit`` completions of ``text``, best first; none of fewer than two letters.

        A value that begins with what is typed comes before one with a word inside that does, and
        one that more organisations have before a rarer one. Places only follow a preposition.
        """
        starts = [word.start() for word in _WORD.finditer(text)][-_LONGEST:]
        for start in starts:
            head, typed = text[:start], _folded(text[start:])
            if sum(c.isalnum() for c in typed) < _LEAST:
                break
            found = self._beginning(typed, limit, _BEFORE_PLACE.search(fold(head)) is not None)
            if found:
                return tuple(Suggestion(head + value, kind) for value, kind in found)
        return ()

    def _beginning(
        self, typed: str, limit: int, after_preposition: bool
    ) -> list[tuple[str, SuggestionKind]]:
        first = bisect_left(self._keys, typed)
        last = bisect_left(self._keys, typed + _END, first)
        ranks = self._ranks[first:last]
        if not after_preposition:
            ranks = ranks[~self._is_place[ranks % len(self._values)]]
        most = limit * _LONGEST  # a value may be among them once for each of its words
        if len(ranks) > most:
            ranks = np.partition(ranks, most)[:most]
        values = (self._values[rank % len(self._values)] for rank in np.sort(ranks).tolist())
        fitting = dict.fromkeys((text, kind) for text, kind, whole in values if whole != typed)
        return list(fitting)[:limit]


def _folded(text: str) -> str:
    """Without case, accents and punctuation: how what is typed and what there is are compared."""
    return re.sub(r"[\W_]+", " ", fold(text)).lstrip()


def _competencies(generation: Generation) -> Iterator[tuple[str, int]]:
    """The competencies as first written, with how many organisations have them."""
    for competence in competencies_of(generation).values():
        if able := competence.able(generation):
            yield competence.label, len(able)


def _places(generation: Generation, gazetteer: Gazetteer) -> Iterator[tuple[str, int]]:
    """The names of all regions and provinces, with how many organisations have their seat there."""
    seats = [o.seat for o in generation.organisations.values() if o.seat is not None]
    seated = Counter(p.id for seat in seats for p in (seat, *gazetteer.ancestors(seat)))
    counts: dict[str, int] = {}
    for place in _regions_and_provinces(gazetteer):
        counts[place.name] = max(counts.get(place.name, 0), seated[place.id])
    return iter(counts.items())


def _regions_and_provinces(gazetteer: Gazetteer) -> Iterator[Place]:
    for region in gazetteer.regions():
        yield region
        inside = (gazetteer.get(comune) for comune in gazetteer.comuni(region))
        around = {p for comune in inside for p in gazetteer.ancestors(comune)}
        yield from (p for p in around if p.level is PlaceLevel.PROVINCIA)
