"""The words by which BM25 finds passages; a run of passages is read once, its compounds each time,
since any other text may tell that two words are one.

Of a run is kept, as arrays, how often each passage has each term, and what may be compounds: each
word that has room for two, each pair that a hyphen joins, and a hash of each two neighbours.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Passage
from indexer.index.bm25 import TermCounts
from indexer.text.compounds import Compounds, can_join, pairs_of_runs, word_runs
from indexer.text.tokens import hyphenated, stem, terms

_BITS = 20  # first bits of a hash that say of most neighbours that they are no compound
_REST = np.uint64(64 - _BITS)
_ROOM_FOR_TWO = 6  # letters of a word that two others may make without a hyphen

Recall = Callable[[tuple[str, ...], Callable[[], bytes]], bytes]


@dataclass(frozen=True, slots=True)
class PassageRun:
    """A run of passages; ``name`` changes with anything that they say."""

    name: str
    read: Callable[[], Iterable[Passage]]


@dataclass(frozen=True, slots=True)
class _Written:
    """What a run of passages writes as one word, and the ``pairs`` that it joins by a hyphen."""

    words: Sequence[str]
    pairs: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Neighbours:
    """The neighbouring words of a run of passages.

    Those of ``hashes[n]``, of shape (neighbours,), stand in passage ``rows[n]``; ``languages``,
    shape (passages,), are places in ``codes``.
    """

    codes: Sequence[str]
    languages: NDArray[np.uint8]
    hashes: NDArray[np.uint64]
    rows: NDArray[np.int32]

    def compounds(
        self, written: Mapping[int, str], begins: NDArray[np.bool_]
    ) -> tuple[list[int], list[str]]:
        """The rows that say a compound in two words, and the terms that it makes.

        Args:
            written: What others write as one word, by the hash of its two.
            begins: With what first bits one of those hashes begins, of shape (1 << ``_BITS``,).
        """
        likely = np.flatnonzero(begins[self.hashes >> _REST])
        among = [one in written for one in self.hashes[likely].tolist()]
        found = likely[np.array(among, bool)]
        rows = self.rows[found].tolist()
        compounds = (written[one] for one in self.hashes[found].tolist())
        return rows, [
            stem(word, self.codes[self.languages[row]])
            for word, row in zip(compounds, rows, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class _RunWords:
    """The words of a run of passages, in three parts that are asked for one after the other."""

    written: _Written
    neighbours: _Neighbours
    counts: TermCounts

    @classmethod
    def of(cls, passages: Iterable[Passage]) -> _RunWords:
        texts: list[list[str]] = []
        words, pairs = dict[str, None](), dict[str, None]()
        codes: dict[str, int] = {}
        languages, hashes, rows = [], [], []
        hash_of = lru_cache(maxsize=None)(_hash)  # neighbours come again and again
        for row, passage in enumerate(passages):
            text = f"{passage.context} {passage.text}"
            runs = word_runs(text)
            texts.append(terms(text, passage.language))
            languages.append(codes.setdefault(passage.language, len(codes)))
            written = Compounds.of_words([(runs, hyphenated(text))])
            words |= dict.fromkeys(w for w in written.words if len(w) >= _ROOM_FOR_TWO)
            pairs |= dict.fromkeys(map(" ".join, written.pairs))
            for first, second in pairs_of_runs(runs):
                both = first + second if can_join(first, second) else f"{first} {second}"
                hashes.append(hash_of(both))
                rows.append(row)
        neighbours = _Neighbours(
            list(codes),
            np.array(languages, np.uint8),
            np.array(hashes, np.uint64),
            np.array(rows, np.int32),
        )
        return cls(_Written(sorted(words), sorted(pairs)), neighbours, TermCounts.of(texts))


def term_counts(runs: Sequence[PassageRun], recall: Recall) -> Iterator[TermCounts]:
    """The counts of the index terms of each run, with the compounds that others write as one word.

    Args:
        runs: All passages.
        recall: Gives a value made before by what it was made from, or makes it.
    """
    kept = [_KeptWords(run, recall) for run in runs]
    as_one: set[str] = set()
    for run in kept:
        found = run.written()
        as_one.update(found.words, found.pairs)
        run.forget()
    written = {_hash(one): one.replace(" ", "") for one in as_one}
    begins = np.zeros(1 << _BITS, bool)
    begins[np.fromiter(written, np.uint64, len(written)) >> _REST] = True
    for run in kept:
        yield run.counts().with_more(*run.neighbours().compounds(written, begins))
        run.forget()


class _KeptWords:
    """The words of a run, each part read alone; made together, as all need the passages."""

    def __init__(self, run: PassageRun, recall: Recall) -> None:
        self._run = run
        self._recall = recall
        self._made: _RunWords | None = None

    def written(self) -> _Written:
        return _Written(*json.loads(self._part("written", _dump_written)))

    def neighbours(self) -> _Neighbours:
        codes, arrays = _loaded(self._part("neighbours", _dump_neighbours))
        return _Neighbours(codes, *arrays)

    def counts(self) -> TermCounts:
        names, arrays = _loaded(self._part("counts", _dump_counts))
        return TermCounts(names, *arrays)

    def forget(self) -> None:
        """Keep the other parts too, and no longer in memory."""
        if self._made is not None:
            self._part("neighbours", _dump_neighbours)
            self._part("counts", _dump_counts)
            self._made = None

    def _part(self, name: str, dump: Callable[[_RunWords], bytes]) -> bytes:
        return self._recall((name, self._run.name), lambda: dump(self._words()))

    def _words(self) -> _RunWords:
        if self._made is None:
            self._made = _RunWords.of(self._run.read())
        return self._made


def _dump_written(words: _RunWords) -> bytes:
    return json.dumps((words.written.words, words.written.pairs)).encode()


def _dump_neighbours(words: _RunWords) -> bytes:
    n = words.neighbours
    return _dumped(n.codes, n.languages, n.hashes, n.rows)


def _dump_counts(words: _RunWords) -> bytes:
    c = words.counts
    return _dumped(c.names, c.rows, c.terms, c.counts, c.lengths)


def _dumped(texts: Sequence[str], *arrays: NDArray[Any]) -> bytes:
    """Texts and the shapes of arrays as JSON in a line, then the arrays."""
    shapes = [(one.dtype.str, len(one)) for one in arrays]
    return b"\n".join([json.dumps((texts, shapes)).encode(), b"".join(a.tobytes() for a in arrays)])


def _loaded(data: bytes) -> tuple[list[str], list[NDArray[Any]]]:
    """What ``_dumped`` wrote."""
    at = data.index(b"\n") + 1
    texts, shapes = json.loads(data[:at])
    arrays = []
    for kind, size in shapes:
        arrays.append(np.frombuffer(data, kind, size, at))
        at += arrays[-1].nbytes
    return texts, arrays


def _hash(words: str) -> int:
    """Eight bytes: of a billion neighbours and a million words, two of one hash are unlikely."""
    return int.from_bytes(blake2b(words.encode(), digest_size=8).digest(), "little")
