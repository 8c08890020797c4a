"""Bits flipped, files cut off, zeroed and swapped: all is refused before FAISS reads it."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path

import faiss
import pytest

from indexer.errors import GenerationError
from indexer.index.integrity import verify
from indexer.index.snapshot import generation_names, load, load_current
from tests.indexer.torture.scene import make

_BLOCK = 512


def _damaged(data: bytes, other: bytes, rng: random.Random) -> tuple[str, bytes]:
    """A file with one kind of damage, mostly one flipped bit; ``other`` is another generation's."""
    kind = rng.choices(["flip", "cut", "zero", "swap", "grow"], [90, 3, 3, 2, 2])[0]
    place = rng.randrange(len(data))
    if kind == "flip":
        flipped = data[place] ^ (1 << rng.randrange(8))
        return kind, data[:place] + bytes([flipped]) + data[place + 1 :]
    if kind == "cut":
        return kind, data[:place]
    if kind == "zero":
        zeros = bytes(min(_BLOCK, len(data) - place))
        return kind, data[:place] + zeros + data[place + len(zeros) :]
    return kind, other if kind == "swap" else data + b"\0"


def run(count: int, seed: int) -> dict[str, object]:
    """Damage files of the current generation ``count`` times; what happened, by kind."""
    rng, done = random.Random(seed), Counter[str]()
    read: list[bytes] = []
    deserialise = faiss.deserialize_index

    def watched(data: object) -> object:
        read.append(bytes(data))
        return deserialise(data)

    with tempfile.TemporaryDirectory() as folder:
        index = make(Path(folder)).index
        current, older = generation_names(index)
        folders = [index / "generations" / name for name in (current, older)]
        files = {p: p.read_bytes() for p in sorted(folders[0].iterdir()) if p.stat().st_size}
        faiss.deserialize_index = watched
        try:
            while sum(done.values()) < count:
                path = rng.choice(list(files))
                other = (folders[1] / path.name).read_bytes()
                kind, data = _damaged(files[path], other, rng)
                if data == files[path]:
                    continue  # zeros over zeros, or a part that two generations have alike
                path.write_bytes(data)
                _refused(index, current, path, read)
                if done.total() % 50 == 0:
                    generation, refused = load_current(index)
                    assert generation.id == older
                    assert path.name in refused[0]
                    assert path.name in [Path(f.path).name for f in verify(index).faults]
                    read.clear()
                path.write_bytes(files[path])
                done[kind] += 1
        finally:
            faiss.deserialize_index = deserialise
        assert load_current(index)[0].id == current
        assert verify(index, every=True).faults == ()
    return {"damaged": dict(sorted(done.items())), "refused": count, "seed": seed, "failures": 0}


def _refused(index: Path, name: str, path: Path, read: list[bytes]) -> None:
    with pytest.raises(GenerationError, match=path.name):
        load(index, name)
    assert read == [], f"FAISS was given bytes though {path.name} is damaged"
