"""Durable writes: a file is complete and on the disk, or it is not there.

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
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# In the name of a file written aside, between its own and eight random characters: no person's
# file is called so, and whoever finds one may know that its writer was killed.
ASIDE_MARK = ".upload-"


def write_synced(path: Path, data: bytes) -> None:
    """Write a new file and wait until the disk has it.

    Raises OSError on a full disk.
    """
    with synced_file(path) as file:
        file.write(data)


@contextlib.contextmanager
def synced_file(path: Path) -> Iterator[BinaryIO]:
    """A new file to be written; behind the block the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, file_mode(path.parent))
    with open(descriptor, "wb") as file:  # noqa: PTH123 - from a descriptor
        yield file
        file.flush()
        os.fsync(file.fileno())


def replace_synced(path: Path, data: bytes) -> None:
    """Replace a file atomically: a reader sees the old content or the new."""
    prefix = f".{path.name}{ASIDE_MARK}"
    aside = Path(tempfile.mktemp(prefix=prefix, dir=path.parent))  # noqa: S306 - O_EXCL
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
    """Create a file if it is missing, for another library to fill; take others' rights away.

    A file of another user keeps its mode.
    """
    make_folder(path.parent)
    mode = file_mode(path.parent)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    _close_to_others(path, mode)


def make_private_folder(folder: Path) -> None:
    """Make a folder as ``make_folder`` does; of an existing one, take others' rights away."""
    make_folder(folder)
    _close_to_others(folder, 0o750 if _is_shared(folder) else 0o700)


def make_folder(folder: Path) -> None:
    """Make a folder and its missing parents, and wait until the disk has them."""
    missing = [above for above in (folder, *folder.parents) if not above.exists()]
    for made in reversed(missing):
        made.mkdir(_folder_mode(made.parent), exist_ok=True)
        sync(made.parent)
    folder.mkdir(exist_ok=True)  # raises FileExistsError if a file has its name


def make_aside(parent: Path, prefix: str) -> Path:
    """Make a folder of a unique name, to be renamed once it is complete."""
    aside = parent / f"{prefix}{secrets.token_hex(8)}"
    aside.mkdir(_folder_mode(parent))
    return aside


def remove_folder(folder: Path) -> None:
    """Remove a folder atomically: a reader finds all of it or nothing.

    What a crash leaves is hidden: its name begins with a dot.
    """
    aside = Path(tempfile.mktemp(prefix=f".{folder.name}-", dir=folder.parent))  # noqa: S306 - renamed onto
    folder.replace(aside)
    sync(folder.parent)
    shutil.rmtree(aside, ignore_errors=True)


def sync(path: Path) -> None:
    """Wait until the disk has a file's content, or a folder's names."""
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
    """Leave no rights but ``most``, if the file is ours."""
    mode = stat.S_IMODE(path.stat().st_mode)
    kept = mode & (most | stat.S_ISGID)
    if kept != mode:
        with contextlib.suppress(PermissionError):
            path.chmod(kept)
