"""The passages of a corpus, read from the cache a document at a time: never all in memory."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.domain import Passage
from indexer.index.serialisation import dump_passage, load_passage_lines

_KEY = 32  # bytes of an embedding's key, and of a hash

Read = Callable[[int, bytes], bytes]


@dataclass(frozen=True, slots=True)
class CutDocument:
    """A document cut into passages: a hash of what they say, and the keys of their embeddings, one
    behind the other. It takes 32 bytes a passage, where the passages take kilobytes.
    """

    id: str
    made: bytes

    @classmethod
    def of(cls, document: str, lines: bytes, keys: Sequence[bytes]) -> CutDocument:
        """One whose passages have just been cut.

        Args:
            document: Its id.
            lines: Its passages as ``passage_lines`` writes them.
            keys: Those of their embeddings.
        """
        return cls(document, b"".join((hashlib.sha256(lines).digest(), *keys)))

    def __len__(self) -> int:
        return len(self.made) // _KEY - 1

    @property
    def digest(self) -> bytes:
        """The hash of what its passages say."""
        return self.made[:_KEY]

    def keys(self, first: int, last: int) -> bytes:
        """The keys of its passages from one to another, one behind the other."""
        return self.made[_KEY * (first + 1) : _KEY * (last + 1)]


def passage_lines(passages: Iterable[Passage]) -> bytes:
    """Passages, each in a line."""
    return b"".join(dump_passage(passage) + b"\n" for passage in passages)


class CutPassages:
    """All passages of a level, in order."""

    def __init__(self, documents: Sequence[CutDocument], read: Read) -> None:
        """Read nothing yet.

        Args:
            documents: Those of the level, in order.
            read: Reads the ``passage_lines`` of one, given its place among them and their hash.
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
            document.keys(n, n + 1)
            for _, document, first, last in self._documents_of(start, end)
            for n in range(first, last)
        ]

    def joined_keys(self, start: int, end: int) -> Iterator[bytes]:
        """The same keys, one behind the other, some at a time."""
        for _, document, first, last in self._documents_of(start, end):
            yield document.keys(first, last)

    def digests(self, start: int, end: int) -> Iterator[bytes]:
        """What tells apart what the passages from one row to another say, without reading them."""
        for _, document, first, last in self._documents_of(start, end):
            yield document.digest + struct.pack("<II", first, last)

    def lines(self, start: int, end: int) -> Iterator[bytes]:
        """The passages from one row to another, each as ``dump_passage`` writes it, in a line."""
        for place, document, first, last in self._documents_of(start, end):
            lines = self._read(place, document.digest)
            yield from lines.splitlines(keepends=True)[first:last]

    def passages(self, start: int, end: int) -> Iterator[Passage]:
        """The passages from one row to another."""
        for line in self.lines(start, end):
            yield from load_passage_lines(line)

    def _documents_of(self, start: int, end: int) -> Iterator[tuple[int, CutDocument, int, int]]:
        """The documents that some rows are of: the place of each, and from which of its passages to
        which.
        """
        at = int(np.searchsorted(self._ends, start, side="right"))
        while start < end:
            document, stop = self._documents[at], int(self._ends[at])
            first = stop - len(document)
            yield at, document, start - first, min(stop, end) - first
            start, at = max(start, stop), at + 1
