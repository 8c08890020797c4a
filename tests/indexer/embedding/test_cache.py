"""What the model made of passages, kept between builds: exact, and never a reason to fail."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from indexer.embedding.cache import EmbeddingCache, PassageEmbedding, embedding_key
from tests.toy import ToyEncoder

WIDTH = 3
KEYS = [embedding_key("toy", f"testo {n}") for n in range(1200)]
_RANDOM = np.random.default_rng(3)
EMBEDDED = [
    PassageEmbedding(
        _RANDOM.normal(size=4).astype(np.float32),
        _RANDOM.integers(0, 256, (n % 4, WIDTH)).astype(np.uint8),
    )
    for n in range(1200)
]


def some(*rows: int) -> dict[bytes, PassageEmbedding]:
    return {KEYS[row]: EMBEDDED[row] for row in rows}


def same(found: PassageEmbedding, expected: PassageEmbedding) -> bool:
    return np.array_equal(found.vector, expected.vector) and np.array_equal(
        found.codes, expected.codes
    )


def kept(path: Path) -> list[int]:
    with EmbeddingCache.open(path) as cache:
        found = cache.get(KEYS, WIDTH)
    assert all(same(value, EMBEDDED[KEYS.index(key)]) for key, value in found.items())
    return sorted(KEYS.index(key) for key in found)


def test_a_key_depends_on_the_model_and_on_the_text() -> None:
    assert embedding_key("a", "testo") == embedding_key("a", "testo")
    keys = {embedding_key(m, t) for m in ("a", "b") for t in ("testo", "Testo", "")}
    assert len(keys) == 6


def test_what_was_kept_comes_back_exactly_in_a_later_build(tmp_path: Path) -> None:
    path = tmp_path / "new" / "embeddings.sqlite"
    with EmbeddingCache.open(path) as cache:
        assert cache.get(KEYS[:2], WIDTH) == {}
        cache.put(some(0, 1))
    with EmbeddingCache.open(path) as cache:
        found = cache.get([KEYS[1], KEYS[2], KEYS[0]], WIDTH)
    assert found.keys() == {KEYS[0], KEYS[1]}
    assert same(found[KEYS[0]], EMBEDDED[0])
    assert same(found[KEYS[1]], EMBEDDED[1])
    assert found[KEYS[0]].codes.shape == (0, WIDTH)


def test_more_keys_than_one_statement_takes(tmp_path: Path) -> None:
    with EmbeddingCache.open(tmp_path / "c.sqlite") as cache:
        cache.put(some(*range(1200)))
    assert kept(tmp_path / "c.sqlite") == list(range(1200))


def test_what_is_put_again_replaces_the_first(tmp_path: Path) -> None:
    with EmbeddingCache.open(tmp_path / "c.sqlite") as cache:
        cache.put(some(0))
        cache.put({KEYS[0]: EMBEDDED[1]})
        assert same(cache.get(KEYS[:1], WIDTH)[KEYS[0]], EMBEDDED[1])


def test_keep_only_forgets_all_the_others(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with EmbeddingCache.open(path) as cache:
        cache.put(some(0, 1, 2))
        cache.keep_only([KEYS[2], KEYS[0], KEYS[0], KEYS[9]])
        cache.keep_only([KEYS[2], KEYS[0]])
    assert kept(path) == [0, 2]
    with EmbeddingCache.open(path) as cache:
        cache.keep_only([])
    assert kept(path) == []


def test_what_was_put_survives_a_build_that_breaks(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"

    def broken_build() -> None:
        with EmbeddingCache.open(path) as cache:
            cache.put(some(0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_build()
    assert kept(path) == [0]


# --- the coder -----------------------------------------------------------------------------


class CountingEncoder(ToyEncoder):
    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        self.calls = 0

    def encode_passages(self, texts):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        self.calls += 1
        return super().encode_passages(texts)


def test_the_coder_of_a_model_is_calibrated_once(tmp_path: Path) -> None:
    first, other = CountingEncoder("a"), CountingEncoder("b")
    path = tmp_path / "c.sqlite"
    with EmbeddingCache.open(path) as cache:
        coder = cache.coder(first)
    with EmbeddingCache.open(path) as cache:
        again = cache.coder(first)
        cache.coder(other)
        cache.keep_only([])
        cache.coder(first)
    assert (first.calls, other.calls) == (1, 1)
    assert again.to_bytes() == coder.to_bytes()


def test_a_damaged_coder_is_calibrated_again(tmp_path: Path) -> None:
    encoder, path = CountingEncoder("a"), tmp_path / "c.sqlite"
    with EmbeddingCache.open(path) as cache:
        coder = cache.coder(encoder)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE coders SET coder = x'00'")
    connection.commit()
    connection.close()
    with EmbeddingCache.open(path) as cache:
        assert cache.coder(encoder).to_bytes() == coder.to_bytes()
        assert cache.coder(encoder).to_bytes() == coder.to_bytes()
    assert encoder.calls == 2


# --- damage --------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 99, b"SQLite format 3\0"])
def test_a_file_that_is_no_database_is_set_aside_and_made_anew(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "c.sqlite"
    path.write_bytes(content)
    (tmp_path / "c.sqlite-wal").write_bytes(b"what a broken build left")
    with EmbeddingCache.open(path) as cache:
        cache.put(some(0))
    assert kept(path) == [0]
    if content:
        assert (tmp_path / "c.damaged").read_bytes() == content


@pytest.mark.parametrize("seed", range(30))
def test_damage_anywhere_costs_time_never_a_build_or_a_wrong_vector(
    tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "c.sqlite"
    with EmbeddingCache.open(path) as cache:
        cache.put(some(*range(300)))
    data = bytearray(path.read_bytes())
    random = np.random.default_rng(seed)
    start = int(random.integers(0, len(data) - 700))
    for position in range(start, start + int(random.integers(1, 700))):
        data[position] = int(random.integers(0, 256))
    path.write_bytes(data)
    with EmbeddingCache.open(path) as cache:
        found = cache.get(KEYS, WIDTH)
        cache.put(some(5))
        cache.keep_only(KEYS[:10])
    assert all(same(value, EMBEDDED[KEYS.index(key)]) for key, value in found.items())
    assert 5 in kept(path)


def test_a_flipped_bit_makes_a_vector_unknown_not_wrong(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with EmbeddingCache.open(path) as cache:
        cache.put(some(1, 2, 3))
    data = bytearray(path.read_bytes())
    data[data.index(EMBEDDED[2].vector.tobytes()) + 2] ^= 1
    data[data.index(EMBEDDED[3].codes.tobytes()) + 2] ^= 1
    path.write_bytes(data)
    assert kept(path) == [1]


@pytest.mark.parametrize("table", ["passages", "coders"])
def test_a_cache_of_another_shape_is_set_aside(tmp_path: Path, table: str) -> None:
    path = tmp_path / "c.sqlite"
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE {table} (other TEXT)")
    connection.commit()
    connection.close()
    with EmbeddingCache.open(path) as cache:
        cache.put(some(0))
    assert kept(path) == [0]
