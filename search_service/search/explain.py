"""Why an answer is as it is: scores, ranks and votes, and what each filter left out. Pure.

Made only when it is asked for, from the results of the stages that made the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.domain import DocumentKind
from search_service.domain import (
    Answer,
    Components,
    Hit,
    OrganisationHit,
    PlaceMatch,
    Proof,
    Query,
)
from search_service.filters.passage_index import PassageIndex
from search_service.filters.place import PLACE
from search_service.filters.registry import FILTERS
from search_service.search.eligibility import eligible_passages
from search_service.search.expert_ranking import contributions, votes
from search_service.search.stages import SearchRun
from search_service.search.weights import COMPONENTS, Weights

# No word in common, or nothing to translate: not in its ranking.
_ABSENT_AT_ZERO = frozenset({"lexical", "translated"})
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Component:
    """What one way of scoring says of a passage: ``rank`` is its place in that way's own order.

    ``weight`` is what it counts in the passage's score; ``None`` rank and score: it did not find
    the passage.
    """

    name: str
    rank: int | None
    score: float | None
    weight: float


@dataclass(frozen=True, slots=True)
class ExplainedEvidence:
    """A passage's score and rank among all, and its vote.

    ``contribution`` is what it adds to its organisation's score: how far it stands above the
    baseline, times ``proof_weight`` (where above), times ``vote`` (best, second, third passage).
    """

    passage: str
    document: str
    kind: DocumentKind
    rank: int
    score: float
    components: tuple[Component, ...]
    proof: Proof
    proof_weight: float
    vote: float
    contribution: float


@dataclass(frozen=True, slots=True)
class ExplainedOrganisation:
    """An organisation of the answer: its score is the baseline and the contributions, summed."""

    id: str
    name: str
    rank: int
    score: float
    standing: PlaceMatch | None  # the name in JSON of how it stands to the place
    evidence: tuple[ExplainedEvidence, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How much a filter, alone, keeps out of the search."""

    filter: str
    labels: tuple[str, ...]
    organisations: int
    passages: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """How an answer came about.

    ``passages`` are all of the index, ``searched`` those that passed every filter, ``candidates``
    those that were scored; ``baseline`` is their mean score, above which a passage is a vote for.
    """

    passages: int
    searched: int
    candidates: int
    baseline: float
    left_out: tuple[LeftOut, ...]
    organisations: tuple[ExplainedOrganisation, ...]


def explain(run: SearchRun, index: PassageIndex, weights: Weights) -> Explanation:
    """Explain an answer by the results of the stages that made it.

    Args:
        run: The answer and the stages' results.
        index: The passages that were searched.
        weights: What each component of a score counted.

    """
    scored, rows, size = run.scored, run.eligible.rows, len(index.generation.passages)
    ranks = {hit.row: hit.rank for hit in scored.hits}
    orders = {name: _order(scored.hits, name) for name in COMPONENTS}
    # The answer shows first what documents; the score is of those that voted.
    voted = {hit.organisation.id: hit.evidence for hit in run.stages.judged.ranked.organisations}
    return Explanation(
        passages=size,
        searched=size if rows is None else int(rows.sum()),
        candidates=len(scored.hits),
        baseline=round(scored.baseline, _DIGITS),
        left_out=_left_out(run, index),
        organisations=tuple(
            _organisation(
                replace(hit, evidence=voted[hit.organisation.id]),
                scored.baseline,
                ranks,
                orders,
                weights,
            )
            for hit in run.answer.documented
        ),
    )


def _score(parts: Components, name: str) -> float | None:
    """What a component says of a passage; ``None`` where it did not find it."""
    score = float(getattr(parts, name))
    return None if name in _ABSENT_AT_ZERO and not score else score


def _order(hits: Sequence[Hit], name: str) -> dict[int, int]:
    """The ranks of the rows that one component found, in its own order."""
    found = [(value, hit.row) for hit in hits if (value := _score(hit.parts, name)) is not None]
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return {row: rank for rank, (_, row) in enumerate(found, start=1)}


def _organisation(
    hit: OrganisationHit,
    baseline: float,
    ranks: dict[int, int],
    orders: dict[str, dict[int, int]],
    weights: Weights,
) -> ExplainedOrganisation:
    added = contributions(hit.evidence, baseline, weights)
    votes = (*weights.votes, *(0.0 for _ in added))
    evidence = tuple(
        ExplainedEvidence(
            passage=e.passage.id,
            document=e.document.id,
            kind=e.document.kind,
            rank=ranks[e.row],
            score=round(e.score, _DIGITS),
            components=_components(e.row, e.parts, orders, weights),
            proof=e.proof,
            proof_weight=weights.of(e.proof),
            vote=vote,
            contribution=round(contribution, _DIGITS),
        )
        for e, vote, contribution in zip(hit.evidence, votes, added, strict=False)
    )
    o = hit.organisation
    score = round(hit.score, _DIGITS)
    return ExplainedOrganisation(o.id, o.name, hit.rank, score, hit.place_match, evidence)


def _components(
    row: int, parts: Components, orders: dict[str, dict[int, int]], weights: Weights
) -> tuple[Component, ...]:
    found = []
    for name in COMPONENTS:
        value = _score(parts, name)
        rounded = None if value is None else round(value, _DIGITS)
        found.append(Component(name, orders[name].get(row), rounded, weights.component(name)))
    return tuple(found)


def _left_out(run: SearchRun, index: PassageIndex) -> tuple[LeftOut, ...]:
    """What each filter of the query would leave out if it were the only one."""
    generation, found = index.generation, []
    for one in FILTERS:
        if (condition := one.of(run.searched)) is None:
            continue
        alone = replace(run.searched, conditions={one.key: condition})
        passages, organisations = _kept(alone, index)
        found.append(
            LeftOut(
                filter=one.key,
                labels=_labels(run.answer, one.key),
                organisations=len(generation.organisations) - organisations,
                passages=len(generation.passages) - passages,
            )
        )
    return tuple(found)


def _labels(answer: Answer, aspect: str) -> tuple[str, ...]:
    """What a filter lets through, as it was understood or as it was widened."""
    if aspect == PLACE.key and answer.widened is not None:
        return (answer.widened.searched.label,)
    return tuple(u.label for u in answer.query.understood if u.aspect == aspect)


def _kept(query: Query, index: PassageIndex) -> tuple[int, int]:
    """How many passages pass, and how many organisations have one that may speak for them."""
    eligible, generation = eligible_passages(query, index), index.generation
    count = len(generation.passages)
    passing = range(count) if eligible.rows is None else eligible.rows.nonzero()[0].tolist()
    hits = [Hit(row, 0.0, 0) for row in passing]
    return len(passing), len(votes(hits, generation, eligible.counts))
