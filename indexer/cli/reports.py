"""What a build and an index look like on a terminal, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from indexer.cli.language import Language, Translate, translator
from indexer.domain import BuildReport, Severity, UnknownCompetence
from indexer.index.snapshot import Generation
from indexer.pipeline.ingest import ProgressReporter

_STAGES = {"parse": "Reading files", "split": "Splitting text", "embed": "Embedding passages"}


def progress_bars(console: Console) -> Bars:
    """Bars that show how far each stage of a build is."""
    return Bars(
        TextColumn("{task.description:<20}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )


class Progress(ProgressReporter):
    """The progress of a build as bars, one a stage."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, int] = {}

    def step(self, stage: str, done: int, total: int) -> None:
        """Move the bar of a stage.

        Args:
            stage: "parse", "split" or "embed".
            done: Items finished.
            total: All items of the stage.
        """
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(_STAGES[stage], total=total)
        self._bars.update(self._tasks[stage], completed=done)  # type: ignore[arg-type]


def report_as_json(report: BuildReport) -> dict[str, object]:
    """A report as one object, times in seconds."""
    seconds = {name: round(value, 3) for name, value in report.seconds.items()}
    return {**asdict(report), "seconds": seconds}


def print_report(
    report: BuildReport,
    console: Console,
    *,
    dry_run: bool = False,
    language: Language = Language.ENGLISH,
) -> None:
    """Print each problem with its remedy, then what was indexed.

    Args:
        report: What a build or a check found.
        console: Where it is printed.
        dry_run: Nothing was written: the counts are what a build would index.
        language: What it is said in.
    """
    say = translator(language)
    for problem in report.problems:
        colour = "red" if problem.severity is Severity.ERROR else "yellow"
        console.print(
            f"[{colour}]{say(problem.severity)}[/] [bold]{escape(say(problem.path))}[/]"
            f"\n  {say(problem.reason)}: {escape(say(problem.detail))}"
            f"\n  → {escape(say(problem.remedy))}",
            soft_wrap=True,
        )
    for unknown in report.unknown_competencies:
        console.print(_unknown(unknown, say), soft_wrap=True)
    for line in _outcome(report, say, dry_run=dry_run):
        console.print(escape(line))


def _outcome(report: BuildReport, say: Translate, *, dry_run: bool) -> Iterator[str]:
    """What became of the files, in a line or two."""
    counts = say(
        f"{report.documents} documents, {report.passages} passages, "
        f"{report.organisations} organisations from {report.files} files"
    )
    seconds = f"{sum(report.seconds.values()):.1f}"
    if dry_run:
        yield say(f"Would index {counts}.")
    elif report.published:
        yield say(
            f"Published {report.generation}: {counts}; {report.embedded} passages embedded, "
            f"{report.reused} reused, in {seconds} s."
        )
    else:
        yield say(f"Nothing to do: {report.generation} has {counts}.")
    if report.errors:
        yield say(f"{len(report.errors)} not indexed, see above.")


def _unknown(unknown: UnknownCompetence, say: Translate) -> str:
    first, *others = unknown.documents
    where = say(f"{first} and {len(others)} more") if others else first
    nearest = say(f"; nearest: {unknown.nearest} ({unknown.concept})") if unknown.nearest else ""
    line = say(f"no concept of the vocabulary knows {unknown.written!r}{nearest}")
    return f"[cyan]{say('notice')}[/] [bold]{escape(where)}[/]: {escape(line)}"


def index_as_json(generation: Generation, refused: Sequence[str]) -> dict[str, object]:
    """What an index holds, as one object; ``refused`` are newer generations that do not load."""
    manifest = generation.manifest
    kinds = Counter(str(d.kind) for d in generation.documents.values())
    return {
        "generation": generation.id,
        "created": manifest.created,
        "corpus": manifest.corpus,
        "build_fingerprint": asdict(manifest.build_fingerprint),
        "dimension": manifest.dimension,
        "documents": dict(sorted(kinds.items())),
        "passages": len(generation.passages),
        "organisations": [
            {"id": o.id, "name": o.name, "seat": o.seat.label if o.seat else None}
            for o in generation.organisations.values()
        ],
        "parts": {name: part.bytes for name, part in manifest.parts.items()},
        "problems": [asdict(p) for p in manifest.problems],
        "refused": list(refused),
    }


def print_index(generation: Generation, refused: Sequence[str], console: Console) -> None:
    """Print what an index holds, one fact on each line.

    Args:
        generation: The index.
        refused: Why newer generations were not loaded; mostly empty.
        console: Where it is printed.
    """
    for name, value in index_as_json(generation, refused).items():
        if name == "organisations":
            console.print(f"[bold]organisations[/] ({len(generation.organisations)})")
            for o in generation.organisations.values():
                place = f" · {o.seat.label}" if o.seat else ""
                console.print(f"  {escape(o.name)}{escape(place)}")
        elif name == "problems":
            console.print(f"[bold]problems[/] {len(generation.manifest.problems)}")
            for p in generation.manifest.problems:
                line = f"  {p.severity} {p.path}: {p.detail}"
                console.print(escape(line), soft_wrap=True)
        else:
            console.print(f"[bold]{name}[/] {escape(str(value))}")
