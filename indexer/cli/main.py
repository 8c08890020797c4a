"""Command line of the indexer: build, check, watch, inspect, and what commands.py has."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from indexer.domain import BuildReport, Encoder, Level, Severity
from indexer.embedding.encoder import load_encoder
from indexer.errors import BusyError, CompetenzeError
from indexer.index.retention import KEPT
from indexer.maintenance.erase_search import Kind
from indexer.settings import Settings, read_settings

OK, PROBLEMS, FAILED, BUSY = 0, 1, 2, 3

_STAGES = {"parse": "Reading files", "split": "Cutting passages", "embed": "Embedding passages"}
_SUMMARIES = {
    "build": "index the corpus and publish it",
    "check": "read everything, write nothing, report what is wrong",
    "watch": "build now, and again whenever the corpus has changed",
    "inspect": "show what the current index holds",
    "list": "show the generations that are kept",
    "rollback": "serve an earlier generation again",
    "prune": "remove old generations, and what only they need",
    "verify": "check hashes, counts and the model of the index",
    "backup": "write the current generation, with its originals, to one file",
    "restore": "put the generation of a backup back, and serve it",
    "forget": "take a cooperative, a document or a text out of the index and all its copies",
}


def parser() -> argparse.ArgumentParser:
    """The command line's grammar; the README documents every word of it."""
    top = argparse.ArgumentParser(
        prog="python -m indexer",
        description="Turn a folder of profiles, case studies and events into a searchable index.",
        epilog="Exit status: 0 all is well, 1 something is not (files not indexed, faults, copies "
        "that remain), 2 nothing was done, 3 another program is writing to the index.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = {}
    for name, summary in _SUMMARIES.items():
        made[name] = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
    for name in ("build", "check", "watch"):
        made[name].add_argument("corpus", nargs="?", type=Path, help="folder (default: corpus)")
    _add_words(made)
    for command in made.values():
        command.add_argument("--index", type=Path, help="index folder (default: var/index)")
        command.add_argument("--json", action="store_true", help="print JSON, one object a line")
    return top


def _add_words(made: Mapping[str, argparse.ArgumentParser]) -> None:
    """The arguments that one command alone has."""
    watch = made["watch"]
    watch.add_argument(
        "--settle", type=_seconds, default=2.0, help="seconds without a change before it builds (2)"
    )
    watch.add_argument(
        "--poll", type=_seconds, help="look every so many seconds: for folders of a network"
    )
    made["rollback"].add_argument(
        "generation", nargs="?", help="its name, or the beginning (default: the one before)"
    )
    made["prune"].add_argument(
        "--keep", type=_count, default=KEPT, help=f"how many of the newest stay ({KEPT})"
    )
    made["verify"].add_argument("--all", action="store_true", help="every generation that is kept")
    made["backup"].add_argument("file", type=Path, help="the backup, a tar file")
    made["backup"].add_argument("--force", action="store_true", help="replace a file that is there")
    made["restore"].add_argument("file", type=Path, help="a file that backup wrote")
    forget = made["forget"]
    forget.add_argument("what", help="a cooperative's name or id, a document's path, or a text")
    forget.add_argument("--as", dest="kind", choices=list(Kind), help="what it is, where unclear")
    forget.add_argument("--corpus", type=Path, help="folder (default: that of the current index)")
    forget.add_argument("--dry-run", action="store_true", help="say what would be removed")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.05 <= seconds <= 3600:
        raise argparse.ArgumentTypeError("seconds from 0.05 to 3600")
    return seconds


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError("at least 1 is kept")
    return count


def main(argv: Sequence[str] | None = None, encoder: Encoder | None = None) -> int:
    """Run the command line; ``encoder`` replaces the configured model. Returns the exit status."""
    arguments = parser().parse_args(argv)
    console = Console(stderr=True)
    try:
        settings = read_settings(corpus=getattr(arguments, "corpus", None), index=arguments.index)
        status = _run(arguments, settings, encoder, console)
        sys.stdout.flush()  # a full disk is heard of here, not after the exit status is given
    except CompetenzeError as error:
        _print_error(error, console)
        return BUSY if isinstance(error, BusyError) else FAILED
    except OSError as error:
        console.print(
            f"[bold red]Error:[/] {escape(str(error))}\nFree some disk space or mend the "
            "permissions, then try again; the index served until now is untouched."
        )
        _drop_output()
        return FAILED
    return status


def _drop_output() -> None:
    """Let go of output that cannot be written, or Python would fail on it once more at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_error(error: CompetenzeError, console: Console) -> None:
    console.print(f"[bold red]Error:[/] {escape(error.message)}\n{escape(error.remedy)}")


def _run(
    arguments: argparse.Namespace, settings: Settings, encoder: Encoder | None, console: Console
) -> int:
    if arguments.command == "inspect":
        return _inspect(settings, as_json=arguments.json)
    if arguments.command == "watch":
        return _watch(arguments, settings, encoder or load_encoder(settings), console)
    if arguments.command in ("build", "check"):
        return _build(arguments, settings, encoder or load_encoder(settings), console)
    from indexer.cli.maintenance import COMMANDS

    return COMMANDS[arguments.command](arguments, settings, encoder)


def _build(
    arguments: argparse.Namespace, settings: Settings, encoder: Encoder, console: Console
) -> int:
    from indexer.pipeline.build import build, check

    with _bars(console) as bars:
        work = check if arguments.command == "check" else build
        report = work(settings, encoder, _Shown(bars))
    if arguments.json:
        print(json.dumps(_as_json(report), ensure_ascii=False), flush=True)
    else:
        _print_report(report, arguments.command, Console())
    return PROBLEMS if report.errors else OK


def _watch(
    arguments: argparse.Namespace, settings: Settings, encoder: Encoder, console: Console
) -> int:
    from indexer.pipeline.watch import follow

    def build() -> bool:
        try:
            _build(arguments, settings, encoder, console)
        except CompetenzeError as error:
            _print_error(error, console)
            return False
        except Exception as error:  # whatever a build fails of, the next may succeed
            console.print(f"[bold red]Error:[/] {type(error).__name__}: {escape(str(error))}")
            return False
        return True

    # A stop by the system ends it as Ctrl-C does: also within a build, which leaves no trace.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        follow(settings.corpus, settings.index, build, settle=arguments.settle, poll=arguments.poll)
    return OK


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
    from indexer.index.snapshot import load_current

    generation, refused = load_current(settings.index, Level.ADMIN)
    kinds = Counter(str(d.kind) for d in generation.documents.values())
    facts = {
        "generation": generation.id,
        "created": generation.manifest.created,
        "corpus": generation.manifest.corpus,
        "build_fingerprint": asdict(generation.manifest.build_fingerprint),
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
