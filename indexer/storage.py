"""Durable writes: a file is whole and on the disk, or it is not there."""

from __future__ import annotations

import contextlib
import os
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
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the disk knows the folder's names."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
