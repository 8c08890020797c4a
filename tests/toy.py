"""A small encoder for tests: hashed bags of words, the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from indexer.domain import Encoded, Vectors

_WORDS = re.compile(r"\w+")


class ToyEncoder:
    """Texts that share words have near vectors; each word adds ±1 in eight of the dimensions."""

    fingerprint = "toy"
    dimension = 64
    max_tokens = 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        return [self.encode_query(text) for text in texts]

    def encode_query(self, text: str) -> Encoded:
        found = list(_WORDS.finditer(text))
        tokens = [_unit(self._word(match.group())) for match in found]
        total = sum((self._word(match.group()) for match in found), np.zeros(64, np.float32))
        stacked = np.stack(tokens) if tokens else np.zeros((0, 64), np.float32)
        return Encoded(_unit(total), stacked, self.passage_spans(text))

    def passage_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        return tuple(match.span() for match in _WORDS.finditer(text))

    def _word(self, word: str) -> Vectors:
        vector = np.zeros(self.dimension, np.float32)
        for byte in sha256(word.casefold().encode()).digest()[:8]:
            vector[byte % self.dimension] += 1 if byte >= 128 else -1
        return vector


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    if length == 0.0:  # no words: any unit vector will do
        vector = np.eye(1, len(vector), dtype=np.float32)[0]
        length = 1.0
    result: Vectors = (vector / np.float32(length)).astype(np.float32)
    return result
