"""The phrases in which people who do not know a competence's name say that they need it. Pure.

"Nomi doppi in anagrafica" asks for data quality. Of a phrase most must be there: its words, rare
ones counting more, in any order and other forms, and near one another.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.text.tokens import Span, word_spans
from indexer.vocabulary.similar import PREFIX, SHARED, is_form

# The least share of a phrase's words, by rarity. Of 37 links on the development sets at or above
# it 7 were wrong; with all of the words 2 of 15, and half as many questions were answered.
_LEAST = 0.6
_BETWEEN = 5  # words that may stand between those of a phrase
# A phrase of another concept must be worse by this factor: else the text means either.
_CLEARLY = 0.95


@dataclass(frozen=True, slots=True)
class AskedPhrase:
    """A phrase that a text holds most of.

    Attributes:
        concept: The id of the concept that it asks for.
        phrase: The phrase.
        words: The words of the text that it is told by, folded.
        score: The rarity of its words that are there, times their share of all its words.

    """

    concept: str
    phrase: str
    words: frozenset[str]
    score: float


class AskedPhrases:
    """Finds what a text asks for without naming it."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """Index phrases.

        Args:
            phrases: Each phrase with the id of its concept.
        """
        self._phrases = [(phrase, concept, _words(phrase)) for phrase, concept in phrases]
        self._held = Counter(
            prefix for _, _, words in self._phrases for prefix in {word[:PREFIX] for word in words}
        )
        self._rows: dict[str, list[int]] = {}
        for row, (_, _, words) in enumerate(self._phrases):
            for prefix in {word[:PREFIX] for word in words}:
                self._rows.setdefault(prefix, []).append(row)

    def asked(self, text: str) -> AskedPhrase | None:
        """What a text asks for; ``None`` where no phrase says, or phrases of several concepts."""
        spans = word_spans(text)
        prefixes = {word[:PREFIX] for _, _, word in spans}
        counted = Counter(row for prefix in prefixes for row in self._rows.get(prefix, ()))
        likely = (self._found(row, spans) for row, n in counted.items() if n >= SHARED)
        best: dict[str, AskedPhrase] = {}
        for one in filter(None, likely):
            known = best.get(one.concept)
            if known is None or (one.score, one.phrase) > (known.score, known.phrase):
                best[one.concept] = one
        ordered = sorted(best.values(), key=lambda one: (-one.score, one.concept))
        if len(ordered) > 1 and ordered[1].score > _CLEARLY * ordered[0].score:
            return None
        return ordered[0] if ordered else None

    def _found(self, row: int, spans: Sequence[Span]) -> AskedPhrase | None:
        phrase, concept, words = self._phrases[row]
        places = {
            word: place
            for word in words
            if (place := _place(word, spans)) is not None
        }  # fmt: skip
        shared = set(places.values())
        if len(shared) < SHARED or max(shared) - min(shared) > len(words) + _BETWEEN:
            return None
        held = self._weight(places)
        share = held / self._weight(words)
        if share < _LEAST:
            return None
        return AskedPhrase(concept, phrase, frozenset(spans[n][2] for n in shared), held * share)

    def _weight(self, words: Iterable[str]) -> float:
        size = len(self._phrases)
        return sum(math.log((1 + size) / (1 + self._held[word[:PREFIX]])) for word in words)


def _place(word: str, spans: Sequence[Span]) -> int | None:
    """The place of the first form of a word, counted in words."""
    return next((n for n, (_, _, other) in enumerate(spans) if is_form(word, other)), None)


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for _, _, word in word_spans(text)))
