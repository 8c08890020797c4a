"""Bits flipped, files cut off, zeroed and swapped: all is refused before FAISS reads it, and the
generation before is served, also where it has the same content.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections import Counter
from pathlib import Path

import faiss
import pytest

from indexer.errors import GenerationError
from indexer.index import segments
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
    read: list[str] = []
    read_index = faiss.read_index

    def watched(path: str, *rest: object) -> object:
        read.append(path)
        return read_index(path, *rest)

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "_LEAST", 2)
        index = make(Path(folder)).index
        current, older = generation_names(index)
        folders = [index / "generations" / name for name in (current, older)]
        files = {p: p.read_bytes() for p in sorted(folders[0].iterdir()) if p.stat().st_size}
        faiss.read_index = watched
        try:
            while (tried := done.total()) < count:
                path = rng.choice(list(files))
                kinds = sorted(folders[1].glob(f"{re.split(r'[-.]', path.name)[0]}*"))
                other = rng.choice(kinds).read_bytes()
                kind, data = _damaged(files[path], other, rng)
                if data == files[path]:
                    continue  # zeros over zeros, or a part that two generations have alike
                path.write_bytes(data)
                _refused(index, current, path, read)
                if tried % 50 == 0:
                    _fallen_back(index, path, older)
                    read.clear()
                path.write_bytes(files[path])
                done[kind] += 1
        finally:
            faiss.read_index = read_index
        assert load_current(index)[0].id == current
        assert verify(index, every=True).faults == ()
    return {"damaged": dict(sorted(done.items())), "refused": count, "seed": seed, "failures": 0}


def _fallen_back(index: Path, path: Path, older: str) -> None:
    """The older generation is served."""
    assert path.name in [Path(f.path).name for f in verify(index).faults]
    generation, refused = load_current(index)
    assert generation.id == older
    assert path.name in refused[0]


def _refused(index: Path, name: str, path: Path, read: list[str]) -> None:
    with pytest.raises(GenerationError, match=path.name):
        load(index, name)
    assert read == [], f"FAISS was given bytes though {path.name} is damaged"
