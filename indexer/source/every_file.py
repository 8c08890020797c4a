"""Every file in the corpus folder, for searching it: also what no build reads.

Hidden files, those of other programs, READMEs, sidecars of no document, formats that are not read.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import UnreadableFileError
from indexer.source.scan import shown_path
from indexer.storage.safe_open import open_inside


@dataclass(frozen=True, slots=True)
class AnyFile:
    """A file on the disk.

    Attributes:
        path: Inside the corpus, as reports name it; that of a folder ends with a slash.
        data: Its bytes; ``None`` if it cannot be read.
        unread: Why not.

    """

    path: str
    data: bytes | None
    unread: str = ""


def every_file(root: Path, max_bytes: int, known: Container[Path]) -> Iterator[AnyFile]:
    """Read every file under a folder, and name every folder that cannot be listed.

    Args:
        root: The corpus folder.
        max_bytes: Files that are larger are not read.
        known: The paths of files to leave out, as they are read elsewhere.

    """
    unlisted: list[OSError] = []
    for folder, inner, names in os.walk(root, onerror=unlisted.append):
        links = [name for name in inner if Path(folder, name).is_symlink()]  # not followed
        for location in (Path(folder, name) for name in sorted([*names, *links])):
            if location not in known:
                yield _read(root, location, max_bytes)
    for error in unlisted:
        path = shown_path(Path(error.filename).relative_to(root).as_posix()) + "/"
        yield AnyFile(path, None, _cannot_be_read(error))


def _read(root: Path, location: Path, max_bytes: int) -> AnyFile:
    path = shown_path(location.relative_to(root).as_posix())
    try:
        with open_inside(root, location.relative_to(root).as_posix()) as file:
            data = file.read(max_bytes + 1)
    except UnreadableFileError as error:
        return AnyFile(path, None, error.message)
    except OSError as error:
        return AnyFile(path, None, _cannot_be_read(error))
    if len(data) > max_bytes:
        return AnyFile(path, None, f"more than the limit of {max_bytes / 1e6:.0f} MB")
    return AnyFile(path, data)


def _cannot_be_read(error: OSError) -> str:
    return f"cannot be read: {error.strerror or error}"
