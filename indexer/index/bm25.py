"""BM25 over the terms of the passages.

Weights are those of Lucene (Kamphuis et al. 2020, "Which BM25 do you mean?").
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.text.tokens import query_stems, stem_groups

K1, B = 1.2, 0.75  # Lucene's defaults


@dataclass(frozen=True, slots=True)
class TermCounts:
    """How often a run of passages has each term: the n-th entry says that passage ``rows[n]`` has
    ``names[terms[n]]`` so many times.

    ``rows``, ``terms`` and ``counts`` have shape (entries,), by term and row; ``lengths``, shape
    (passages,), are all terms of each passage.
    """

    names: Sequence[str]
    rows: NDArray[np.int32]
    terms: NDArray[np.int32]
    counts: NDArray[np.int32]
    lengths: NDArray[np.int32]

    @classmethod
    def of(cls, passages: Iterable[Sequence[str]]) -> TermCounts:
        """The counts of passages, given as lists of terms."""
        ids: dict[str, int] = {}
        entries: list[tuple[int, int, int]] = []
        lengths = []
        for row, terms in enumerate(passages):
            lengths.append(len(terms))
            entries += [(ids.setdefault(t, len(ids)), row, n) for t, n in Counter(terms).items()]
        table = np.array(sorted(entries), np.int32).reshape(-1, 3)
        return cls(list(ids), table[:, 1], table[:, 0], table[:, 2], np.array(lengths, np.int32))

    def with_more(self, rows: Sequence[int], terms: Sequence[str]) -> TermCounts:
        """The counts with one more of a term for each of some rows."""
        if not rows:
            return self
        ids = {name: n for n, name in enumerate(self.names)}
        more = np.array([ids.setdefault(term, len(ids)) for term in terms], np.int32)
        at = np.concatenate([self.rows, np.array(rows, np.int32)])
        ones = np.ones(len(rows), np.int32)
        pairs = np.concatenate([self.terms, more]).astype(np.int64) * len(self.lengths) + at
        unique, place = np.unique(pairs, return_inverse=True)
        counts = np.bincount(place, np.concatenate([self.counts, ones])).astype(np.int32)
        lengths = self.lengths + np.bincount(rows, minlength=len(self.lengths)).astype(np.int32)
        terms_of, rows_of = np.divmod(unique, len(self.lengths))
        return TermCounts(
            list(ids), rows_of.astype(np.int32), terms_of.astype(np.int32), counts, lengths
        )


def build_parts(runs: Callable[[], Iterable[TermCounts]]) -> dict[str, bytes | bytearray]:
    """Build the index of all passages; returns named files.

    Args:
        runs: The counts of one run of passages behind the other; asked for twice, so that no more
            than one is in memory.
    """
    frequency: Counter[str] = Counter()
    lengths = [np.zeros(0, np.int32)]
    for run in runs():
        of_terms = np.bincount(run.terms, minlength=len(run.names)).tolist()
        frequency.update(dict(zip(run.names, of_terms, strict=True)))
        lengths.append(run.lengths)
    names = sorted(frequency)
    known = np.array([frequency[name] for name in names], np.int64)
    vocabulary = {name: n for n, name in enumerate(names)}
    whole = np.concatenate(lengths)
    penalty = K1 * (1 - B + B * whole / max(whole.mean() if len(whole) else 0.0, 1e-9))
    idf = np.log1p((len(whole) - known + 0.5) / (known + 0.5))
    starts_file, starts = _npy(np.int64, len(names) + 1)
    starts[1:] = np.cumsum(known)
    scores_file, scores = _npy(np.float32, int(starts[-1]))
    rows_file, rows = _npy(np.int32, int(starts[-1]))
    place, first = starts[:-1].copy(), 0
    for run in runs():
        ids = np.array([vocabulary[name] for name in run.names], np.int64)[run.terms]
        begins = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]]) if len(ids) else ids
        sizes = np.diff(np.r_[begins, len(ids)])
        at = place[ids] + np.arange(len(ids)) - np.repeat(begins, sizes)
        place[ids[begins]] += sizes
        scores[at] = idf[ids] * run.counts / (run.counts + penalty[first + run.rows])
        rows[at] = first + run.rows
        first += len(run.lengths)
    return {
        "lexical_data.npy": scores_file,
        "lexical_indices.npy": rows_file,
        "lexical_indptr.npy": starts_file,
        "lexical_terms.json": json.dumps(names, ensure_ascii=False).encode(),
    }


def _npy(kind: type[np.generic], size: int) -> tuple[bytearray, NDArray[Any]]:
    """A NumPy file of zeros, and its array, to be filled in place."""
    head = io.BytesIO()
    described = {"descr": np.dtype(kind).str, "fortran_order": False, "shape": (size,)}
    np.lib.format.write_array_header_1_0(head, described)
    file = bytearray(head.getvalue()) + bytearray(size * np.dtype(kind).itemsize)
    return file, np.frombuffer(file, kind, offset=len(head.getvalue()))


class LexicalIndex:
    """BM25 over ``size`` passages, from parts already verified against the manifest."""

    def __init__(self, parts: Mapping[str, bytes | bytearray], size: int) -> None:
        def load(name: str) -> NDArray[Any]:
            array: NDArray[Any] = np.load(io.BytesIO(parts[name]), allow_pickle=False)
            return array

        self._data = load("lexical_data.npy")
        self._rows = load("lexical_indices.npy")
        self._starts = load("lexical_indptr.npy")
        names = json.loads(parts["lexical_terms.json"])
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
