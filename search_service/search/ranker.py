"""Who answers a query: filter, retrieve, vote, and judge whether that is an answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from indexer.domain import Encoded
from indexer.index.snapshot import Generation
from search_service.domain import (
    Components,
    Evidence,
    Hit,
    OrganisationHit,
    PlaceMatch,
    Proof,
    Query,
)
from search_service.observability.trace import stage
from search_service.search import expert_ranking
from search_service.search.confidence import QueryBaseline, confidence, query_baseline
from search_service.search.filters import EligiblePassages, Mask, PassageFilters
from search_service.search.fusion import ranked
from search_service.search.retrieval import retrieve
from search_service.search.weights import Calibration, Weights

Votes = Mapping[str, Sequence[Evidence]]


@dataclass(frozen=True, slots=True)
class RankedOrganisations:
    """Who answers, by which votes; and the passages that are read themselves, where a kind is.

    ``denied`` is how well what organisations say not to do fits: weaker votes make nobody sure.
    """

    organisations: tuple[OrganisationHit, ...]
    votes: Votes
    readable: Sequence[Hit]
    denied: Mapping[str, float]

    @property
    def somebody_seated(self) -> bool:
        """Whether somebody who surely answers has its seat in the place asked for."""
        return any(hit.sure and hit.standing is PlaceMatch.SEATED for hit in self.organisations)


class OrganisationRanker:
    """Lets the passages of a generation vote; what a question gets at large is found once."""

    def __init__(
        self,
        generation: Generation,
        filters: PassageFilters,
        encode: Callable[[str], Encoded],
        weights: Weights,
        calibration: Calibration,
    ) -> None:
        self._generation = generation
        self._shelves = filters
        self._encode = encode
        self._weights = weights
        self._calibration = calibration
        self.query_baseline = lru_cache(maxsize=32)(self._about)

    @stage("vote")
    def vote(self, query: Query) -> RankedOrganisations:
        """The organisations, and the passages that answer by themselves where a kind is asked."""
        allowed = self._shelves.allowed(query)
        hits = self.retrieve(query, self._shelves.rows_of_eligible(allowed))
        votes = expert_ranking.votes(hits, self._generation, allowed.counts)
        denied = self._denied(query)
        found = expert_ranking.organisations(
            votes,
            expert_ranking.baseline_of(hits),
            self._generation,
            allowed.standings,
            self._weights,
            self._trusted(query),
            self._bar(query),
            denied,
        )
        return RankedOrganisations(
            found, votes, self.answering(query) if query.kinds else (), denied
        )

    def answering(self, query: Query) -> tuple[Hit, ...]:
        """The passages that answer, whoever they speak for."""
        hits = self.retrieve(query, self._shelves.allowed(query).rows)
        confident_evidence, threshold = self._judge(query), self._bar(query)
        return tuple(hit for hit in hits if confident_evidence(hit.parts) >= threshold)

    def confident_evidence(self, found: RankedOrganisations, query: Query) -> tuple[Votes, Votes]:
        """The evidence that makes each organisation sure; and that which would, if its kind or
        proof were asked for.
        """
        judge, trusted, threshold = self._judge(query), self._trusted(query), self._bar(query)
        return (
            _passing(found, lambda e: trusted(e) >= threshold),
            _passing(found, lambda e: judge(e.parts) >= threshold),
        )

    def retrieve(self, query: Query, mask: Mask | None) -> tuple[Hit, ...]:
        """The passages among those allowed, best first."""
        rows = None if mask is None else mask.nonzero()[0]
        if not query.text:  # only filters: all they let through, what speaks of them first
            everything = range(len(self._generation.passages)) if rows is None else rows.tolist()
            rows_naming_certification = self._shelves.rows_naming_certification(query)
            return ranked(
                (row, float(row in rows_naming_certification), Components()) for row in everything
            )
        encoded = self._encode(query.text)
        return retrieve(query.text, encoded, rows, self._generation, self._weights)

    def _denied(self, query: Query) -> Mapping[str, float]:
        """How well what organisations say not to do fits the question: the best score of each."""
        denials = self._shelves.denials
        if not query.text or not denials:
            return {}
        rows, encoded = np.array(sorted(denials)), self._encode(query.text)
        best: dict[str, float] = {}
        for hit in retrieve(query.text, encoded, rows, self._generation, self._weights):
            best.setdefault(denials[hit.row], hit.score)
        return best

    def _bar(self, query: Query) -> float:
        """The confidence from which somebody is sure; who is asked for by name is always shown."""
        return 0.0 if query.organisations is not None else self._calibration.threshold

    def _trusted(self, query: Query) -> Callable[[Evidence], float]:
        """How likely evidence makes sure: to be named by others is little, unless asked for."""
        confident_evidence, asked_for = self._judge(query), bool(query.kinds or query.proofs)
        others = 1.0 if asked_for else self._calibration.corroborated

        def trusted(evidence: Evidence) -> float:
            named_by_others = evidence.proof is Proof.CORROBORATED
            return confident_evidence(evidence.parts) * (others if named_by_others else 1.0)

        return trusted

    def _judge(self, query: Query) -> Callable[[Components], float]:
        """Who says how likely a passage answers the question."""
        if not query.text:
            return lambda _: 1.0
        return partial(
            confidence, about=self.query_baseline(query.text), calibration=self._calibration
        )

    def _about(self, text: str) -> QueryBaseline:
        """What the text gets from passages at large, and the best of those that may answer."""
        everyone = self._shelves.rows_of_eligible(EligiblePassages(None, None)).nonzero()[0]
        encoded = self._encode(text)
        hits = retrieve(text, encoded, everyone, self._generation, self._weights)
        best = max((hit.parts.late for hit in hits), default=0.0)
        sample = self._calibration.sample
        return query_baseline(text, encoded, self._generation, self._weights, sample, best)


def _passing(found: RankedOrganisations, passes: Callable[[Evidence], bool]) -> Votes:
    least = {o: found.denied.get(o, -math.inf) for o in found.votes}
    return {
        o: [e for e in evidence if e.score > least[o] and passes(e)]
        for o, evidence in found.votes.items()
    }
