"""A competence that the organisation sought declares, or showed in a case study. Only chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.index.snapshot import Generation
from search_service.domain import Query, RecognisedFilter
from search_service.filters.base import (
    Answering,
    Eligibility,
    Facet,
    Filter,
    Holders,
    Parameter,
    nobody_has,
)
from search_service.filters.competencies import competence_key, competencies_of
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.passage_index import PassageIndex
from search_service.presentation.languages import marked as _

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Able:
    """How a competence is written, and the ids of organisations that declare it or have done it."""

    label: str
    organisations: frozenset[str]


class CompetenceFilter(Filter[tuple[Key, ...]]):
    """Organisations that have all of some competencies, by their keys."""

    key = "competence"
    heading = _("competenza")
    parameters = (
        Parameter(
            "competence",
            "competencies",
            _("Solo chi la dichiara o l'ha mostrata in un lavoro."),
            "data engineering",
        ),
    )
    groups = (Facet("competencies", _("Competenza"), 30),)
    any_of = False

    def learn(self, generation: Generation) -> Mapping[Key, Able]:
        """The competencies that somebody has, by key."""
        found = competencies_of(generation)
        able = {key: Able(c.label, c.able(generation)) for key, c in found.items()}
        return {key: one for key, one in able.items() if one.organisations}

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """The competence of any spelling; its value is the spelling that is shown."""
        found = self._known(vocabulary).get(competence_key(value))
        if found is None:
            raise nobody_has("competence", value)
        return RecognisedFilter(self.key, found.label, found.label)

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> tuple[Key, ...] | None:
        """All of these."""
        return tuple(competence_key(item.value) for item in items)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The organisations that have them all."""
        known = self._known(index.vocabulary)
        able = [known[k].organisations if k in known else frozenset() for k in self.of(query) or ()]
        return Eligibility(organisations=frozenset.intersection(*able))

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """What those that answer can do besides."""
        ids = {o.id for o in answering.organisations}
        able = self._known(index.vocabulary).values()
        return {"competencies": {(a.label, a.label): a.organisations & ids for a in able}}

    def inventory(self, index: PassageIndex) -> Mapping[str, Iterable[str]]:
        """Each competence as profiles write it."""
        organisations = index.generation.organisations.values()
        return {"competencies": (c for o in organisations for c in o.competencies)}

    def _known(self, vocabulary: IndexVocabulary) -> Mapping[Key, Able]:
        known: Mapping[Key, Able] = vocabulary.learnt.get(self.key, {})
        return known


COMPETENCE = CompetenceFilter()
