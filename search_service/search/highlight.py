"""Which words of a passage answer which words of the question. Pure.

A word answers another when it is the same or has the same stem; across languages, and between
synonyms, when late interaction matched their tokens clearly better than the rest of the passage.
It is better to show one word too few than one that answers nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.fuzz import ratio

from indexer.domain import Encoded, Passage
from indexer.index.late_interaction import vector_of_token
from indexer.index.snapshot import Generation
from indexer.text.tokens import QUERY_LANGUAGES, stem, word_spans
from search_service.domain import Answer, Highlight, OrganisationHit

Spans = Sequence[tuple[int, int]]
Words = list[tuple[int, int, str]]

# How far of the way, from the passage's usual word to the question's own, its best word must
# come. Cosines crowd near 1, each word's at a height of its own: a share of the distance that is
# left compares them. A cognate ("traceability", "tracciabilità") is half known to be right.
_CLEAR = 0.38
_CLEAR_COGNATE = 0.25
_COGNATE = 65.0  # of 100: how alike two words are written
_SHORTEST = 3  # letters: a word of fewer has no meaning to match, a longer one has a stem
_FIRST_LINES = 160  # characters that show, surely, of a passage folded to three lines on a phone
_SENTENCE_END = re.compile(r"[.!?…]\s+|\n+")
_SPACE = re.compile(r"\s+")
_TIE = 1e-6  # words that share a pooled vector have equal cosines


class Highlighter:
    """Highlights passages for one question.

    ``text`` is what of the question was matched, ``encoded`` what the model made of it, and
    ``passage_spans`` gives the spans of a passage's tokens.
    """

    def __init__(
        self,
        text: str,
        encoded: Encoded,
        generation: Generation,
        passage_spans: Callable[[str], Spans],
    ) -> None:
        self._text = text
        self._encoded = encoded
        self._generation = generation
        self._passage_spans = passage_spans

    def answer(self, answer: Answer) -> Answer:
        """The answer with its evidence highlighted."""
        shown = (*answer.documented, *answer.close, *answer.elsewhere)
        evidence = (e.row for hit in shown for e in hit.evidence)
        marks = self.of((*evidence, *(hit.row for hit in answer.documents)))

        def marked(hit: OrganisationHit) -> OrganisationHit:
            return replace(
                hit, evidence=tuple(replace(e, highlights=marks[e.row]) for e in hit.evidence)
            )

        return replace(
            answer,
            documented=tuple(map(marked, answer.documented)),
            close=tuple(map(marked, answer.close)),
            elsewhere=tuple(map(marked, answer.elsewhere)),
            documents=tuple(replace(hit, highlights=marks[hit.row]) for hit in answer.documents),
        )

    def of(self, rows: Iterable[int]) -> dict[int, tuple[Highlight, ...]]:
        """The highlights of the passages in some rows of the index, each read once."""
        once = [*dict.fromkeys(rows)]
        cosines = self._generation.tokens.similarities(self._encoded.tokens, once)
        return {row: self._of(row, table) for row, table in zip(once, cosines, strict=True)}

    def _of(self, row: int, cosines: NDArray[np.float32]) -> tuple[Highlight, ...]:
        passage = self._generation.passages[row]
        spans = self._passage_spans(passage.embedded_text)
        return highlights(passage, self._text, spans, cosines, self._encoded.spans)


def highlights(
    passage: Passage, question: str, spans: Spans, cosines: NDArray[np.float32], asked: Spans
) -> tuple[Highlight, ...]:
    """The words of a passage that answer words of the question, in order, none overlapping.

    Args:
        passage: The passage.
        question: The question.
        spans: The passage's tokens in its embedded text.
        cosines: Of the passage's vectors with the question's tokens, shape (vectors, tokens).
        asked: The question's tokens in its text.
    """
    wanted = _words_of(question)
    said = word_spans(passage.text)
    answers: dict[int, dict[int, bool]] = defaultdict(dict)  # word said → word wanted: exact?
    for n, m in _same(question, said, passage.language):
        answers[m][n] = True
    found_words = {n for found in answers.values() for n in found}
    left = [n for n in range(len(wanted)) if n not in found_words and _is_word(wanted[n][2])]
    if left and len(cosines) and len(asked):
        before = len(passage.embedded_text) - len(passage.text)
        table = _table(said, spans, before, wanted, asked, cosines)
        for n, m in _matched(left, wanted, said, table, frozenset(answers)):
            answers[m][n] = False
    return tuple(
        Highlight(
            said[m][0],
            said[m][1],
            tuple(dict.fromkeys(question[wanted[n][0] : wanted[n][1]] for n in sorted(found))),
            exact=any(found.values()),
        )
        for m, found in sorted(answers.items())
    )


def reading_start(text: str, marks: Sequence[Highlight]) -> int:
    """Where to begin reading when only the first lines can be shown: 0 or, where the first mark
    would not be seen, at a sentence a little before it, or at a word if none begins there.
    """
    if not marks or marks[0].start < _FIRST_LINES:
        return 0
    mark = marks[0].start
    near = text[mark - _FIRST_LINES : mark]
    end = _SENTENCE_END.search(near) or _SPACE.search(near, _FIRST_LINES // 2)
    return mark - _FIRST_LINES + end.end() if end else mark


def best_start(text: str, marks: Sequence[Highlight], length: int) -> int:
    """Where to begin reading so that most words of the question are answered.

    Args:
        text: What is read.
        marks: Its highlights, in order.
        length: How many characters can be shown.

    Returns:
        A position in the text; of several as good, the first.
    """

    def answered(start: int) -> int:
        seen = (mark.words for mark in marks if start <= mark.start < start + length)
        return len({word for words in seen for word in words})

    starts = dict.fromkeys(reading_start(text, marks[n:]) for n in range(len(marks)))
    return max(starts, key=answered, default=0)


def pieces(text: str, marks: Iterable[Highlight], start: int = 0) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether it is highlighted.

    Args:
        text: What is read.
        marks: Its highlights from ``start`` on, in order.
        start: Where the first piece begins.
    """
    position = start
    for mark in marks:
        if position < mark.start:
            yield text[position : mark.start], False
        yield text[mark.start : mark.end], True
        position = mark.end
    if position < len(text):
        yield text[position:], False


def _words_of(question: str) -> Words:
    return word_spans(question)


@lru_cache(maxsize=64)
def _places_of_terms(question: str) -> dict[str, list[int]]:
    """The places of a question's words by their terms; those of all its passages look them up."""
    places: dict[str, list[int]] = defaultdict(list)
    for n, (_, _, word) in enumerate(_words_of(question)):
        for term in set(_terms(word, QUERY_LANGUAGES)):
            places[term].append(n)
    return dict(places)


def _same(question: str, said: Words, language: str) -> Iterator[tuple[int, int]]:
    """Words of the question and words said that are one word, by their places."""
    places = _places_of_terms(question)
    for m, (_, _, word) in enumerate(said):
        for term in _terms(word, (language,)):
            yield from ((n, m) for n in places.get(term, ()))


def _terms(word: str, languages: Sequence[str]) -> Iterator[str]:
    """What of a word may be the same: itself and, of no short one, its stems.

    A short word is mostly an acronym, and no stem is one: "SAP" is not in "sapeva".
    """
    yield f"={word}"
    if len(word) > _SHORTEST:
        yield from (stem(word, language) for language in languages)


def _table(
    said: Words,
    spans: Spans,
    before: int,
    wanted: Words,
    asked: Spans,
    cosines: NDArray[np.float32],
) -> NDArray[np.float64]:
    """The mean cosine of each word said with each word wanted; -1 where there is no vector.

    ``before`` is where the passage's own text begins in what was embedded.
    """
    vectors = np.minimum(vector_of_token(len(spans)), len(cosines) - 1)
    in_words = np.zeros((len(said), len(cosines)))
    word, token = np.nonzero(_overlap([(s + before, e + before) for s, e, _ in said], spans))
    in_words[word, vectors[token]] = 1.0
    of_words = _overlap([(s, e) for s, e, _ in wanted], asked).astype(float)
    totals = in_words @ cosines @ of_words.T
    counts = np.outer(in_words.sum(axis=1), of_words.sum(axis=1))
    result: NDArray[np.float64] = np.where(counts > 0, totals / np.maximum(counts, 1.0), -1.0)
    return result


def _overlap(words: Spans, tokens: Spans) -> NDArray[np.bool_]:
    """Which tokens lie in which words, shape (words, tokens)."""
    first = np.array(words, np.int64).reshape(-1, 2)
    second = np.array(tokens, np.int64).reshape(-1, 2)
    starts_before_end = first[:, :1] < second[:, 1]
    result: NDArray[np.bool_] = starts_before_end & (second[:, 0] < first[:, 1:])
    return result


def _matched(
    left: Sequence[int],
    wanted: Words,
    said: Words,
    table: NDArray[np.float64],
    taken: frozenset[int],
) -> Iterator[tuple[int, int]]:
    """For the words wanted that are ``left``, the words that clearly say the same.

    A word that is ``taken`` answers another word already, exactly.
    """
    held = (table.max(axis=1) > -1).tolist()
    usable = [m for m, (_, _, word) in enumerate(said) if held[m] and _is_word(word)]
    words = [said[m][2] for m in usable]
    of_words = table[usable]
    for n in left if usable else ():
        best = _best(n, wanted[n][2], words, of_words)
        if best is not None and usable[best] not in taken:
            same = (m for m, word in zip(usable, words, strict=True) if word == words[best])
            yield from ((n, m) for m in same)  # wherever it says so


def _best(n: int, word: str, words: Sequence[str], table: NDArray[np.float64]) -> int | None:
    """The place of the word that stands out as the match of the ``n``-th word wanted."""
    column = table[:, n]
    highest = column.max()
    ties = np.flatnonzero(column >= highest - _TIE).tolist()
    best = max(ties, key=lambda m: (ratio(word, words[m]), -m))
    cognate = ratio(word, words[best]) >= _COGNATE
    if len({words[m] for m in ties}) > 1 and not cognate:
        return None  # they share a vector, and nothing tells which of them it is
    if table[best].max() > highest + _TIE:
        return None  # it answers another word better
    others = column[[other != words[best] for other in words]]
    if not len(others):
        return None
    usual = float(others.mean())
    way = (float(highest) - usual) / max(1.0 - usual, _TIE)
    return best if way >= (_CLEAR_COGNATE if cognate else _CLEAR) else None


def _is_word(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha()
