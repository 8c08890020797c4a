"""Insights over one index that need no question, computed on first use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property, lru_cache

from search_service.domain import Answer, ExplicitFilters
from search_service.insights.autocomplete import Autocomplete
from search_service.insights.competence_families import (
    CompetenceCounts,
    Family,
    ListedCompetence,
    counted,
    families_of,
)
from search_service.insights.introduction import IntroductionFinder
from search_service.insights.network_gaps import FamilyTable, family_table, profiles_updated
from search_service.insights.network_overview import NetworkOverview, network_overview
from search_service.insights.result_list import EVERYBODY, by_name
from search_service.insights.similar_organisations import NeighbourFinder
from search_service.insights.starting_points import (
    Work,
    example_questions,
    recent_works,
    shared_competencies,
)
from search_service.presentation.labels import words_in
from search_service.search.searcher import Searcher

_LISTS = 24  # kept of each generation: the regions, and some more


class Insights:
    """The insights of one generation."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._index = searcher.index
        self._generation = searcher.generation
        self._gazetteer = searcher.gazetteer
        self.examples = cache(self._examples)
        # A list has all who pass its filters: as dear as a search of as many pages.
        self.listed = lru_cache(maxsize=_LISTS)(self._listed)

    @cached_property
    def is_sample(self) -> bool:
        """Whether every organisation is invented: pages then say so once, and mark what is real."""
        organisations = self._generation.organisations.values()
        return bool(organisations) and all(one.fictional for one in organisations)

    @cached_property
    def neighbourhood(self) -> NeighbourFinder:
        """Which organisations are similar or complementary."""
        return NeighbourFinder(self._index)

    @cached_property
    def introductions(self) -> IntroductionFinder:
        """What each organisation does, in a sentence or two of its own."""
        return IntroductionFinder(self._index)

    @cached_property
    def updated(self) -> Mapping[str, date]:
        """When each organisation's profile was last changed, where it says so."""
        return profiles_updated(self._generation)

    @cached_property
    def overview(self) -> NetworkOverview:
        """The network in numbers."""
        return network_overview(self._generation, self._gazetteer)

    @cached_property
    def families(self) -> tuple[Family, ...]:
        """All competencies by family."""
        return families_of(self._generation)

    @cached_property
    def competencies(self) -> CompetenceCounts:
        """How many competencies there are, declared and not."""
        return counted(self.families)

    @cached_property
    def family_table(self) -> FamilyTable:
        """Families of competencies by region."""
        scarce = self.overview.scarce
        return family_table(self.families, scarce, self._generation, self._gazetteer)

    @cached_property
    def suggestions(self) -> Autocomplete:
        """Completions of a question while it is typed."""
        return Autocomplete.of(self._generation, self._gazetteer)

    @cached_property
    def recent_works(self) -> tuple[Work, ...]:
        """The last dated case studies."""
        return recent_works(self._generation)

    @cached_property
    def shared_competencies(self) -> tuple[ListedCompetence, ...]:
        """What most organisations declare."""
        return shared_competencies(self.families)

    def _listed(self, filters: ExplicitFilters) -> Answer:
        """All organisations that pass filters, by name, with what they can be filtered by next.

        Raises QueryError if a filter cannot be used.
        """
        chosen = self._searcher.understand("", filters) if filters.values else EVERYBODY
        return by_name(self._searcher, chosen)

    def _examples(self, language: str) -> tuple[str, ...]:
        """Questions in a language that somebody is documented to answer."""
        return example_questions(
            self.families,
            self._generation,
            self._gazetteer,
            words_in(language),
            lambda question: self._searcher.count(self._searcher.understand(question)) > 0,
        )
