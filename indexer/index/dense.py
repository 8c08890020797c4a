"""The dense index: inner product over unit vectors; the only module that imports FAISS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
from numpy.typing import NDArray

from indexer.domain import Vectors
from indexer.index.dense_ladder import DenseKind, kind_for, lists_for, probes

_faiss: Any = faiss  # its stubs lack what its Python layer adds

Rows = NDArray[np.int64]
VectorRows = Callable[[int, int], Vectors]
Put = Callable[[bytes], object]


_BITS = faiss.ScalarQuantizer.QT_8bit
_KINDS = {
    faiss.IndexFlatIP: DenseKind.FLAT,
    faiss.IndexScalarQuantizer: DenseKind.SQ8,
    faiss.IndexIVFScalarQuantizer: DenseKind.IVF_SQ8,
}
_TRAINED = 120_000  # vectors that scales and lists are learnt from: 39 a list is FAISS's least
_ROUNDS = 6  # of k-means: more change few lists
_BLOCK = 512  # of them, that stand beside each other
_BATCH = 16_384  # vectors added at once
_PIECE = 1 << 20  # bytes written at once


def _as_rows(allowed: Iterable[int]) -> Rows:
    """Rows as an array; one that is an array already is not copied number by number."""
    if isinstance(allowed, np.ndarray):
        return allowed.astype(np.int64)
    return np.fromiter(allowed, np.int64)


def serialise_index(vectors: Vectors) -> bytes:
    """Serialise a FAISS index of vectors, float32 of shape (passages, dimension): that which the
    ladder has for so many.
    """
    size, dimension = vectors.shape
    index = _filled(size, dimension, lambda start, end: vectors[start:end])
    return bytes(faiss.serialize_index(index))


def write_index(size: int, dimension: int, vectors: VectorRows, put: Put) -> None:
    """Write such an index piece by piece, without its vectors being in memory at once.

    Args:
        size: How many vectors there are.
        dimension: Their length.
        vectors: Those from one row to another.
        put: Takes a piece of the file; what it raises is raised.
    """
    failed: list[OSError] = []

    def checked(piece: bytes) -> None:
        try:
            if not failed:
                put(piece)
        except OSError as error:  # FAISS would make another error of it
            failed.append(error)

    writer = _faiss.PyCallbackIOWriter(checked, _PIECE)
    _faiss.write_index(_filled(size, dimension, vectors), writer)
    if failed:
        raise failed[0]


def _filled(size: int, dimension: int, vectors: VectorRows) -> faiss.Index:
    index = _empty(size, dimension)
    if not index.is_trained:
        some = -(-size // _TRAINED)  # every so many-th block of rows
        blocks = range(0, size, some * _BLOCK)
        index.train(np.concatenate([_rows(vectors, n, min(n + _BLOCK, size)) for n in blocks]))
    for start in range(0, size, _BATCH):
        index.add(_rows(vectors, start, min(start + _BATCH, size)))
    if isinstance(index, faiss.IndexIVF):
        index.make_direct_map()  # from a row to its vector
    return index


def _rows(vectors: VectorRows, start: int, end: int) -> Vectors:
    return np.ascontiguousarray(vectors(start, end), np.float32)


def _empty(passages: int, dimension: int) -> faiss.Index:
    kind = kind_for(passages)
    if kind is DenseKind.FLAT:
        return faiss.IndexFlatIP(dimension)
    if kind is DenseKind.SQ8:
        return faiss.IndexScalarQuantizer(dimension, _BITS, faiss.METRIC_INNER_PRODUCT)
    lists = lists_for(passages)
    nearest = faiss.IndexFlatIP(dimension)
    # Residuals would take 8 bits of another scale in each list, and longer to compare.
    index = faiss.IndexIVFScalarQuantizer(
        nearest, dimension, lists, _BITS, faiss.METRIC_INNER_PRODUCT, False
    )
    index.cp.niter, index.cp.min_points_per_centroid = _ROUNDS, 1
    return index


class DenseIndex:
    """FAISS indexes of one kind, one behind the other, mapped from files already verified against
    the manifest.
    """

    def __init__(self, paths: Sequence[Path], kind: DenseKind) -> None:
        # FAISS maps lists and flat codes in two ways, each for the one only.
        mapped = faiss.IO_FLAG_MMAP if kind is DenseKind.IVF_SQ8 else faiss.IO_FLAG_MMAP_IFC
        self._files: list[Any] = [faiss.read_index(str(path), mapped) for path in paths]
        self._ends = np.cumsum([one.ntotal for one in self._files])

    @property
    def kind(self) -> DenseKind:
        """Its rung of the ladder."""
        return next(kind for cls, kind in _KINDS.items() if isinstance(self._files[0], cls))

    def __len__(self) -> int:
        return int(self._ends[-1])

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._files[0].d)

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
        passing = None
        if allowed is not None:
            passing = np.zeros(len(self), bool)
            passing[_as_rows(allowed)] = True
        hits: list[tuple[int, float]] = []
        for file, end in zip(self._files, self._ends.tolist(), strict=True):
            start = end - file.ntotal
            some = None if passing is None else passing[start:end]
            hits += [(start + row, score) for row, score in _search(file, query, k, some)]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def cosines(self, query: Vectors, rows: Sequence[int]) -> Vectors:
        """Cosines of ``query``, shape (dimension,), with some rows; float32, shape (rows,)."""
        if len(rows) == 0:
            return np.zeros(0, np.float32)
        wanted, found = np.asarray(rows, np.int64), np.empty((len(rows), len(query)), np.float32)
        places = np.searchsorted(self._ends, wanted, side="right")
        for place in np.unique(places).tolist():
            file, own = self._files[place], places == place
            inside = wanted[own] - (self._ends[place] - file.ntotal)
            found[own] = file.reconstruct_batch(inside)
        return found @ query

    def vectors(self) -> Vectors:
        """All vectors, float32, shape (passages, dimension)."""
        return np.concatenate([one.reconstruct_n(0, one.ntotal) for one in self._files])


def _search(
    index: faiss.Index, query: Vectors, k: int, passing: NDArray[np.bool_] | None
) -> list[tuple[int, float]]:
    """The rows of one FAISS index nearest to a query vector, with all that tie for the last place.

    Args:
        index: The FAISS index.
        query: A unit vector, float32, shape (dimension,).
        k: The maximum number of rows, but for those that tie.
        passing: Which rows may be returned; ``None``: all.
    """
    size = index.ntotal if passing is None else int(np.count_nonzero(passing))
    k = min(k, size)
    if k == 0:
        return []
    parameters, asked = _parameters(index, passing, size, k), cast(Any, index)
    # FAISS keeps any of the rows that tie for the last place: ask on until none is left out.
    reach = min(k + 1, size)
    while True:
        scores, found = asked.search(query.reshape(1, -1), reach, params=parameters)
        if reach == size or scores[0][-1] < scores[0][k - 1]:
            break
        reach = min(2 * reach, size)
    rows = zip(found[0].tolist(), scores[0].tolist(), strict=True)
    return [(row, score) for row, score in rows if row >= 0]


def _parameters(
    index: faiss.Index, passing: NDArray[np.bool_] | None, size: int, k: int
) -> faiss.SearchParameters:
    """What is searched: the rows that pass, and how many lists.

    Args:
        index: The FAISS index.
        passing: Which rows pass; ``None``: all.
        size: How many.
        k: How many are wanted.
    """
    # A bitmap: one look-up a row; a list of ids would be searched for each.
    chosen: dict[str, object] = {}
    if passing is not None:
        chosen["sel"] = _faiss.IDSelectorBitmap(np.packbits(passing, bitorder="little"))
    if not isinstance(index, faiss.IndexIVF):
        flat: faiss.SearchParameters = _faiss.SearchParameters(**chosen)
        return flat
    lists = probes(index.nlist, size, k)
    listed: faiss.SearchParameters = _faiss.SearchParametersIVF(nprobe=lists, **chosen)
    return listed
