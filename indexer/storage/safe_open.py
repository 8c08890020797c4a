"""Opening a file of a corpus for reading: an ordinary one, inside its folder, without waiting.

Between the moment a name is looked at and the moment it is opened anybody who may write to the
folder can put a pipe or a link in its place. So the checks are made on what was opened, and where
the system can, no link is followed on the way.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

from indexer.domain import Reason
from indexer.errors import UnreadableFileError

# A pipe is opened at once, even when nobody writes to it. Windows has neither flag, nor pipes.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = getattr(os, "O_DIRECTORY", 0)


def open_inside(root: Path, inside: str) -> BinaryIO:
    """Open a file in a folder; a link is followed as long as it stays there.

    Args:
        root: The folder.
        inside: The file's path in it, with slashes.

    Raises:
        UnreadableFileError: The path leads outside, or to no ordinary file.
        OSError: The file cannot be opened.
    """
    descriptor = _open_without_links(root, tuple(inside.split("/")))
    if descriptor is None:
        descriptor = _open_through_links(root, root / inside)
    return os.fdopen(descriptor, "rb")


def _open_without_links(root: Path, parts: tuple[str, ...]) -> int | None:
    """Open a file that no link leads to, as nearly all are; ``None`` if one does, or may."""
    if os.open not in os.supports_dir_fd or not {"", ".", ".."}.isdisjoint(parts):
        return None
    try:
        return _open_step_by_step(root, parts)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            return None
        raise


def _open_through_links(root: Path, location: Path) -> int:
    # Not Path.resolve, which raises where links go in a circle.
    real_root, real = Path(os.path.realpath(root)), Path(os.path.realpath(location))
    if not real.is_relative_to(real_root):
        raise _outside()
    if real == real_root:
        raise _not_a_file()
    if os.open not in os.supports_dir_fd:
        return _open_ordinary(real)
    return _open_step_by_step(real_root, real.relative_to(real_root).parts)


def _open_step_by_step(root: Path, parts: tuple[str, ...]) -> int:
    """Open folder after folder, none of them a link."""
    folder = os.open(root, _FLAGS | _FOLDER)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FLAGS | _FOLDER | _NO_LINK, dir_fd=folder)
            os.close(folder)
            folder = inner
        return _open_ordinary(parts[-1], folder)
    finally:
        os.close(folder)


def _open_ordinary(path: str | Path, folder: int | None = None) -> int:
    """Open an ordinary file, and nothing else: to open a device can already do something.

    Args:
        path: Its name in the folder, or its path.
        folder: The descriptor of its folder; ``None`` follows links, as there are no descriptors.
    """
    looked_at = os.stat(path, dir_fd=folder, follow_symlinks=folder is None)
    if stat.S_ISLNK(looked_at.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    if not stat.S_ISREG(looked_at.st_mode):
        raise _not_a_file()
    flags = _FLAGS if folder is None else _FLAGS | _NO_LINK
    descriptor = os.open(path, flags, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_a_file()
    return descriptor


def _outside() -> UnreadableFileError:
    return UnreadableFileError(
        Reason.UNREADABLE,
        "a link that leads outside the corpus folder",
        remedy="Copy the file into the corpus instead of linking it.",
    )


def _not_a_file() -> UnreadableFileError:
    return UnreadableFileError(
        Reason.UNREADABLE,
        "not an ordinary file (a pipe, a socket or a device)",
        remedy="Remove it from the corpus.",
    )
