"""The dense index: exact neighbours, filtered inside the search, ties in the order of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.domain import Vectors
from indexer.index.dense import DenseIndex, serialise_index


def unit(rows: object) -> Vectors:
    vectors = np.asarray(rows, np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def index(vectors: Vectors) -> DenseIndex:
    return DenseIndex(serialise_index(vectors))


RANDOM = unit(np.random.default_rng(7).normal(size=(300, 16)))
QUERY = unit(np.random.default_rng(8).normal(size=(1, 16)))[0]


def test_neighbours_are_exact() -> None:
    scores = RANDOM @ QUERY
    expected = np.argsort(-scores, kind="stable")[:10]
    hits = index(RANDOM).search(QUERY, 10)
    assert [row for row, _ in hits] == expected.tolist()
    assert [score for _, score in hits] == pytest.approx(scores[expected].tolist(), abs=1e-6)


def test_higher_is_better_and_a_vector_is_nearest_to_itself() -> None:
    hits = index(RANDOM).search(RANDOM[42], 300)
    assert hits[0] == (42, pytest.approx(1.0, abs=1e-6))
    assert [s for _, s in hits] == sorted((s for _, s in hits), reverse=True)


def test_no_filter_an_empty_filter_and_a_filter_are_three_things() -> None:
    dense = index(unit([[1, 0], [0, 1], [1, 1]]))
    query = np.asarray([1, 0], np.float32)
    assert [row for row, _ in dense.search(query, 9, None)] == [0, 2, 1]
    assert dense.search(query, 9, frozenset()) == []
    assert [row for row, _ in dense.search(query, 9, frozenset({1, 2}))] == [2, 1]


def test_the_filter_is_inside_the_search_not_after_it() -> None:
    worst = np.argsort(RANDOM @ QUERY, kind="stable")[:20].tolist()
    hits = index(RANDOM).search(QUERY, 15, frozenset(worst))
    assert [row for row, _ in hits] == worst[::-1][:15]


@pytest.mark.parametrize("row", [0, 7, 8, 63, 64, 298, 299])
def test_any_single_row_can_be_the_filter(row: int) -> None:
    assert [r for r, _ in index(RANDOM).search(QUERY, 5, [row])] == [row]


def test_ties_are_in_the_order_of_rows_even_at_the_cut() -> None:
    dense = index(unit([[1, 0]] * 50))
    query = np.asarray([1, 0], np.float32)
    assert [row for row, _ in dense.search(query, 3)] == [0, 1, 2]
    assert [row for row, _ in dense.search(query, 3, {40, 9, 30, 12, 11})] == [9, 11, 12]


def test_opposite_vectors_are_found_too_last() -> None:
    hits = index(unit([[-1, 0], [0, 1]])).search(np.asarray([1, 0], np.float32), 5)
    assert hits == [(1, pytest.approx(0.0)), (0, pytest.approx(-1.0))]


def test_round_trip_keeps_every_number() -> None:
    dense = index(RANDOM)
    assert (len(dense), dense.dimension) == RANDOM.shape
    assert np.array_equal(dense.vectors(), RANDOM)
    assert serialise_index(RANDOM) == serialise_index(RANDOM.copy())


def test_an_index_of_no_passages_finds_nothing() -> None:
    dense = index(np.zeros((0, 16), np.float32))
    assert (len(dense), dense.search(QUERY, 3)) == (0, [])


def test_other_number_types_are_stored_as_float32() -> None:
    dense = index(np.asfortranarray(RANDOM.astype(np.float64)))  # type: ignore[arg-type]
    assert np.array_equal(dense.vectors(), RANDOM)


_ROWS = st.lists(st.tuples(*[st.integers(-2, 2)] * 3), min_size=1, max_size=40)


@given(rows=_ROWS, query=st.tuples(*[st.integers(-2, 2)] * 3), k=st.integers(1, 45), data=st.data())
def test_search_is_filter_then_rank(
    rows: list[tuple[int, ...]], query: tuple[int, ...], k: int, data: st.DataObject
) -> None:
    vectors, asked = np.asarray(rows, np.float32), np.asarray(query, np.float32)
    some = st.frozensets(st.integers(0, len(rows) - 1))
    allowed = data.draw(st.one_of(st.none(), some))
    scores = vectors @ asked  # small integers: exact, with many ties
    candidates = range(len(rows)) if allowed is None else allowed
    expected = sorted(candidates, key=lambda r: (-scores[r], r))[:k]
    assert index(vectors).search(asked, k, allowed) == [(r, float(scores[r])) for r in expected]
