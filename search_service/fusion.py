"""Joining rankings of passages. Pure: higher is better, ranks start at 1, ties break by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from search_service.model import Hit

RRF_K = 60  # Cormack, Clarke and Büttcher 2009


def ranked(scores: Iterable[tuple[int, float]]) -> tuple[Hit, ...]:
    """Pairs of row and score as hits, best first."""
    order = sorted(scores, key=lambda pair: (-pair[1], pair[0]))
    return tuple(Hit(row, score, rank) for rank, (row, score) in enumerate(order, start=1))


def reciprocal_rank_fusion(rankings: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    """Join rankings by the sum of 1 / (k + rank)."""
    scores: dict[int, float] = defaultdict(float)
    for ranking in rankings:
        for hit in ranking:
            scores[hit.row] += 1.0 / (RRF_K + hit.rank)
    return ranked(scores.items())
