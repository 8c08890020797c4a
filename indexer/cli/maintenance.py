"""The commands that keep an index: list, rollback, prune, verify, backup, restore, forget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from indexer.cli.options import IndexFolder, Json, encoder_of
from indexer.cli.terminal import OK, PROBLEMS, Terminal, print_json
from indexer.index.integrity import verify as verify_index
from indexer.index.retention import KEPT, list_generations, roll_back
from indexer.index.retention import prune as prune_index
from indexer.index.snapshot import current_name, read_manifest
from indexer.maintenance.backup import backup as back_up
from indexer.maintenance.erase import forget as erase
from indexer.maintenance.erase_search import Kind
from indexer.maintenance.erasers import installed_erasers
from indexer.maintenance.erasure_report import ErasureReport
from indexer.maintenance.restore import restore as restore_index
from indexer.settings import read_settings
from indexer.storage.lock import one_writer

app = typer.Typer()


@app.command("list")
def list_(index: IndexFolder = None, json: Json = False) -> int:
    """Show the generations that are kept."""
    folder = read_settings(index=index).index
    found = list_generations(folder)
    lines = [
        f"{'*' if g.current else ' '} {g.id}  {g.created or '?'}  "
        f"{g.documents} documents, {g.passages} passages, {_size(g.bytes)}"
        + (f"  {g.fault}" if g.fault else "")
        for g in found
    ]
    _report(
        json,
        {"generations": [asdict(g) for g in found]},
        lines or [f"There is no generation in {folder} yet."],
    )
    return OK


@app.command()
def rollback(
    generation: Annotated[
        str | None,
        typer.Argument(help="Its name, or the beginning of it. [default: the previous one]"),
    ] = None,
    index: IndexFolder = None,
    json: Json = False,
) -> int:
    """Serve an earlier generation again."""
    folder = read_settings(index=index).index
    with one_writer(folder):
        name = roll_back(folder, generation)
    lines = [
        f"Serving {name}.",
        "The next build indexes the corpus as it is then: correct it before.",
    ]
    _report(json, {"generation": name}, lines)
    return OK


@app.command()
def prune(
    keep: Annotated[int, typer.Option(min=1, help="How many of the newest to keep.")] = KEPT,
    index: IndexFolder = None,
    json: Json = False,
) -> int:
    """Remove old generations, and what only they need."""
    folder = read_settings(index=index).index
    with one_writer(folder):
        gone = prune_index(folder, keep)
    lines = [
        f"Removed {_many(len(gone.generations), 'generation')} and "
        f"{_many(gone.originals, 'original')}.",
        *(f"  {name}" for name in gone.generations),
    ]
    _report(json, asdict(gone), lines)
    return OK


@app.command()
def verify(
    context: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Check every generation that is kept.")
    ] = False,
    index: IndexFolder = None,
    json: Json = False,
) -> int:
    """Check the hashes, counts and model of the index."""
    settings = read_settings(index=index)
    fingerprint = encoder_of(context, settings).fingerprint
    found = verify_index(settings.index, fingerprint, every=every)
    lines = [f"{fault.path}\n  {fault.detail}\n  → {fault.remedy}" for fault in found.faults]
    many = _many(len(found.generations), "generation")
    lines.append(
        f"{_many(len(found.faults), 'fault')} in {many}."
        if found.faults
        else f"{many} whole; {found.current} is current."
    )
    _report(json, asdict(found), lines)
    return PROBLEMS if found.faults else OK


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The backup, a tar file.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    index: IndexFolder = None,
    json: Json = False,
) -> int:
    """Write the current generation, with its originals, to one file."""
    made = back_up(read_settings(index=index).index, file, force=force)
    size = sum(entry.bytes for entry in made.entries.values())
    facts = {
        "file": str(file),
        "generation": made.generation,
        "files": len(made.entries),
        "bytes": size,
    }
    line = f"Backed up {made.generation}: {len(made.entries)} files, {_size(size)}."
    _report(json, facts, [line])
    return OK


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that backup wrote.")],
    index: IndexFolder = None,
    json: Json = False,
) -> int:
    """Put the generation of a backup back, and serve it."""
    folder = read_settings(index=index).index
    with one_writer(folder):
        restored = restore_index(folder, file)
    facts = {"generation": restored.generation, "created": restored.created}
    lines = [
        f"Serving {restored.generation}, backed up {restored.created}.",
        "The next build indexes the corpus as it is then.",
    ]
    _report(json, facts, lines)
    return OK


@app.command()
def forget(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(help="A cooperative's name or id, a document's path, or a text.")
    ],
    kind: Annotated[
        Kind | None, typer.Option("--as", help="Which of these it is, where unclear.")
    ] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Folder. [default: that of the current index]")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed.")] = False,
    index: IndexFolder = None,
    json: Json = False,
) -> int:
    """Remove a cooperative, a document or a text from the index and all its copies."""
    settings = read_settings(corpus=corpus, index=index)
    name = current_name(settings.index)
    if name is not None and corpus is None:
        indexed = Path(read_manifest(settings.index, name).corpus)
        settings = settings.model_copy(update={"corpus": indexed})
    report = erase(
        settings,
        encoder_of(context, settings),
        what,
        kind,
        erasers=installed_erasers(),
        dry_run=dry_run,
    )
    facts = {**asdict(report), "remains": report.remains}
    facts |= facts.pop("elsewhere")
    _report(json, facts, _erasure_lines(report))
    return PROBLEMS if report.remains else OK


def _erasure_lines(report: ErasureReport) -> Iterable[str]:
    """The outcome of an erasure for people."""
    verb = "Would remove" if report.dry_run else "Removed"
    gone = (
        f"{_many(len(report.documents), 'document')} from the index",
        _many(len(report.generations), "generation"),
        _many(report.originals, "original"),
        _many(report.embeddings, "embedding"),
        *(f"{count} in the service's {name}" for name, count in report.elsewhere.items()),
    )
    yield f"{verb} the {report.kind} {report.what!r}: {', '.join(gone)}."
    yield from (f"  {document}" for document in report.documents)
    if report.others:
        yield f"With them go the profiles of: {', '.join(report.others)}."
    if report.corpus:
        yield (
            "These files of the corpus still hold it, and are left out of the index until they are "
            "edited. Delete them, or take it out of them (and of their names), then build:"
        )
        yield from (f"  {path}" for path in report.corpus)
    if report.unsearched:
        yield "These files could not be searched, or not all of them. See for yourself:"
        yield from (f"  {path}: {why}" for path, why in report.unsearched.items())
    if report.backups:
        yield "These backups hold it, and cannot be edited. Delete them, and make a new one:"
        for held in report.backups:
            doubt = "" if held.certain else " (may hold it: missing or unreadable)"
            yield f"  {held.file}, of {held.created}{doubt}"
        yield "Once a backup is gone, with all copies of it, delete its note too:"
        yield from (f"  {held.note}" for held in report.backups)


def _report(as_json: bool, facts: Mapping[str, object], lines: Iterable[str]) -> None:
    if as_json:
        print_json(facts)
    else:
        Terminal().print_lines(lines)


def _many(count: int, thing: str) -> str:
    """So many things: "1 generation", "2 generations"."""
    return f"{count} {thing}{'' if count == 1 else 's'}"


def _size(count: int) -> str:
    """Bytes for people: 1.2 MB."""
    return f"{count / 1e6:.1f} MB"
