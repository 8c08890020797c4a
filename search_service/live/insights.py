"""Insights over one index that need no question, computed on first use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from search_service.filters.passage_index import PassageIndex
from search_service.insights.autocomplete import Autocomplete
from search_service.insights.competence_families import Family, families_of
from search_service.insights.introduction import IntroductionFinder
from search_service.insights.network_gaps import FamilyTable, family_table, profiles_updated
from search_service.insights.network_overview import NetworkOverview, network_overview
from search_service.insights.similar_organisations import NeighbourFinder


class Insights:
    """The insights of one generation."""

    def __init__(self, index: PassageIndex) -> None:
        self._index = index
        self._generation = index.generation
        self._gazetteer = index.vocabulary.gazetteer

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
    def family_table(self) -> FamilyTable:
        """Families of competencies by region."""
        scarce = self.overview.scarce
        return family_table(self.families, scarce, self._generation, self._gazetteer)

    @cached_property
    def suggestions(self) -> Autocomplete:
        """Completions of a question while it is typed."""
        return Autocomplete.of(self._generation, self._gazetteer)
