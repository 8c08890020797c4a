"""BM25 over the terms of the passages.

Weights are those of Lucene (Kamphuis et al. 2020, "Which BM25 do you mean?").
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.index.manifest import LEXICAL_ROWS, LEXICAL_SCORES
from indexer.text.tokens import query_stems, stem_groups

K1, B = 1.2, 0.75  # Lucene's defaults
_BLOCK = 1 << 20  # entries written at once
_HEAD = 256  # bytes in which the header of a NumPy file of one dimension ends

Writer = Callable[[Callable[[bytes], object]], None]


@dataclass(frozen=True, slots=True)
class TermCounts:
    """How often a run of passages has each term: the n-th entry says that passage ``rows[n]`` has
    ``names[terms[n]]`` so many times.

    ``names`` are in order; ``rows``, ``terms`` and ``counts`` have shape (entries,), by term and
    row; ``lengths``, shape (passages,), are all terms of each passage.
    """

    names: Sequence[str]
    rows: NDArray[np.int32]
    terms: NDArray[np.int32]
    counts: NDArray[np.int32]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, passages: Iterable[Sequence[str]]) -> TermCounts:
        """The counts of passages, given as lists of terms."""
        counted = [Counter(terms) for terms in passages]
        names = sorted(set().union(*counted))
        ids = {name: n for n, name in enumerate(names)}
        entries = [(ids[t], row, n) for row, one in enumerate(counted) for t, n in one.items()]
        table = np.array(sorted(entries), np.int32).reshape(-1, 3)
        lengths = np.array([one.total() for one in counted], np.int32)
        return cls(names, table[:, 1], table[:, 0], table[:, 2], lengths)

    def with_more(self, rows: Sequence[int], terms: Sequence[str]) -> TermCounts:
        """The counts with one more of a term for each of some rows."""
        if not rows:
            return self
        names = sorted({*self.names, *terms})
        ids = {name: n for n, name in enumerate(names)}
        moved = np.array([ids[name] for name in self.names], np.int64)
        width = len(self.lengths)
        pairs = (moved[self.terms] if len(moved) else self.terms) * width + self.rows
        added = np.array([ids[term] for term in terms], np.int64) * width + np.array(rows)
        more, times = np.unique(added, return_counts=True)
        at = np.searchsorted(pairs, more)
        known = np.zeros(len(more), bool)
        known[at < len(pairs)] = pairs[at[at < len(pairs)]] == more[at < len(pairs)]
        counts = self.counts.copy()
        counts[at[known]] += times[known].astype(np.int32)
        counts = np.insert(counts, at[~known], times[~known])
        terms_of, rows_of = np.divmod(np.insert(pairs, at[~known], more[~known]), width)
        lengths = self.lengths + np.bincount(rows, minlength=width).astype(np.int32)
        return TermCounts(
            names, rows_of.astype(np.int32), terms_of.astype(np.int32), counts, lengths
        )


class _Postings:
    """The entries of all runs, as small as they can be: the index is written from them a block of
    terms at a time, and is never in memory as a whole.
    """

    def __init__(self, runs: Iterable[TermCounts]) -> None:
        ids: dict[str, int] = {}
        lengths, found = [np.zeros(0, np.int32)], []
        for run in runs:
            own = np.array([ids.setdefault(name, len(ids)) for name in run.names], np.int64)
            sizes = np.bincount(run.terms, minlength=len(own))
            found.append((own, sizes, _small(run.rows), _small(run.counts)))
            lengths.append(run.lengths)
        self.names = sorted(ids)
        place = np.empty(len(ids), np.int64)
        place[[ids[name] for name in self.names]] = np.arange(len(ids))
        # The names of each run are in order: so are their places.
        self._runs = [(place[own], sizes, rows, counts) for own, sizes, rows, counts in found]
        self._firsts = np.cumsum([len(one) for one in lengths])
        known = np.zeros(len(ids), np.int64)
        for terms, sizes, _, _ in self._runs:
            known[terms] += sizes
        self.starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(known)])
        whole = np.concatenate(lengths)
        self._penalty = K1 * (1 - B + B * whole / max(whole.mean() if len(whole) else 0.0, 1e-9))
        self._idf = np.log1p((len(whole) - known + 0.5) / (known + 0.5))

    def rows(self) -> Iterator[NDArray[np.int32]]:
        """The rows of all entries, by term and row."""
        for size, pieces in self._blocks():
            rows = np.empty(size, np.int32)
            for at, _, found, _ in pieces:
                rows[at] = found
            yield rows

    def scores(self) -> Iterator[NDArray[np.float32]]:
        """What each entry adds to the score of its row."""
        for size, pieces in self._blocks():
            scores = np.empty(size, np.float32)
            for at, terms, rows, counts in pieces:
                scores[at] = self._idf[terms] * counts / (counts + self._penalty[rows])
            yield scores

    def _blocks(self) -> Iterator[tuple[int, Iterator[tuple[NDArray[np.int64], ...]]]]:
        """How many entries a block of terms has, and those of each run: their places in the block,
        terms, rows and counts.
        """
        first = 0
        while first < len(self.names):
            end = int(np.searchsorted(self.starts, self.starts[first] + _BLOCK, side="right")) - 1
            last = max(first + 1, end)
            yield int(self.starts[last] - self.starts[first]), self._pieces(first, last)
            first = last

    def _pieces(self, first: int, last: int) -> Iterator[tuple[NDArray[np.int64], ...]]:
        free = self.starts[first:last] - self.starts[first]  # the next place of each term
        for row, (terms, sizes, rows, counts) in zip(self._firsts, self._runs, strict=False):
            one, other = np.searchsorted(terms, (first, last)).tolist()
            begin = int(sizes[:one].sum())
            own, many = terms[one:other] - first, sizes[one:other]
            end = begin + int(many.sum())
            places = np.repeat(free[own] - (np.cumsum(many) - many), many) + np.arange(end - begin)
            free[own] += many
            yield (
                places,
                np.repeat(own + first, many),
                row + rows[begin:end].astype(np.int64),
                counts[begin:end].astype(np.int64),
            )


def build_parts(runs: Iterable[TermCounts]) -> dict[str, bytes | Writer]:
    """Build the index of all passages; returns files by name, or what writes them.

    Args:
        runs: The counts of one run of passages behind the other; one at a time is in memory.
    """
    postings = _Postings(runs)
    size = int(postings.starts[-1])
    starts = io.BytesIO()
    np.save(starts, postings.starts, allow_pickle=False)
    return {
        LEXICAL_SCORES: partial(_write, np.float32, size, postings.scores),
        LEXICAL_ROWS: partial(_write, np.int32, size, postings.rows),
        "lexical_indptr.npy": starts.getvalue(),
        "lexical_terms.json": json.dumps(postings.names, ensure_ascii=False).encode(),
    }


def _write(
    kind: type[np.generic],
    size: int,
    blocks: Callable[[], Iterable[NDArray[Any]]],
    put: Callable[[bytes], object],
) -> None:
    """Write a NumPy file.

    Args:
        kind: The type of its numbers.
        size: How many there are.
        blocks: They, some at a time.
        put: Takes a piece of the file.
    """
    head = io.BytesIO()
    described = {"descr": np.dtype(kind).str, "fortran_order": False, "shape": (size,)}
    np.lib.format.write_array_header_1_0(head, described)
    put(head.getvalue())
    for block in blocks():
        put(block.tobytes())


def _small(numbers: NDArray[np.int32]) -> NDArray[np.unsignedinteger]:
    """Numbers of 0 or more in the fewest bytes."""
    kind = np.min_scalar_type(int(numbers.max()) if len(numbers) else 0)
    return numbers.astype(kind)


def _array(file: bytes | NDArray[np.uint8]) -> NDArray[Any]:
    """The array of a NumPy file, where it is: nothing is copied."""
    head = io.BytesIO(bytes(file[:_HEAD]))
    np.lib.format.read_magic(head)
    shape, _, kind = np.lib.format.read_array_header_1_0(head)
    return np.frombuffer(file, kind, int(shape[0]), head.tell())


class LexicalIndex:
    """BM25 over ``size`` passages, from parts already verified against the manifest; large ones are
    mapped.
    """

    def __init__(self, parts: Mapping[str, bytes | NDArray[np.uint8]], size: int) -> None:
        self._data = _array(parts[LEXICAL_SCORES])
        self._rows = _array(parts[LEXICAL_ROWS])
        self._starts = _array(parts["lexical_indptr.npy"])
        names = json.loads(bytes(parts["lexical_terms.json"]))
        self._terms: dict[str, int] = {term: n for n, term in enumerate(names)}
        self._size = size

    def __contains__(self, term: str) -> bool:
        return term in self._terms

    def document_frequency(self, word: str) -> int:
        """The number of passages with a folded word, in any of its stems."""
        return self._frequency(query_stems(word))

    def _frequency(self, stems: frozenset[str]) -> int:
        """The number of passages with any of these stems."""
        first, *others = [rows for rows, _ in self._postings(stems)] or [self._rows[:0]]
        if not others:
            return len(first)
        seen = np.zeros(self._size, bool)
        for rows in (first, *others):
            seen[rows] = True
        return int(np.count_nonzero(seen))

    def _postings(
        self, stems: frozenset[str]
    ) -> list[tuple[NDArray[np.int32], NDArray[np.float32]]]:
        """The rows and scores of each stem that occurs in a passage."""
        found = (self._terms[term] for term in stems if term in self._terms)
        spans = (slice(self._starts[n], self._starts[n + 1]) for n in found)
        return [(self._rows[span], self._data[span]) for span in spans]

    def vocabulary(self) -> Iterable[str]:
        """Every term, in order."""
        return self._terms.keys()

    def term_rows(self, term: str) -> NDArray[np.int32]:
        """The rows of the passages with a term (a stem), int32."""
        n = self._terms.get(term)
        found: NDArray[np.int32] = (
            self._rows[:0] if n is None else self._rows[self._starts[n] : self._starts[n + 1]]
        )
        return found

    def rows(self, word: str) -> NDArray[np.int64]:
        """The rows of the passages with a folded word in any of its stems, sorted, int64."""
        spans = [rows for rows, _ in self._postings(query_stems(word))]
        return np.unique(np.concatenate(spans)).astype(np.int64) if spans else np.zeros(0, np.int64)

    def idf(self, word: str) -> float:
        """BM25's inverse document frequency of a folded word; unknown words score highest."""
        return self._idf(self.document_frequency(word))

    def _idf(self, frequency: int) -> float:
        return float(np.log1p((self._size - frequency + 0.5) / (frequency + 0.5)))

    def bound(self, query: Sequence[str]) -> float:
        """An upper bound of any passage's score for these words: the sum of their IDFs."""
        return sum(self._idf(self._frequency(stems)) for stems in stem_groups(query))

    def search(
        self, query: Sequence[str], k: int, allowed: Iterable[int] | None = None
    ) -> list[tuple[int, float]]:
        """The rows with the highest BM25 scores above zero.

        Words that share a stem count as one, with the document frequency of all their stems:
        otherwise a stem found only in passages of another language would be rare by accident and
        outweigh the rest.

        Args:
            query: folded words.
            k: the maximum number of rows.
            allowed: rows that may be returned; ``None`` is no filter, empty finds nothing.

        Returns:
            Pairs of row and score, best first, ties by row.
        """
        scores = np.zeros(self._size, np.float32)
        for stems in stem_groups(query):
            scores += self._scores(stems)
        if allowed is not None:
            keep = np.zeros(self._size, bool)
            rows = allowed if isinstance(allowed, np.ndarray) else np.fromiter(allowed, np.int64)
            keep[rows] = True
            scores[~keep] = 0.0
        k = min(k, int(np.count_nonzero(scores)))
        if k == 0:
            return []
        candidates = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        hits = [(int(row), float(scores[row])) for row in candidates]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _scores(self, stems: frozenset[str]) -> NDArray[np.float32]:
        """The contribution of these stems, as one word, to each score; float32, (passages,)."""
        scores = np.zeros(self._size, np.float32)
        idf = self._idf(self._frequency(stems))
        for rows, stored in self._postings(stems):
            share = np.float32(idf / self._idf(len(rows)))  # stored: as rare as one stem
            scores[rows] = np.maximum(scores[rows], stored * share)
        return scores
