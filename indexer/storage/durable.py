"""Durable writes: a file is whole and on the disk, or it is not there.

Files and folders are their user's alone, since an index holds what only members may see. Where a
folder hands its group on to what is made in it (``chmod g+s``), that group may read too. The umask
can take rights away, never add any.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import tempfile
from pathlib import Path


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and wait until the disk has it; raises OSError on a full disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file_mode(path.parent))
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


def file_mode(folder: Path) -> int:
    """The mode of a new file in a folder."""
    return 0o640 if _is_shared(folder) else 0o600


def make_private_file(path: Path) -> None:
    """Make an empty file, for another library to fill, unless it is there; close it to strangers.

    One that is there and belongs to somebody else keeps its mode.
    """
    make_folder(path.parent)
    mode = file_mode(path.parent)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    _close_to_others(path, mode)


def make_private_folder(folder: Path) -> None:
    """Make a folder as ``make_folder`` does; one that is there is closed to strangers."""
    make_folder(folder)
    _close_to_others(folder, 0o750 if _is_shared(folder) else 0o700)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, and wait until the disk knows them."""
    missing = [above for above in (folder, *folder.parents) if not above.exists()]
    for made in reversed(missing):
        made.mkdir(_folder_mode(made.parent), exist_ok=True)
        sync(made.parent)
    folder.mkdir(exist_ok=True)  # raises FileExistsError where a file has its name


def make_aside(parent: Path, prefix: str) -> Path:
    """Make a folder of a name that no other writer has, to be renamed once it is whole."""
    aside = parent / f"{prefix}{secrets.token_hex(8)}"
    aside.mkdir(_folder_mode(parent))
    return aside


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


def _folder_mode(parent: Path) -> int:
    return 0o750 if _is_shared(parent) else 0o700


def _is_shared(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_ISGID)


def _close_to_others(path: Path, most: int) -> None:
    """Take all rights but ``most`` away, as far as the file is ours."""
    mode = stat.S_IMODE(path.stat().st_mode)
    kept = mode & (most | stat.S_ISGID)
    if kept != mode:
        with contextlib.suppress(PermissionError):
            path.chmod(kept)
