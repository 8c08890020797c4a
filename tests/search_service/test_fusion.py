from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from search_service.fusion import ranked, reciprocal_rank_fusion
from search_service.model import Hit

SCORES = st.dictionaries(st.integers(0, 30), st.floats(-5, 5), max_size=12)
RANKINGS = st.lists(SCORES.map(lambda scores: ranked(scores.items())), max_size=4)


def rows(hits: tuple[Hit, ...]) -> list[int]:
    return [hit.row for hit in hits]


def test_the_higher_score_is_first_and_ties_go_by_row() -> None:
    hits = ranked([(7, 0.5), (2, 0.1), (3, 0.5), (9, 0.9)])
    assert hits == (Hit(9, 0.9, 1), Hit(3, 0.5, 2), Hit(7, 0.5, 3), Hit(2, 0.1, 4))


def test_nothing_ranks_nothing() -> None:
    assert ranked([]) == ()
    assert reciprocal_rank_fusion([]) == ()
    assert reciprocal_rank_fusion([(), ()]) == ()


def test_a_row_that_both_rankings_find_beats_one_that_only_one_finds() -> None:
    dense, lexical = ranked([(1, 0.9), (2, 0.8)]), ranked([(3, 12.0), (2, 11.0)])
    assert rows(reciprocal_rank_fusion([dense, lexical])) == [2, 1, 3]


def test_a_ranking_alone_keeps_its_order() -> None:
    alone = ranked([(4, 3.0), (1, 2.0), (8, 1.0)])
    assert rows(reciprocal_rank_fusion([alone, ()])) == [4, 1, 8]


@given(SCORES)
def test_ranks_go_from_one_by_falling_score(scores: dict[int, float]) -> None:
    hits = ranked(scores.items())
    assert [hit.rank for hit in hits] == list(range(1, len(scores) + 1))
    assert all((-a.score, a.row) < (-b.score, b.row) for a, b in pairwise(hits))
    assert {hit.row: hit.score for hit in hits} == scores


@given(RANKINGS)
def test_joining_loses_no_row_and_adds_none(rankings: list[tuple[Hit, ...]]) -> None:
    joined = reciprocal_rank_fusion(rankings)
    assert sorted(rows(joined)) == sorted({hit.row for ranking in rankings for hit in ranking})
    assert [hit.rank for hit in joined] == list(range(1, len(joined) + 1))


@given(RANKINGS)
def test_joining_does_not_depend_on_which_ranking_comes_first(
    rankings: list[tuple[Hit, ...]],
) -> None:
    there, back = reciprocal_rank_fusion(rankings), reciprocal_rank_fusion(rankings[::-1])
    close = {hit.row: round(hit.score, 9) for hit in there}
    assert {hit.row: round(hit.score, 9) for hit in back} == close
