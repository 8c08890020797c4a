"""Whether an index on disk is what was published: every hash, the counts, the model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.domain import Level
from indexer.errors import GenerationError
from indexer.index import restrictions
from indexer.index.manifest import MANIFEST, Manifest
from indexer.index.originals import damaged_originals
from indexer.index.snapshot import (
    Generation,
    current_name,
    generation_names,
    load_levels,
    read_manifest,
    read_restrictions,
)

_BUILD = "Run: python -m indexer build; it mends what the corpus still has."
_OLD = "Take a whole one (python -m indexer list); prune removes it in time."


@dataclass(frozen=True, slots=True)
class IntegrityFault:
    """A difference from what was published: the file, the fault, the remedy."""

    path: str
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The generations that were checked, and their faults."""

    current: str
    generations: tuple[str, ...]
    faults: tuple[IntegrityFault, ...]


def verify(index: Path, fingerprint: str | None = None, *, every: bool = False) -> Verified:
    """Compare generations with their manifests, and the kept originals with their hashes.

    Args:
        index: The index folder.
        fingerprint: That of the model that will encode questions: the current generation must have
            been made with it. ``None`` does not check it.
        every: Check every generation, not only the current one.

    Raises:
        GenerationError: There is no index at all.
    """
    name = current_name(index)
    if name is None:
        raise GenerationError(
            f"There is no index in {index} yet.", remedy="Run: python -m indexer build."
        )
    names = generation_names(index)
    if name not in names:
        detail = f"names the generation {name}, which is not there"
        remedy = "Run: python -m indexer rollback, or build."
        faults = [IntegrityFault(str(index / "CURRENT"), detail, remedy)]
        looked_at = names if every else []
    else:
        faults = []
        looked_at = names if every else [name]
    for one in looked_at:
        current = one == name
        faults += faults_of(
            index, one, fingerprint if current else None, _BUILD if current else _OLD
        )
    try:
        read_restrictions(index)
    except GenerationError:
        path = str(index / restrictions.FILE)
        faults.append(
            IntegrityFault(path, "is missing or damaged: no generation is gone back to", _BUILD)
        )
    return Verified(name, tuple(looked_at), tuple(dict.fromkeys(faults)))


def faults_of(
    index: Path, name: str, fingerprint: str | None = None, remedy: str = _OLD
) -> list[IntegrityFault]:
    """Everything that is wrong with one generation; a damaged file is named.

    Args:
        index: The index folder.
        name: The generation's name.
        fingerprint: That of the model it must have been made with; ``None`` does not check it.
        remedy: What to do about damage.
    """
    folder = index / "generations" / name
    try:
        manifest = read_manifest(index, name)
    except GenerationError as error:
        path = str(folder / MANIFEST)
        return [IntegrityFault(path, error.message.removeprefix(f"{path} ").rstrip("."), remedy)]
    damaged = [
        IntegrityFault(str(folder / part), detail, remedy)
        for part, detail in _damage(folder, manifest)
    ]
    if damaged:
        return damaged  # nothing in it may be read
    try:
        levels = load_levels(index, name)
    except GenerationError as error:
        return [IntegrityFault(str(folder), error.message, remedy)]
    distinct = {id(seen): seen for seen in levels.values()}.values()
    details = dict.fromkeys(detail for seen in distinct for detail in _disagreements(seen))
    faults = [IntegrityFault(str(folder), detail, remedy) for detail in details]
    faults += [
        IntegrityFault(str(path), "a kept original is missing or damaged", remedy)
        for path in damaged_originals(index, levels[Level.ADMIN].documents.values())
    ]
    if fingerprint not in (None, manifest.build_fingerprint.model_fingerprint):
        detail = "was made with another model than the one that would ask it"
        how = "Run: python -m indexer build, or set COMPETENZE_MODEL to the model it was made with."
        faults.append(IntegrityFault(str(folder / MANIFEST), detail, how))
    return faults


def _damage(folder: Path, manifest: Manifest) -> Iterator[tuple[str, str]]:
    """The parts that are not as the manifest lists them, and files that it does not list."""
    for part, expected in manifest.parts.items():
        try:
            with (folder / part).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            yield part, f"cannot be read: {error.strerror}"
            continue
        if digest != expected.sha256:
            yield part, "is damaged (its SHA-256 differs)"
    for path in sorted(folder.iterdir()):
        if path.name not in manifest.parts and path.name != MANIFEST:
            yield path.name, "is not part of the generation"


def _disagreements(generation: Generation) -> Iterator[str]:
    """Contradictions between parts that are each intact."""
    manifest, passages = generation.manifest, generation.passages
    if generation.dense.kind is not manifest.dense:
        yield f"has the FAISS index {generation.dense.kind}; its manifest says {manifest.dense}"
    for what, found, listed in (
        ("passages", len(passages), manifest.passages),
        ("documents", len(generation.documents), manifest.documents),
        ("organisations", len(generation.organisations), manifest.organisations),
        ("rows of the FAISS index", len(generation.dense), manifest.passages),
        ("passages with token vectors", len(generation.tokens), manifest.passages),
        ("numbers in a vector", generation.dense.dimension, manifest.dimension),
    ):
        if found != listed:
            yield f"holds {found} {what}; its manifest says {listed}"
    strays = {p.document for p in passages} - generation.documents.keys()
    if strays:
        yield f"has passages of documents that it does not hold: {', '.join(sorted(strays)[:3])}"
    linked = {o for p in passages for o in p.organisations}
    if linked - generation.organisations.keys():
        unknown = ", ".join(sorted(linked - generation.organisations.keys())[:3])
        yield f"has passages of organisations that it does not hold: {unknown}"
