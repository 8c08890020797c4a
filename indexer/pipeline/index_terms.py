"""The words by which BM25 finds passages; each passage is read once, its compounds each time, since
any other text may tell that two words are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from pydantic import TypeAdapter

from indexer.domain import Passage
from indexer.pipeline.text_cache import TextCache
from indexer.text.compounds import Compounds, word_runs
from indexer.text.tokens import hyphenated, stem, terms


@dataclass(frozen=True, slots=True)
class _PassageWords:
    """A passage's index terms, joined by spaces; its ``word_runs``; what it hyphenates."""

    terms: str
    runs: str
    hyphenated: tuple[str, ...]

    @classmethod
    def of(cls, text: str, language: str) -> _PassageWords:
        return cls(" ".join(terms(text, language)), word_runs(text), tuple(hyphenated(text)))


_WORDS = TypeAdapter(_PassageWords)


def index_terms(passages: Sequence[Passage], cache: TextCache) -> list[list[str]]:
    """The index terms of each passage, with the compounds that others write as one word."""
    found = [_recalled(passage, cache) for passage in passages]
    compounds = Compounds.of_words((words.runs, words.hyphenated) for words in found)
    return [
        [
            *words.terms.split(),
            *(stem(word, passage.language) for word in compounds.in_runs(words.runs)),
        ]
        for words, passage in zip(found, passages, strict=True)
    ]


def _recalled(passage: Passage, cache: TextCache) -> _PassageWords:
    text = f"{passage.context} {passage.text}"
    made = cache.recall(("words", passage.language, text), partial(_dumped, text, passage.language))
    return _WORDS.validate_json(made)


def _dumped(text: str, language: str) -> bytes:
    return _WORDS.dump_json(_PassageWords.of(text, language))
