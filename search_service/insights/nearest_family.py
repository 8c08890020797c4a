"""The family of a competence that the vocabulary has no concept for. Pure.

Profiles name products ("SAP"), parts of concepts ("moduli Odoo su misura") and neighbours of them
("ripartizione degli incentivi"). Each belongs to the family whose names hold its words.
"""

from __future__ import annotations

import math
from collections import defaultdict

from indexer.vocabulary import Linker, Vocabulary
from indexer.vocabulary.word_forms import WordFormIndex, is_form, words_of

# What the words of a name must say of one family, in natural logarithms of their rarity among the
# vocabulary's names: one rare word of that family alone has 8. At or above it, one of the seven
# names of the sample corpus was filed wrong; of those below, half would have been.
_LEAST = 4.5


class NearestFamily:
    """Finds the family of names, known or not."""

    def __init__(self, linker: Linker) -> None:
        """Index the names of a vocabulary.

        Args:
            linker: Finds its concepts in texts.
        """
        self._linker = linker
        self._names = WordFormIndex(_names(linker.vocabulary))

    def of(self, name: str) -> str:
        """The id of the family of a name; empty where its words are of none, or of many.

        The first concept that stands in the name decides, then the concept whose name it is like,
        then the names that hold its words.
        """
        concepts = self._linker.vocabulary.concepts
        if mentions := self._linker.mentions(name):
            return concepts[mentions[0].concept].family
        if similar := self._linker.similar(name):
            return concepts[similar.concept].family
        scores: dict[str, float] = defaultdict(float)
        for word in words_of(name):
            for family, score in self._said_by(word).items():
                scores[family] += score
        best = max(sorted(scores), key=lambda family: scores[family], default="")
        return best if scores[best] >= _LEAST else ""

    def _said_by(self, word: str) -> dict[str, float]:
        """What a word says of each family that has names with it: its share of them, by rarity."""
        held: dict[str, float] = defaultdict(float)
        for name in self._names.candidates((word,)):
            if any(is_form(word, other) for other in name.words):
                held[name.id] += 1 / len(name.words)
        total = sum(held.values())
        rarity = math.log(len(self._names) / (1 + total))
        return {family: rarity * share / total for family, share in held.items()}


def _names(vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """Each name of a concept, products' too, with its family."""
    return [
        (name, concept.family)
        for concept in vocabulary.concepts.values()
        for name in dict.fromkeys((*(name for _, name in concept.names()), *concept.narrower_terms))
    ]
