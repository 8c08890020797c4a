"""BM25 over the terms of the passages.

Weights are those of bm25s' "lucene" method (Kamphuis et al. 2020).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

from indexer.text.tokens import query_stems, stem_groups

K1, B = 1.2, 0.75  # Lucene's defaults


def build_parts(documents: Sequence[Sequence[str]]) -> dict[str, bytes]:
    """Build the index of these documents, given as lists of terms; returns named files."""
    vocabulary = {term: n for n, term in enumerate(sorted({t for d in documents for t in d}))}
    retriever = bm25s.BM25(k1=K1, b=B, method="lucene")
    scores: dict[str, Any] = {"data": [], "indices": [], "indptr": [0]}
    if vocabulary:
        ids = [[vocabulary[term] for term in document] for document in documents]
        retriever.index((ids, vocabulary), show_progress=False, create_empty_token=False)
        scores = retriever.scores
    arrays = {
        "lexical_data.npy": np.asarray(scores["data"], np.float32),
        "lexical_indices.npy": np.asarray(scores["indices"], np.int32),
        "lexical_indptr.npy": np.asarray(scores["indptr"], np.int64),
    }
    parts = {name: _npy(np.asarray(array)) for name, array in arrays.items()}
    parts["lexical_terms.json"] = json.dumps(list(vocabulary), ensure_ascii=False).encode()
    return parts


def _npy(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


class LexicalIndex:
    """BM25 over ``size`` passages, from parts already verified against the manifest."""

    def __init__(self, parts: Mapping[str, bytes], size: int) -> None:
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
