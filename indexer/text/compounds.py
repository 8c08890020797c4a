"""Words that are written in one, in two or with a hyphen: "e-learning", "word press". Pure.

No list of words says which neighbours are one word: other texts do, which write them together. Two
words of three letters and more are one where any text writes it so ("data base", "database"). Of a
shorter one, or one that carries no content, only a hyphen tells: "e learning" is "e-learning", but
"e lezioni" is not "elezioni", nor "in formazione" "informazione".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from indexer.text.tokens import Span, hyphenated, is_content, token_spans

_SHORTEST = 3  # letters of each half where no hyphen tells: shorter ones meet by accident


@dataclass(frozen=True, slots=True)
class Compounds:
    """What some texts write as one word.

    Attributes:
        words: All their words, folded; compounds without their hyphen.
        pairs: The halves of compounds with a hyphen, folded.

    """

    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Compounds:
        """The compounds of some texts."""
        return cls.of_words((word_runs(text), hyphenated(text)) for text in texts)

    @classmethod
    def of_words(cls, texts: Iterable[tuple[str, Iterable[str]]]) -> Compounds:
        """The compounds of some texts, given as their ``word_runs`` and what they hyphenate."""
        words: set[str] = set()
        pairs: set[tuple[str, str]] = set()
        for runs, tokens in texts:
            words.update(runs.split())
            halves = (tuple(token.split("-")) for token in tokens)
            pairs.update((pair[0], pair[1]) for pair in halves if len(pair) == 2)
        return cls(frozenset(words), frozenset(pairs))

    def joins(self, first: str, second: str) -> bool:
        """Whether two neighbouring words, folded, are one."""
        if (first, second) in self.pairs:
            return True
        return can_join(first, second) and first + second in self.words

    def spans(self, text: str) -> list[Span]:
        """The content words of a text with their character offsets, compounds as one word."""
        return self.content_of(text, token_spans(text))

    def content_of(self, text: str, every: Sequence[Span]) -> list[Span]:
        """The same of a text whose words (``token_spans``) are known."""
        found: list[Span] = []
        at = 0
        while at < len(every):
            start, end, word = every[at]
            following = every[at + 1] if at + 1 < len(every) else None
            if following and text[end : following[0]] == " " and self.joins(word, following[2]):
                found.append((start, following[1], word + following[2]))
                at += 2
                continue
            if is_content(word):
                found.append((start, end, word))
            at += 1
        return found


NO_COMPOUNDS = Compounds(frozenset(), frozenset())


def word_runs(text: str) -> str:
    """The folded words of a text: a space between those that only a space parts, else a line
    break.
    """
    return runs_of_tokens(text, token_spans(text))


def runs_of_tokens(text: str, spans: Sequence[Span]) -> str:
    """The ``word_runs`` of a text whose words (``token_spans``) are known."""
    gaps = [
        " " if text[end:start] == " " else "\n" for (_, end, _), (start, _, _) in pairwise(spans)
    ]
    return "".join(word + gap for (_, _, word), gap in zip(spans, [*gaps, ""], strict=False))


def pairs_of_runs(runs: str) -> list[tuple[str, str]]:
    """The words that only a space parts from the next, each with that, of some ``word_runs``."""
    return [pair for run in runs.split("\n") for pair in pairwise(run.split(" "))]


def can_join(first: str, second: str) -> bool:
    """Whether two neighbours may be halves of a word though no hyphen tells."""
    return _is_half(first) and _is_half(second)


@lru_cache(maxsize=50_000)  # a build asks of each pair of neighbours
def _is_half(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha() and is_content(word)
