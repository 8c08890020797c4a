"""How the passages of a generation are divided into files, so that a change rewrites few of them.

A segment is a run of passages, with a file for their texts and one for their tokens' vectors. Where
it ends the ids of the passages alone say, so that one more or less moves no other boundary
(content-defined chunking, as backup programs do it). A file is named by a hash of what it is made
of: the next generation finds it by its name, and takes it over (publishing.py). The FAISS index is
divided likewise, into fewer files, where it compares every row in floats; elsewhere it is smaller,
and learnt from all the vectors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from indexer.domain import Level, Passage, Vectors
from indexer.index.dense_ladder import DenseKind, kind_for
from indexer.index.late_interaction import Codes, token_file
from indexer.index.manifest import DENSE, Segment, part_name
from indexer.index.serialisation import dump_passage

_SEGMENTS = 32  # of a large corpus, or up to twice as many: one is a fiftieth of what is written
_DENSE_FILES = 8  # likewise; fewer, as a search asks each of them
_LEAST = 1024  # passages of a segment on average: a small corpus has few
_HASH_IN_NAME = 32

Pieces = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The embeddings of passages in order, and their keys: equal keys, equal embeddings.

    ``of`` gives the vector, float32 of shape (dimension,), and the token codes of each row from one
    to another. ``made_with`` is the token coder: another one makes other codes.
    """

    keys: Sequence[bytes]
    of: Callable[[int, int], Iterable[tuple[Vectors, Codes]]]
    dimension: int
    made_with: bytes

    def vectors(self, start: int, end: int) -> Vectors:
        """The vectors from one row to another, float32 of shape (rows, dimension)."""
        found = np.empty((end - start, self.dimension), np.float32)
        for row, (vector, _) in enumerate(self.of(start, end)):
            found[row] = vector
        return found


@dataclass(frozen=True, slots=True)
class Division:
    """The files of a level's passages: ``named`` by what they are made of, and ``others``."""

    segments: tuple[Segment, ...]
    dense_files: tuple[str, ...]
    named: Mapping[str, Pieces]
    others: Mapping[str, Pieces]


NOTHING = Division((), (), {}, {})


def divide(passages: Sequence[Passage], embeddings: Embeddings, source: Level | None) -> Division:
    """Divide the passages of a level; no file is made before its content is asked for.

    Args:
        passages: All that the level sees, in order.
        embeddings: Theirs.
        source: The level; ``None`` sees everything.
    """
    named: dict[str, Pieces] = {}
    segments = []
    ids = [passage.id for passage in passages]
    for start, end in _runs(ids, _SEGMENTS):
        lines = partial(_lines, passages[start:end])
        texts = f"passages-{_hash(lines())}.jsonl"
        tokens = f"tokens-{_hash((embeddings.made_with, *embeddings.keys[start:end]))}.codes"
        segments.append(Segment(end - start, texts, tokens))
        named |= {texts: lines, tokens: partial(_tokens, embeddings, start, end)}
    if kind_for(len(ids)) is not DenseKind.FLAT:
        whole = part_name(source, DENSE)
        others = {whole: partial(_dense, embeddings, 0, len(ids))}
        return Division(tuple(segments), (whole,), named, others)
    dense_files = []
    for start, end in tuple(_runs(ids, _DENSE_FILES)) or ((0, 0),):
        made_of = (embeddings.made_with, *embeddings.keys[start:end])
        dense_files.append(f"dense-{_hash(made_of)}.faiss")
        named[dense_files[-1]] = partial(_dense, embeddings, start, end)
    return Division(tuple(segments), tuple(dense_files), named, {})


def _runs(ids: Sequence[str], least: int) -> Iterator[tuple[int, int]]:
    """The first row of each run and the one behind its last: ``least`` runs to twice as many."""
    length = max(_LEAST, 1 << max(0, (len(ids) // least).bit_length() - 1))
    first = 0
    for row in range(1, len(ids)):
        digest = hashlib.blake2b(ids[row].encode(), digest_size=4).digest()
        if int.from_bytes(digest, "little") % length == 0:
            yield first, row
            first = row
    if ids:
        yield first, len(ids)


def _lines(passages: Sequence[Passage]) -> Iterator[bytes]:
    return (dump_passage(passage) + b"\n" for passage in passages)


def _tokens(embeddings: Embeddings, start: int, end: int) -> Iterator[bytes]:
    return token_file(codes for _, codes in embeddings.of(start, end))


def _dense(embeddings: Embeddings, start: int, end: int) -> tuple[bytes]:
    from indexer.index.dense import serialise_index

    return (serialise_index(embeddings.vectors(start, end)),)


def _hash(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()[:_HASH_IN_NAME]
