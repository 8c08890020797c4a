"""The name of a vocabulary that holds other forms of the words of a text. Pure.

People ask in forms that no stemmer joins: "informatica per la sanità" for "informatica sanitaria",
"siti wordpres". Two words are forms of one where they begin alike; a text is like a name where
they share most of their words so, rare ones counting more.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Prefix

from indexer.text.tokens import word_spans

PREFIX = 4  # letters, in which forms agree at least
_ALIKE = 0.6  # of the longer word: "sanità" and "sanitaria" have .67, "interprete" .6 of its noun
SHARED = 2  # words: with one, "elettronica" would be "firma elettronica"
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
        self._names = [(name, concept, _words(name)) for name, concept in names]
        self._held = Counter(word[:PREFIX] for _, _, words in self._names for word in words)
        self._rows: dict[str, list[int]] = {}
        for row, (_, _, words) in enumerate(self._names):
            for prefix in {word[:PREFIX] for word in words}:
                self._rows.setdefault(prefix, []).append(row)

    def nearest(self, text: str) -> SimilarName | None:
        """The name most like a text; ``None`` if none is like enough."""
        words = _words(text)
        prefixes = {word[:PREFIX] for word in words}
        counted = Counter(row for prefix in prefixes for row in self._rows.get(prefix, ()))
        likely = [row for row, n in counted.items() if n >= SHARED]
        found = (self._similar(row, words) for row in likely)
        alike = (one for one in found if len(one.words) >= SHARED and one.share >= _LEAST)
        return max(alike, key=lambda one: (one.share, one.name), default=None)

    def _similar(self, row: int, words: Sequence[str]) -> SimilarName:
        name, concept, others = self._names[row]
        pairs = [(word, other) for word in words for other in others if is_form(word, other)]
        shared = {word for word, _ in pairs}
        both = self._weight(shared) + self._weight({other for _, other in pairs})
        share = both / (self._weight(words) + self._weight(others))
        return SimilarName(concept, name, frozenset(shared), share)

    def _weight(self, words: Iterable[str]) -> float:
        size = len(self._names)
        return sum(math.log((1 + size) / (1 + self._held[word[:PREFIX]])) for word in words)


def is_form(word: str, other: str) -> bool:
    """Whether two words begin alike, for most of the longer one."""
    if word == other:
        return True
    common = Prefix.similarity(word, other)
    return common >= PREFIX and common >= _ALIKE * max(len(word), len(other))


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for _, _, word in word_spans(text)))
