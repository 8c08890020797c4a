"""The third stage: scored passages vote for the organisations that they speak for."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.index.snapshot import Generation
from search_service.domain import OrganisationHit
from search_service.filters.base import Votes
from search_service.observability.trace import stage
from search_service.search import expert_ranking
from search_service.search.eligibility import EligiblePassages
from search_service.search.retrieval import ScoredPassages
from search_service.search.weights import Weights


@dataclass(frozen=True, slots=True)
class RankedOrganisations:
    """The organisations that passages vote for, best first, not yet judged; and all their votes."""

    organisations: tuple[OrganisationHit, ...]
    votes: Votes


@stage("rank")
def rank(
    scored: ScoredPassages, eligible: EligiblePassages, generation: Generation, weights: Weights
) -> RankedOrganisations:
    """Rank the organisations that may answer.

    Args:
        scored: The candidates.
        eligible: Whom a passage may count for, and how each stands to the place asked for.
        generation: Whose passages these are.
        weights: What each vote counts.

    """
    votes = expert_ranking.votes(scored.hits, generation, eligible.counts, eligible.speakers)
    found = expert_ranking.organisations(
        votes, scored.baseline, generation, eligible.place_matches, weights
    )
    return RankedOrganisations(found, votes)
