"""Compounds of a question, written as the passages write them: "word press" as "wordpress".

The index holds what is written in two as one word too, where any passage writes it so
(``indexer.text.compounds``); so a question needs only to say one of the spellings that there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from indexer.domain import Passage
from indexer.index.bm25 import LexicalIndex
from indexer.text.compounds import NO_COMPOUNDS, Compounds, can_join
from indexer.text.folding import fold
from indexer.text.tokens import token_spans

_LOOKED_AT = 6  # passages read for how a word is written
_SHORTEST = 3  # letters of half a word


class QuestionCompounds:
    """Finds compounds that an index writes in another way; made once for it."""

    def __init__(
        self,
        lexical: LexicalIndex,
        passages: Sequence[Passage],
        names: Compounds = NO_COMPOUNDS,
    ) -> None:
        """Prepare an index.

        Args:
            lexical: Knows which passages hold a word.
            passages: The passages, by row.
            names: The compounds of the vocabulary's names, which count as the passages' do.

        """
        self._lexical = lexical
        self._passages = passages
        self._names = names
        self.joined = lru_cache(maxsize=1024)(self._joined)
        self.parted = lru_cache(maxsize=1024)(self._parted)

    def respelt(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where a text writes a compound in another way, and how the passages write it."""
        every = token_spans(text)
        end_of_last = 0
        for (start, end, first), (start_of_next, end_of_next, second) in pairwise(every):
            apart = start >= end_of_last and text[end:start_of_next] == " "
            if apart and (word := self.joined(first, second)):
                end_of_last = end_of_next
                yield start, end_of_next, word
        for start, end, word in every:
            written = fold(text[start:end])
            if written != word and written.count("-") == 1 and self._is_closed(written):
                yield start, end, word
            elif written == word and (halves := self.parted(word)):
                yield start, end, halves

    def _joined(self, first: str, second: str) -> str:
        """The word that two neighbours are; empty where they are two."""
        hyphen = "-?" if can_join(first, second) else "-"
        written = rf"(?<!\w){re.escape(first)}{hyphen}{re.escape(second)}(?!\w)"
        rows = self._lexical.rows(first + second)
        # Where no passage writes it in one, the word would find nothing, and its halves do.
        known = self._names.joins(first, second) or self._somewhere(written, rows.tolist())
        return first + second if len(rows) and known else ""

    def _is_closed(self, written: str) -> bool:
        """Whether passages write a word in one, and none with its hyphen."""
        word = written.replace("-", "")
        rows = self._lexical.rows(word).tolist()
        closed = self._somewhere(rf"(?<!\w){re.escape(word)}(?!\w)", rows)
        return closed and not self._somewhere(rf"(?<!\w){re.escape(written)}(?!\w)", rows)

    def _parted(self, word: str) -> str:
        """The two words that a compound is written as; empty where it is known as it is."""
        if len(word) < 2 * _SHORTEST or self._lexical.document_frequency(word):
            return ""
        for at in range(_SHORTEST, len(word) - _SHORTEST + 1):
            first, second = word[:at], word[at:]
            if can_join(first, second):
                rows = np.intersect1d(self._lexical.rows(first), self._lexical.rows(second))
                if self._somewhere(rf"(?<!\w){first} {second}(?!\w)", rows.tolist()):
                    return f"{first} {second}"
        return ""

    def _somewhere(self, written: str, rows: Sequence[int]) -> bool:
        """Whether a pattern is in the first of some passages, folded."""
        pattern = re.compile(written)
        texts = (self._passages[row] for row in rows[:_LOOKED_AT])
        return any(pattern.search(fold(f"{p.context} {p.text}")) for p in texts)
