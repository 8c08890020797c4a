"""Why an answer is as it is: scores, ranks and votes, and what each filter left out. Pure.

Made only when it is asked for, from the same functions that made the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from indexer.domain import DocumentKind
from indexer.index.snapshot import Generation
from search_service.domain import (
    Answer,
    Aspect,
    Components,
    Hit,
    OrganisationHit,
    PlaceMatch,
    Proof,
    Query,
)
from search_service.search.expert_ranking import baseline_of, contributions
from search_service.search.filters import PassageFilters
from search_service.search.weights import Weights

# The filters of a query by what they are about, each left out as a whole.
FILTERS = {
    Aspect.PLACE: ("places", "excluded_places"),
    Aspect.KIND: ("kinds", "documents_there"),
    Aspect.PERIOD: ("period",),
    Aspect.CERTIFICATION: ("certifications",),
    Aspect.SECTOR: ("sectors",),
    Aspect.COMPETENCE: ("competencies",),
    Aspect.PROOF: ("proofs",),
    Aspect.ORGANISATION: ("organisations",),
    Aspect.EXCLUSION: (
        "excluded_organisations",
        "excluded_certifications",
        "excluded_terms",
    ),
    Aspect.LEGAL_FORM: ("legal_forms",),
}
_COMPONENTS: dict[str, Callable[[Components], float | None]] = {
    "late": lambda parts: parts.late,
    "dense": lambda parts: parts.dense,
    "lexical": lambda parts: parts.lexical or None,  # no word in common: not in its ranking
}
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
    standing: PlaceMatch | None
    evidence: tuple[ExplainedEvidence, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How much a filter, alone, keeps out of the search."""

    filter: Aspect
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


def explain(
    answer: Answer,
    query: Query,
    hits: Sequence[Hit],
    generation: Generation,
    filters: PassageFilters,
    weights: Weights,
) -> Explanation:
    """Explain an answer by the ``hits`` it was made of.

    ``query`` is what was searched: the answer's own, or the widened one.
    """
    rows = filters.allowed(query).rows
    size = len(generation.passages)
    baseline = baseline_of(hits)
    ranks = {hit.row: hit.rank for hit in hits}
    orders = {name: _order(hits, score) for name, score in _COMPONENTS.items()}
    return Explanation(
        passages=size,
        searched=size if rows is None else int(rows.sum()),
        candidates=len(hits),
        baseline=round(baseline, _DIGITS),
        left_out=_left_out(answer, query, generation, filters),
        organisations=tuple(
            _organisation(hit, baseline, ranks, orders, weights) for hit in answer.organisations
        ),
    )


def _order(hits: Sequence[Hit], score: Callable[[Components], float | None]) -> dict[int, int]:
    """The ranks of the rows that one component found, in its own order."""
    found = [(value, hit.row) for hit in hits if (value := score(hit.parts)) is not None]
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
    return ExplainedOrganisation(o.id, o.name, hit.rank, score, hit.standing, evidence)


def _components(
    row: int, parts: Components, orders: dict[str, dict[int, int]], weights: Weights
) -> tuple[Component, ...]:
    counted = {"late": weights.late, "dense": weights.dense, "lexical": weights.lexical}
    found = []
    for name, score in _COMPONENTS.items():
        value = score(parts)
        rounded = None if value is None else round(value, _DIGITS)
        found.append(Component(name, orders[name].get(row), rounded, counted[name]))
    return tuple(found)


def _left_out(
    answer: Answer, query: Query, generation: Generation, filters: PassageFilters
) -> tuple[LeftOut, ...]:
    """What each filter of the query would leave out if it were the only one."""
    bare = Query(query.question, query.text, query.language)
    found = []
    for aspect, fields in FILTERS.items():
        chosen = {name: getattr(query, name) for name in fields}
        if all(value == getattr(bare, name) for name, value in chosen.items()):
            continue
        passages, organisations = _kept(replace(bare, **chosen), generation, filters)
        found.append(
            LeftOut(
                filter=aspect,
                labels=_labels(answer, aspect),
                organisations=len(generation.organisations) - organisations,
                passages=len(generation.passages) - passages,
            )
        )
    return tuple(found)


def _labels(answer: Answer, aspect: Aspect) -> tuple[str, ...]:
    """What a filter lets through, as it was understood or as it was widened."""
    if aspect is Aspect.PLACE and answer.widened is not None:
        return (answer.widened.searched.label,)
    return tuple(u.label for u in answer.query.understood if u.aspect is aspect)


def _kept(query: Query, generation: Generation, filters: PassageFilters) -> tuple[int, int]:
    """How many passages pass, and how many organisations have one that may speak for them."""
    allowed = filters.allowed(query)
    count = len(generation.passages)
    passing = range(count) if allowed.rows is None else allowed.rows.nonzero()[0].tolist()
    rows_of_eligible = {
        organisation
        for row in passing
        for organisation in generation.passages[row].organisations
        if allowed.counts(
            generation.organisations[organisation],
            generation.documents[generation.passages[row].document],
        )
    }
    return len(passing), len(rows_of_eligible)
