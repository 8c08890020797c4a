"""Completions of a question while it is typed, from what the index holds. Pure.

The last words typed are looked up as the beginning of a value, or of a word inside one. The longest
run that begins any value counts: "data eng" is not looked up as "eng" alone.
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
from indexer.text.folding import fold
from search_service.filters.competencies import competencies_of, doers_of
from search_service.filters.who_did_it import able as able_of
from search_service.presentation.languages import ITALIAN

MAX_SUGGESTIONS = 8
_LEAST = 2  # letters typed
_LONGEST = 8  # words of a value that are looked up together
_NAMES = 40  # of one value, at most
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
    """A whole question whose last words are completed."""

    text: str
    kind: SuggestionKind


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to suggest.

    Attributes:
        text: In Italian, or as it is written.
        kind: What it is.
        count: How many organisations have it.
        english: In English; empty if the name is the same.
        names: Its other names in the vocabulary; empty if that does not have it.
    """

    text: str
    kind: SuggestionKind
    count: int
    english: str = ""
    names: tuple[str, ...] = ()

    def said(self, language: str) -> str:
        """Its name in a language."""
        return self.text if language == ITALIAN else self.english or self.text


class Autocomplete:
    """The values of one generation by the beginnings of their words."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take what there is to suggest."""
        self._entries = sorted(
            entries, key=lambda e: (not e.names, -e.count, _folded(e.text), e.text, e.kind)
        )
        self._is_place = np.array([e.kind is SuggestionKind.PLACE for e in self._entries])
        # A value is filed under each word of its names, with those after it, by its rank: all that
        # begin with what is typed come before all that have a word inside that does.
        filed = sorted(
            (folded[word.start() :], n + (word.start() > 0) * len(self._entries))
            for n, entry in enumerate(self._entries)
            for folded in {_folded(name) for name in (entry.text, entry.english, *entry.names)}
            for word in _WORD.finditer(folded)
        )
        self._keys = [key for key, _ in filed]
        self._ranks = np.array([rank for _, rank in filed], np.int64)

    @classmethod
    def of(cls, generation: Generation, gazetteer: Gazetteer) -> Autocomplete:
        """The competencies, the names, and the regions and provinces of Italy."""
        organisations = generation.organisations.values()
        return cls(
            (
                *_concepts(generation),
                *_unknown_competencies(generation),
                *(Entry(o.name, SuggestionKind.ORGANISATION, 1) for o in organisations),
                *_places(generation, gazetteer),
            )
        )

    def complete(
        self, text: str, limit: int = MAX_SUGGESTIONS, language: str = ITALIAN
    ) -> tuple[Suggestion, ...]:
        """Complete a question, best first.

        Values that begin with what is typed come first, then those with a word that does; among
        equals those of the vocabulary, then those that more organisations have. Places only follow
        a preposition.

        Args:
            text: What is typed; fewer than two letters are not completed.
            limit: The most completions.
            language: The code of the language in which competencies are named.
        """
        starts = [word.start() for word in _WORD.finditer(text)][-_LONGEST:]
        for start in starts:
            head, typed = text[:start], _folded(text[start:])
            if sum(c.isalnum() for c in typed) < _LEAST:
                break
            found = self._beginning(typed, limit, _BEFORE_PLACE.search(fold(head)) is not None)
            said = ((entry.said(language), entry.kind) for entry in found)
            if found:
                completed = [pair for pair in dict.fromkeys(said) if _folded(pair[0]) != typed]
                return tuple(Suggestion(head + value, kind) for value, kind in completed[:limit])
        return ()

    def _beginning(self, typed: str, limit: int, after_preposition: bool) -> list[Entry]:
        """The entries that begin so, best first, each once for each of its words that does.

        Args:
            typed: What is typed, folded.
            limit: How many are wanted.
            after_preposition: Whether places are wanted too.
        """
        first = bisect_left(self._keys, typed)
        last = bisect_left(self._keys, typed + _END, first)
        ranks = self._ranks[first:last]
        if not after_preposition:
            ranks = ranks[~self._is_place[ranks % len(self._entries)]]
        most = limit * _LONGEST * _NAMES  # a value may be among them for each word of its names
        if len(ranks) > most:
            ranks = np.partition(ranks, most)[:most]
        return [self._entries[rank % len(self._entries)] for rank in np.sort(ranks).tolist()]


def _folded(text: str) -> str:
    """A text without case, accents and punctuation, as typed words and values are compared."""
    return re.sub(r"[\W_]+", " ", fold(text)).lstrip()


def _concepts(generation: Generation) -> Iterator[Entry]:
    """The concepts that somebody declares or is documented to do, or a narrower one."""
    who: dict[str, set[str]] = {c: set(found) for c, found in doers_of(generation).items()}
    for competence in competencies_of(generation).values():
        who.setdefault(competence.concept, set()).update(able_of(competence, generation))
    vocabulary = generation.linker.vocabulary
    for concept in vocabulary.concepts.values():
        able = set().union(*(who.get(one, ()) for one in vocabulary.within(concept.id)))
        if able:
            names = (*(name for _, name in concept.names()), *concept.acronyms, *concept.ask_only)
            yield Entry(concept.it, SuggestionKind.COMPETENCE, len(able), concept.en, names)


def _unknown_competencies(generation: Generation) -> Iterator[Entry]:
    """The competencies that the vocabulary does not know, as first written."""
    for competence in competencies_of(generation).values():
        if not competence.concept and (able := able_of(competence, generation)):
            yield Entry(competence.name.label, SuggestionKind.COMPETENCE, len(able))


def _places(generation: Generation, gazetteer: Gazetteer) -> Iterator[Entry]:
    """The names of all regions and provinces, with how many organisations have their seat there."""
    seats = [o.seat for o in generation.organisations.values() if o.seat is not None]
    seated = Counter(p.id for seat in seats for p in (seat, *gazetteer.ancestors(seat)))
    counts: dict[str, int] = {}
    for place in _regions_and_provinces(gazetteer):
        counts[place.name] = max(counts.get(place.name, 0), seated[place.id])
    return (Entry(name, SuggestionKind.PLACE, count) for name, count in counts.items())


def _regions_and_provinces(gazetteer: Gazetteer) -> Iterator[Place]:
    for region in gazetteer.regions():
        yield region
        inside = (gazetteer.get(comune) for comune in gazetteer.comuni(region))
        around = {p for comune in inside for p in gazetteer.ancestors(comune)}
        yield from (p for p in around if p.level is PlaceLevel.PROVINCIA)
