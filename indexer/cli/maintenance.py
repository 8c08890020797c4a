"""What the commands that keep an index do and print: list, rollback, prune, verify, backup, ...

Each takes the parsed arguments and the settings, and returns the exit status.
"""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from indexer.domain import Encoder
from indexer.embedding.encoder import load_encoder
from indexer.index.integrity import verify
from indexer.index.retention import list_generations, prune, roll_back
from indexer.index.snapshot import current_name, read_manifest
from indexer.maintenance.backup import backup
from indexer.maintenance.erase import ErasureReport, forget
from indexer.maintenance.erase_search import Kind
from indexer.maintenance.erasers import installed_erasers
from indexer.maintenance.restore import restore
from indexer.settings import Settings
from indexer.storage.lock import one_writer

OK, PROBLEMS = 0, 1

Command = Callable[[Namespace, Settings, Encoder | None], int]


def _list(arguments: Namespace, settings: Settings, _: Encoder | None) -> int:
    found = list_generations(settings.index)
    lines = [
        f"{'*' if g.current else ' '} {g.id}  {g.created or '?'}  "
        f"{g.documents} documents, {g.passages} passages, {_size(g.bytes)}"
        + (f"  {g.fault}" if g.fault else "")
        for g in found
    ]
    return _told(
        arguments,
        {"generations": [asdict(g) for g in found]},
        lines or [f"There is no generation in {settings.index} yet."],
    )


def _rollback(arguments: Namespace, settings: Settings, _: Encoder | None) -> int:
    with one_writer(settings.index):
        name = roll_back(settings.index, arguments.generation)
    lines = [
        f"Serving {name}.",
        "The next build indexes the corpus as it is then: correct it before.",
    ]
    return _told(arguments, {"generation": name}, lines)


def _prune(arguments: Namespace, settings: Settings, _: Encoder | None) -> int:
    with one_writer(settings.index):
        gone = prune(settings.index, arguments.keep)
    lines = [
        f"Removed {_many(len(gone.generations), 'generation')} and "
        f"{_many(gone.originals, 'original')}.",
        *(f"  {name}" for name in gone.generations),
    ]
    return _told(arguments, asdict(gone), lines)


def _verify(arguments: Namespace, settings: Settings, encoder: Encoder | None) -> int:
    fingerprint = (encoder or load_encoder(settings)).fingerprint
    found = verify(settings.index, fingerprint, every=arguments.all)
    lines = [f"{fault.path}\n  {fault.detail}\n  → {fault.remedy}" for fault in found.faults]
    many = _many(len(found.generations), "generation")
    lines.append(
        f"{_many(len(found.faults), 'fault')} in {many}."
        if found.faults
        else f"{many} whole; {found.current} is current."
    )
    _told(arguments, asdict(found), lines)
    return PROBLEMS if found.faults else OK


def _backup(arguments: Namespace, settings: Settings, _: Encoder | None) -> int:
    made = backup(settings.index, arguments.file, force=arguments.force)
    size = sum(entry.bytes for entry in made.entries.values())
    facts = {
        "file": str(arguments.file),
        "generation": made.generation,
        "files": len(made.entries),
        "bytes": size,
    }
    line = f"Backed up {made.generation}: {len(made.entries)} files, {_size(size)}."
    return _told(arguments, facts, [line])


def _restore(arguments: Namespace, settings: Settings, _: Encoder | None) -> int:
    with one_writer(settings.index):
        restored = restore(settings.index, arguments.file)
    facts = {"generation": restored.generation, "created": restored.created}
    lines = [
        f"Serving {restored.generation}, backed up {restored.created}.",
        "The next build indexes the corpus as it is then.",
    ]
    return _told(arguments, facts, lines)


def _forget(arguments: Namespace, settings: Settings, encoder: Encoder | None) -> int:
    kind = Kind(arguments.kind) if arguments.kind else None
    name = current_name(settings.index)
    if name is not None and arguments.corpus is None:
        corpus = Path(read_manifest(settings.index, name).corpus)
        settings = settings.model_copy(update={"corpus": corpus})
    account = forget(
        settings,
        encoder or load_encoder(settings),
        arguments.what,
        kind,
        erasers=installed_erasers(),
        dry_run=arguments.dry_run,
    )
    facts = {**asdict(account), "remains": account.remains}
    facts |= facts.pop("elsewhere")
    _told(arguments, facts, list(_accounted(account)))
    return PROBLEMS if account.remains else OK


def _accounted(account: ErasureReport) -> Iterable[str]:
    """What a person must know of an erasure."""
    verb = "Would remove" if account.dry_run else "Removed"
    gone = (
        f"{_many(len(account.documents), 'document')} from the index",
        _many(len(account.generations), "generation"),
        _many(account.originals, "original"),
        _many(account.embeddings, "embedding"),
        *(f"{count} in the service's {name}" for name, count in account.elsewhere.items()),
    )
    yield f"{verb} the {account.kind} {account.what!r}: {', '.join(gone)}."
    yield from (f"  {document}" for document in account.documents)
    if account.others:
        yield f"With them go the profiles of: {', '.join(account.others)}."
    if account.corpus:
        yield (
            "These files of the corpus hold it, and are left out of the index until they are "
            "edited. Delete them, or take it out of them (and of their names), then build:"
        )
        yield from (f"  {path}" for path in account.corpus)
    if account.backups:
        yield "These backups hold it, and cannot be edited. Delete them, and make a new one:"
        for held in account.backups:
            doubt = "" if held.certain else " (may hold it: it is not there, or cannot be read)"
            yield f"  {held.file}, of {held.created}{doubt}"
        yield "Once one is gone, with all copies of it, delete what tells of it too:"
        yield from (f"  {held.note}" for held in account.backups)


COMMANDS: Mapping[str, Command] = {
    "list": _list,
    "rollback": _rollback,
    "prune": _prune,
    "verify": _verify,
    "backup": _backup,
    "restore": _restore,
    "forget": _forget,
}


def _told(arguments: Namespace, facts: Mapping[str, object], lines: Iterable[str]) -> int:
    if arguments.json:
        print(json.dumps(facts, ensure_ascii=False))
        return OK
    console = Console()
    for line in lines:
        console.print(escape(line), highlight=False, soft_wrap=True)
    return OK


def _many(count: int, thing: str) -> str:
    """So many things: "1 generation", "2 generations"."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _size(count: int) -> str:
    """Bytes for people: 1.2 MB."""
    return f"{count / 1e6:.1f} MB"
