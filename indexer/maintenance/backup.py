"""Backups: one generation and the originals it needs in one tar file.

A backup needs no lock: the files it copies are immutable, and each is checked against its hash. If
the generation is removed meanwhile, the one that is current then is taken.
``INDEX/backups/`` records the backups that were made, so that ``forget`` can name them.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import tarfile
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from indexer.errors import BackupError, GenerationError
from indexer.index.manifest import DOCUMENTS, MANIFEST
from indexer.index.originals import file_path
from indexer.index.serialisation import load_documents
from indexer.index.snapshot import NAME, current_name, read_manifest, read_parts
from indexer.source.tombstones import Tombstones
from indexer.source.tombstones import read as read_tombstones
from indexer.storage.durable import make_folder, sync, write_synced

LISTING = "backup.json"  # the first file of a backup: its contents, with hashes
FORMAT = 1
_LONGEST = 1 << 28  # bytes of a listing
_TRIES = 5
_ABANDONED = 3600  # seconds without a write after which a temporary file is abandoned


@dataclass(frozen=True, slots=True)
class BackupEntry:
    """One file of a backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a backup holds: one generation; ``entries`` by path inside the index folder.

    ``forgotten`` are the index's tombstones at that time. ``created`` is in UTC.
    """

    format: int
    created: str
    generation: str
    entries: dict[str, BackupEntry]
    forgotten: Tombstones


@dataclass(frozen=True, slots=True)
class Backup:
    """The record of a backup: where it was written, and the SHA-256 of the originals in it."""

    file: str
    created: str
    generation: str
    originals: tuple[str, ...]


LISTINGS = TypeAdapter(Listing)
_BACKUPS = TypeAdapter(Backup)


def backup(index: Path, file: Path, *, force: bool = False) -> Listing:
    """Write a backup of the current generation to ``file``.

    Args:
        index: The folder of the index.
        file: The backup to write; its folder exists.
        force: Replace a file that is there; without it such a file is an error.

    Raises:
        BackupError: ``file`` cannot be a backup's place, or is there already.
        GenerationError: There is no whole generation.
        OSError: The disk is full or not writable. An existing file stays.

    """
    file = Path(os.path.abspath(file))  # noqa: PTH100 - a link stays a link
    _refuse_place(index, file)
    if file.exists() and not force:
        raise _is_there(file)
    for attempt in range(_TRIES):
        name = current_name(index)
        if name is None:
            raise GenerationError(
                f"There is no index in {index} yet.", remedy="Run: python -m indexer build."
            )
        try:
            return _backup(index, name, file, force=force)
        except GenerationError:
            if current_name(index) == name or attempt == _TRIES - 1:
                raise  # damaged: no other was published meanwhile
    raise AssertionError("unreachable")


def backups(index: Path) -> dict[Path, Backup]:
    """The recorded backups of this index by the file of the record, the oldest first.

    When a backup and all its copies are deleted, its record is to be deleted too.
    """
    found = {}
    for path in sorted((index / "backups").glob("*.json")):
        with contextlib.suppress(OSError, ValidationError):  # one that was only begun
            found[path] = _BACKUPS.validate_json(path.read_bytes())
    return found


def read_listing(archive: tarfile.TarFile, file: Path) -> Listing:
    """Read the listing, the first file of a backup. Raises BackupError if there is none."""
    try:
        first = archive.next()
        is_listing = first and first.name == LISTING and first.size <= _LONGEST
        stream = archive.extractfile(first) if first and is_listing else None
        listing = LISTINGS.validate_json(stream.read()) if stream else None
    except (tarfile.TarError, ValidationError, OSError, EOFError) as error:
        raise not_a_backup(file, type(error).__name__) from error
    if listing is None or listing.format != FORMAT:
        raise not_a_backup(file, f"it does not begin with {LISTING} of format {FORMAT}")
    if not re.fullmatch(NAME, listing.generation):
        raise not_a_backup(file, f"{listing.generation!r} is not the name of a generation")
    return listing


def not_a_backup(file: Path, why: str) -> BackupError:
    """The error for a file that is not a complete backup."""
    return BackupError(
        f"{file} is not a complete backup ({why}).",
        remedy="Use another one; nothing was changed.",
    )


def _refuse_place(index: Path, file: Path) -> None:
    if file.exists() and not file.is_file():
        raise BackupError(f"{file} is not an ordinary file.", remedy="Name a file: backup FILE.")
    if not file.parent.is_dir():
        raise BackupError(f"The folder {file.parent} does not exist.", remedy="Create it first.")
    if Path(os.path.realpath(file)).is_relative_to(os.path.realpath(index)):
        raise BackupError(
            f"{file} lies inside the index folder.",
            remedy="Name a file elsewhere, best on another disk.",
        )


def _backup(index: Path, name: str, file: Path, *, force: bool) -> Listing:
    manifest = read_manifest(index, name)
    folder = f"generations/{name}"
    entries = {
        f"{folder}/{part}": BackupEntry(p.bytes, p.sha256) for part, p in manifest.parts.items()
    }
    text = (index / folder / MANIFEST).read_bytes()
    entries[f"{folder}/{MANIFEST}"] = BackupEntry(len(text), hashlib.sha256(text).hexdigest())
    documents = load_documents(read_parts(index, name, manifest)[DOCUMENTS])
    originals = sorted({document.content_hash for document in documents})
    for wanted in originals:
        path = file_path(Path("files"), wanted)
        entries[path.as_posix()] = BackupEntry(_size(index / path), wanted)
    created = datetime.now(UTC).isoformat(timespec="microseconds")
    listing = Listing(FORMAT, created, name, entries, read_tombstones(index))
    # Recorded first: an erasure that runs meanwhile must name this backup, too.
    note = _note(index, Backup(str(file), created, name, tuple(originals)))
    try:
        _write(index, listing, file, force=force)
    except BaseException:
        note.unlink(missing_ok=True)
        raise
    for older in (index / "backups").glob("*.json"):  # records of what this one replaced
        with contextlib.suppress(OSError, ValidationError):
            if older != note and _BACKUPS.validate_json(older.read_bytes()).file == str(file):
                older.unlink()
    return listing


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise _damaged(path) from error


def _damaged(path: Path) -> GenerationError:
    return GenerationError(
        f"{path} is missing or damaged.",
        remedy="Run: python -m indexer build, then back up again.",
    )


def _note(index: Path, backup: Backup) -> Path:
    folder = index / "backups"
    make_folder(folder)
    path = folder / f"{backup.created.replace(':', '')}-{os.getpid()}.json"
    write_synced(path, _BACKUPS.dump_json(backup, indent=1))
    return path


def _write(index: Path, listing: Listing, file: Path, *, force: bool) -> None:
    for leftover in file.parent.glob(f".{file.name}-*.part"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - leftover.stat().st_mtime > _ABANDONED:  # its writer was killed
                leftover.unlink()
    descriptor, aside = tempfile.mkstemp(".part", f".{file.name}-", file.parent)
    try:
        with open(descriptor, "wb") as raw:  # noqa: PTH123 - from a descriptor
            with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
                text = LISTINGS.dump_json(listing, indent=1)
                archive.addfile(_header(LISTING, len(text)), io.BytesIO(text))
                for path, entry in listing.entries.items():
                    _add(archive, index, path, entry)
            raw.flush()
            os.fsync(raw.fileno())
        _put_in_place(Path(aside), file, force=force)
    finally:
        Path(aside).unlink(missing_ok=True)
    sync(file.parent)


def _put_in_place(aside: Path, file: Path, *, force: bool) -> None:
    """Give a whole backup its name: of several writers without ``force`` only the first may."""
    if force:
        aside.replace(file)
        return
    try:
        os.link(aside, file)
    except FileExistsError as error:
        raise _is_there(file) from error
    except OSError as error:  # a file system without links, as of many USB sticks
        if file.exists():
            raise _is_there(file) from error
        aside.replace(file)


def _is_there(file: Path) -> BackupError:
    return BackupError(
        f"{file} already exists.", remedy="Name another file, or replace it with --force."
    )


class _Hashing:
    """Hashes a file while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes."""
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


def _add(archive: tarfile.TarFile, index: Path, path: str, entry: BackupEntry) -> None:
    try:
        with (index / path).open("rb") as file:
            hashing = _Hashing(file)
            archive.addfile(_header(path, entry.bytes), hashing)
    except FileNotFoundError as error:  # removed meanwhile
        raise _damaged(index / path) from error
    except OSError as error:
        if error.errno is None:  # tarfile's own: the file is shorter than it was
            raise _damaged(index / path) from error
        raise
    if hashing.digest.hexdigest() != entry.sha256:
        raise _damaged(index / path)


def _header(path: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(path)
    header.size, header.mode = size, 0o600
    return header
