"""A question's text to ranked passages: candidates from two retrievers, scored by a third."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Encoded
from indexer.index.snapshot import Generation
from indexer.text.tokens import words
from search_service.domain import Hit
from search_service.observability.trace import stage
from search_service.search.fusion import joined, token_weights
from search_service.search.weights import Weights


@stage("retrieve")
def retrieve(
    text: str,
    encoded: Encoded,
    rows: NDArray[np.int64] | None,
    generation: Generation,
    weights: Weights,
) -> tuple[Hit, ...]:
    """The passages nearest to a question among ``rows`` (``None``: all), best first.

    The dense index and BM25 each find candidates inside the filter; late interaction over the
    tokens' vectors scores them all.
    """
    near = generation.dense.search(encoded.vector, weights.dense_candidates, rows)
    wanted = words(text)
    found = generation.lexical.search(wanted, weights.lexical_candidates, rows)
    highest = generation.lexical.bound(wanted) or 1.0
    lexical = {row: score / highest for row, score in found}
    candidates = sorted({*(row for row, _ in near), *lexical})
    best = generation.tokens.max_similarities(encoded.tokens, candidates)
    share = token_weights(text, encoded.spans, generation.lexical, weights.rarity)
    cosines = generation.dense.cosines(encoded.vector, candidates).tolist()
    dense = dict(zip(candidates, cosines, strict=True))
    return joined(candidates, (best @ share).tolist(), dense, lexical, weights)
