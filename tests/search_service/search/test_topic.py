"""What a question asks: competencies, words and languages."""

from __future__ import annotations

import pytest

from indexer.vocabulary import Linker
from search_service.search.topic import topic_of


@pytest.fixture(scope="module")
def linker() -> Linker:
    return Linker.load()


def test_a_compound_that_nobody_writes_as_one_word_is_two(linker: Linker) -> None:
    words = topic_of("German-Italian localisation", linker).words
    assert [(w.start, w.end, w.text) for w in words] == [
        (0, 6, "german"),
        (7, 14, "italian"),
        (15, 27, "localisation"),
    ]


def test_a_compound_of_the_vocabulary_stays_one_word(linker: Linker) -> None:
    assert [w.text for w in topic_of("corsi e-learning", linker).words][-1] == "elearning"


@pytest.mark.parametrize(
    ("question", "languages"),
    [
        ("traduzioni in cinese", {"zh"}),
        ("interpreti di arabo e tedesco", {"ar", "de"}),
        ("traduzioni dall'inglese", set()),
        ("un partner tedesco per il cloud", set()),  # not between languages
    ],
)
def test_languages_are_asked_of_those_who_work_between_them(
    question: str, languages: set[str], linker: Linker
) -> None:
    assert topic_of(question, linker).languages == languages
