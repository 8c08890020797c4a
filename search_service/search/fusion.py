"""Joining what the retrievers say of passages into one ranking. Pure.

Higher is better, ranks start at 1, ties break by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indexer.index.bm25 import LexicalIndex
from indexer.text.tokens import word_spans
from search_service.domain import Components, Hit
from search_service.search.weights import Weights

_COMMON = np.log(3.0)  # the rarity of a word that half of the passages hold


def ranked(scores: Iterable[tuple[int, float, Components]]) -> tuple[Hit, ...]:
    """Rows with their score and its components as hits, best first."""
    order = sorted(scores, key=lambda item: (-item[1], item[0]))
    return tuple(Hit(row, score, rank, parts) for rank, (row, score, parts) in enumerate(order, 1))


def fused(
    rows: Sequence[int],
    late: Sequence[float],
    dense: Mapping[int, float],
    lexical: Mapping[int, float],
    weights: Weights,
) -> tuple[Hit, ...]:
    """One ranking of candidates, fused from three.

    Each score is on a scale of its own that does not depend on the other candidates: a ranking with
    nothing to say about a question (BM25 across languages) adds nothing, where a join of ranks
    would let it shuffle what the others say.

    Args:
        rows: The candidates.
        late: The late interaction of each, in their order.
        dense: Cosines by row; 0 where there is none.
        lexical: Shares of the highest BM25 score possible (0 to 1) by row; 0 where there is none.
        weights: What each of the three counts.

    Returns:
        The candidates as hits, best first.
    """
    scored = []
    for row, interaction in zip(rows, late, strict=True):
        parts = Components(interaction, dense.get(row, 0.0), lexical.get(row, 0.0))
        scored.append((row, weights.score(parts), parts))
    return ranked(scored)


def with_translated(
    hits: Sequence[Hit], translated: Mapping[int, float], share: float, weights: Weights
) -> tuple[Hit, ...]:
    """The hits in the order that the competencies' names in other languages give them, too.

    Args:
        hits: The candidates by the question's own text.
        translated: By row, what those in another language score by the names in that language.
        share: How much of what is asked the names say, from 0 to 1.
        weights: What each component counts.
    """
    scored = []
    for hit in hits:
        gain = share * (translated.get(hit.row, hit.score) - hit.score)
        parts = replace(hit.parts, translated=gain)
        scored.append((hit.row, weights.score(parts), parts))
    return ranked(scored)


def token_weights(
    text: str, spans: Sequence[tuple[int, int]], lexical: LexicalIndex, rarity: float
) -> NDArray[np.float64]:
    """What each token of a question counts.

    A token counts as its word is rare; those of no word that carries meaning (articles,
    punctuation) count as a word that half of the passages hold.

    Args:
        text: The question.
        spans: Start and end in it of each token, in characters.
        lexical: Knows how rare a word is.
        rarity: The power to which rarity counts.

    Returns:
        Weights, shape (tokens,), summing to 1.
    """
    if not spans:
        return np.zeros(0)
    weights = np.full(len(spans), _COMMON**rarity)
    for start, end, word in word_spans(text):
        for n, (first, last) in enumerate(spans):
            if first < end and start < last:
                weights[n] = max(lexical.idf(word), 0.1) ** rarity
    result: NDArray[np.float64] = weights / weights.sum()
    return result
