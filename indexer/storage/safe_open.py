"""Opening a file of a corpus for reading: an ordinary one, inside its folder, without waiting.

Between the moment a name is looked at and the moment it is opened anybody who may write to the
folder can put a pipe or a link in its place. So the checks are made on what was opened, and where
the system can, no link is followed on the way.
"""

from __future__ import annotations

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


def open_inside(root: Path, location: Path) -> BinaryIO:
    """Open the file at ``location``; a link is followed as long as it stays inside ``root``.

    Raises UnreadableFileError for what leads outside or is no ordinary file, OSError for what
    cannot be opened.
    """
    # Not Path.resolve, which raises where links go in a circle.
    real_root, real = Path(os.path.realpath(root)), Path(os.path.realpath(location))
    if not real.is_relative_to(real_root):
        raise _outside()
    if real == real_root or not stat.S_ISREG(real.stat().st_mode):
        raise _not_a_file()  # to open a device can already do something
    descriptor = _open_step_by_step(real_root, real.relative_to(real_root).parts)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _not_a_file()
    return os.fdopen(descriptor, "rb")


def _open_step_by_step(root: Path, parts: tuple[str, ...]) -> int:
    """Open folder after folder, none of them a link: the names were those of no links just now."""
    if os.open not in os.supports_dir_fd:
        return os.open(root.joinpath(*parts), _FLAGS)
    folder = os.open(root, _FLAGS | _FOLDER)
    try:
        for part in parts[:-1]:
            inner = os.open(part, _FLAGS | _FOLDER | _NO_LINK, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(parts[-1], _FLAGS | _NO_LINK, dir_fd=folder)
    finally:
        os.close(folder)


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
