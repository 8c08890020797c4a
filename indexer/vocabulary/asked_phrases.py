"""The phrases in which people who do not know a competence's name say that they need it. Pure.

"Nomi doppi in anagrafica" asks for data quality. Of a phrase most must be there: its words, rare
ones counting more, in any order and other forms, and near one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.text.tokens import Span, word_spans
from indexer.vocabulary.word_forms import (
    LEAST_SHARED,
    IndexedText,
    WordFormIndex,
    is_form,
)

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
        self._index = WordFormIndex(phrases)

    def asked(self, text: str) -> AskedPhrase | None:
        """What a text asks for; ``None`` where no phrase says, or phrases of several concepts."""
        spans = word_spans(text)
        likely = self._index.candidates((word for _, _, word in spans), LEAST_SHARED)
        best: dict[str, AskedPhrase] = {}
        for one in filter(None, (self._found(phrase, spans) for phrase in likely)):
            known = best.get(one.concept)
            if known is None or (one.score, one.phrase) > (known.score, known.phrase):
                best[one.concept] = one
        ordered = sorted(best.values(), key=lambda one: (-one.score, one.concept))
        if len(ordered) > 1 and ordered[1].score > _CLEARLY * ordered[0].score:
            return None
        return ordered[0] if ordered else None

    def _found(self, phrase: IndexedText, spans: Sequence[Span]) -> AskedPhrase | None:
        places = {
            word: place
            for word in phrase.words
            if (place := _place(word, spans)) is not None
        }  # fmt: skip
        shared = set(places.values())
        most = len(phrase.words) + _BETWEEN
        if len(shared) < LEAST_SHARED or max(shared) - min(shared) > most:
            return None
        held = self._index.weight(places)
        share = held / self._index.weight(phrase.words)
        if share < _LEAST:
            return None
        words = frozenset(spans[n][2] for n in shared)
        return AskedPhrase(phrase.id, phrase.text, words, held * share)


def _place(word: str, spans: Sequence[Span]) -> int | None:
    """The place of the first form of a word, counted in words."""
    return next((n for n, (_, _, other) in enumerate(spans) if is_form(word, other)), None)
