"""The name of a vocabulary that holds other forms of the words of a text. Pure.

A text is like a name where forms of one another are most of their words, rare ones counting more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indexer.vocabulary.word_forms import (
    LEAST_SHARED,
    IndexedText,
    WordFormIndex,
    is_form,
    words_of,
)

# The least share of the words, by rarity, of both together: on the development half of the second
# network and on the topics of the sample corpus one link in twenty at or above it was wrong.
_LEAST = 0.6


@dataclass(frozen=True, slots=True)
class SimilarName:
    """A name that a text is like.

    Attributes:
        concept: The id of the concept that it names.
        name: The name.
        words: The words of the text that it holds a form of, folded.
        share: How much of the words of both they share, by rarity, from 0 to 1.

    """

    concept: str
    name: str
    words: frozenset[str]
    share: float


class SimilarNames:
    """Finds the most similar of many names."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Index names.

        Args:
            names: Each name with the id of its concept.
        """
        self._index = WordFormIndex(names)

    def nearest(self, text: str) -> SimilarName | None:
        """The name most like a text; ``None`` if none is like enough."""
        words = words_of(text)
        likely = self._index.candidates(words, LEAST_SHARED)
        found = (self._similar(name, words) for name in likely)
        alike = (one for one in found if len(one.words) >= LEAST_SHARED and one.share >= _LEAST)
        return max(alike, key=lambda one: (one.share, one.name), default=None)

    def _similar(self, name: IndexedText, words: Sequence[str]) -> SimilarName:
        pairs = [(word, other) for word in words for other in name.words if is_form(word, other)]
        shared = {word for word, _ in pairs}
        weight = self._index.weight
        both = weight(shared) + weight({other for _, other in pairs})
        share = both / (weight(words) + weight(name.words))
        return SimilarName(name.id, name.text, frozenset(shared), share)
