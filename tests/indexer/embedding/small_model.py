"""A model of one layer and ten pieces, in the format of the wheel (``E5S1``)."""

from __future__ import annotations

import struct

import numpy as np

HIDDEN, FFN, POSITIONS, TYPES = 32, 64, 12, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁reti", "▁e", "▁cloud", "s", "<mask>"]
RANDOM = np.random.default_rng(5)


def f32(values: np.ndarray) -> bytes:
    return values.astype("<f4").tobytes()


def q4(scales: np.ndarray, weights: np.ndarray) -> bytes:
    """Blocks of 32 weights (0-15) in 18 bytes, written as the format says."""
    packed = b""
    for scale, block in zip(scales, weights.reshape(-1, 32), strict=True):
        packed += struct.pack("<e", scale)
        packed += bytes(int(block[n]) | int(block[n + 16]) << 4 for n in range(16))
    return packed


def tensors() -> dict[str, tuple[int, int, bytes]]:
    """Of a model of one layer: kind (0 f32, 1 q4), elements, bytes."""
    found: dict[str, tuple[int, int, bytes]] = {}

    def small(name: str, *sizes: int) -> None:
        values = RANDOM.normal(size=sizes)
        found[name] = (0, values.size, f32(values))

    def large(name: str, rows: int, columns: int) -> None:
        count = rows * columns
        weights, scales = RANDOM.integers(0, 16, count), RANDOM.normal(size=count // 32)
        found[name] = (1, count, q4(scales, weights))

    large("emb.word", len(PIECES), HIDDEN)
    small("emb.pos", POSITIONS, HIDDEN)
    small("emb.type", TYPES, HIDDEN)
    for norm in ("emb.ln", "l0.aln", "l0.oln"):
        small(f"{norm}.w", HIDDEN)
        small(f"{norm}.b", HIDDEN)
    for part, rows, columns in (
        *((p, HIDDEN, HIDDEN) for p in ("q", "k", "v", "ao")),
        ("fi", FFN, HIDDEN),
        ("fo", HIDDEN, FFN),
    ):
        large(f"l0.{part}.w", rows, columns)
        small(f"l0.{part}.b", rows)
    return found


TENSORS = tensors()


def model_file(
    magic: bytes = b"E5S1",
    version: int = 1,
    block: int = 32,
    content: dict[str, tuple[int, int, bytes]] = TENSORS,
) -> bytes:
    head = magic + struct.pack(
        "<I7ifi", version, HIDDEN, 1, 2, FFN, len(PIECES), POSITIONS, TYPES, 1e-12, block
    )
    blob = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, blob)]).astype("<u4")
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, blob)))
    head += offsets.tobytes() + f32(-np.arange(len(PIECES))) + b"".join(blob)
    head += struct.pack("<iI", 1, 3) + b"map"
    directory = struct.pack("<i", len(content))
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in content)
    data = b""
    for name, (kind, elements, raw) in content.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, elements, size + len(data), len(raw))
        data += raw
    return head + directory + data
