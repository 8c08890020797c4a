"""Hashes of what was erased and must not come back: the list itself reveals nothing.

``sources`` are files of the corpus, each with its sidecars, as they were when they were erased, and
names of files that could only be reported: builds leave them out. An edited file has another hash,
and is indexed again. ``originals`` are all files that were removed: a backup that holds one is not
restored.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from indexer.domain import Problem, Reason, Severity
from indexer.errors import GenerationError
from indexer.source.scan import Scan, SourceFile
from indexer.storage.durable import replace_synced

_FILE = "forgotten.json"


@dataclass(frozen=True, slots=True)
class Tombstones:
    """SHA-256 hashes, in hex, of erased content."""

    sources: frozenset[str] = frozenset()
    originals: frozenset[str] = frozenset()

    def __or__(self, other: Tombstones) -> Tombstones:
        return Tombstones(self.sources | other.sources, self.originals | other.originals)


_LISTS = TypeAdapter(Tombstones)


def read(index: Path) -> Tombstones:
    """Read the tombstones of an index. Raises GenerationError if they are damaged."""
    path = index / _FILE
    try:
        return _LISTS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return Tombstones()
    except (OSError, ValidationError) as error:
        raise GenerationError(
            f"The list of erased files, {path}, cannot be read.",
            remedy="Restore it from a backup; or delete it, and run python -m indexer forget again "
            "for everything that must not come back.",
        ) from error


def add(index: Path, more: Tombstones) -> None:
    """Add to the tombstones of an index."""
    known = read(index)
    if known | more != known:
        both = known | more
        ordered = {"sources": sorted(both.sources), "originals": sorted(both.originals)}
        replace_synced(index / _FILE, TypeAdapter(dict).dump_json(ordered, indent=1))


def of_file(file: SourceFile) -> str:
    """The hash of a file of the corpus with its sidecars, whatever its path."""
    sidecars = "".join(sidecar.content_hash for sidecar in file.sidecars)
    return hashlib.sha256(f"file\0{file.content_hash}\0{sidecars}".encode()).hexdigest()


def of_report(path: str) -> str:
    """The hash of the name of a file that could only be reported."""
    return hashlib.sha256(f"report\0{path}".encode()).hexdigest()


def leave_out(scan: Scan, known: Tombstones) -> tuple[Scan, tuple[Problem, ...]]:
    """The scan without erased content, and a problem for each file left out.

    These problems are shown to whoever builds and never stored: the name of a file may be what was
    to be erased.
    """
    files = [file for file in scan.files if of_file(file) in known.sources]
    reports = [p for p in scan.problems if of_report(p.path) in known.sources]
    kept = replace(
        scan,
        files=tuple(file for file in scan.files if file not in files),
        problems=tuple(p for p in scan.problems if p not in reports),
    )
    paths = [file.path for file in files] + [problem.path for problem in reports]
    return kept, tuple(_problem(path) for path in paths)


def _problem(path: str) -> Problem:
    return Problem(
        path,
        Severity.ERROR,
        Reason.FORGOTTEN,
        "holds what was erased, and is left out",
        "Delete it, or remove that from it and from its name; then build again.",
    )
