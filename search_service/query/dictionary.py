"""How often Italian and English use a word: what is used is a word, whoever knows it.

The frequencies are wordfreq's (Apache-2.0; its lists are CC BY-SA 4.0 and stay in the package).
Hunspell's Italian dictionary would do as well, but its licence is the GPL.
"""

from __future__ import annotations

from functools import cache
from itertools import chain

import numpy as np

from indexer.text.folding import fold
from indexer.text.tokens import QUERY_LANGUAGES

_RAREST = 9.0  # the scale's zero is a word in a billion


class Dictionary:
    """The words of both languages, as hashes: five megabytes instead of sixty.

    A word's frequency is on Zipf's scale: the logarithm (base 10) of how often it is in a billion
    words, so 3 more is a thousand times as often.
    """

    def __init__(self) -> None:
        from wordfreq import get_frequency_list  # lists of words, the most frequent first

        ranked = [list(get_frequency_list(code, "large")) for code in QUERY_LANGUAGES]
        get_frequency_list.cache_clear()
        pairs = (
            (hash(word if word.isascii() else fold(word)), centibels)
            for lists in ranked
            for centibels, words in enumerate(lists)
            for word in words
        )
        found = np.fromiter(chain.from_iterable(pairs), np.int64).reshape(-1, 2)
        found = found[np.lexsort((found[:, 1], found[:, 0]))]
        # Of a word in both languages the first, which is the more frequent, is kept.
        self._hashes, first = np.unique(found[:, 0], return_index=True)
        self._centibels = found[first, 1].astype(np.int16)

    @classmethod
    @cache
    def load(cls) -> Dictionary:
        """The dictionary; read when it is first needed, in less than a second."""
        return cls()

    def frequency(self, word: str) -> float:
        """How often a folded word is used, on Zipf's scale; 0 where it is none."""
        at = int(np.searchsorted(self._hashes, hash(word)))
        if at == len(self._hashes) or self._hashes[at] != hash(word):
            return 0.0
        return _RAREST - float(self._centibels[at]) / 100
