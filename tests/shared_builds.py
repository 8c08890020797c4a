"""What is expensive to make and never changed by a test: made once per run, for all workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).parents[1]


def once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Fill a folder unless another process has already done so.

    Args:
        folder: Where the result goes; processes that name the same folder share it.
        make: Fills the folder. A failure is raised here and leaves the next caller to try again.

    Returns:
        The folder, complete.
    """
    done = folder.with_name(f"{folder.name}.done")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if not done.exists():
            make(folder)
            done.touch()
    return folder


def index_sample_corpus(folder: Path, kept: Path) -> None:
    """Index ``corpus/`` with the real model; the indexer must report no problem.

    Args:
        folder: Where the index goes.
        kept: Keeps the embeddings between runs: a first run takes a minute, the next a few seconds.
    """
    known, own = kept / "embeddings.sqlite", folder / "embeddings.sqlite"
    folder.mkdir(parents=True, exist_ok=True)
    if known.exists():
        shutil.copyfile(known, own)
    done = subprocess.run(
        [sys.executable, "-m", "indexer", "build", "--index", str(folder)],
        cwd=ROOT,
        env=default_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    whole = kept / f"{os.getpid()}.sqlite"  # another run must not read half a file
    shutil.copyfile(own, whole)
    whole.replace(known)


def default_environment() -> dict[str, str]:
    """The environment without our settings: the other tests name the toy model there."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COMPETENZE_")}
