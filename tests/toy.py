"""A small encoder for tests: hashed bags of words, the same on every machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from indexer.model import Vectors

_WORDS = re.compile(r"\w+")


class ToyEncoder:
    """Texts that share words have near vectors; each word adds ±1 in eight of the dimensions."""

    fingerprint = "toy"
    dimension = 64
    max_tokens = 512

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.encode_query(text) for text in texts])

    def encode_query(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, np.float32)
        for word in _WORDS.findall(text.casefold()):
            for byte in sha256(word.encode()).digest()[:8]:
                vector[byte % self.dimension] += 1 if byte >= 128 else -1
        length = float(np.linalg.norm(vector))
        if length == 0.0:  # no words: any unit vector will do
            vector[0], length = 1.0, 1.0
        return vector / np.float32(length)
