"""What an embedding model does, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text's embeddings, all of unit length.

    ``vector``, shape (dimension,), is of the whole text; ``tokens``, shape (tokens, dimension), of
    its tokens without prompt and special tokens; ``spans`` are the tokens' character offsets.
    """

    vector: Vectors
    tokens: Vectors
    spans: tuple[tuple[int, int], ...]


class Encoder(Protocol):
    """Encodes texts as vectors of unit length."""

    @property
    def fingerprint(self) -> str:
        """Identifies the model: it changes whenever a text could get another vector."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest input, in the model's tokens."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, without special tokens."""

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        """Encode passages."""

    def encode_query(self, text: str) -> Encoded:
        """Encode a question."""

    def passage_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """The character offsets of a passage's tokens, without running the model."""
