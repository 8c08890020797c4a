"""The results of a search's stages, each under its name, kept with the answer that they made."""

from __future__ import annotations

from dataclasses import dataclass

from search_service.domain import Answer, Hit, OrganisationHit, Query, Widening
from search_service.filters.base import Answering
from search_service.search.eligibility import EligiblePassages
from search_service.search.judge import JudgedOrganisations
from search_service.search.retrieval import ScoredPassages


@dataclass(frozen=True, slots=True)
class Stages:
    """Who answers a query, from filter to judgement.

    Attributes:
        query: What was searched.
        eligible: What passed its filters.
        scored: The candidates among that.
        judged: The organisations behind them, in their bands.
        readable: Where a kind of document was asked for, the passages that answer by themselves.

    """

    query: Query
    eligible: EligiblePassages
    scored: ScoredPassages
    judged: JudgedOrganisations
    readable: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """All that an answer is made of.

    Attributes:
        query: The question that was asked.
        stages: Who answers it, or what was asked in a wider place.
        answering: Those of them that are documented, and why.
        widened: The wider place, where nobody was in the one asked for.
        readable: The documents' passages to show.
        elsewhere: Who answers outside the place asked for, where nobody does in it.

    """

    query: Query
    stages: Stages
    answering: Answering
    widened: Widening | None
    readable: tuple[Hit, ...]
    elsewhere: tuple[OrganisationHit, ...]


@dataclass(frozen=True, slots=True)
class SearchRun:
    """An answer, and the results of the stages that made it."""

    answer: Answer
    stages: Stages

    @property
    def searched(self) -> Query:
        """What was searched: the question, or the same in a wider place."""
        return self.stages.query

    @property
    def eligible(self) -> EligiblePassages:
        """What passed the filters."""
        return self.stages.eligible

    @property
    def scored(self) -> ScoredPassages:
        """The candidates."""
        return self.stages.scored
