"""A competence that the organisation sought declares, or showed in a case study. Only chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indexer.index.snapshot import Generation
from indexer.vocabulary import Linker
from search_service.domain import FacetValue, Query, RecognisedFilter
from search_service.filters.base import (
    Answering,
    Eligibility,
    Facet,
    FacetKey,
    Filter,
    Holders,
    Parameter,
    nobody_has,
)
from search_service.filters.competencies import (
    CompetenceName,
    Key,
    competence_key,
    competencies_of,
)
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.passage_index import PassageIndex
from search_service.filters.who_did_it import able as able_of
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _


@dataclass(frozen=True, slots=True)
class Able:
    """A competence's name, its value, and the ids of those that declare it or have done it."""

    name: CompetenceName
    value: str
    organisations: frozenset[str]


@dataclass(frozen=True, slots=True)
class Known:
    """The competencies that somebody has, by value, and the vocabulary that they are named by."""

    able: Mapping[str, Able]
    values: Mapping[Key, str]
    linker: Linker

    def find(self, text: str) -> Able | None:
        """A competence by its value, or by any of its names."""
        value = self.values.get(competence_key(text, self.linker), "")
        return self.able.get(text) or self.able.get(value)


class CompetenceFilter(Filter[tuple[str, ...]]):
    """Organisations that have all of some competencies, by their values."""

    key = "competence"
    heading = _("competenza")
    parameters = (
        Parameter(
            "competence",
            "competencies",
            _("Solo chi la dichiara o l'ha dimostrata con un lavoro."),
            "data engineering",
        ),
    )
    groups = (Facet("competencies", _("Competenza"), 30),)
    any_of = False

    def learn(self, generation: Generation) -> Known:
        """The competencies that somebody has."""
        found = competencies_of(generation)
        able = (Able(c.name, c.value, able_of(c, generation)) for c in found.values())
        return Known(
            able={one.value: one for one in able if one.organisations},
            values={key: c.value for key, c in found.items()},
            linker=generation.linker,
        )

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """The competence of any name, in Italian or English."""
        known: Known | None = vocabulary.learnt.get(self.key)
        found = known.find(value) if known else None
        if found is None:
            raise nobody_has("competence", value)
        return RecognisedFilter(self.key, found.value, found.name.label, meaning=found.name)

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The organisations that have them all."""
        able = self._able(index)
        each = [able[v].organisations if v in able else frozenset() for v in self.of(query) or ()]
        return Eligibility(organisations=frozenset.intersection(*each))

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """Its name in the reader's language."""
        name = item.meaning
        return words.competence(name) if isinstance(name, CompetenceName) else item.label

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """What those that answer can do besides."""
        ids = {o.id for o in answering.organisations}
        able = self._able(index).values()
        return {
            "competencies": {
                FacetKey(a.value, a.name.label, a.name.english): a.organisations & ids
                for a in able
                if not a.organisations.isdisjoint(ids)
            }
        }

    def value_label(self, value: FacetValue, words: Words) -> str:
        """Its name in the reader's language."""
        return words.competence(value)

    def inventory(self, index: PassageIndex) -> Mapping[str, Iterable[str]]:
        """Each competence that profiles declare, as the vocabulary calls it in Italian."""
        declared = competencies_of(index.generation).values()
        return {"competencies": (c.name.label for c in declared for _ in c.declared)}

    def _able(self, index: PassageIndex) -> Mapping[str, Able]:
        known: Known = index.vocabulary.learnt[self.key]
        return known.able


COMPETENCE = CompetenceFilter()
