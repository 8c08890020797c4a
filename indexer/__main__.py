"""Command line of the indexer: build, check, inspect."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from indexer.embedding import load_encoder
from indexer.errors import CompetenzeError
from indexer.model import BuildReport, Encoder, Level, Severity
from indexer.settings import Settings, read_settings

OK, PROBLEMS, FAILED = 0, 1, 2

_STAGES = {"parse": "Reading files", "split": "Cutting passages", "embed": "Embedding passages"}


def parser() -> argparse.ArgumentParser:
    """The command line's grammar; the README documents every word of it."""
    top = argparse.ArgumentParser(
        prog="python -m indexer",
        description="Turn a folder of profiles, case studies and events into a searchable index.",
        epilog="Exit status: 0 all is indexed, 1 some files are not, 2 nothing was done.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, summary in (
        ("build", "index the corpus and publish it"),
        ("check", "read everything, write nothing, report what is wrong"),
        ("inspect", "show what the current index holds"),
    ):
        command = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if name != "inspect":
            command.add_argument("corpus", nargs="?", type=Path, help="folder (default: corpus)")
        command.add_argument("--index", type=Path, help="index folder (default: var/index)")
        command.add_argument("--json", action="store_true", help="print one JSON object")
    return top


def main(argv: Sequence[str] | None = None, encoder: Encoder | None = None) -> int:
    """Run the command line; ``encoder`` replaces the configured model. Returns the exit status."""
    arguments = parser().parse_args(argv)
    console = Console(stderr=True)
    try:
        settings = read_settings(corpus=getattr(arguments, "corpus", None), index=arguments.index)
        if arguments.command == "inspect":
            return _inspect(settings, as_json=arguments.json)
        report = _run(arguments.command, settings, encoder, console)
    except CompetenzeError as error:
        console.print(f"[bold red]Error:[/] {escape(error.message)}\n{escape(error.remedy)}")
        return FAILED
    except OSError as error:
        console.print(
            f"[bold red]Error:[/] {escape(str(error))}\nFree some disk space or mend the "
            "permissions, then build again; the index served until now is untouched."
        )
        return FAILED
    if arguments.json:
        print(json.dumps(_as_json(report), ensure_ascii=False))
    else:
        _print_report(report, arguments.command, Console())
    return PROBLEMS if report.errors else OK


def _run(
    command: str, settings: Settings, encoder: Encoder | None, console: Console
) -> BuildReport:
    from indexer.build import build, check

    encoder = encoder or load_encoder(settings)
    with _bars(console) as bars:
        work = build if command == "build" else check
        return work(settings, encoder, _Shown(bars))


def _bars(console: Console) -> Bars:
    return Bars(
        TextColumn("{task.description:<20}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )


class _Shown:
    """Progress as bars, one a stage."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, int] = {}

    def step(self, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(_STAGES[stage], total=total)
        self._bars.update(self._tasks[stage], completed=done)  # type: ignore[arg-type]


def _as_json(report: BuildReport) -> dict[str, object]:
    seconds = {name: round(value, 3) for name, value in report.seconds.items()}
    return {**asdict(report), "seconds": seconds}


def _print_report(report: BuildReport, command: str, console: Console) -> None:
    for problem in report.problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        console.print(
            f"[{colour}]{problem.severity}[/] [bold]{escape(problem.path)}[/]"
            f"\n  {problem.reason}: {escape(problem.detail)}\n  → {escape(problem.remedy)}",
            highlight=False,
            soft_wrap=True,
        )
    counts = (
        f"{report.documents} documents, {report.passages} passages, "
        f"{report.organisations} organisations from {report.files} files"
    )
    if command == "check":
        console.print(f"Would index {counts}.", highlight=False)
    elif report.published:
        took = sum(report.seconds.values())
        console.print(
            f"Published {report.generation}: {counts}; {report.embedded} passages embedded, "
            f"{report.reused} reused, in {took:.1f} s.",
            highlight=False,
        )
    else:
        console.print(f"Nothing to do: {report.generation} has {counts}.", highlight=False)
    if report.errors:
        console.print(f"{len(report.errors)} not indexed, see above.", highlight=False)


def _inspect(settings: Settings, *, as_json: bool) -> int:
    from indexer.generation import load_current

    generation, refused = load_current(settings.index, Level.ADMIN)
    kinds = Counter(str(d.kind) for d in generation.documents.values())
    facts = {
        "generation": generation.id,
        "created": generation.manifest.created,
        "corpus": generation.manifest.corpus,
        "recipe": asdict(generation.manifest.recipe),
        "dimension": generation.manifest.dimension,
        "documents": dict(sorted(kinds.items())),
        "passages": len(generation.passages),
        "organisations": [
            {"id": o.id, "name": o.name, "seat": o.seat.label if o.seat else None}
            for o in generation.organisations.values()
        ],
        "parts": {name: part.bytes for name, part in generation.manifest.parts.items()},
        "problems": [asdict(p) for p in generation.manifest.problems],
        "refused": list(refused),
    }
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return OK
    console = Console()
    for name, value in facts.items():
        if name == "organisations":
            console.print(f"[bold]organisations[/] ({len(generation.organisations)})")
            for o in generation.organisations.values():
                place = f" · {o.seat.label}" if o.seat else ""
                console.print(f"  {escape(o.name)}{escape(place)}", highlight=False)
        elif name == "problems":
            console.print(f"[bold]problems[/] {len(generation.manifest.problems)}")
            for p in generation.manifest.problems:
                told = f"  {p.severity} {p.path}: {p.detail}"
                console.print(escape(told), highlight=False, soft_wrap=True)
        else:
            console.print(f"[bold]{name}[/] {escape(str(value))}", highlight=False)
    return OK


if __name__ == "__main__":
    sys.exit(main())
