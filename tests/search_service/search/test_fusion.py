from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.snapshot import Generation
from search_service.domain import Components, Hit
from search_service.search.fusion import fused, ranked, token_weights
from search_service.search.weights import Weights

NO_PARTS = Components()
LATE_AND_LEXICAL = Weights(late=1.0, dense=0.0, lexical=0.5)
SCORES = st.dictionaries(st.integers(0, 30), st.floats(-5, 5), max_size=12)


def rows(hits: tuple[Hit, ...]) -> list[int]:
    return [hit.row for hit in hits]


def test_the_higher_score_is_first_and_ties_go_by_row() -> None:
    hits = ranked([(row, score, NO_PARTS) for row, score in ((7, 0.5), (2, 0.1), (3, 0.5), (9, 1))])
    assert hits == (Hit(9, 1, 1), Hit(3, 0.5, 2), Hit(7, 0.5, 3), Hit(2, 0.1, 4))
    assert ranked([]) == ()


@given(SCORES)
def test_ranks_go_from_one_by_falling_score(scores: dict[int, float]) -> None:
    hits = ranked((row, score, NO_PARTS) for row, score in scores.items())
    assert [hit.rank for hit in hits] == list(range(1, len(scores) + 1))
    assert all((-a.score, a.row) < (-b.score, b.row) for a, b in pairwise(hits))
    assert {hit.row: hit.score for hit in hits} == scores


# --- joining -------------------------------------------------------------------------------


def test_words_decide_between_passages_that_are_as_near() -> None:
    hits = fused([1, 2], [0.8, 0.8], {}, {2: 0.5}, LATE_AND_LEXICAL)
    assert rows(hits) == [2, 1]


def test_a_ranking_that_says_nothing_changes_nothing() -> None:
    late = [0.5, 0.9, 0.7]
    silent = fused([4, 5, 6], late, {}, {}, LATE_AND_LEXICAL)
    assert rows(silent) == [5, 6, 4]
    assert [hit.score for hit in silent] == sorted(late, reverse=True)


def test_a_hit_tells_what_its_score_is_made_of() -> None:
    (hit,) = fused([3], [0.6], {3: 0.9}, {3: 0.2}, Weights(late=1.0, dense=0.5, lexical=0.25))
    assert hit.parts == Components(late=0.6, dense=0.9, lexical=0.2)
    assert hit.score == pytest.approx(0.6 + 0.5 * 0.9 + 0.25 * 0.2)


@given(SCORES, SCORES, SCORES)
def test_joining_keeps_every_candidate_and_scores_it_on_its_own(
    late: dict[int, float], dense: dict[int, float], lexical: dict[int, float]
) -> None:
    weights = Weights(late=1.0, dense=0.5, lexical=0.25)
    candidates = sorted(late)
    hits = fused(candidates, [late[row] for row in candidates], dense, lexical, weights)
    assert sorted(rows(hits)) == candidates
    for hit in hits:  # a passage's score does not depend on what else was found
        (alone,) = fused([hit.row], [late[hit.row]], dense, lexical, weights)
        assert alone.score == hit.score


# --- what a question's words count ---------------------------------------------------------


def test_a_rare_word_counts_more_than_a_common_one(generation: Generation) -> None:
    text = "data falegnameria"
    common, rare = token_weights(text, [(0, 4), (5, 17)], generation.lexical, 1.0)
    assert rare > common > 0
    assert rare + common == pytest.approx(1.0)
    even = token_weights(text, [(0, 4), (5, 17)], generation.lexical, 0.0)
    assert even.tolist() == [0.5, 0.5]


def test_the_pieces_of_a_word_count_as_the_word(generation: Generation) -> None:
    spans = [(0, 5), (5, 12), (13, 17)]  # "faleg" "nameria" "data"
    first, second, other = token_weights("falegnameria data", spans, generation.lexical, 1.0)
    assert first == second > other


def test_a_question_without_tokens_has_no_weights(generation: Generation) -> None:
    assert token_weights("?!", [], generation.lexical, 0.5).shape == (0,)


@given(st.text(max_size=40), st.floats(0, 2))
def test_weights_are_shares(generation: Generation, text: str, rarity: float) -> None:
    spans = [(n, n + 1) for n in range(len(text))]
    weights = token_weights(text, spans, generation.lexical, rarity)
    assert weights.shape == (len(spans),)
    assert bool((weights > 0).all())
    assert not spans or float(np.sum(weights)) == pytest.approx(1.0)
