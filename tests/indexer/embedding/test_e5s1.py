"""The file format of the wheel, read byte by byte."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from indexer.embedding.e5s1 import read_model
from indexer.errors import ModelError
from tests.indexer.embedding.small_model import (
    FFN,
    HIDDEN,
    PIECES,
    POSITIONS,
    TENSORS,
    TYPES,
    f32,
    model_file,
)


def test_a_block_holds_a_scale_then_low_nibbles_then_high() -> None:
    # Scale 0.5; byte j holds weight j low and weight j+16 high: weights 0, 1, … 15, 15, … 1, 0.
    block = struct.pack("<e", 0.5) + bytes(j | (15 - j) << 4 for j in range(16))
    model = read_model(
        model_file(content=TENSORS | {"l0.q.w": (1, HIDDEN * HIDDEN, block * HIDDEN)})
    )
    matrix = model.matrices["l0.q.w"]
    assert matrix.nibbles.shape == (HIDDEN, 1, 32)
    assert matrix.nibbles[0, 0].tolist() == [*range(16), *range(15, -1, -1)]
    assert matrix.weights()[3].tolist() == [(w - 8) * 0.5 for w in (*range(16), *range(15, -1, -1))]


def test_every_block_has_its_own_scale() -> None:
    blocks = b"".join(struct.pack("<e", scale) + b"\x99" * 16 for scale in (2.0, -0.25) * 32)
    model = read_model(model_file(content=TENSORS | {"l0.fo.w": (1, HIDDEN * FFN, blocks)}))
    assert model.matrices["l0.fo.w"].weights()[5].tolist() == [2.0] * 32 + [-0.25] * 32


def test_the_model_has_the_shape_the_pieces_and_the_numbers_of_the_file() -> None:
    model = read_model(model_file())
    assert (model.shape.hidden, model.shape.ffn, model.shape.positions) == (HIDDEN, FFN, POSITIONS)
    assert (model.shape.layers, model.shape.heads, model.shape.types) == (1, 2, TYPES)
    assert model.shape.epsilon == pytest.approx(1e-12)
    assert model.pieces == tuple(PIECES)
    assert model.scores.tolist() == [-float(n) for n in range(len(PIECES))]
    assert {*model.matrices, *model.vectors} == {*TENSORS}
    assert model.vectors["l0.oln.b"].tobytes() == TENSORS["l0.oln.b"][2]
    rows = {"l0.fi.w": (FFN, HIDDEN), "l0.fo.w": (HIDDEN, FFN), "emb.word": (len(PIECES), HIDDEN)}
    assert {name: model.matrices[name].weights().shape for name in rows} == rows


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"magic": b"E5S2"}, "does not begin with E5S1"),
        ({"version": 2}, "has version 2; this program reads version 1"),
        ({"block": 64}, "blocks of 64 weights; this program reads 32"),
    ],
)
def test_an_unknown_format_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ModelError, match=message) as caught:
        read_model(model_file(**change))  # type: ignore[arg-type]
    assert "pip install" in caught.value.remedy


def test_a_file_cut_short_anywhere_is_refused() -> None:
    whole = model_file()
    for size in (*range(0, 700, 7), *range(700, len(whole), 997), len(whole) - 1):
        with pytest.raises(ModelError):
            read_model(whole[:size])


@pytest.mark.parametrize(
    "tensor",
    [
        (0, HIDDEN, b"\0" * 3),
        (0, HIDDEN, f32(np.zeros(HIDDEN + 1))),
        (1, HIDDEN, b"\0" * 17),
        (1, HIDDEN, b"\0" * 36),
        (7, HIDDEN, f32(np.zeros(HIDDEN))),
    ],
)
def test_a_tensor_of_the_wrong_size_or_kind_is_refused(tensor: tuple[int, int, bytes]) -> None:
    with pytest.raises(ModelError, match=r"tensor l0\.q\.b of the model file is damaged"):
        read_model(model_file(content=TENSORS | {"l0.q.b": tensor}))
