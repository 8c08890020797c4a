"""Whether a passage really answers, so that "nobody" can be said.

The model's cosines crowd together, and how high they get depends on the question: a raw threshold
means nothing. So a passage is judged against what the same question gets from passages at large
(an even sample of the index), and against the best that the whole index offers: whoever is left
when a filter has taken the real answer away must not take its place.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.index.snapshot import Generation
from search_service.domain import Components, Hit
from search_service.search.calibration import Calibration
from search_service.search.fusion import token_weights
from search_service.search.retrieval import EncodedText
from search_service.search.topic import Word
from search_service.search.weights import Weights

# Passages among which each word of a question has its nearest. With 50, or all candidates, the same
# questions were told from those about something else (docs/results).
_NEAREST = 30
_FEW = 95  # per cent of passages at large that are not among the few near ones
_LONGEST = 3.2  # e to this are 25 tokens: no longer question was judged


@dataclass(frozen=True, slots=True)
class QueryBaseline:
    """What a question's late interaction is with passages at large, and with the best anywhere.

    Attributes:
        late: With passages at large, on average.
        best: With the best anywhere.
        length: The logarithm of its number of tokens: the longer, the lower its mean.
        nearest: How near the tokens of its content words come, each to its nearest among the best
            passages (a mean of cosines): low where the index speaks of something else entirely.
        spread: How far, token by token, the few near ones of the passages at large stand above
            their mean: little where the question tells them apart by nothing.

    """

    late: float
    best: float
    length: float
    nearest: float
    spread: float

    def share(self, late: Iterable[float], calibration: Calibration) -> float:
        """How near the nearest of some passages is, as a share of the best anywhere, from 0 to 1.

        Args:
            late: The late interaction of each.
            calibration: Holds the least lift that counts as the highest.

        """
        highest = max(self.best - self.late, calibration.least_lift)
        nearest = max(late, default=self.late)
        return min(1.0, max(0.0, (nearest - self.late) / highest))


def query_baseline(
    asked: EncodedText,
    generation: Generation,
    weights: Weights,
    sample: int,
    hits: Sequence[Hit],
    content: Sequence[Word],
) -> QueryBaseline:
    """Compare a question with an even sample of the index.

    Args:
        asked: The question's text to match.
        generation: The index.
        weights: Its ``rarity`` says how much more a rare word counts.
        sample: How many passages are compared, evenly spread over the index.
        hits: The passages nearest to it without filters, best first.
        content: Its content words.
    """
    size = len(generation.passages)
    count = min(sample, size)
    rows = [n * size // count for n in range(count)]
    encoded = asked.encoded
    share = token_weights(asked.text, encoded.spans, generation.lexical, weights.rarity)
    length = min(math.log(max(1, len(encoded.spans))), _LONGEST)
    best = max((hit.parts.late for hit in hits), default=0.0)
    if not (count and hits and len(share)):
        return QueryBaseline(0.0, best, length, 0.0, 0.0)
    at_large = asked.similarities(rows)
    late = at_large.mean(axis=0)
    spread = float((np.percentile(at_large, _FEW, axis=0) - late) @ share)
    near = [hit.row for hit in hits[:_NEAREST]]
    of_tokens = asked.similarities(near).max(axis=0)
    meaning = [
        any(first < word.end and word.start < last for word in content)
        for first, last in encoded.spans
    ]
    nearest = float(of_tokens[meaning].mean() if any(meaning) else of_tokens.mean())
    return QueryBaseline(float(late @ share), best, length, nearest, spread)


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
