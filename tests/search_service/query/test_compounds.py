"""A compound is found however the question and the passages write it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from indexer.domain import Passage
from indexer.index.bm25 import LexicalIndex
from indexer.pipeline.index_terms import PassageRun, term_counts
from indexer.text.compounds import Compounds
from indexer.text.tokens import words
from search_service.domain import ExplicitFilters
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.query.parser import parse_query
from search_service.query.spelling import QuestionSpeller
from tests.lexical import lexical_parts

KNOWN = IndexVocabulary()
OTHERS = ["corsi di lezioni e pratica", "la base del cloud", "elezioni e percorsi"]


def index(texts: Sequence[str]) -> tuple[LexicalIndex, QuestionSpeller]:
    """An index of texts, made as a build does, and what spells questions for it."""
    passages = [
        Passage(f"d#{n}", "d", n, text, "", (), None, (), "it") for n, text in enumerate(texts)
    ]
    run = PassageRun("all", lambda: passages)
    parts = lexical_parts(term_counts([run], lambda _, make: make()))
    lexical = LexicalIndex(parts, len(texts))
    return lexical, QuestionSpeller(lexical, passages, lambda found: [1 for _ in found])


@pytest.mark.parametrize(
    "spellings",
    [
        ("database", "data base", "data-base"),
        ("wordpress", "word press", "word-press"),
        ("front end", "frontend", "front-end"),
        ("e-learning", "elearning", "e learning"),
        ("H.A.C.C.P.", "HACCP", "haccp"),
    ],
)
def test_each_spelling_finds_each(spellings: tuple[str, ...]) -> None:
    lexical, speller = index([*OTHERS, *(f"Facciamo {spelling} da anni" for spelling in spellings)])
    for spelling in spellings:
        query = parse_query(f"corsi su {spelling}", KNOWN, speller=speller)
        found = {row for row, _ in lexical.search(words(query.text.removeprefix("corsi su ")), 9)}
        assert {3, 4, 5} <= found, (spelling, query.text)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("data base", "database"),
        ("database", "data base"),
        ("data-base", "database"),
        ("data base", "data-base"),
        ("e learning", "e-learning"),
        ("elearning", "e-learning"),
        ("G.D.P.R.", "GDPR"),
        ("GDPR", "G.D.P.R."),
    ],
)
def test_one_spelling_finds_the_only_other(question: str, passage: str) -> None:
    lexical, speller = index([*OTHERS, f"Facciamo {passage} da anni"])
    query = parse_query(question, KNOWN, speller=speller)
    assert lexical.search(words(query.text), 9)[0][0] == 3


@pytest.mark.parametrize("question", ["corsi e lezioni", "per corsi brevi", "base e cloud"])
def test_neighbours_that_only_look_so_stay(question: str) -> None:
    _, speller = index(OTHERS)
    query = parse_query(question, KNOWN, speller=speller)
    assert query.text == question
    assert query.understood == ()


def test_another_spelling_is_shown_and_can_be_switched_off() -> None:
    _, speller = index(["Un database"])
    (found,) = parse_query("data base", KNOWN, speller=speller).understood
    assert (found.key, found.label) == ("spelling:database", "database (per «data base»)")
    off = ExplicitFilters.of([found.key])
    assert parse_query("data base", KNOWN, off, speller=speller).text == "data base"


def test_a_compound_of_the_vocabulary_that_no_passage_writes_in_one_stays_in_two() -> None:
    texts = [*OTHERS, "Un data warehouse per i caseifici"]
    lexical, _ = index(texts)
    passages = [
        Passage(f"d#{n}", "d", n, text, "", (), None, (), "it") for n, text in enumerate(texts)
    ]
    names = Compounds.of(["datawarehouse"])
    speller = QuestionSpeller(lexical, passages, lambda found: [1 for _ in found], names)
    assert parse_query("data warehouse", KNOWN, speller=speller).text == "data warehouse"
