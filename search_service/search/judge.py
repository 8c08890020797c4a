"""The fourth stage: which of the ranked organisations surely answer, and whether anybody does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from search_service.domain import (
    Components,
    Evidence,
    Hit,
    OrganisationHit,
    PlaceMatch,
    Proof,
    Query,
)
from search_service.filters.base import Answering, Votes
from search_service.filters.kind import KIND
from search_service.filters.organisation import ORGANISATION
from search_service.filters.passage_index import PassageIndex
from search_service.filters.proof import PROOF
from search_service.search.confidence import QueryBaseline, confidence, query_baseline
from search_service.search.ranker import RankedOrganisations
from search_service.search.retrieval import Retriever, ScoredPassages
from search_service.search.weights import Calibration


@dataclass(frozen=True, slots=True)
class JudgedOrganisations:
    """The organisations in their bands: first those that surely answer.

    Attributes:
        organisations: All that were ranked, ranked anew.
        ranked: As they were ranked, with all votes.
        denied: How well what an organisation says not to do fits: weaker votes make nobody sure.

    """

    organisations: tuple[OrganisationHit, ...]
    ranked: RankedOrganisations
    denied: Mapping[str, float]

    @property
    def sure(self) -> tuple[OrganisationHit, ...]:
        """Those that surely answer."""
        return tuple(hit for hit in self.organisations if hit.sure)

    @property
    def somebody_seated(self) -> bool:
        """Whether somebody who surely answers has its seat in the place asked for."""
        return any(hit.place_match is PlaceMatch.SEATED for hit in self.sure)


class Judge:
    """Judges by how far evidence stands above what the question gets from passages at large."""

    def __init__(self, index: PassageIndex, retriever: Retriever, calibration: Calibration) -> None:
        """Make a judge.

        Args:
            index: The passages.
            retriever: Scores them.
            calibration: When a passage is held to answer.

        """
        self._index = index
        self._retriever = retriever
        self._calibration = calibration
        # A text gets the same at large, whatever the filters.
        self.query_baseline = lru_cache(maxsize=32)(self._query_baseline)
        self.denied = lru_cache(maxsize=32)(self._denied)

    def judge(self, ranked: RankedOrganisations, query: Query) -> JudgedOrganisations:
        """Say how likely each answers, and put those that surely do first."""
        denied = self.denied(query.text) if query.text else {}
        likely, threshold = self._trusted(query), self._threshold(query)
        bands = in_bands(ranked.organisations, likely, threshold, denied)
        return JudgedOrganisations(bands, ranked, denied)

    def answering(self, judged: JudgedOrganisations, query: Query) -> Answering:
        """Those that are sure, and by which evidence."""
        likely, trusted = self._likely(query), self._trusted(query)
        threshold = self._threshold(query)
        return Answering(
            [hit.organisation for hit in judged.sure],
            _passing(judged, lambda e: trusted(e) >= threshold),
            _passing(judged, lambda e: likely(e.parts) >= threshold),
        )

    def answering_passages(self, scored: ScoredPassages, query: Query) -> tuple[Hit, ...]:
        """The passages that answer, whoever they speak for."""
        likely, threshold = self._likely(query), self._threshold(query)
        return tuple(hit for hit in scored.hits if likely(hit.parts) >= threshold)

    def _denied(self, text: str) -> Mapping[str, float]:
        """How well what organisations say not to do fits the text: the best score of each."""
        denials = self._index.denials
        if not denials:
            return {}
        best: dict[str, float] = {}
        for hit in self._retriever.hits(text, np.array(sorted(denials))):
            best.setdefault(denials[hit.row], hit.score)
        return best

    def _threshold(self, query: Query) -> float:
        """The confidence from which somebody is sure; who is asked for by name is always shown."""
        return 0.0 if ORGANISATION.of(query) is not None else self._calibration.threshold

    def _trusted(self, query: Query) -> Callable[[Evidence], float]:
        """How likely evidence makes sure: to be named by others is little, unless asked for."""
        likely = self._likely(query)
        asked_for = bool(KIND.of(query) or PROOF.of(query))
        others = 1.0 if asked_for else self._calibration.corroborated

        def trusted(evidence: Evidence) -> float:
            named_by_others = evidence.proof is Proof.CORROBORATED
            return likely(evidence.parts) * (others if named_by_others else 1.0)

        return trusted

    def _likely(self, query: Query) -> Callable[[Components], float]:
        """Who says how likely a passage answers the question."""
        if not query.text:
            return lambda _: 1.0
        return partial(
            confidence, about=self.query_baseline(query.text), calibration=self._calibration
        )

    def _query_baseline(self, text: str) -> QueryBaseline:
        """What the text gets from passages at large, and the best of those that may answer."""
        retriever = self._retriever
        everyone = self._index.rows_of(self._index.heard).nonzero()[0]
        hits = retriever.hits(text, everyone)
        return query_baseline(
            text,
            retriever.encode(text),
            retriever.generation,
            retriever.weights,
            self._calibration.sample,
            max((hit.parts.late for hit in hits), default=0.0),
        )


def in_bands(
    hits: Sequence[OrganisationHit],
    likely: Callable[[Evidence], float],
    threshold: float,
    denied: Mapping[str, float],
) -> tuple[OrganisationHit, ...]:
    """Organisations with their confidence, ranked anew: first those that surely answer.

    Args:
        hits: The organisations, best first.
        likely: How likely evidence answers, from 0 to 1.
        threshold: From which confidence an organisation is sure.
        denied: How well what an organisation says not to do fits the question: evidence that fits
            it less makes nobody sure.

    """
    judged = []
    for hit in hits:
        least = denied.get(hit.organisation.id, -math.inf)
        best = max((likely(e) for e in hit.evidence if e.score > least), default=0.0)
        judged.append(replace(hit, confidence=best, sure=best >= threshold))
    judged.sort(key=lambda hit: not hit.sure)
    return tuple(replace(hit, rank=n) for n, hit in enumerate(judged, start=1))


def _passing(judged: JudgedOrganisations, passes: Callable[[Evidence], bool]) -> Votes:
    votes = judged.ranked.votes
    least = {o: judged.denied.get(o, -math.inf) for o in votes}
    return {
        o: [e for e in evidence if e.score > least[o] and passes(e)]
        for o, evidence in votes.items()
    }
