"""The embeddings of passages come in order, a batch at a time, whatever the cache lost."""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from indexer.domain import Passage
from indexer.embedding.cache import EmbeddingCache
from indexer.pipeline import embed
from indexer.pipeline.cut_passages import CutDocument, CutPassages, passage_lines
from indexer.pipeline.embed import Embedder, embedding_keys
from indexer.pipeline.ingest import ProgressReporter
from tests.toy import ToyEncoder

PASSAGES = [
    Passage(f"a.md#{n}", "a.md", n, f"Il testo {n % 5} parla.", "", (), None, (), "it")
    for n in range(7)
]
KEYS = embedding_keys(PASSAGES, ToyEncoder())


def cut_at(*ends: int) -> CutPassages:
    """The passages in documents that end there."""
    lines = [passage_lines(PASSAGES[a:b]) for a, b in pairwise((0, *ends))]
    documents = [
        CutDocument.of(str(n), lines[n], KEYS[a:b]) for n, (a, b) in enumerate(pairwise((0, *ends)))
    ]
    return CutPassages(documents, lambda n, _: lines[n])


CUT = cut_at(3, 7)


def test_passages_are_read_from_their_documents_by_rows() -> None:
    assert len(CUT) == 7
    assert list(CUT.ids()) == ["0#0", "0#1", "0#2", "1#0", "1#1", "1#2", "1#3"]
    for start, end in ((0, 7), (0, 3), (2, 5), (3, 7), (6, 7), (4, 4)):
        assert list(CUT.passages(start, end)) == PASSAGES[start:end]
        assert CUT.keys(start, end) == KEYS[start:end]
        assert b"".join(CUT.joined_keys(start, end)) == b"".join(KEYS[start:end])
    assert len(cut_at()) == 0
    assert list(cut_at().passages(0, 0)) == []


def test_other_texts_or_another_division_have_other_digests() -> None:
    spans = [(a, b) for a in range(7) for b in range(a + 1, 8)]
    assert len({b"".join(CUT.digests(a, b)) for a, b in spans}) == len(spans)
    document = CutDocument.of("x", passage_lines(PASSAGES[:3]), KEYS[3:6])
    same = CutPassages([document], lambda *_: b"")
    assert list(same.digests(0, 3)) == list(CUT.digests(0, 3))


def test_a_document_without_passages_is_passed_over() -> None:
    cut = cut_at(0, 3, 3, 7, 7)
    assert list(cut.passages(0, 7)) == PASSAGES
    assert cut.keys(2, 4) == KEYS[2:4]


def test_embeddings_are_those_of_their_passages_in_any_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embed, "_READ", 2)
    with EmbeddingCache.open(tmp_path / "c.sqlite") as cache:
        embedder = Embedder(ToyEncoder(), cache)
        embedder.embed(CUT, ProgressReporter())
        found = list(embedder.embeddings(CUT, 0, 7))
    expected = ToyEncoder().encode_passages([p.embedded_text for p in PASSAGES])
    assert embedder.encoded == 5  # two texts occur twice
    assert np.array_equal([vector for vector, _ in found], [e.vector for e in expected])
    assert [len(codes) for _, codes in found] == [4] * 7


def test_an_embedding_that_is_damaged_in_the_cache_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    with EmbeddingCache.open(path) as cache:
        Embedder(ToyEncoder(), cache).embed(CUT, ProgressReporter())
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE passages SET vector = x'00' WHERE rowid = 3")
    connection.close()
    with EmbeddingCache.open(path) as cache:
        embedder = Embedder(ToyEncoder(), cache)
        embedder.embed(CUT, ProgressReporter())
        found = list(embedder.embeddings(CUT, 0, 7))
        assert embedder.encoded == 1
    expected = ToyEncoder().encode_passages([p.embedded_text for p in PASSAGES])
    assert np.array_equal([vector for vector, _ in found], [e.vector for e in expected])
