"""The embeddings of passages come in order, a batch at a time, whatever the cache lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from indexer.domain import Passage
from indexer.embedding.cache import EmbeddingCache
from indexer.pipeline import embed
from indexer.pipeline.embed import Embedder
from indexer.pipeline.ingest import ProgressReporter
from tests.toy import ToyEncoder

PASSAGES = [
    Passage(f"a.md#{n}", "a.md", n, f"Il testo {n % 5} parla.", "", (), None, (), "it")
    for n in range(7)
]


def test_embeddings_are_those_of_their_passages_in_any_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "_READ", 2)
    with EmbeddingCache.open(tmp_path / "c.sqlite") as cache:
        embedder = Embedder(ToyEncoder(), cache)
        embedder.embed(PASSAGES, ProgressReporter())
        found = list(embedder.embeddings(PASSAGES))
    expected = ToyEncoder().encode_passages([p.embedded_text for p in PASSAGES])
    assert embedder.encoded == 5  # two texts occur twice
    assert np.array_equal([e.vector for e in found], [e.vector for e in expected])
    assert [len(e.codes) for e in found] == [4] * 7


def test_an_embedding_that_is_damaged_in_the_cache_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with EmbeddingCache.open(path) as cache:
        Embedder(ToyEncoder(), cache).embed(PASSAGES, ProgressReporter())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE passages SET vector = x'00' WHERE rowid = 3")
    connection.close()
    with EmbeddingCache.open(path) as cache:
        embedder = Embedder(ToyEncoder(), cache)
        embedder.embed(PASSAGES, ProgressReporter())
        found = list(embedder.embeddings(PASSAGES))
        assert embedder.encoded == 1
    expected = ToyEncoder().encode_passages([p.embedded_text for p in PASSAGES])
    assert np.array_equal([e.vector for e in found], [e.vector for e in expected])
