"""Kill -9 at every write, fsync and rename of each command, and at random moments.

    python -m tests.indexer.torture.crashes [--stride N] [--moments N] [--seed N]

A process of its own, since it forks: a child does the work and kills itself at its n-th change to
the disk (a write is torn in the middle), or is killed by the parent. Prints one JSON object.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # threads do not survive a fork
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import builtins
import io
import json
import random
import shutil
import signal
import sys
import tarfile
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from indexer.index import segments
from indexer.index.retention import prune, roll_back
from indexer.index.snapshot import current_name, generation_names
from indexer.maintenance.backup import backup
from indexer.maintenance.erase import forget
from indexer.maintenance.restore import restore
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from indexer.storage.lock import one_writer
from tests.indexer.torture.scene import ENCODER, FORGET, change, make, mend, served, settings_in

Work = Callable[[Settings], object]
# BM25's bars, though never shown, take a lock that parent and children share: one killed keeps it.
tqdm.set_lock(threading.RLock())
tqdm.monitor_interval = 0
segments._LEAST = 2  # of the small corpus too there are some, which generations share
_CALLS = ("fsync", "link", "replace", "rename", "unlink", "rmdir", "mkdir")


def _locked(work: Work) -> Work:
    def held(settings: Settings) -> object:
        with one_writer(settings.index):
            return work(settings)

    return held


COMMANDS: dict[str, Work] = {
    "build": lambda s: build_index(s, ENCODER),
    "rollback": _locked(lambda s: roll_back(s.index)),
    "prune": _locked(lambda s: prune(s.index, 1)),
    "backup": lambda s: backup(s.index, s.index.parent / "backup.tar", force=True),
    "restore": _locked(lambda s: restore(s.index, s.index.parent / "before.tar")),
    "forget": lambda s: forget(s, ENCODER, FORGET),
}


class _Fuse:
    """Counts changes to the disk, and kills this process at the n-th."""

    def __init__(self, at: int) -> None:
        self.count, self._at = 0, at

    def burns(self) -> bool:
        self.count += 1
        return self.count == self._at

    def tick(self) -> None:
        if self.burns():
            os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        for name in _CALLS:
            setattr(os, name, self._before(getattr(os, name)))
        opened = builtins.open

        def torn_open(file: object, mode: str = "r", *rest: object, **named: object) -> object:
            if mode != "wb":
                return opened(file, mode, *rest, **named)
            return io.BufferedWriter(_Torn(file, self))

        builtins.open = io.open = torn_open
        tarfile.bltn_open = torn_open

    def _before(self, call: Callable[..., object]) -> Callable[..., object]:
        def ticking(*arguments: object, **named: object) -> object:
            self.tick()
            return call(*arguments, **named)

        return ticking


class _Torn(io.FileIO):
    """A file whose write may be the last thing that happens, half of it."""

    def __init__(self, file: object, fuse: _Fuse) -> None:
        super().__init__(file, "wb")
        self._fuse = fuse

    def write(self, data: object) -> int:
        if self._fuse.burns():
            super().write(bytes(data)[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return super().write(data)


def _child(settings: Settings, work: Work, at: int) -> tuple[int, int]:
    """Start a child on the work; its id, and where it reports its changes once it has done it."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    try:
        fuse = _Fuse(at)
        fuse.install()
        work(settings)
        os.write(writing, str(fuse.count).encode())
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _end(pid: int, reading: int) -> tuple[int, int]:
    """How a child ended: its status, and the changes it reported, 0 if it did not get so far."""
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    return status, int(said or 0)


def _once(
    template: Path, name: str, at: int = 0, seconds: float | None = None
) -> tuple[int, float]:
    """One command, killed at its n-th change or after ``seconds``, and all that must hold then."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "scene"
        shutil.copytree(template, root)
        settings = settings_in(root)
        if name in ("build", "forget"):
            change(settings)
        before = served(settings)
        start = time.perf_counter()
        pid, reading = _child(settings, COMMANDS[name], at)
        if seconds is not None:
            time.sleep(seconds)
            os.kill(pid, signal.SIGKILL)
        status, changes = _end(pid, reading)
        took = time.perf_counter() - start
        assert os.WIFSIGNALED(status) or (status == 0 and at == 0), f"{name} ended: {status}"
        after = served(settings)
        known = {before, *generation_names(settings.index)}
        assert after in known
        if changes:
            _acknowledged(settings, name, before, after)
        if name in ("backup", "restore"):
            _whole_backup(settings)
        if name == "forget":
            (settings.corpus / "events/incontro.md").unlink()
            forget(settings, ENCODER, FORGET)
            assert _traces(settings.index) == []
        mend(settings)
        return changes, took


def _acknowledged(settings: Settings, name: str, before: str, after: str) -> None:
    """What a command said that it did is there."""
    if name in ("build", "forget"):
        assert after != before
    if name == "rollback":
        assert after < before
    if name == "backup":
        assert (settings.index.parent / "backup.tar").exists()
    if name == "forget":
        assert _traces(settings.index) == []


def _whole_backup(settings: Settings) -> None:
    """A backup's file is whole or not there."""
    for file in settings.index.parent.glob("*.tar"):
        fresh = settings.index.parent / f"from-{file.stem}"
        restore(fresh, file)
        assert current_name(fresh)


def _traces(index: Path) -> list[str]:
    return [str(p) for p in index.rglob("*") if p.is_file() and FORGET.encode() in p.read_bytes()]


def run(stride: int, moments: int, seed: int) -> dict[str, object]:
    """Every ``stride``-th change of each command, and random moments of a build."""
    rng = random.Random(seed)
    points: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        settings = make(template)
        backup(settings.index, template / "before.tar")
        longest, killed = 0.0, 0
        for name in COMMANDS:
            changes, took = _once(template, name)
            points[name] = changes
            longest = max(longest, took) if name == "build" else longest
            step = max(1, min(stride, changes // 4))  # of each command some
            for at in range(rng.randint(1, step), changes + 1, step):
                _try(template, name, at=at)
                killed += 1
        for _ in range(moments):
            _try(template, "build", seconds=rng.random() * longest)
    return {"changes": points, "killed_at": killed, "moments": moments, "seed": seed, "failures": 0}


def _try(template: Path, name: str, *, at: int = 0, seconds: float | None = None) -> None:
    try:
        _once(template, name, at, seconds)
    except BaseException:
        print(f"{name}, killed at change {at}, after {seconds} s", file=sys.stderr)
        raise


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--moments", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    chosen = parser.parse_args()
    print(json.dumps(run(chosen.stride, chosen.moments, chosen.seed)))
