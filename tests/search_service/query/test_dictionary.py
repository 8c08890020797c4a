"""A real word is never put right into another."""

from __future__ import annotations

import pytest

from indexer.domain import Passage
from indexer.index.bm25 import LexicalIndex, TermCounts
from indexer.text.folding import fold
from indexer.text.tokens import terms
from search_service.query.dictionary import Dictionary
from search_service.query.spelling import QuestionSpeller
from tests.lexical import lexical_parts

TEXT = (
    "Un difetto di progetto, un'agricoltura senza veleni, la sicurezza e la carriera, il settore, "
    "ancora una cantina; il packaging and the environment, a development, wordpress, the website"
)


def speller() -> QuestionSpeller:
    passages = [
        Passage(f"d#{n}", "d", n, TEXT, "", (), None, (), code)
        for n, code in enumerate(("it", "en"))
    ]
    counts = TermCounts.of(terms(p.text, p.language) for p in passages)
    parts = lexical_parts([counts])
    known = {fold(word) for word in TEXT.replace(",", "").replace(";", "").split()}
    return QuestionSpeller(
        LexicalIndex(parts, 2), passages, lambda found: [1 if w in known else 4 for w in found]
    )


SPELLER = speller()


@pytest.mark.parametrize(
    "word",
    [
        "dialetto",
        "dialetti",
        "apicoltura",
        "cartiera",
        "cantiere",
        "anfora",
        "selettore",
        "websites",
    ],
)
def test_a_word_of_the_dictionary_stays(word: str) -> None:
    assert Dictionary.load().frequency(word) > 0
    assert SPELLER.correct(word, "it") == ""


@pytest.mark.parametrize(
    ("word", "language", "right"),
    [
        ("sicureza", "it", "sicurezza"),
        ("difeto", "it", "difetto"),
        # so common that the lists of words hold them
        ("proggetto", "it", "progetto"),
        # a last letter that no inflection adds
        ("wordpres", "it", "wordpress"),
        ("wordpres", "en", "wordpress"),
    ],
)
def test_a_misspelling_is_put_right(word: str, language: str, right: str) -> None:
    assert SPELLER.correct(word, language) == right


def test_frequencies_are_of_either_language_whatever_the_accents() -> None:
    frequency = Dictionary.load().frequency
    assert frequency("casa") > frequency("dialetto") > 3
    assert frequency("house") > frequency("beekeeping") > 2
    assert frequency("accessibilita") > 3
    assert frequency("sicureza") == 0
