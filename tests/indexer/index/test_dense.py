"""The dense index: exact neighbours, filtered inside the search, ties in the order of rows."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.domain import Vectors
from indexer.index import dense as module
from indexer.index import dense_ladder
from indexer.index.dense import DenseIndex, serialise_index, write_index
from indexer.index.dense_ladder import DenseKind, kind_for, probes


def unit(rows: object) -> Vectors:
    vectors = np.asarray(rows, np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def index(vectors: Vectors) -> DenseIndex:
    with NamedTemporaryFile() as file:  # what is mapped stays when its name goes
        file.write(serialise_index(vectors))
        file.flush()
        return DenseIndex([Path(file.name)], kind_for(len(vectors)))


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


def clustered(size: int) -> Vectors:
    """Vectors around a few directions, as those of texts are."""
    random = np.random.default_rng(5)
    centres = random.normal(size=(20, 32))
    return unit(centres[random.integers(20, size=size)] + random.normal(size=(size, 32)))


def lowered(patch: pytest.MonkeyPatch, flat: int, sq8: int) -> None:
    patch.setattr(dense_ladder, "MOST_FLAT", flat)
    patch.setattr(dense_ladder, "MOST_SQ8", sq8)


def test_the_number_of_passages_chooses_the_index() -> None:
    found = {n: kind_for(n) for n in (0, 300_000, 300_001, 2_000_000, 2_000_001)}
    assert list(found.values()) == [
        DenseKind.FLAT,
        DenseKind.FLAT,
        DenseKind.SQ8,
        DenseKind.SQ8,
        DenseKind.IVF_SQ8,
    ]


@pytest.mark.parametrize(
    ("sq8", "kind", "recall"),
    [(3000, DenseKind.SQ8, 0.97), (1000, DenseKind.IVF_SQ8, 0.95)],
)
def test_each_rung_finds_what_is_nearest_with_and_without_a_filter(
    monkeypatch: pytest.MonkeyPatch, sq8: int, kind: DenseKind, recall: float
) -> None:
    lowered(monkeypatch, 1000, sq8)
    vectors = clustered(3000)
    dense = index(vectors)
    assert (dense.kind, len(dense)) == (kind, 3000)
    for allowed in (None, np.arange(0, 3000, 2), np.arange(7, 3000, 100)):
        rows = np.arange(3000) if allowed is None else allowed
        for query in vectors[::600]:
            best = rows[np.argsort(-(vectors[rows] @ query), kind="stable")][:20]
            hits = dense.search(query, 20, allowed)
            assert len({row for row, _ in hits} & set(best.tolist())) >= recall * 20 - 1
            assert {row for row, _ in hits} <= set(rows.tolist())
            exact = [float(vectors[row] @ query) for row, _ in hits]
            assert [score for _, score in hits] == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize("sq8", [3000, 1000])
def test_each_rung_gives_the_vectors_and_the_cosines_of_rows(
    monkeypatch: pytest.MonkeyPatch, sq8: int
) -> None:
    lowered(monkeypatch, 1000, sq8)
    vectors = clustered(3000)
    dense = index(vectors)
    assert np.abs(dense.vectors() - vectors).max() < 0.01
    rows = [2999, 0, 1500]
    assert dense.cosines(vectors[3], rows) == pytest.approx(vectors[rows] @ vectors[3], abs=0.02)
    assert serialise_index(vectors) == serialise_index(vectors)


@pytest.mark.parametrize("sq8", [3000, 1000])
def test_a_large_index_is_written_in_pieces(monkeypatch: pytest.MonkeyPatch, sq8: int) -> None:
    lowered(monkeypatch, 1000, sq8)
    monkeypatch.setattr(module, "_BATCH", 700)
    monkeypatch.setattr(module, "_PIECE", 4096)
    vectors, asked, pieces = clustered(3000), list[int](), list[bytes]()

    def rows(start: int, end: int) -> Vectors:
        asked.append(end - start)
        return vectors[start:end]

    write_index(3000, 32, rows, pieces.append)
    assert b"".join(pieces) == serialise_index(vectors)
    assert max(asked) == 700
    assert len(pieces) > 10


def test_scales_are_learnt_from_blocks_of_all_the_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch, 1000, 3000)
    monkeypatch.setattr(module, "_TRAINED", 500)
    monkeypatch.setattr(module, "_BLOCK", 100)
    vectors, asked = clustered(3000), list[tuple[int, int]]()

    def rows(start: int, end: int) -> Vectors:
        asked.append((start, end))
        return vectors[start:end]

    write_index(3000, 32, rows, lambda _: None)
    assert asked[:5] == [(n, n + 100) for n in (0, 600, 1200, 1800, 2400)]


def test_what_cannot_be_written_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered(monkeypatch, 1000, 3000)

    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_index(3000, 32, lambda start, end: clustered(3000)[start:end], full)


def test_all_lists_are_compared_where_few_rows_pass() -> None:
    assert probes(5000, 20_000, 100) == 3750
    assert probes(5000, 15_000, 100) == 5000
    assert probes(5000, 10, 100) == 5000
    assert probes(5000, 2_000_000, 100) == 1250
    assert probes(5000, 2_000_000, 2_000_000) == 5000


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
