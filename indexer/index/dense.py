"""The dense index: exact inner product over unit vectors; the only module that imports FAISS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.domain import Vectors

_faiss: Any = faiss  # its stubs lack what its Python layer adds

Rows = NDArray[np.int64]


def _as_rows(allowed: Iterable[int]) -> Rows:
    """Rows as an array; one that is an array already is not copied number by number."""
    if isinstance(allowed, np.ndarray):
        return allowed.astype(np.int64)
    return np.fromiter(allowed, np.int64)


def serialise_index(vectors: Vectors) -> bytes:
    """Serialise a FAISS index of these vectors, float32 of shape (passages, dimension)."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    return bytes(faiss.serialize_index(index))


class DenseIndex:
    """A FAISS index, from bytes already verified against the manifest."""

    def __init__(self, data: bytes) -> None:
        self._index = faiss.deserialize_index(np.frombuffer(data, np.uint8))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(
        self, query: Vectors, k: int, allowed: Iterable[int] | None = None
    ) -> list[tuple[int, float]]:
        """The rows nearest to a query vector.

        Args:
            query: a unit vector, float32, shape (dimension,).
            k: the maximum number of rows.
            allowed: rows that may be returned, applied inside FAISS; ``None`` is no filter, empty
                finds nothing.

        Returns:
            Pairs of row and cosine, best first, ties by row.
        """
        rows = None if allowed is None else np.sort(_as_rows(allowed))
        size = len(self) if rows is None else len(rows)
        k = min(k, size)
        if k == 0:
            return []
        parameters = None
        if rows is not None:
            # A bitmap is one look-up a row; a list of ids would be searched for each of them.
            bits = np.zeros(len(self), np.uint8)
            bits[rows] = 1
            packed = np.packbits(bits, bitorder="little")
            parameters = _faiss.SearchParameters(sel=_faiss.IDSelectorBitmap(packed))
        # FAISS keeps any of the rows that tie for the last place: ask on until none is left out.
        reach = min(k + 1, size)
        while True:
            scores, found = self._index.search(query.reshape(1, -1), reach, params=parameters)
            if reach == size or scores[0][-1] < scores[0][k - 1]:
                break
            reach = min(2 * reach, size)
        hits = [(int(r), float(s)) for r, s in zip(found[0], scores[0], strict=True) if r >= 0]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def cosines(self, query: Vectors, rows: Sequence[int]) -> Vectors:
        """Cosines of ``query``, shape (dimension,), with some rows; float32, shape (rows,)."""
        if len(rows) == 0:
            return np.zeros(0, np.float32)
        found: Vectors = self._index.reconstruct_batch(np.asarray(rows, np.int64)) @ query
        return found

    def vectors(self) -> Vectors:
        """All vectors, float32, shape (passages, dimension)."""
        result: Vectors = self._index.reconstruct_n(0, len(self))
        return result
