"""Passages vote for the organisations behind them (document-centric voting, Balog et al. 2006).

Only an organisation's best few passages count, each less than the one before, so that who
publishes much does not bury who published one good page. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from indexer.domain import Document, Organisation
from indexer.index.snapshot import Generation
from indexer.text.tokens import words
from search_service.domain import (
    DocumentHit,
    Evidence,
    Hit,
    OrganisationHit,
    PlaceMatch,
    Proof,
)
from search_service.filters.proving import proof_of, strongest_part
from search_service.search.weights import Weights

MAX_EVIDENCE = 3
_SAME = 0.8  # share of common words from which two passages are one text published twice
_TIERS = {None: 0, PlaceMatch.SEATED: 0, PlaceMatch.SERVES: 1, PlaceMatch.REMOTE: 2}


def votes(
    hits: Sequence[Hit],
    generation: Generation,
    counts: Callable[[Organisation, Document, Proof], bool] = lambda *_: True,
    speakers: Mapping[int, frozenset[str]] | None = None,
) -> dict[str, list[Evidence]]:
    """The passages that speak for each organisation.

    Args:
        hits: Passages, best first.
        generation: Whose passages these are.
        counts: Whether what a document says may count for an organisation, by what it proves.
        speakers: Whom each passage (by row) speaks for; ``None``: whom it documents.

    """
    found: dict[str, list[Evidence]] = defaultdict(list)
    for hit in hits:
        passage = generation.passages[hit.row]
        document = generation.documents[passage.document]
        for name in passage.organisations if speakers is None else sorted(speakers[hit.row]):
            organisation = generation.organisations[name]
            part = strongest_part(passage, organisation)
            proven = proof_of(document, organisation, part)
            if counts(organisation, document, proven):
                found[name].append(
                    Evidence(passage, document, proven, hit.score, hit.row, hit.parts, part=part)
                )
    return found


def organisations(
    votes: Mapping[str, Sequence[Evidence]],
    baseline: float,
    generation: Generation,
    place_matches: Mapping[str, PlaceMatch] | None,
    weights: Weights,
) -> tuple[OrganisationHit, ...]:
    """The organisations that passages vote for, best first.

    Args:
        votes: The passages that speak for each organisation.
        baseline: The score above which a passage is a vote for.
        generation: Whose organisations these are.
        place_matches: How each stands to the place asked for: those seated there come first, then
            those that serve it, then those that work at a distance. ``None``: none was asked for.
        weights: What each vote counts.

    """
    matches = place_matches or {}
    best = {o: _best(found, baseline, weights) for o, found in votes.items()}
    scored = sorted(
        ((o, _score(found, baseline, weights)) for o, found in best.items()),
        key=lambda pair: (place_tier(matches.get(pair[0])), -pair[1], pair[0]),
    )
    return tuple(
        OrganisationHit(generation.organisations[o], rank, score, matches.get(o), tuple(best[o]))
        for rank, (o, score) in enumerate(scored, start=1)
    )


def place_tier(match: PlaceMatch | None) -> int:
    """The order of how an organisation stands to the place asked for: those seated there first."""
    return _TIERS[match]


def documents(hits: Sequence[Hit], generation: Generation) -> tuple[DocumentHit, ...]:
    """The documents of the passages, each by its best one, best first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(generation.passages[hit.row].document, hit)
    return tuple(
        DocumentHit(generation.documents[d], rank, hit.score, generation.passages[hit.row], hit.row)
        for rank, (d, hit) in enumerate(best.items(), start=1)
    )


def _best(votes: Sequence[Evidence], baseline: float, weights: Weights) -> list[Evidence]:
    """An organisation's best passages; a text published twice (PDF and page) counts once."""
    if len(votes) == 1:
        return [*votes]
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


def contributions(votes: Sequence[Evidence], baseline: float, weights: Weights) -> list[float]:
    """What each passage of an organisation, best first, adds to its score above the baseline.

    The best passage decides; those after it can only add.

    Args:
        votes: The passages, best first.
        baseline: The score above which a passage is a vote for.
        weights: What each vote counts.
    """
    values = [_weighed(vote, baseline, weights) for vote in votes]
    positive = [*values[:1], *(max(0.0, value) for value in values[1:])]
    counted = (*weights.votes, *(0.0 for _ in values))
    return [weight * value for weight, value in zip(counted, positive, strict=False)]


def _score(votes: Sequence[Evidence], baseline: float, weights: Weights) -> float:
    return baseline + sum(contributions(votes, baseline, weights))


@lru_cache(maxsize=5_000)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(words(text))


def _alike(a: frozenset[str], b: frozenset[str]) -> bool:
    shared = len(a & b)
    return shared >= _SAME * max(1, len(a) + len(b) - shared)
