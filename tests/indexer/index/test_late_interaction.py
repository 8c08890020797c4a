"""Token vectors in two bits a number: close to the true ones, whole on disk, found row by row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.domain import Encoded, Vectors
from indexer.index.late_interaction import (
    MAX_VECTORS,
    TokenCoder,
    TokenIndex,
    token_file,
    vector_of_token,
)
from indexer.index.snapshot import mapped
from tests.toy import ToyEncoder

DIMENSION = 128


def unit(vectors: Vectors) -> Vectors:
    result: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return result.astype(np.float32)


def random_tokens(count: int, seed: int = 0, dimension: int = DIMENSION) -> Vectors:
    """Vectors that crowd around a common mean, as those of this model do."""
    random = np.random.default_rng(seed)
    common = np.random.default_rng(99).normal(size=dimension)
    return unit(random.normal(size=(count, dimension)) + common)


class RandomEncoder(ToyEncoder):
    dimension = DIMENSION

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        return [Encoded(random_tokens(1)[0], random_tokens(40, n), ()) for n in range(len(texts))]


CODER = TokenCoder.calibrated(RandomEncoder())


def index(folder: Path, passages: Sequence[Vectors]) -> TokenIndex:
    """An index in two files."""
    codes = [CODER.encode(tokens) for tokens in passages]
    files = []
    for name, some in (("first", codes[:1]), ("second", codes[1:])):
        (folder / name).write_bytes(b"".join(token_file(some)))
        files += [(mapped(folder / name), len(some))] if some else []
    return TokenIndex(CODER, files)


# --- the coder -----------------------------------------------------------------------------


def test_the_rotation_is_orthogonal_and_always_the_same() -> None:
    product = CODER.rotation @ CODER.rotation.T
    assert np.allclose(product, np.eye(DIMENSION), atol=1e-5)
    assert TokenCoder.calibrated(RandomEncoder()).to_bytes() == CODER.to_bytes()


def test_the_mean_is_that_of_the_calibration() -> None:
    tokens = np.concatenate([random_tokens(40, n) for n in range(16)])
    assert np.allclose(CODER.mean, tokens.mean(axis=0), atol=1e-6)


def test_a_coder_survives_the_disk() -> None:
    again = TokenCoder.from_bytes(CODER.to_bytes())
    assert np.array_equal(again.mean, CODER.mean)
    assert np.array_equal(again.rotation, CODER.rotation)
    assert again.width == CODER.width == DIMENSION // 4 + 2


def test_codes_are_small_and_products_with_them_close_to_the_true_ones() -> None:
    tokens, query = random_tokens(100, 1), random_tokens(20, 2)
    codes = CODER.encode(tokens)
    assert (codes.shape, codes.dtype) == ((100, CODER.width), np.uint8)
    error = CODER.similarities(query, codes) - tokens @ query.T
    assert float(np.abs(error).max()) < 0.15
    assert float(np.sqrt((error**2).mean())) < 0.035
    assert abs(float(error.mean())) < 0.005, "an error that leans to one side would favour somebody"


def test_a_token_is_nearest_to_itself() -> None:
    tokens = random_tokens(100, 3)
    similarities = CODER.similarities(tokens, CODER.encode(tokens))
    assert np.array_equal(np.argmax(similarities, axis=0), np.arange(100))
    assert float(np.abs(np.diag(similarities) - 1).max()) < 0.05


@pytest.mark.parametrize("dimension", [1, 2, 3, 5, 64])
def test_any_dimension_can_be_coded(dimension: int) -> None:
    rotation = np.eye(dimension, dtype=np.float32)
    coder = TokenCoder(np.zeros(dimension, np.float32), rotation)
    tokens = unit(np.random.default_rng(4).normal(size=(7, dimension)).astype(np.float32))
    codes = coder.encode(tokens)
    assert codes.shape == (7, coder.width)
    similarities = coder.similarities(tokens, codes)
    assert similarities.shape == (7, 7)
    assert np.isfinite(similarities).all()


def test_a_token_that_is_the_mean_itself_is_no_number_lost() -> None:
    codes = CODER.encode(CODER.mean[None, :])
    similarity = CODER.similarities(CODER.mean[None, :], codes)
    assert np.allclose(similarity, CODER.mean @ CODER.mean, atol=1e-3)


def test_no_tokens_give_no_codes() -> None:
    codes = CODER.encode(np.zeros((0, DIMENSION), np.float32))
    assert codes.shape == (0, CODER.width)
    assert CODER.similarities(random_tokens(2), codes).shape == (0, 2)


@given(st.integers(0, 2000))
def test_a_long_passage_keeps_at_most_the_vectors_it_may(count: int) -> None:
    vectors = vector_of_token(count)
    assert vectors.shape == (count,)
    assert set(vectors.tolist()) == set(range(min(count, MAX_VECTORS))), "none is left empty"
    sizes = np.bincount(vectors) if count else np.zeros(1, int)
    assert sizes.max() - sizes.min() <= 1, "evenly spread"


def test_neighbouring_tokens_of_a_long_passage_are_averaged() -> None:
    tokens = random_tokens(MAX_VECTORS * 2, 5)
    expected = unit(tokens.reshape(MAX_VECTORS, 2, DIMENSION).sum(axis=1))
    assert np.array_equal(CODER.encode(tokens), CODER.encode(expected))


def test_only_as_many_tokens_share_a_vector_as_must() -> None:
    tokens = random_tokens(MAX_VECTORS + 1, 5)
    codes = CODER.encode(tokens)
    assert len(codes) == MAX_VECTORS
    shared = np.flatnonzero(np.diff(vector_of_token(len(tokens))) == 0)
    assert len(shared) == 1
    alone = np.delete(np.arange(len(tokens)), [shared[0], shared[0] + 1])
    assert np.array_equal(codes[vector_of_token(len(tokens))[alone]], CODER.encode(tokens[alone]))


@pytest.mark.parametrize("count", [0, 1, 256, 257, 2500])
def test_any_number_of_vectors_is_compared(count: int) -> None:
    query, tokens = random_tokens(3), random_tokens(max(count, 1), 7)[:count]
    codes = np.concatenate(
        [CODER.encode(tokens[n : n + 100]) for n in range(0, count, 100)] or [CODER.encode(tokens)]
    )
    one_by_one = [CODER.similarities(query, codes[n : n + 1])[0] for n in range(0, count, 37)]
    found = CODER.similarities(query, codes)
    assert found.shape == (count, 3)
    assert np.allclose(found[::37], np.array(one_by_one).reshape(-1, 3), atol=1e-5)


@pytest.mark.parametrize("asked", [1, 14, 15, 16, 31, 64])
def test_a_vector_s_products_do_not_depend_on_what_it_is_compared_beside(asked: int) -> None:
    query, tokens = random_tokens(asked), random_tokens(600, 7)
    codes = np.concatenate([CODER.encode(tokens[n : n + 100]) for n in range(0, 600, 100)])
    together = CODER.similarities(query, codes)
    for start, size in [(0, 1), (5, 47), (13, 100), (100, 250), (599, 1)]:
        alone = CODER.similarities(query, codes[start : start + size])
        assert np.array_equal(alone, together[start : start + size])


# --- the index -----------------------------------------------------------------------------


def test_each_passage_gives_its_best_token_for_each_of_the_question(tmp_path: Path) -> None:
    passages = [random_tokens(n, n) for n in (3, 1, 50, 7)]
    found = index(tmp_path, passages)
    query = random_tokens(5, 100)
    best = found.max_similarities(query, [2, 0, 3])
    for row, passage in zip(best, (2, 0, 3), strict=True):
        expected = CODER.similarities(query, CODER.encode(passages[passage])).max(axis=0)
        assert row == pytest.approx(expected, abs=1e-6)
        assert found.similarities(query, [passage])[0].max(axis=0) == pytest.approx(
            expected, abs=1e-6
        )


def test_a_passage_without_tokens_matches_nothing(tmp_path: Path) -> None:
    empty = np.zeros((0, DIMENSION), np.float32)
    found = index(tmp_path, [empty, random_tokens(3), empty, empty, random_tokens(2, 1), empty])
    query = random_tokens(2, 9)
    best = found.max_similarities(query, range(6))
    assert (best[[0, 2, 3, 5]] == -1.0).all()
    assert (best[[1, 4]] > -1.0).all()
    assert best[4] == pytest.approx(found.similarities(query, [4])[0].max(axis=0), abs=1e-6)


def test_an_index_of_nothing_and_a_question_about_nothing(tmp_path: Path) -> None:
    found = index(tmp_path, [])
    assert found.max_similarities(random_tokens(2), []).shape == (0, 2)
    empty = index(tmp_path, [np.zeros((0, DIMENSION), np.float32)])
    assert empty.max_similarities(random_tokens(2), [0]).tolist() == [[-1.0, -1.0]]
