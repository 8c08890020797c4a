"""What must not come back into an index: kept as hashes, so that the list itself tells nothing.

``sources`` are files of the corpus as they were when they were forgotten (each with its sidecar),
and names of files that were reported; a build leaves them out. Once a file is edited it is another
one, and is indexed again. ``originals`` are the hashes of all files that were removed; a backup
that has one is not restored.
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
class Forgotten:
    """Hashes, in hex, of what was forgotten."""

    sources: frozenset[str] = frozenset()
    originals: frozenset[str] = frozenset()

    def __or__(self, other: Forgotten) -> Forgotten:
        return Forgotten(self.sources | other.sources, self.originals | other.originals)


_LISTS = TypeAdapter(Forgotten)


def read(index: Path) -> Forgotten:
    """What an index has forgotten. Raises GenerationError where its list is damaged."""
    path = index / _FILE
    try:
        return _LISTS.validate_json(path.read_bytes())
    except FileNotFoundError:
        return Forgotten()
    except (OSError, ValidationError) as error:
        raise GenerationError(
            f"The list of what was forgotten, {path}, cannot be read.",
            remedy="Restore it from a backup; or delete it, and forget again what must not come "
            "back: python -m indexer forget.",
        ) from error


def add(index: Path, more: Forgotten) -> None:
    """Add to what an index has forgotten."""
    known = read(index)
    if known | more != known:
        both = known | more
        ordered = {"sources": sorted(both.sources), "originals": sorted(both.originals)}
        replace_synced(index / _FILE, TypeAdapter(dict).dump_json(ordered, indent=1))


def of_file(file: SourceFile) -> str:
    """What stands for a file of the corpus, with its sidecar, wherever it lies."""
    sidecars = "".join(sidecar.content_hash for sidecar in file.sidecars)
    return hashlib.sha256(f"file\0{file.content_hash}\0{sidecars}".encode()).hexdigest()


def of_report(path: str) -> str:
    """What stands for a file that could only be reported, by its name."""
    return hashlib.sha256(f"report\0{path}".encode()).hexdigest()


def leave_out(scan: Scan, known: Forgotten) -> tuple[Scan, tuple[Problem, ...]]:
    """A scan without what was forgotten, and what to do about each such file.

    These problems are for whoever builds, and never for the index: a file's name may be the very
    thing that was to be forgotten.
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
        "holds what was forgotten, and is left out",
        "Delete it, or take out of it (and its name) what was forgotten; then build again.",
    )
