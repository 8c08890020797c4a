"""What one index tells without a question, computed at the first request for it."""

from __future__ import annotations

from functools import cached_property

from indexer.index.snapshot import Generation
from indexer.places import Gazetteer
from search_service.insights.autocomplete import Suggestions
from search_service.insights.competence_profile import CompetenceSummary, all_competencies
from search_service.insights.network_overview import Overview, overview
from search_service.insights.similar_organisations import Neighbourhood
from search_service.search.filters import PassageFilters


class Insights:
    """The insights of one generation."""

    def __init__(
        self, generation: Generation, filters: PassageFilters, gazetteer: Gazetteer
    ) -> None:
        self._generation = generation
        self._shelves = filters
        self._gazetteer = gazetteer

    @cached_property
    def neighbourhood(self) -> Neighbourhood:
        """Which organisations are similar or complementary."""
        return Neighbourhood(self._generation, self._shelves)

    @cached_property
    def overview(self) -> Overview:
        """The network in numbers."""
        return overview(self._generation, self._gazetteer)

    @cached_property
    def competencies(self) -> tuple[CompetenceSummary, ...]:
        """All competencies, the most declared first."""
        return all_competencies(self._generation)

    @cached_property
    def suggestions(self) -> Suggestions:
        """Completions of a question while it is typed."""
        return Suggestions.of(self._generation, self._gazetteer)
