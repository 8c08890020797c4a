"""Whether a passage really answers, so that "nobody" can be said.

The model's cosines crowd together, and how high they get depends on the question: a raw threshold
means nothing. So a passage is judged against what the same question gets from passages at large
(an even sample of the index), and against the best that the whole index offers: whoever is left
when a filter has taken the real answer away must not take its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.generation import Generation
from indexer.model import Encoded
from search_service.fusion import token_weights
from search_service.model import Components
from search_service.weights import Calibration, Weights


@dataclass(frozen=True, slots=True)
class Background:
    """What a question gets from passages at large, and the best late interaction anywhere."""

    late: float
    dense: float
    spread: float
    best: float


def background(
    text: str,
    encoded: Encoded,
    generation: Generation,
    weights: Weights,
    sample: int,
    best: float,
) -> Background:
    """Ask an even ``sample`` of the index.

    ``best`` is the best late interaction without filters.
    """
    size = len(generation.passages)
    count = min(sample, size)
    rows = [n * size // count for n in range(count)]
    share = token_weights(text, encoded.spans, generation.lexical, weights.rarity)
    late = generation.tokens.max_similarities(encoded.tokens, rows) @ share
    dense = generation.dense.cosines(encoded.vector, rows)
    return Background(
        float(late.mean()) if count else 0.0,
        float(dense.mean()) if count else 0.0,
        float(dense.std()) if count else 0.0,
        best,
    )


def features(parts: Components, about: Background, calibration: Calibration) -> tuple[float, ...]:
    """What the judgement rests on: lift, dense z-score, share of the highest lift and of BM25."""
    lift = parts.late - about.late
    z_score = (parts.dense - about.dense) / (about.spread + calibration.least_spread)
    return (
        lift,
        min(z_score, calibration.highest_z),
        lift / max(about.best - about.late, calibration.least_lift),
        parts.lexical,
    )


def confidence(parts: Components, about: Background, calibration: Calibration) -> float:
    """How likely it is, from 0 to 1, that a passage answers the question."""
    values = features(parts, about, calibration)
    total = calibration.bias + sum(
        w * v for w, v in zip(calibration.coefficients, values, strict=True)
    )
    return float(1.0 / (1.0 + np.exp(-total)))
