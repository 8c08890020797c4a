"""Whether a passage really answers, so that "nobody" can be said.

The model's cosines crowd together, and how high they get depends on the question: a raw threshold
means nothing. So a passage is judged against what the same question gets from passages at large
(an even sample of the index), and against the best that the whole index offers: whoever is left
when a filter has taken the real answer away must not take its place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from indexer.domain import Encoded
from indexer.index.snapshot import Generation
from search_service.domain import Components
from search_service.search.fusion import token_weights
from search_service.search.weights import Calibration, Weights

_LONGEST = 3.2  # e to this are 25 tokens: no longer question was judged


@dataclass(frozen=True, slots=True)
class QueryBaseline:
    """What a question's late interaction is with passages at large, and with the best anywhere.

    ``length`` is the logarithm of its number of tokens: the longer a question, the lower its mean.
    """

    late: float
    best: float
    length: float


def query_baseline(
    text: str,
    encoded: Encoded,
    generation: Generation,
    weights: Weights,
    sample: int,
    best: float,
) -> QueryBaseline:
    """Compare a question with an even sample of the index.

    Args:
        text: The question's text to match.
        encoded: The same, encoded.
        generation: The index.
        weights: Its ``rarity`` says how much more a rare word counts.
        sample: How many passages are compared, evenly spread over the index.
        best: The best late interaction that any passage has, without filters.
    """
    size = len(generation.passages)
    count = min(sample, size)
    rows = [n * size // count for n in range(count)]
    share = token_weights(text, encoded.spans, generation.lexical, weights.rarity)
    late = generation.tokens.max_similarities(encoded.tokens, rows) @ share
    length = min(math.log(max(1, len(encoded.spans))), _LONGEST)
    return QueryBaseline(float(late.mean()) if count else 0.0, best, length)


def features(
    parts: Components, about: QueryBaseline, calibration: Calibration
) -> tuple[float, ...]:
    """The values that the judgement rests on.

    Args:
        parts: The scores of a passage.
        about: The baseline of the question.
        calibration: Holds the least lift that counts as the highest.

    Returns:
        Lift, its share of the highest, BM25's share (0 to 1), and the question's length
        (logarithm of tokens).
    """
    lift = parts.late - about.late
    share = lift / max(about.best - about.late, calibration.least_lift)
    return (lift, share, parts.lexical, about.length)


def confidence(parts: Components, about: QueryBaseline, calibration: Calibration) -> float:
    """How likely it is, from 0 to 1, that a passage answers the question.

    Args:
        parts: The scores of the passage.
        about: The baseline of the question.
        calibration: Coefficients of a logistic regression, as fitted for the model.
    """
    values = features(parts, about, calibration)
    total = calibration.bias + sum(
        w * v for w, v in zip(calibration.coefficients, values, strict=True)
    )
    return 1.0 / (1.0 + math.exp(-total))
