"""Misspelt words of a question, corrected with the words of the passages.

The vocabulary is the index's own: its stems are at hand, and the passages that hold one say how
it is written. A word that any passage holds is right, and so is one that a dictionary knows. One
that neither holds is often right too, so a correction needs all of this: the same first letter, few
letters changed, the question's language (but for a slip of the fingers), a change that is no
inflection, and the embedding model's agreement: what it has often read, it writes in fewer pieces.

The dictionary tells how often words are used, and holds the commonest misspellings ("proggetto"):
a rare word, a thousand times rarer than the one that was meant, is taken for one of them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import takewhile

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.domain import Passage
from indexer.index.bm25 import LexicalIndex
from indexer.text.compounds import NO_COMPOUNDS, Compounds
from indexer.text.folding import fold
from indexer.text.tokens import query_stems, stem, words
from search_service.domain import Mention, RecognisedFilter
from search_service.query.compounds import QuestionCompounds
from search_service.query.dictionary import Dictionary

SPELLING = "spelling"  # no filter: a word of the text, put right
_SHORTEST = 5
_LONG = 8  # letters from which two may be wrong
_WORD = re.compile(r"(?<![\w.'’-])[^\W\d_]+(?![\w.'’-])")
_LOOKED_AT = 6  # passages read for how a stem is written
_PIECES = 3  # of the model, that a word it knows seldom takes
_SAFE = 7  # letters of a word that few others are like
_NEAREST = 8  # stems looked at
_VOWELS = frozenset("aeiou")
_RARE, _THOUSANDFOLD = 2.5, 3.0  # on Zipf's scale: what is rarer may be a common misspelling


class QuestionSpeller:
    """Corrects words with those of an index's passages; made once for it."""

    def __init__(
        self,
        lexical: LexicalIndex,
        passages: Sequence[Passage],
        count_tokens: Callable[[Sequence[str]], list[int]],
        names: Compounds = NO_COMPOUNDS,
    ) -> None:
        """Prepare an index.

        Args:
            lexical: Knows which passages hold a word.
            passages: The passages, by row.
            count_tokens: How many pieces the embedding model makes of each of some words.
            names: The compounds of the vocabulary's names.

        """
        self.compounds = QuestionCompounds(lexical, passages, names)
        self._count_tokens = count_tokens
        self._lexical = lexical
        self._passages = passages
        self._stems: dict[str, list[str]] = defaultdict(list)
        for term in lexical.vocabulary():
            if term.isalpha() and len(term) >= _SHORTEST - 2:
                self._stems[term[0]].append(term)
        self.correct = lru_cache(maxsize=1024)(self._correct)

    def _correct(self, word: str, language: str) -> str:
        """The word that a folded word was meant to be; empty when it may well be right."""
        if len(word) < _SHORTEST or not words(word) or self._lexical.document_frequency(word):
            return ""
        limit = 2 if len(word) >= _LONG else 1
        found: dict[str, tuple[int, int]] = {}
        for form in query_stems(word):
            near = process.extract(
                form, self._stems[word[0]], scorer=OSA.distance, score_cutoff=2, limit=_NEAREST
            )
            for term, _, _ in near:
                for (surface, speaks), count in self._written(term, language).items():
                    distance = OSA.distance(word, surface, score_cutoff=limit)
                    likely = speaks or _slipped(word, surface)
                    if likely and distance <= limit and not _inflected(word, surface):
                        found[surface] = (distance, -count)
        best = min(found, key=lambda surface: (*found[surface], surface), default="")
        return best if best and self._is_odd(word, best) and not _is_word(word, best) else ""

    def _is_odd(self, word: str, right: str) -> bool:
        """Whether the model, too, knows the other word better: it takes more pieces to write what
        it has rarely read.
        """
        odd, usual = self._count_tokens([word, right])
        if _slipped(word, right):
            return odd >= max(usual, 2)
        return odd >= max(usual + 1, _PIECES)

    def _written(self, term: str, language: str) -> Counter[tuple[str, bool]]:
        """How passages write a stem, whether in the question's language, and how often."""
        found: Counter[tuple[str, bool]] = Counter()
        begins = re.compile(rf"(?<!\w){re.escape(term[:-1])}\w*")  # a stem may change the last one
        for row in self._lexical.term_rows(term)[:_LOOKED_AT].tolist():
            passage = self._passages[row]
            forms = {fold(form) for form in begins.findall(passage.text.lower())}
            forms = {form for form in forms if stem(form, passage.language) == term}
            found.update((form, passage.language == language) for form in forms)
        return found


def _is_word(word: str, other: str) -> bool:
    """Whether a word is one in its own right, and no misspelling of the other."""
    used = Dictionary.load().frequency(word)
    beside = Dictionary.load().frequency(other) - used
    return used > 0 and (used >= _RARE or beside < _THOUSANDFOLD)


def _slipped(word: str, right: str) -> bool:
    """Whether, in a long word, the fingers slipped: two letters swapped, or one left out of a
    foreign word, which unlike an Italian one need not end in a vowel.
    """
    if len(word) < _SAFE:
        return False
    if len(word) == len(right):
        return sorted(word) == sorted(right)
    return len(word) + 1 == len(right) and word[-1] not in "aeiou"


def _inflected(word: str, other: str) -> bool:
    """Whether two words differ in their last letters only, as forms of one word do."""
    pairs = zip(word, other, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    left, right = word[shared:], other[shared:]
    if len(left) > 1 or len(right) > 1:
        return False
    # Inflections change the last letter, or add a vowel or the "s" of a plural: "wordpres" is none.
    added = left or right
    return bool(left and right) or added in _VOWELS or (added == "s" and word[shared - 1] != "s")


def spellings(text: str, language: str, speller: QuestionSpeller | None) -> list[Mention]:
    """The words of a text that the passages spell otherwise, with their spelling as the value.

    A word with a capital inside a sentence, or with several capitals, is a name and is left alone.

    Args:
        text: The text to match, without the words of filters.
        language: The code of its language.
        speller: Corrects by the index's words; ``None`` corrects nothing.
    """
    if speller is None:
        return []
    found = [_respelt(text, *one) for one in speller.compounds.respelt(text)]
    shouted = text.isupper()
    for match in _WORD.finditer(text):
        written = match[0]
        begins = match.start() == 0 and written[1:].islower()
        if not (written.islower() or begins or shouted):
            continue
        if any(one.start < match.end() and match.start() < one.end for one in found):
            continue
        if right := speller.correct(fold(written), language):
            found.append(_respelt(text, *match.span(), right))
    return sorted(found, key=lambda mention: mention.start)


def _respelt(text: str, start: int, end: int, right: str) -> Mention:
    written = text[start:end]
    understood = RecognisedFilter(SPELLING, right, f"{right} (per «{written}»)", written)
    return Mention(start, end, understood)


def corrected(text: str, found: Sequence[Mention]) -> str:
    """The text with its misspelt words put right."""
    for mention in reversed(found):
        text = text[: mention.start] + mention.understood.value + text[mention.end :]
    return text
