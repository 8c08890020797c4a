"""Texts by their words, in whatever form these are written. Pure.

People ask in forms that no stemmer joins: "informatica per la sanità" for "informatica sanitaria",
"siti wordpres". Two words are forms of one where they begin alike.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Prefix

from indexer.text.tokens import word_spans

LEAST_SHARED = 2  # words: with one, "elettronica" would be "firma elettronica"
_PREFIX = 4  # letters, in which forms agree at least
_ALIKE = 0.6  # of the longer word: "sanità" and "sanitaria" have .67, "interprete" .6 of its noun


@dataclass(frozen=True, slots=True)
class IndexedText:
    """A text, the id of what it stands for, and its content words, folded, each once."""

    text: str
    id: str
    words: tuple[str, ...]


class WordFormIndex:
    """Finds texts by forms of their words, and weighs words by how few texts hold them."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        """Index texts.

        Args:
            texts: Each text with the id of what it stands for.
        """
        self._texts = [IndexedText(text, identity, words_of(text)) for text, identity in texts]
        self._rows: dict[str, list[int]] = {}
        for row, one in enumerate(self._texts):
            for prefix in _prefixes(one.words):
                self._rows.setdefault(prefix, []).append(row)

    def __len__(self) -> int:
        return len(self._texts)

    def candidates(self, words: Iterable[str], least: int = 1) -> list[IndexedText]:
        """The texts that may hold forms of so many words at least; ``is_form`` tells."""
        rows = (self._rows.get(prefix, ()) for prefix in _prefixes(words))
        counted = Counter(row for found in rows for row in found)
        return [self._texts[row] for row, count in counted.items() if count >= least]

    def weight(self, words: Iterable[str]) -> float:
        """The rarity of words among the texts, in natural logarithms, added up."""
        held = (len(self._rows.get(word[:_PREFIX], ())) for word in words)
        return sum(math.log((1 + len(self)) / (1 + count)) for count in held)


def is_form(word: str, other: str) -> bool:
    """Whether two words begin alike, for most of the longer one."""
    if word == other:
        return True
    common = Prefix.similarity(word, other)
    return common >= _PREFIX and common >= _ALIKE * max(len(word), len(other))


def words_of(text: str) -> tuple[str, ...]:
    """The content words of a text, folded, each once."""
    return tuple(dict.fromkeys(word for _, _, word in word_spans(text)))


def _prefixes(words: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(word[:_PREFIX] for word in words)
