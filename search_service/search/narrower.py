"""What also counts as a competence that a question names: those that lie under it."""

from __future__ import annotations

from dataclasses import replace

from indexer.index.snapshot import Generation
from search_service.domain import ExplicitFilters, Query, RecognisedFilter
from search_service.filters.competencies import CompetenceName, doers_of
from search_service.presentation.labels import words_in
from search_service.presentation.languages import ITALIAN
from search_service.query.narrower import NARROWER, listed
from search_service.search.topic import topic_of


class NarrowerConcepts:
    """The narrower concepts that somebody in a generation is documented to do; made once for it."""

    def __init__(self, generation: Generation) -> None:
        self._linker = generation.linker
        self._doers = doers_of(generation)

    def understood(self, query: Query, explicit: ExplicitFilters) -> Query:
        """The query with what also counts; what is switched off counts by its own names only."""
        found = [item for concept in self._asked(query) if (item := self._below(concept))]
        off = {i.value for i in found if explicit.off and {NARROWER, i.key} & {*explicit.off}}
        kept = (item for item in found if item.value not in off)
        return replace(query, understood=(*query.understood, *kept), own_names_only=frozenset(off))

    def _asked(self, query: Query) -> tuple[str, ...]:
        return topic_of(query.text, self._linker).concepts if query.text else ()

    def _below(self, concept: str) -> RecognisedFilter | None:
        """What lies under a concept, what most do first; ``None`` where nobody does any of it."""
        vocabulary = self._linker.vocabulary
        below = [c for c in vocabulary.within(concept) - {concept} if self._doers.get(c)]
        below.sort(key=lambda c: (-len(self._doers[c]), vocabulary.concepts[c].it))
        known = (vocabulary.concepts[c] for c in below)
        names = tuple(CompetenceName(one.it, one.en) for one in known)
        if not names:
            return None
        return RecognisedFilter(NARROWER, concept, listed(names, words_in(ITALIAN)), meaning=names)
