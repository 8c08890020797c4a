"""Words to terms, and BM25 over them.

A passage is stemmed in its own language; each word of a question in Italian and in English, since
people mix the two ("chi fa machine learning"). Accents are dropped before stemming, so that
"accessibilita" finds "accessibilità". Weights are those of bm25s' "lucene" method (Kamphuis et al.
2020).
"""

from __future__ import annotations

import io
import json
import re
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import bm25s
import numpy as np
import Stemmer
from bm25s.stopwords import STOPWORDS_EN_PLUS, STOPWORDS_ITALIAN
from numpy.typing import NDArray

K1, B = 1.2, 0.75
TOKENISER = "terms-1"  # raise it when the same text gives other terms

# Letters and digits, with what technical names carry inside or at their end: C++, C#, .NET,
# node.js, e-commerce, 27001:2022 (which is split), dell'azienda (which is split too).
_TOKEN = re.compile(r"\.net\b|[^\W_]+(?:[.&-][^\W_]+)*[+#]{0,2}")
_STEMMERS = {"it": "italian", "en": "english", "fr": "french", "de": "german", "es": "spanish"}
QUERY_LANGUAGES = ("it", "en")
_local = threading.local()  # a Snowball stemmer is not safe to share between threads


def fold(text: str) -> str:
    """Lower case without accents: how words are compared."""
    decomposed = unicodedata.normalize("NFKD", text.replace("™", " ")).lower()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_STOPWORDS = frozenset(fold(w) for w in (*STOPWORDS_ITALIAN, *STOPWORDS_EN_PLUS)) - {"it", "no"}
# Elided articles stay after the apostrophe is split: "l'accesso", "dell'energia", "un'idea".
_ELIDED = frozenset("l un dell nell all sull dall d c s t quell quest".split())


def fold_aligned(text: str) -> tuple[str, list[int]]:
    """The text in lower case without accents, and where each of its characters stands in it.

    An accent may be a character of its own (NFD), so the two lengths can differ; the last offset
    is the text's end.
    """
    folded: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        if unicodedata.combining(character):
            continue
        base = unicodedata.normalize("NFD", character)[0].lower()
        folded.append(base if len(base) == 1 else character)
        offsets.append(offset)
    return "".join(folded), [*offsets, len(text)]


def word_spans(text: str) -> list[tuple[int, int, str]]:
    """The words of a text that carry meaning, with their character offsets, compounds whole."""
    folded, offsets = fold_aligned(text)
    found = (
        (offsets[match.start()], offsets[match.end()], match.group().replace("-", ""))
        for match in _TOKEN.finditer(folded)
    )
    return [(s, e, word) for s, e, word in found if word not in _STOPWORDS and word not in _ELIDED]


def words(text: str) -> list[str]:
    """The folded words of a text that carry meaning, in order: compounds whole and in parts."""
    found: list[str] = []
    for token in _TOKEN.findall(fold(text).replace("’", "'").replace("'", " ")):
        found.append(token.replace("-", "") if "-" in token else token)
        if "-" in token or "." in token.lstrip(".") or "&" in token:
            found.extend(part for part in re.split(r"[.&-]", token) if len(part) > 1)
    return [w for w in found if w not in _STOPWORDS and w not in _ELIDED]


def stem(word: str, language: str) -> str:
    """The stem of a folded word; languages without a stemmer keep the word."""
    name = _STEMMERS.get(language)
    if name is None:
        return word
    stemmers = _local.__dict__.setdefault("stemmers", {})
    if name not in stemmers:
        stemmers[name] = Stemmer.Stemmer(name)
    result: str = stemmers[name].stemWord(word)
    return result


def terms(text: str, language: str) -> list[str]:
    """The terms of a passage written in ``language``."""
    return [stem(word, language) for word in words(text)]


def _query_stems(word: str) -> frozenset[str]:
    """The stems of a folded word of a question."""
    return frozenset(stem(word, language) for language in QUERY_LANGUAGES)


def _groups(query: Iterable[str]) -> list[frozenset[str]]:
    """The stems of a question, those of words that share one together ("servizio", "servizi").

    Each group counts as one word. Neither the groups nor their order depend on that of the words.
    """
    groups: list[frozenset[str]] = []
    for word in set(query):
        stems = _query_stems(word)
        touching = [group for group in groups if group & stems]
        groups = [group for group in groups if not group & stems]
        groups.append(stems.union(*touching))
    return sorted(groups, key=sorted)


def build_parts(documents: Sequence[Sequence[str]]) -> dict[str, bytes]:
    """The index of these documents (lists of terms) as named files."""
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
    """BM25 scores of ``size`` passages, read from parts already checked against the manifest."""

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
        """In how many passages a folded word occurs, in any of its stems."""
        return self._frequency(_query_stems(word))

    def _frequency(self, stems: frozenset[str]) -> int:
        """In how many passages any of some stems occurs."""
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
        """The rows, and their scores, of each of some stems that some passage holds."""
        found = (self._terms[term] for term in stems if term in self._terms)
        spans = (slice(self._starts[n], self._starts[n + 1]) for n in found)
        return [(self._rows[span], self._data[span]) for span in spans]

    def vocabulary(self) -> Iterable[str]:
        """Every term, in order."""
        return self._terms.keys()

    def term_rows(self, term: str) -> NDArray[np.int32]:
        """The rows of the passages that hold a term (a stem); empty for one that none holds."""
        n = self._terms.get(term)
        found: NDArray[np.int32] = (
            self._rows[:0] if n is None else self._rows[self._starts[n] : self._starts[n + 1]]
        )
        return found

    def rows(self, word: str) -> NDArray[np.int64]:
        """The rows of the passages that hold a folded word, in any of its stems."""
        spans = [rows for rows, _ in self._postings(_query_stems(word))]
        return np.unique(np.concatenate(spans)).astype(np.int64) if spans else np.zeros(0, np.int64)

    def idf(self, word: str) -> float:
        """How rare a folded word is, as BM25 weighs it; unknown words are the rarest."""
        return self._rarity(self.document_frequency(word))

    def _rarity(self, frequency: int) -> float:
        return float(np.log1p((self._size - frequency + 0.5) / (frequency + 0.5)))

    def bound(self, query: Sequence[str]) -> float:
        """What no passage's score for these words reaches: the sum of their rarity."""
        return sum(self._rarity(self._frequency(stems)) for stems in _groups(query))

    def search(
        self, query: Sequence[str], k: int, allowed: Iterable[int] | None = None
    ) -> list[tuple[int, float]]:
        """The ``k`` rows with the highest BM25 score above zero for these folded words.

        Words that share a stem count as one, as rare as all their stems together: a stem that only
        the passages of another language hold would else be rare by accident, and outweigh the rest.
        Best first, ties by row. ``allowed``: ``None`` is no filter, empty finds nothing.
        """
        scores = np.zeros(self._size, np.float32)
        for stems in _groups(query):
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
        """What some stems, as one word, add to each passage's score, shape (passages,)."""
        scores = np.zeros(self._size, np.float32)
        rarity = self._rarity(self._frequency(stems))
        for rows, stored in self._postings(stems):
            share = np.float32(rarity / self._rarity(len(rows)))  # stored: as rare as one stem
            scores[rows] = np.maximum(scores[rows], stored * share)
        return scores
