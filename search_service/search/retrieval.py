"""The second stage: a query's text to scored passages. Two retrievers find candidates, a third
scores them all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Encoded
from indexer.index.snapshot import Generation
from indexer.text.tokens import words
from search_service.domain import Components, Hit, Query
from search_service.filters.base import Mask
from search_service.filters.certification import rows_naming_certification
from search_service.observability.trace import stage
from search_service.search.fusion import fused, ranked, token_weights
from search_service.search.weights import Weights

Rows = NDArray[np.int64]
Candidate = tuple[int, float]  # a row, and a retriever's score of it


@dataclass(frozen=True, slots=True)
class ScoredPassages:
    """The candidates, best first."""

    hits: tuple[Hit, ...]

    @property
    def baseline(self) -> float:
        """Their mean score: a passage above it is a vote for its organisations."""
        return sum(hit.score for hit in self.hits) / max(1, len(self.hits))


class Retriever:
    """Scores the passages of a generation; a text is encoded once."""

    def __init__(
        self, generation: Generation, encode: Callable[[str], Encoded], weights: Weights
    ) -> None:
        """Make a retriever.

        Args:
            generation: Whose passages are searched.
            encode: What the embedding model makes of a text.
            weights: What each component of a score counts.

        """
        self.generation = generation
        self.encode = encode
        self.weights = weights

    def retrieve(self, query: Query, mask: Mask | None) -> ScoredPassages:
        """The passages for a query, best first.

        Args:
            query: Without a text all that pass are found, those that speak of its filters first.
            mask: Which passages may be found, shape (passages,); ``None`` is all.

        """
        rows = None if mask is None else mask.nonzero()[0]
        if query.text:
            return ScoredPassages(self.hits(query.text, rows))
        everything = range(len(self.generation.passages)) if rows is None else rows.tolist()
        naming = rows_naming_certification(query, self.generation)
        return ScoredPassages(
            ranked((row, float(row in naming), Components()) for row in everything)
        )

    def hits(self, text: str, rows: Rows | None) -> tuple[Hit, ...]:
        """The passages nearest to a text among ``rows`` (``None``: all), best first."""
        return retrieve(text, self.encode(text), rows, self.generation, self.weights)

    def once(self) -> Retriever:
        """One that scores a text over the whole index once, then selects: for many filters."""
        return _Selecting(self.generation, self.encode, self.weights)


class _Selecting(Retriever):
    """Finds what ``Retriever`` does, from one pass over the index for each text."""

    def __init__(
        self, generation: Generation, encode: Callable[[str], Encoded], weights: Weights
    ) -> None:
        super().__init__(generation, encode, weights)
        self._passes = lru_cache(maxsize=8)(self._score_all)

    def hits(self, text: str, rows: Rows | None) -> tuple[Hit, ...]:
        near, found, late = self._passes(text)
        if rows is not None:
            allowed = np.zeros(len(self.generation.passages), bool)
            allowed[rows] = True
            near = [pair for pair in near if allowed[pair[0]]]
            found = [pair for pair in found if allowed[pair[0]]]
        return _scored(
            text,
            self.encode(text),
            near[: self.weights.dense_candidates],
            found[: self.weights.lexical_candidates],
            self.generation,
            self.weights,
            late,
        )

    def _score_all(self, text: str) -> tuple[list[Candidate], list[Candidate], dict[int, float]]:
        size, encoded = len(self.generation.passages), self.encode(text)
        near = self.generation.dense.search(encoded.vector, size)
        return near, self.generation.lexical.search(words(text), size), {}


@stage("retrieve")
def retrieve(
    text: str,
    encoded: Encoded,
    rows: Rows | None,
    generation: Generation,
    weights: Weights,
) -> tuple[Hit, ...]:
    """The passages nearest to a text, best first.

    The dense index and BM25 each find candidates inside the filter; late interaction over the
    tokens' vectors scores them all.

    Args:
        text: The text to match.
        encoded: What the embedding model makes of it.
        rows: Among which passages, shape (rows,); ``None`` is all.
        generation: Whose passages.
        weights: What each component of a score counts.

    """
    near = generation.dense.search(encoded.vector, weights.dense_candidates, rows)
    found = generation.lexical.search(words(text), weights.lexical_candidates, rows)
    return _scored(text, encoded, near, found, generation, weights)


def _scored(
    text: str,
    encoded: Encoded,
    near: list[Candidate],
    found: list[Candidate],
    generation: Generation,
    weights: Weights,
    known: dict[int, float] | None = None,
) -> tuple[Hit, ...]:
    """The candidates of both retrievers, with all that is said of each.

    Args:
        text: The text to match.
        encoded: What the embedding model makes of it.
        near: The candidates of the dense index.
        found: The candidates of BM25.
        generation: Whose passages.
        weights: What each component of a score counts.
        known: The late interaction of rows that were scored before; the others are added.

    """
    highest = generation.lexical.bound(words(text)) or 1.0
    lexical = {row: score / highest for row, score in found}
    candidates = sorted({*(row for row, _ in near), *lexical})
    late = {} if known is None else known
    new = [row for row in candidates if row not in late]
    share = token_weights(text, encoded.spans, generation.lexical, weights.rarity)
    best = generation.tokens.max_similarities(encoded.tokens, new) @ share
    late.update(zip(new, best.tolist(), strict=True))
    cosines = generation.dense.cosines(encoded.vector, candidates).tolist()
    dense = dict(zip(candidates, cosines, strict=True))
    return fused(candidates, [late[row] for row in candidates], dense, lexical, weights)
