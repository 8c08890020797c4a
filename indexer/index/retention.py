"""The generations on disk: listing, rolling back, removing old ones.

Callers of functions that change something hold the index's lock.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import GenerationError
from indexer.index import restrictions
from indexer.index.integrity import faults_of
from indexer.index.manifest import DOCUMENTS, Restrictions
from indexer.index.publishing import make_current
from indexer.index.serialisation import content_hashes, load_documents
from indexer.index.snapshot import (
    current_name,
    generation_names,
    mapped,
    read_manifest,
    read_restrictions,
)
from indexer.index.spare import remove_second_copies
from indexer.storage.durable import remove_folder

KEPT = 3  # generations left on disk by a build, the served one included
# The leftovers of a killed writer: temporary names of new files, or of removed ones.
_LEFTOVERS = (
    ".CURRENT*",
    ".forgotten*",
    ".restricted*",
    ".restoring-*",
    "generations/.*",
    "files/??/.*",
    "spare/.*",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A generation on disk; ``bytes`` without the originals, which several may share.

    ``fault`` says why its manifest cannot be read, and then the counts are 0.
    """

    id: str
    current: bool
    created: str
    documents: int
    passages: int
    bytes: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Pruned:
    """The removed generations, and how many originals went with them."""

    generations: tuple[str, ...]
    originals: int


def list_generations(index: Path) -> tuple[Listed, ...]:
    """The generations on disk, the newest first."""
    current = current_name(index)
    return tuple(_listed(index, name, name == current) for name in generation_names(index))


def roll_back(index: Path, wanted: str | None = None) -> str:
    """Serve another generation: ``wanted``, a name or its beginning, or else the previous one.

    Returns its name. Raises GenerationError, with nothing changed, if there is none, if it is
    damaged, or if it shows what has been restricted since.
    """
    names = generation_names(index)
    current = current_name(index)
    if wanted is None:
        for name in (n for n in names if n < (current or "")):
            if not faults_of(index, name):
                make_current(index, name, still_closed(index, name))
                return name
        raise GenerationError(
            f"No whole generation before {current or 'the first'} is kept.",
            remedy="Correct the corpus and run: python -m indexer build; or restore a backup.",
        )
    found = [name for name in names if name.startswith(wanted)]
    if len(found) != 1:
        raise GenerationError(
            f"{'No' if not found else 'More than one'} generation is called {wanted}.",
            remedy=f"There are: {', '.join(names) or 'none'}.",
        )
    faults = faults_of(index, found[0])
    if faults:
        raise GenerationError(
            f"Generation {found[0]} is not whole: {faults[0].path} {faults[0].detail}.",
            remedy="Choose another (python -m indexer list); what was served stays.",
        )
    make_current(index, found[0], still_closed(index, found[0]))
    return found[0]


def still_closed(index: Path, name: str, root: Path | None = None) -> Restrictions:
    """The restrictions that hold after going back to a generation: those known, and its own.

    Args:
        index: The folder of the index.
        name: The generation; it is whole.
        root: The folder that holds it, if not the index.

    Raises:
        GenerationError: It shows what has been restricted since (for administrators: names
            documents). What CURRENT names is always allowed.
    """
    known, root = read_restrictions(index), root or index
    own = read_manifest(root, name).restrictions
    documents = load_documents((root / "generations" / name / DOCUMENTS).read_bytes())
    shown = restrictions.opened(known, own, [document.id for document in documents])
    if shown and name != current_name(index):
        raise GenerationError(
            f"Generation {name} shows what has been restricted since, of "
            f"{restrictions.first_few(shown)}.",
            remedy=restrictions.REMEDY,
        )
    return restrictions.merged_restrictions(known, own)


def prune(index: Path, keep: int = KEPT) -> Pruned:
    """Remove all but the newest ``keep`` generations and the current one, with unused originals.

    The leftovers of a killed writer are removed too.
    """
    sweep(index)
    current = current_name(index)
    removed = tuple(name for name in generation_names(index)[keep:] if name != current)
    return Pruned(removed, remove_generations(index, removed))


def remove_generations(index: Path, names: Sequence[str]) -> int:
    """Remove some generations; returns how many originals went with them."""
    for name in names:
        remove_folder(index / "generations" / name)
    remove_second_copies(index, _parts(index))
    unneeded = list(_unneeded_originals(index))
    for path in unneeded:
        path.unlink(missing_ok=True)
    return len(unneeded)


def sweep(index: Path) -> None:
    """Remove the leftovers of a killed writer."""
    for pattern in _LEFTOVERS:
        for leftover in index.glob(pattern):
            if leftover.is_dir() and not leftover.is_symlink():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)


def _listed(index: Path, name: str, current: bool) -> Listed:
    files = (index / "generations" / name).iterdir()
    size = sum(path.stat().st_size for path in files)
    try:
        m = read_manifest(index, name)
    except GenerationError as error:
        return Listed(name, current, "", 0, 0, size, error.message)
    return Listed(name, current, m.created, m.documents, m.passages, size)


def _parts(index: Path) -> set[str]:
    """The names of the files of all generations."""
    folders = (index / "generations" / name for name in generation_names(index))
    return {path.name for folder in folders for path in folder.iterdir()}


def _content_hashes(index: Path, name: str) -> set[str]:
    """The hashes of the files of a generation's documents; raises GenerationError for damage."""
    path = index / "generations" / name / DOCUMENTS
    data = mapped(path).data  # of a million passages it has 100 MB
    if hashlib.sha256(data).hexdigest() != read_manifest(index, name).parts[DOCUMENTS].sha256:
        raise GenerationError(f"{path} is damaged.", remedy="Run: python -m indexer build.")
    return content_hashes(data)


def _unneeded_originals(index: Path) -> Iterator[Path]:
    """The kept originals that no generation refers to; none while one cannot be read."""
    wanted: set[str] = set()
    for name in generation_names(index):
        try:
            wanted |= _content_hashes(index, name)
        except (OSError, ValueError, GenerationError):
            return  # it may be repaired, and then needs them
    for folder in (one for one in (index / "files").glob("??") if one.is_dir()):
        with os.scandir(folder) as kept:
            yield from (Path(entry.path) for entry in kept if entry.name not in wanted)
