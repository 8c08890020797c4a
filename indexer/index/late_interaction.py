"""The vectors of a passage's single tokens, small enough to keep, for late interaction.

Late interaction (Khattab and Zaharia 2020) compares every token of a question with every token of
a passage. Kept whole, those vectors take 300 KB a passage; here at most ``MAX_VECTORS`` of them
are kept, in two bits a number. What makes two bits enough:

- the mean vector, which all tokens of these models share, is taken away first: what is left is
  what tells tokens apart;
- a random rotation spreads it evenly over the numbers, so that the four levels that are best for
  a normal distribution (Lloyd 1982, Max 1960) are best for each of them;
- one factor a vector makes its product with the true vector exact (as in RaBitQ, Gao and Long
  2024).

In a long passage some neighbouring tokens share a vector, evenly spread, so that they fit.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Encoder, Vectors

CODER = "tokens-2bit-2"  # raise it when the same vectors give other codes
MAX_VECTORS = 122  # of a passage: with 384 dimensions 12 KB
_LEVELS = np.array([-1.5104, -0.4528, 0.4528, 1.5104], np.float32)
_BOUNDS = np.array([-0.9816, 0.0, 0.9816], np.float32)
_TABLE = _LEVELS[(np.arange(256)[:, None] >> np.array([0, 2, 4, 6])) & 3]
# Vectors decoded at once: their numbers stay in the processor's nearest caches; and so many
# multiplications OpenBLAS does where it stands, without other threads, which a busy machine lacks.
_CHUNK, _LEAST = 240, 48  # all multiples of the latter: its kernels take 4 to 48 rows at once
_MULTIPLICATIONS = 1_000_000
_NARROW = 15  # tokens: from 16 on a row's products depend on its place among twelve
_FACTOR = 2  # bytes of a vector's factor, a float16 behind its codes
_COUNT = "<i4"  # of a passage's vectors
_SEED = 20250305

Codes = NDArray[np.uint8]

# What the mean is taken over: any text would do, as long as it never changes.
_CALIBRATION = (
    "Progettiamo siti accessibili e formiamo chi li tiene aggiornati.",
    "La cooperativa ha sede in una piccola città e lavora in tutta la regione.",
    "Nel 2023 il comune ha affidato il nuovo sportello digitale a due imprese del territorio.",
    "Sensori nei campi, dati ogni dieci minuti, meno acqua per la stessa frutta.",
    "Il servizio paghe elabora ogni mese tremila cedolini per le cooperative socie.",
    "Chi cerca un partner per una gara vuole sapere chi ha già fatto quel lavoro.",
    "Mostre, archivi e biblioteche: digitalizzazione, metadati e conservazione a norma.",
    "I soci lavoratori sono quarantadue; l'assemblea si riunisce due volte l'anno.",
    "We build data pipelines and hand them over with documentation and training.",
    "The audit found eleven vulnerabilities, two of them critical; all were fixed in a month.",
    "A members' meeting decided to invest in solar panels and share the energy.",
    "Our team tests software with people who use a screen reader every day.",
    "Museums, hospitals and schools are among the clients of the consortium.",
    "The event gathered forty people around open source tools for public services.",
    "Prices, delivery times and quality: what a small specialist can promise.",
    "Traduzione, sottotitoli e doppiaggio in tedesco, inglese e francese.",
)


@dataclass(frozen=True, slots=True)
class TokenCoder:
    """Turns token vectors into codes, and a question's tokens into what codes are compared with.

    ``mean`` has shape (dimension,), ``rotation`` (dimension, dimension), orthogonal.
    """

    mean: Vectors
    rotation: Vectors

    @classmethod
    def calibrated(cls, encoder: Encoder) -> TokenCoder:
        """The coder of a model: the mean of its token vectors over a fixed text."""
        tokens = np.concatenate([e.tokens for e in encoder.encode_passages(_CALIBRATION)])
        dimension = tokens.shape[1]
        normal = np.random.default_rng(_SEED).normal(size=(dimension, dimension))
        rotation = np.linalg.qr(normal)[0]
        return cls(tokens.mean(axis=0).astype(np.float32), rotation.astype(np.float32))

    @classmethod
    def from_bytes(cls, data: bytes) -> TokenCoder:
        """The coder that ``to_bytes`` wrote."""
        frame = np.load(io.BytesIO(data), allow_pickle=False)
        return cls(frame[0], frame[1:])

    def to_bytes(self) -> bytes:
        """The coder as a NumPy file: the mean, then the rotation's rows."""
        buffer = io.BytesIO()
        np.save(buffer, np.vstack([self.mean, self.rotation]), allow_pickle=False)
        return buffer.getvalue()

    @property
    def width(self) -> int:
        """Bytes of one coded vector."""
        return -(-len(self.mean) // 4) + _FACTOR

    def encode(self, tokens: Vectors) -> Codes:
        """The codes of a passage's tokens, shape (vectors, width); at most MAX_VECTORS rows."""
        pooled = _pooled(tokens)
        turned = (pooled - self.mean) @ self.rotation
        spread = turned.std(axis=1, keepdims=True) + 1e-9
        scaled = turned / spread
        levels = np.zeros(scaled.shape, np.uint8)
        for bound in _BOUNDS:  # as np.digitize does, ten times as fast
            levels += scaled >= bound
        coarse = _LEVELS[levels]
        factor = (turned**2).sum(axis=1) / ((turned * coarse).sum(axis=1) + 1e-9)
        return np.hstack([_packed(levels), factor.astype("<f2")[:, None].view(np.uint8)])

    def similarities(self, query: Vectors, codes: Codes) -> Vectors:
        """Cosines of a question's tokens (n, dimension) with coded ones: shape (vectors, n).

        A vector's are the same to the last digit whatever it is compared beside: all products that
        are computed have one shape, and OpenBLAS takes one way through it if it is narrow.
        """
        turned = (query @ self.rotation).T
        parts = np.array_split(turned, max(1, -(-len(query) // _NARROW)), axis=1)
        columns = [np.ascontiguousarray(part) for part in parts]
        products = np.empty((len(codes), len(query)), np.float32)
        chunk = max(_LEAST, min(_CHUNK, _MULTIPLICATIONS // max(1, turned.size)))
        chunk -= chunk % _LEAST
        decoded = np.zeros((chunk, codes.shape[1] - _FACTOR, 4), np.float32)
        flat = decoded.reshape(chunk, -1)[:, : len(self.mean)]
        for start in range(0, len(codes), chunk):
            packed = codes[start : start + chunk, :-_FACTOR]
            count = len(packed)
            # The mode "raise" would buffer.
            np.take(_TABLE, packed, axis=0, out=decoded[:count], mode="clip")
            found = [np.matmul(flat, some)[:count] for some in columns]
            np.concatenate(found, axis=1, out=products[start : start + count])
        factor = np.ascontiguousarray(codes[:, -_FACTOR:]).view("<f2").astype(np.float32)
        result: Vectors = products * factor + query @ self.mean
        return result


def vector_of_token(count: int) -> NDArray[np.int64]:
    """Which vector holds each of a passage's ``count`` tokens, shape (count,).

    A token has its own where there are enough; else neighbours share one, no more than need be.
    """
    return np.arange(count) * min(count, MAX_VECTORS) // max(1, count)


def _pooled(tokens: Vectors) -> Vectors:
    if len(tokens) <= MAX_VECTORS:
        return tokens
    starts = np.searchsorted(vector_of_token(len(tokens)), np.arange(MAX_VECTORS))
    sums = np.add.reduceat(tokens, starts, axis=0)
    result: Vectors = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return result


def _packed(levels: Codes) -> Codes:
    """Four two-bit levels in a byte, the first in its lowest bits."""
    padded = np.pad(levels, ((0, 0), (0, -levels.shape[1] % 4)))
    quads = padded.reshape(len(levels), padded.shape[1] // 4, 4)
    packed: Codes = np.bitwise_or.reduce(quads << np.array([0, 2, 4, 6], np.uint8), axis=2)
    return packed


def token_file(passages: Iterable[Codes]) -> Iterator[bytes]:
    """The content of a file of token vectors: the codes of each passage, then how many each has."""
    counts = []
    for codes in passages:
        counts.append(len(codes))
        yield codes.tobytes()
    yield np.array(counts, _COUNT).tobytes()


class TokenIndex:
    """The coded token vectors of all passages, memory-mapped: a search touches what it scores."""

    def __init__(self, coder: TokenCoder, files: Sequence[tuple[Codes, int]]) -> None:
        """Read no codes yet.

        Args:
            coder: Made the codes.
            files: Mapped, each with the number of its passages, in the order of the index's rows.
        """
        self._coder = coder
        mapped = [_split(data, passages, coder.width) for data, passages in files]
        self._codes = [codes for codes, _ in mapped]
        self._file = np.repeat(np.arange(len(files)), np.array([n for _, n in files], np.int64))
        ends = [np.cumsum(counts, dtype=np.int64) for _, counts in mapped]
        self._ends = np.concatenate([np.zeros(0, np.int64), *ends])
        lengths = np.concatenate([np.zeros(0, np.int64), *(counts for _, counts in mapped)])
        self._starts = self._ends - lengths

    def __len__(self) -> int:
        return len(self._ends)

    def codes(self, row: int) -> Codes:
        """The codes of a passage, shape (vectors, width)."""
        return self._codes_of([row])[0]

    def _codes_of(self, rows: Sequence[int]) -> list[Codes]:
        """The codes of some passages, each of shape (vectors, width)."""
        places = (self._file[rows], self._starts[rows], self._ends[rows])
        spans = zip(*(place.tolist() for place in places), strict=True)
        return [self._codes[file][start:end] for file, start, end in spans]

    def max_similarities(self, query: Vectors, rows: Sequence[int]) -> Vectors:
        """For each passage and each token of the question, its best cosine: (rows, tokens)."""
        best = np.full((len(rows), len(query)), -1.0, np.float32)
        found, ends = self._compared(query, rows)
        starts = np.concatenate([[0], ends])[:-1]
        filled = ends > starts
        if filled.any():
            best[filled] = np.maximum.reduceat(found, starts[filled], axis=0)
        return best

    def similarities(self, query: Vectors, rows: Sequence[int]) -> list[Vectors]:
        """Cosines of the question's tokens with those of passages: each (vectors, tokens)."""
        found, ends = self._compared(query, rows)
        return np.split(found, ends)[:-1]

    def _compared(self, query: Vectors, rows: Sequence[int]) -> tuple[Vectors, NDArray[np.int64]]:
        """Cosines of the question's tokens with all of some passages', and where each one's end."""
        if len(rows) == 0:
            return np.zeros((0, len(query)), np.float32), np.zeros(0, np.int64)
        pieces = self._codes_of(rows)
        ends = np.cumsum([len(piece) for piece in pieces])
        return self._coder.similarities(query, np.concatenate(pieces)), ends


def _split(data: Codes, passages: int, width: int) -> tuple[Codes, NDArray[np.int32]]:
    """The codes of a file, shape (vectors, width), and how many each of its passages has."""
    split = len(data) - passages * np.dtype(_COUNT).itemsize
    counts = np.frombuffer(data[split:].tobytes(), _COUNT)
    return data[:split].reshape(int(counts.sum()), width), counts
