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
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Level, Vectors
from indexer.index.bm25 import Writer
from indexer.index.dense_ladder import DenseKind, kind_for
from indexer.index.late_interaction import Codes, token_file
from indexer.index.manifest import DENSE, Segment, part_name

_SEGMENTS = 32  # of a large corpus, or up to twice as many: one is a fiftieth of what is written
_DENSE_FILES = 16  # likewise; fewer, as a search asks each of them
_LEAST = 1024  # passages of a segment on average: a small corpus has few
_IN_A_SEGMENT = 4  # runs, of whose words a build keeps what it counted
_HASH_IN_NAME = 32

Pieces = Callable[[], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class PassageRows:
    """Passages in order, given by rows, from one to another, so that few are in memory at once.

    ``ids`` are all of them, ``lines`` the passages as ``dump_passage`` writes them, each with a
    line break; equal ``digests``, equal lines. Equal ``keys``, equal ``embeddings``: the vector,
    float32 of shape (dimension,), and the token codes of each. ``made_with`` is the token coder:
    another one makes other codes.
    """

    ids: Callable[[], Iterable[str]]
    size: int
    lines: Callable[[int, int], Iterable[bytes]]
    digests: Callable[[int, int], Iterable[bytes]]
    keys: Callable[[int, int], Iterable[bytes]]
    embeddings: Callable[[int, int], Iterable[tuple[Vectors, Codes]]]
    dimension: int
    made_with: bytes

    def vectors(self, start: int, end: int) -> Vectors:
        """The vectors from one row to another, float32 of shape (rows, dimension)."""
        found = np.empty((end - start, self.dimension), np.float32)
        for row, (vector, _) in enumerate(self.embeddings(start, end)):
            found[row] = vector
        return found


@dataclass(frozen=True, slots=True)
class Division:
    """The files of a level's passages: ``named`` by what they are made of, and ``written`` by a
    function that puts one piece behind the other. ``runs`` are shorter than segments: a name that
    changes with what its passages say, its first row and the one behind its last.
    """

    segments: tuple[Segment, ...]
    dense_files: tuple[str, ...]
    named: Mapping[str, Pieces]
    written: Mapping[str, Writer] = field(default_factory=dict)
    runs: tuple[tuple[str, int, int], ...] = ()


NOTHING = Division((), (), {})


def divide(passages: PassageRows, source: Level | None) -> Division:
    """Divide the passages of a level; no file is made before its content is asked for.

    Args:
        passages: All that the level sees.
        source: The level; ``None`` sees everything.
    """
    named: dict[str, Pieces] = {}
    segments = []
    hashes = np.fromiter(map(_hash_of_id, passages.ids()), np.uint32, passages.size)
    for start, end in _runs(hashes, _SEGMENTS, _LEAST):
        texts = f"passages-{_hash(passages.digests(start, end))}.jsonl"
        tokens = f"tokens-{_hash_of_vectors(passages, start, end)}.codes"
        segments.append(Segment(end - start, texts, tokens))
        named[texts] = partial(passages.lines, start, end)
        named[tokens] = partial(_tokens, passages, start, end)
    runs = tuple(
        (_hash(passages.digests(start, end)), start, end)
        for start, end in _runs(hashes, _SEGMENTS * _IN_A_SEGMENT, _LEAST // _IN_A_SEGMENT)
    )
    if kind_for(passages.size) is not DenseKind.FLAT:
        whole = part_name(source, DENSE)
        writer = partial(_write_dense, passages)
        return Division(tuple(segments), (whole,), named, {whole: writer}, runs)
    dense_files = []
    for start, end in tuple(_runs(hashes, _DENSE_FILES, _LEAST)) or ((0, 0),):
        dense_files.append(f"dense-{_hash_of_vectors(passages, start, end)}.faiss")
        named[dense_files[-1]] = partial(_dense, passages, start, end)
    return Division(tuple(segments), tuple(dense_files), named, runs=runs)


def _runs(hashes: NDArray[np.uint32], least: int, shortest: int) -> Iterator[tuple[int, int]]:
    """The first row of each run and the one behind its last.

    Args:
        hashes: Of the ids of all passages.
        least: How many runs a large corpus has at least; at most twice as many.
        shortest: How long a run is at least, on average.
    """
    length = max(shortest, 1 << max(0, (len(hashes) // least).bit_length() - 1))
    begins = np.flatnonzero(hashes[1:] % length == 0) + 1
    if len(hashes):
        yield from pairwise((0, *begins.tolist(), len(hashes)))


def _hash_of_id(passage: str) -> int:
    return int.from_bytes(hashlib.blake2b(passage.encode(), digest_size=4).digest(), "little")


def _hash_of_vectors(passages: PassageRows, start: int, end: int) -> str:
    return _hash((passages.made_with, *passages.keys(start, end)))


def _tokens(passages: PassageRows, start: int, end: int) -> Iterator[bytes]:
    return token_file(codes for _, codes in passages.embeddings(start, end))


def _dense(passages: PassageRows, start: int, end: int) -> tuple[bytes]:
    from indexer.index.dense import serialise_index

    return (serialise_index(passages.vectors(start, end)),)


def _write_dense(passages: PassageRows, put: Callable[[bytes], object]) -> None:
    from indexer.index.dense import write_index

    write_index(passages.size, passages.dimension, passages.vectors, put)


def _hash(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()[:_HASH_IN_NAME]
