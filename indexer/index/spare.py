"""A second copy of each file that generations share, so that one damaged file leaves one whole.

A new generation takes over from here what did not change, and leaves here what the one before it
has: so neighbours never have the same file, and damage to the newest leaves the one before it
whole. What is new is copied once. Losing a copy, or the whole folder, costs the next build a copy.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Container
from pathlib import Path

from indexer.errors import GenerationError
from indexer.index.manifest import MANIFEST, Manifest
from indexer.storage.durable import make_folder, sync, synced_file

FOLDER = "spare"  # in the index
_PIECE = 1 << 20


def spare_file(index: Path, part: str) -> Path:
    """Where the second copy of a file is."""
    return index / FOLDER / part


def keep_second_copies(index: Path, manifest: Manifest, folder: Path, before: Path | None) -> None:
    """Have a second copy of each file of a generation that the next one may take over.

    Args:
        index: The index folder.
        manifest: That of the generation.
        folder: The generation's.
        before: That of the generation before it, if there is one.

    Raises:
        OSError: The disk is full, or a file cannot be read: some have no second copy yet.
    """
    make_folder(index / FOLDER)
    if not _links_are_possible(index, folder / MANIFEST):
        return  # then no generation takes over a file of another
    for part in sorted(manifest.shared):
        own, spare = folder / part, spare_file(index, part)
        taken_over = spare.exists() and spare.samefile(own)
        if spare.exists() and not taken_over:
            continue
        aside = spare.with_name(f".{part}")
        aside.unlink(missing_ok=True)
        other = before / part if before else None
        if taken_over and other and _is_another(other, own):
            os.link(other, aside, follow_symlinks=False)
        else:
            _copy(own, aside, manifest.parts[part].sha256)
        aside.replace(spare)
    sync(index / FOLDER)


def remove_second_copies(index: Path, wanted: Container[str]) -> None:
    """Remove the copies of files that no generation has, and what a killed writer left."""
    with contextlib.suppress(FileNotFoundError):
        for path in (index / FOLDER).iterdir():
            if path.name not in wanted:
                path.unlink()


def _links_are_possible(index: Path, file: Path) -> bool:
    probe = index / FOLDER / ".probe"
    probe.unlink(missing_ok=True)
    try:
        os.link(file, probe)
    except OSError:
        return False
    probe.unlink()
    return True


def _is_another(path: Path, own: Path) -> bool:
    """Whether this is a file of its own, with the same content: it was whole when it was made."""
    return path.is_file() and not path.is_symlink() and not path.samefile(own)


def _copy(source: Path, target: Path, expected: str) -> None:
    digest = hashlib.sha256()
    with source.open("rb") as file, synced_file(target) as copy:
        while piece := file.read(_PIECE):
            digest.update(piece)
            copy.write(piece)
    if digest.hexdigest() != expected:
        target.unlink()
        raise GenerationError(
            f"{source} is damaged (its SHA-256 differs).",
            remedy="Run: python -m indexer build.",
        )
