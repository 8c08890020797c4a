"""Passages in another language are also compared with the competencies' names in it."""

from __future__ import annotations

import pytest

from indexer.vocabulary import Linker
from search_service.domain import Components, Hit
from search_service.search.fusion import with_translated
from search_service.search.topic import translated_names
from search_service.search.weights import WEIGHTS, Weights

LATE_ONLY = Weights(late=1.0, dense=0.0, lexical=0.0, translated=0.3)


@pytest.mark.parametrize(
    ("question", "language", "text"),
    [
        ("chi fa traduzioni giurate?", "en", "sworn and certified translation"),
        ("who does sworn translation?", "it", "traduzioni giurate e asseverate"),
    ],
)
def test_competencies_have_their_names_of_the_other_language(
    question: str, language: str, text: str
) -> None:
    names = translated_names(question, Linker.load())
    assert names is not None
    assert (names.language, names.text) == (language, text)


def test_a_question_that_names_nothing_has_no_translated_names() -> None:
    assert translated_names("chi aggiusta ombrelli verdi", Linker.load()) is None


def test_a_passage_moves_towards_what_its_own_language_says() -> None:
    hits = (
        Hit(1, 0.8, 1, Components(late=0.8)),
        Hit(2, 0.7, 2, Components(late=0.7)),
    )
    first, second = with_translated(hits, {2: 1.1}, 1.0, LATE_ONLY)
    assert (first.row, first.rank) == (2, 1)
    assert first.score == pytest.approx(0.7 + 0.3 * 0.4)
    assert first.parts.translated == pytest.approx(0.4)
    assert (second.row, second.parts.translated) == (1, 0.0)
    assert WEIGHTS.translated == 0.3


def test_names_that_say_half_of_a_question_count_half() -> None:
    names = translated_names("traduzioni giurate di ombrelli verdi", Linker.load())
    assert names is not None
    assert names.share == 0.5
    (hit,) = with_translated((Hit(2, 0.7, 1, Components(late=0.7)),), {2: 1.1}, 0.5, LATE_ONLY)
    assert hit.score == pytest.approx(0.7 + 0.3 * 0.2)
