"""Passages vote for the organisations behind them (document-centric voting, Balog et al. 2006).

Only an organisation's best few passages count, each less than the one before, so that who
publishes much does not bury who published one good page. Pure.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from indexer.domain import Document, Organisation
from indexer.index.snapshot import Generation
from indexer.text.tokens import words
from search_service.domain import (
    DocumentHit,
    Evidence,
    Hit,
    OrganisationHit,
    PlaceMatch,
    proof,
)
from search_service.search.weights import Weights

MAX_EVIDENCE = 3
_SAME = 0.8  # share of common words from which two passages are one text published twice
_TIERS = {None: 0, PlaceMatch.SEATED: 0, PlaceMatch.SERVES: 1, PlaceMatch.REMOTE: 2}


def votes(
    hits: Sequence[Hit],
    generation: Generation,
    counts: Callable[[Organisation, Document], bool] = lambda _organisation, _document: True,
) -> dict[str, list[Evidence]]:
    """The passages that speak for each organisation, where the document ``counts`` for it."""
    found: dict[str, list[Evidence]] = defaultdict(list)
    for hit in hits:
        passage = generation.passages[hit.row]
        document = generation.documents[passage.document]
        for name in passage.organisations:
            organisation = generation.organisations[name]
            if counts(organisation, document):
                proven = proof(document, organisation)
                found[name].append(
                    Evidence(passage, document, proven, hit.score, hit.row, hit.parts)
                )
    return found


def organisations(
    votes: Mapping[str, Sequence[Evidence]],
    baseline: float,
    generation: Generation,
    standings: Mapping[str, PlaceMatch] | None,
    weights: Weights,
    confident: Callable[[Evidence], float] = lambda _: 1.0,
    threshold: float = 0.0,
    denied: Mapping[str, float] = MappingProxyType({}),
) -> tuple[OrganisationHit, ...]:
    """The organisations that the passages vote for, best first.

    ``baseline`` is the score above which a passage is a vote for. ``standings`` orders them by how
    they stand to the place asked for: those seated there first, then those that serve it, then
    those that work at a distance. Before all that come those of whom ``confident`` says that they
    answer, by the ``threshold``; evidence that fits the question less than what the
    organisation says not to do (``denied``: the score of that) makes nobody sure.
    """
    standing = standings or {}
    best = {o: _best(found, baseline, weights) for o, found in votes.items()}
    sure = {
        o: max((confident(e) for e in found if e.score > denied.get(o, -math.inf)), default=0.0)
        for o, found in best.items()
    }
    scored = sorted(
        ((o, _score(found, baseline, weights)) for o, found in best.items()),
        key=lambda pair: (
            sure[pair[0]] < threshold,
            _TIERS[standing.get(pair[0])],
            -pair[1],
            pair[0],
        ),
    )
    return tuple(
        OrganisationHit(
            generation.organisations[o],
            rank,
            score,
            standing.get(o),
            tuple(best[o]),
            sure[o],
            sure[o] >= threshold,
        )
        for rank, (o, score) in enumerate(scored, start=1)
    )


def documents(hits: Sequence[Hit], generation: Generation) -> tuple[DocumentHit, ...]:
    """The documents of the passages, each by its best one, best first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(generation.passages[hit.row].document, hit)
    return tuple(
        DocumentHit(generation.documents[d], rank, hit.score, generation.passages[hit.row])
        for rank, (d, hit) in enumerate(best.items(), start=1)
    )


def _best(votes: Sequence[Evidence], baseline: float, weights: Weights) -> list[Evidence]:
    """An organisation's best passages; a text published twice (PDF and page) counts once."""
    chosen: list[Evidence] = []
    seen: list[frozenset[str]] = []
    for vote in sorted(votes, key=lambda e: (-_weighed(e, baseline, weights), e.row)):
        terms = _words_of(vote.passage.text)
        if any(_alike(terms, other) for other in seen):
            continue
        chosen.append(vote)
        seen.append(terms)
        if len(chosen) == MAX_EVIDENCE:
            break
    return chosen


def _weighed(vote: Evidence, baseline: float, weights: Weights) -> float:
    """What a vote adds: how far it stands above the baseline, by what it proves."""
    above = vote.score - baseline
    return above * weights.of(vote.proof) if above > 0 else above


def baseline_of(hits: Sequence[Hit]) -> float:
    """The mean score of the candidates: a passage above it is a vote for its organisations."""
    return sum(hit.score for hit in hits) / max(1, len(hits))


def contributions(votes: Sequence[Evidence], baseline: float, weights: Weights) -> list[float]:
    """What each passage of an organisation, best first, adds to its score above the baseline.

    The best passage decides; those after it can only add.
    """
    values = [_weighed(vote, baseline, weights) for vote in votes]
    counted = [*weights.votes, *(0.0 for _ in values)]
    return [
        weight * (value if n == 0 else max(0.0, value))
        for n, (weight, value) in enumerate(zip(counted, values, strict=False))
    ]


def _score(votes: Sequence[Evidence], baseline: float, weights: Weights) -> float:
    return baseline + sum(contributions(votes, baseline, weights))


@lru_cache(maxsize=20_000)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(words(text))


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    return len(a & b) >= _SAME * max(1, len(a | b))
