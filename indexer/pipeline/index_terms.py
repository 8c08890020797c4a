"""The words by which BM25 finds passages; a run of passages is read once, its compounds each time,
since any other text may tell that two words are one.

Of a run is kept, as arrays, how often each passage has each term, and what may be compounds: each
word that has room for two, each pair that a hyphen joins, and a hash of each two neighbours.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Passage
from indexer.index.bm25 import TermCounts
from indexer.text.compounds import Compounds, can_join, pairs_of_runs, word_runs
from indexer.text.tokens import hyphenated, stem, terms

_ROOM_FOR_TWO = 6  # letters of a word that two others may make without a hyphen
_ARRAYS = ("rows", "terms", "counts", "lengths", "languages", "hashes", "hash_rows")

Recall = Callable[[tuple[str, ...], Callable[[], bytes]], bytes]


@dataclass(frozen=True, slots=True)
class PassageRun:
    """A run of passages; ``name`` changes with anything that they say."""

    name: str
    read: Callable[[], Iterable[Passage]]


@dataclass(frozen=True, slots=True)
class _RunWords:
    """The words of a run of passages.

    Neighbour ``hashes[n]``, of shape (neighbours,), stand in passage ``hash_rows[n]``;
    ``languages``, shape (passages,), are places in ``codes``.
    """

    counts: TermCounts
    words: Sequence[str]
    pairs: Sequence[str]
    codes: Sequence[str]
    languages: NDArray[np.uint8]
    hashes: NDArray[np.uint64]
    hash_rows: NDArray[np.int32]

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> _RunWords:
        texts: list[list[str]] = []
        words, pairs = dict[str, None](), dict[str, None]()
        codes: dict[str, int] = {}
        languages, hashes, rows = [], [], []
        for row, passage in enumerate(passages):
            text = f"{passage.context} {passage.text}"
            runs = word_runs(text)
            texts.append(terms(text, passage.language))
            languages.append(codes.setdefault(passage.language, len(codes)))
            written = Compounds.of_words([(runs, hyphenated(text))])
            words |= dict.fromkeys(w for w in written.words if len(w) >= _ROOM_FOR_TWO)
            pairs |= dict.fromkeys(map(" ".join, written.pairs))
            for first, second in pairs_of_runs(runs):
                hashes.append(
                    _hash(first + second if can_join(first, second) else f"{first} {second}")
                )
                rows.append(row)
        return cls(
            TermCounts.of(texts),
            sorted(words),
            sorted(pairs),
            list(codes),
            np.array(languages, np.uint8),
            np.array(hashes, np.uint64),
            np.array(rows, np.int32),
        )

    def dumped(self) -> bytes:
        """As ``loaded`` reads them: texts as JSON, then the arrays."""
        texts = (self.counts.names, self.words, self.pairs, self.codes)
        c = self.counts
        arrays = (c.rows, c.terms, c.counts, c.lengths, self.languages, self.hashes, self.hash_rows)
        named: dict[str, Any] = dict(zip(_ARRAYS, arrays, strict=True))
        file = io.BytesIO()
        np.savez(file, texts=np.frombuffer(json.dumps(texts).encode(), np.uint8), **named)
        return file.getvalue()

    @classmethod
    def loaded(cls, data: bytes) -> _RunWords:
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            names, words, pairs, codes = json.loads(file["texts"].tobytes())
            rows, of, counts, lengths, languages, hashes, hash_rows = (file[n] for n in _ARRAYS)
        counted = TermCounts(names, rows, of, counts, lengths)
        return cls(counted, words, pairs, codes, languages, hashes, hash_rows)

    def compounds(
        self, written: Mapping[int, str], hashes: NDArray[np.uint64]
    ) -> tuple[list[int], list[str]]:
        """The rows that say a compound in two words, and the terms that it makes.

        Args:
            written: What others write as one word, by the hash of its two.
            hashes: Those hashes, sorted.
        """
        if not len(hashes):
            return [], []
        places = np.searchsorted(hashes, self.hashes) % len(hashes)
        found = np.flatnonzero(hashes[places] == self.hashes)
        rows = self.hash_rows[found].tolist()
        compounds = (written[one] for one in self.hashes[found].tolist())
        return rows, [
            stem(word, self.codes[self.languages[row]])
            for word, row in zip(compounds, rows, strict=True)
        ]


def term_counts(runs: Sequence[PassageRun], recall: Recall) -> Callable[[], Iterator[TermCounts]]:
    """The counts of the index terms of each run, with the compounds that others write as one word.

    Args:
        runs: All passages.
        recall: Gives a value made before by what it was made from, or makes it.
    """
    written: dict[int, str] = {}
    for run in runs:
        words = _recalled(run, recall)
        written |= {_hash(word): word for word in words.words}
        written |= {_hash(pair): pair.replace(" ", "") for pair in words.pairs}
    hashes = np.sort(np.fromiter(written, np.uint64, len(written)))
    more = [_recalled(run, recall).compounds(written, hashes) for run in runs]

    def counts() -> Iterator[TermCounts]:
        for run, (rows, compounds) in zip(runs, more, strict=True):
            yield _recalled(run, recall).counts.with_more(rows, compounds)

    return counts


def _recalled(run: PassageRun, recall: Recall) -> _RunWords:
    made = recall(("words", run.name), lambda: _RunWords.of(run.read()).dumped())
    return _RunWords.loaded(made)


def _hash(words: str) -> int:
    """Eight bytes: of a billion neighbours and a million words, two of one hash are unlikely."""
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest(), "little")
