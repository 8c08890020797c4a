"""Restoring a backup: everything is unpacked and checked aside before anything is replaced.

An archive may hold what its own listing names and nothing else: ordinary files with the names that
an index gives them, no links, devices or paths that lead elsewhere.
"""

from __future__ import annotations

import re
import shutil
import tarfile
from pathlib import Path

from indexer.errors import BackupError, GenerationError
from indexer.index.integrity import faults_of
from indexer.index.manifest import Restrictions
from indexer.index.publishing import make_current
from indexer.index.retention import still_closed
from indexer.index.snapshot import NAME, PART
from indexer.maintenance.backup import Listing, not_a_backup, read_listing
from indexer.source import tombstones
from indexer.storage.durable import (
    file_mode,
    make_aside,
    make_folder,
    make_private_folder,
    remove_folder,
    sync,
)

_PLACE = re.compile(rf"generations/{NAME}/{PART}|files/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}", re.ASCII)


def restore(index: Path, file: Path) -> Listing:
    """Restore the generation of a backup with its originals, and serve it.

    The caller holds the index's lock. Raises BackupError, with nothing changed, if the file is not
    a complete backup, or holds what this index has erased or restricted since.
    """
    make_private_folder(index)
    aside = make_aside(index, ".restoring-")
    try:
        listing = _unpack(file, aside)
        _refuse_forgotten(index, listing, file)
        faults = faults_of(aside, listing.generation)
        if faults:
            where = Path(faults[0].path).relative_to(aside)
            raise not_a_backup(file, f"{where} {faults[0].detail}")
        closed = _refuse_opened(index, aside, listing, file)
        _take(index, aside, listing, closed)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return listing


def _unpack(file: Path, aside: Path) -> Listing:
    try:
        with tarfile.open(file, "r:") as archive:
            listing = read_listing(archive, file)
            missing = dict(listing.entries)
            for member in archive:
                if member.offset == 0:
                    continue  # the listing
                entry = missing.pop(member.name, None)
                safe = member.isreg() and not member.issparse() and _PLACE.fullmatch(member.name)
                if entry is None or not safe or member.size != entry.bytes:
                    raise not_a_backup(file, f"{member.name!r} does not belong in it")
                make_folder((aside / member.name).parent)
                archive.extract(member, aside, filter="data")
    except FileNotFoundError as error:
        raise BackupError(f"{file} does not exist.", remedy="Name a backup's file.") from error
    except (tarfile.TarError, EOFError, UnicodeError) as error:
        raise not_a_backup(file, type(error).__name__) from error
    if missing:
        raise not_a_backup(file, f"{min(missing)} is missing")
    return listing


def _refuse_forgotten(index: Path, listing: Listing, file: Path) -> None:
    held = {Path(path).name for path in listing.entries}
    if held & tombstones.read(index).originals:
        raise BackupError(
            f"{file} holds documents that have been erased since.",
            remedy="Restore it into another folder (--index FOLDER) and erase them there too, or "
            "delete it.",
        )


def _refuse_opened(index: Path, aside: Path, listing: Listing, file: Path) -> Restrictions:
    try:
        return still_closed(index, listing.generation, aside)
    except GenerationError as error:
        raise BackupError(
            f"{file} cannot be restored here. {error.message}", remedy=error.remedy
        ) from error


def _take(index: Path, aside: Path, listing: Listing, closed: Restrictions) -> None:
    """Move the checked files into place: originals first, CURRENT last."""
    for path in sorted((aside / "files").glob("??/*")):
        target = index / "files" / path.parent.name / path.name
        make_folder(target.parent)
        path.chmod(file_mode(target.parent))
        sync(path)
        path.replace(target)
        sync(target.parent)
    name = listing.generation
    source, target = aside / "generations" / name, index / "generations" / name
    make_folder(target.parent)
    for part in source.iterdir():
        part.chmod(file_mode(target.parent))
        sync(part)
    sync(source)
    if target.exists() and faults_of(index, name):
        remove_folder(target)
    if not target.exists():
        source.replace(target)
        sync(target.parent)
    tombstones.add(index, listing.forgotten)
    make_current(index, name, closed)
