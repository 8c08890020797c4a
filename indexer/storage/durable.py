"""Durable writes: a file is whole and on the disk, or it is not there."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and wait until the disk has it; raises OSError on a full disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - from a descriptor
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_synced(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of the file ``path`` at once: a reader sees the old or the new."""
    aside = Path(tempfile.mktemp(prefix=f".{path.name}-", dir=path.parent))  # noqa: S306 - O_EXCL
    try:
        write_synced(aside, data)
        aside.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            aside.unlink()
    sync(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, and wait until the disk knows them."""
    missing = [above for above in (folder, *folder.parents) if not above.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for made in reversed(missing):
        sync(made.parent)


def remove_folder(folder: Path) -> None:
    """Remove a folder at once: a reader finds all of it or nothing.

    What a crash leaves of it is hidden (its name begins with a dot).
    """
    aside = Path(tempfile.mktemp(prefix=f".{folder.name}-", dir=folder.parent))  # noqa: S306 - renamed onto
    folder.replace(aside)
    sync(folder.parent)
    shutil.rmtree(aside, ignore_errors=True)


def sync(path: Path) -> None:
    """Wait until the disk has a file, or knows a folder's names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
