"""Which of some stems a text holds, without stemming all of its words. Pure.

Most statements that are looked at hold none of a question's words, and few words of the others are
like one. A stem differs from its words in the last letters only, so that what it begins with tells
which words may have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from indexer.text.compounds import can_join
from indexer.text.tokens import is_content, query_stems, token_spans

# Ends of stems that their words may not have, by how many letters: "lying" has the stem "lie",
# "solitary" "solitari", "convergenze" "convergent", "capability" "capabl".
_CHANGED = {"ie": 2, "i": 1, "e": 1, "y": 1, "ent": 1, "bl": 1}
_GLUE = dict.fromkeys(map(ord, " .-"))  # may stand inside of what counts as one word
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class HeldStems:
    """Some stems, and how the words begin that may have them.

    Attributes:
        stems: The stems.
        beginnings: What a word of one of them begins with.
        glued: The same without what may part the halves of a word.

    """

    stems: frozenset[str]
    beginnings: tuple[str, ...]
    glued: tuple[str, ...]

    @classmethod
    def of(cls, stems: Iterable[str]) -> HeldStems:
        """What finds some stems."""
        found = frozenset(stems)
        beginnings = set(map(_beginning, found))
        return cls(found, tuple(beginnings), tuple({one.translate(_GLUE) for one in beginnings}))

    def within(self, folded: str) -> frozenset[str]:
        """Those that a text holds, in a word or in two that a space parts ("word press").

        Args:
            folded: The text, folded letter by letter.
        """
        glued = folded.translate(_GLUE)
        if not any(one in glued for one in self.glued):
            return _NONE
        spans = token_spans(folded)
        words = {word for _, _, word in spans if self._may_have(word) and is_content(word)}
        for (_, end, first), (start, _, second) in pairwise(spans):
            # can_join takes longest
            parted = folded[end:start] == " " and self._may_have(first + second)
            if parted and can_join(first, second):
                words.add(first + second)
        return self.stems.intersection(stem for word in words for stem in query_stems(word))

    def _may_have(self, word: str) -> bool:
        return word.startswith(self.beginnings)


def _beginning(one: str) -> str:
    """What every word of a stem begins with."""
    return next((one[:-n] for end, n in _CHANGED.items() if one.endswith(end)), one)
