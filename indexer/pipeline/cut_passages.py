"""The passages of a corpus, read from the cache a document at a time: never all in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.domain import Passage
from indexer.index.serialisation import dump_passage, load_passage_lines

_KEY = 32  # bytes of an embedding's key
_COUNT = 4  # bytes that say how many there are


@dataclass(frozen=True, slots=True)
class CutDocument:
    """A document cut into passages: the keys of their embeddings, one behind the other, and where
    the cache has them.
    """

    id: str
    keys: bytes
    kept_at: bytes

    def __len__(self) -> int:
        return len(self.keys) // _KEY


def dump_cut(passages: Sequence[Passage], keys: Sequence[bytes]) -> bytes:
    """A document's passages as the cache keeps them, with the keys of their embeddings."""
    count = len(passages).to_bytes(_COUNT, "little")
    return b"".join((count, *keys, *(dump_passage(passage) + b"\n" for passage in passages)))


def keys_of(cut: bytes) -> bytes:
    """The keys in what ``dump_cut`` made."""
    return cut[_COUNT : _lines_at(cut)]


def _lines_at(cut: bytes) -> int:
    return _COUNT + _KEY * int.from_bytes(cut[:_COUNT], "little")


class CutPassages:
    """All passages of a level, in order."""

    def __init__(self, documents: Sequence[CutDocument], read: Callable[[bytes], bytes]) -> None:
        """Read nothing yet.

        Args:
            documents: Those of the level, in order.
            read: Reads from the cache what ``dump_cut`` made of one.
        """
        self._documents = documents
        self._read = read
        self._ends = np.cumsum([len(document) for document in documents], dtype=np.int64)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def ids(self) -> Iterator[str]:
        """The passages' ids."""
        for document in self._documents:
            yield from (f"{document.id}#{n}" for n in range(len(document)))

    def keys(self, start: int, end: int) -> list[bytes]:
        """The keys of the embeddings from one row to another."""
        return [
            document.keys[_KEY * n : _KEY * (n + 1)]
            for document, first, last in self._documents_of(start, end)
            for n in range(first, last)
        ]

    def lines(self, start: int, end: int) -> Iterator[bytes]:
        """The passages from one row to another, each as ``dump_passage`` writes it, in a line."""
        for document, first, last in self._documents_of(start, end):
            cut = self._read(document.kept_at)
            yield from cut[_lines_at(cut) :].splitlines(keepends=True)[first:last]

    def passages(self, start: int, end: int) -> Iterator[Passage]:
        """The passages from one row to another."""
        for line in self.lines(start, end):
            yield from load_passage_lines(line)

    def _documents_of(self, start: int, end: int) -> Iterator[tuple[CutDocument, int, int]]:
        """The documents that some rows are of, each with the first and the last of its passages."""
        at = int(np.searchsorted(self._ends, start, side="right"))
        while start < end:
            document, stop = self._documents[at], int(self._ends[at])
            first = stop - len(document)
            yield document, start - first, min(stop, end) - first
            start, at = max(start, stop), at + 1
