"""A SentencePiece unigram tokeniser that holds little: a mapped vocabulary and the latest words.

It gives the ids that ``tokenizers`` gives for the same vocabulary, in a tenth of its memory. A text
is normalised (control characters are dropped, NFKC), cut at spaces, and each word is cut into the
pieces whose scores have the highest sum. No piece goes over the border of a word, so that words can
be kept; and scores are 32-bit numbers added as 64-bit ones, so that no sum is rounded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import marisa_trie
import numpy as np
from numpy.typing import NDArray

_TRIE, _IDS, _SCORES = "pieces.marisa", "ids.npy", "scores.npy"
_SPACE = "▁"  # how pieces write a space
_UNKNOWN_PENALTY = 10.0  # below the worst piece, as in SentencePiece
_WORDS = 30_000  # kept; about 15 MB

# Characters that SentencePiece's "nmt" rules or NFKC turn into one space, and those "nmt" drops.
_SPACES = dict.fromkeys(
    (
        *(0x09, 0x0A, 0x0C, 0x0D, 0xA0, 0x1680, *range(0x2000, 0x2010), 0x2028, 0x2029),
        *(0x202F, 0x205F, 0x2581, 0x3000, 0xFEFF, 0xFFFD),
    ),
    " ",
)
_DROPPED = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]")
_WORD = re.compile(r" ?[^ ]+| \Z")  # of several spaces the last counts

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: ids, and character offsets (start, end), both of shape (tokens,)."""

    ids: tuple[int, ...]
    spans: tuple[Span, ...]


def write_vocabulary(folder: Path, pieces: Sequence[str], scores: NDArray[np.float32]) -> None:
    """Write a vocabulary as files of ``folder``, which a tokeniser maps.

    Args:
        folder: Where to.
        pieces: The pieces; a piece's place is its id.
        scores: Logarithms of their probabilities.
    """
    trie = marisa_trie.Trie(pieces)
    trie.save(str(folder / _TRIE))
    ids = np.empty(len(pieces), np.int32)
    ids[[trie[piece] for piece in pieces]] = np.arange(len(pieces))
    np.save(folder / _IDS, ids, allow_pickle=False)
    np.save(folder / _SCORES, scores[ids], allow_pickle=False)


class UnigramTokeniser:
    """Cuts texts into the pieces of a vocabulary.

    The trie numbers the pieces in its own way: ids and scores are listed in that order.
    """

    def __init__(self, folder: Path, special: Sequence[str], unknown: str) -> None:
        """Map a vocabulary.

        Args:
            folder: Where ``write_vocabulary`` wrote it.
            special: Pieces that no text contains, whatever it says.
            unknown: The special piece that stands for characters that no other piece has.
        """
        self._trie = marisa_trie.Trie()
        self._trie.mmap(str(folder / _TRIE))
        ids, scores = (
            np.load(folder / name, mmap_mode="r", allow_pickle=False) for name in (_IDS, _SCORES)
        )
        self._ids, self._scores = memoryview(ids), memoryview(scores)
        self.special = {piece: self._ids[self._trie[piece]] for piece in special}
        self._special_ids = frozenset(self.special.values())
        self._unknown = self.special[unknown]
        self._unknown_score = float(scores.min()) - _UNKNOWN_PENALTY
        self._tokens_of = lru_cache(_WORDS)(self._cut)

    def encode(self, text: str) -> Tokens:
        """The tokens of a text, without special ones."""
        if _DROPPED.search(text):
            return self._encode_without_dropped(text)
        # Every word begins with a space, also the first, whose space is none of the text's.
        words = _WORD.finditer(" " + text.translate(_SPACES) if text else "")
        cut = [(word.start() - 1, self._tokens_of(word.group())) for word in words]
        ids = tuple([token for _, tokens in cut for token, _, _ in tokens])
        spans = [(at + start, at + end) for at, tokens in cut for _, start, end in tokens]
        return Tokens(ids, tuple([(0, end) if start < 0 else (start, end) for start, end in spans]))

    def _encode_without_dropped(self, text: str) -> Tokens:
        kept = [place for place, character in enumerate(text) if not _DROPPED.match(character)]
        tokens = self.encode("".join(text[place] for place in kept))
        ends = (0, *(place + 1 for place in kept))
        spans = ((kept[start], ends[end]) for start, end in tokens.spans)
        return Tokens(tokens.ids, tuple(spans))

    def _cut(self, word: str) -> tuple[tuple[int, int, int], ...]:
        """The tokens of a word that begins with a space, each with its start and end there."""
        text, borders = _normalised(word)
        found = self._best_pieces(text.replace(" ", _SPACE))
        return tuple((token, borders[start][0], borders[end - 1][1]) for token, start, end in found)

    def _best_pieces(self, text: str) -> list[tuple[int, int, int]]:
        """The pieces with the highest sum of scores (Viterbi): ids, starts and ends."""
        size = len(text)
        best = [0.0] + [-float("inf")] * size
        last = [(self._unknown, 0)] * (size + 1)  # the piece that ends here, and its start
        for start in range(size):
            is_known = False
            for piece, place in self._trie.iter_prefixes_with_ids(text[start:]):
                token, end = self._ids[place], start + len(piece)
                if token in self._special_ids:
                    continue
                is_known |= end == start + 1
                score = best[start] + self._scores[place]
                if score > best[end]:
                    best[end], last[end] = score, (token, start)
            score = best[start] + self._unknown_score
            if not is_known and score > best[start + 1]:
                best[start + 1], last[start + 1] = score, (self._unknown, start)
        found: list[tuple[int, int, int]] = []
        end = size
        while end:
            token, start = last[end]
            if found and token == found[-1][0] == self._unknown:  # neighbours are one unknown
                found[-1] = (token, start, found[-1][2])
            else:
                found.append((token, start, end))
            end = start
        return found[::-1]


def _normalised(word: str) -> tuple[str, list[Span]]:
    """A word in NFKC, its spaces run together, and where each of its characters comes from."""
    if unicodedata.is_normalized("NFKC", word):
        return word, [(place, place + 1) for place in range(len(word))]
    characters = [(c, start, end) for start, end in _clusters(word) for c in _nfkc(word[start:end])]
    if "".join(c for c, _, _ in characters) != _nfkc(word):  # scripts whose syllables are composed
        characters = [(c, 0, len(word)) for c in _nfkc(word)]
    kept = [a for a, b in pairwise((*characters, ("", 0, 0))) if not a[0] == b[0] == " "]
    return "".join(c for c, _, _ in kept), [(start, end) for _, start, end in kept]


def _clusters(word: str) -> Iterator[Span]:
    """Each character with the marks that combine with it."""
    starts = [n for n, c in enumerate(word) if n == 0 or not unicodedata.combining(c)]
    yield from pairwise((*starts, len(word)))


def _nfkc(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
