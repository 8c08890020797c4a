"""An optional stage between retrieving and ranking: another model orders the best passages anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from indexer.domain import Encoded
from indexer.index.snapshot import Generation
from search_service.domain import Query
from search_service.filters.base import Mask
from search_service.observability.trace import stage
from search_service.search.retrieval import Retriever, ScoredPassages
from search_service.search.weights import Weights

RERANKED = 30  # passages; a cross-encoder reads each one with the question


class Reranker(Protocol):
    """What says how well passages answer a question."""

    def scores(self, question: str, passages: Sequence[str]) -> Sequence[float]:
        """A score for each passage; higher is better."""


class RerankingRetriever(Retriever):
    """Retrieves, then lets a reranker order the first passages anew."""

    def __init__(
        self,
        generation: Generation,
        encode: Callable[[str], Encoded],
        weights: Weights,
        reranker: Reranker,
    ) -> None:
        """Make a retriever.

        Args:
            generation: Whose passages are searched.
            encode: What the embedding model makes of a text.
            weights: What each component of a score counts.
            reranker: Orders the first passages.

        """
        super().__init__(generation, encode, weights)
        self._reranker = reranker

    def retrieve(self, query: Query, mask: Mask | None) -> ScoredPassages:
        """The passages for a query, best first; see ``Retriever``."""
        found = super().retrieve(query, mask)
        return self._reranked(found, query.text) if query.text else found

    @stage("rerank")
    def _reranked(self, found: ScoredPassages, text: str) -> ScoredPassages:
        passages = self.generation.passages
        first = [passages[hit.row].embedded_text for hit in found.hits[:RERANKED]]
        return reordered(found, self._reranker.scores(text, first))


def reordered(found: ScoredPassages, scores: Sequence[float]) -> ScoredPassages:
    """The first passages in the order of other scores.

    The best of them gets the best score that there was, and so on: what follows stays below, and
    the scale on which passages vote stays as it was.

    Args:
        found: The passages, best first.
        scores: One for each of the first; ties keep their order.
    """
    order = sorted(range(len(scores)), key=lambda n: -scores[n])
    moved = [
        replace(found.hits[n], score=found.hits[place].score, rank=found.hits[place].rank)
        for place, n in enumerate(order)
    ]
    return ScoredPassages((*moved, *found.hits[len(moved) :]))
