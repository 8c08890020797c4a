"""Command line of the indexer: build, check, watch, inspect, and the commands of maintenance.py."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from indexer.cli import maintenance
from indexer.cli.html_report import html_report
from indexer.cli.language import Language, environment_language
from indexer.cli.options import CorpusFolder, IndexFolder, Json, ReportLanguage, encoder_of
from indexer.cli.reports import (
    Progress,
    index_as_json,
    print_index,
    print_report,
    progress_bars,
    report_as_json,
)
from indexer.cli.terminal import OK, PROBLEMS, Terminal, new_app, print_error, print_json, run
from indexer.domain import BuildReport, Encoder, Level
from indexer.errors import CompetenzeError
from indexer.settings import Settings, read_settings

app = new_app(
    "python -m indexer",
    "Turn a folder of profiles, case studies and events into a searchable index.\n\n"
    "Exit status: 0 all is well; 1 something is not (files not indexed, faults found, copies that "
    "remain); 2 nothing was done; 3 another program is writing to the index.",
)


def main(argv: Sequence[str] | None = None, encoder: Encoder | None = None) -> int:
    """Run the command line; ``encoder`` replaces the configured model. Returns the exit status."""
    remedy = (
        "Free some disk space or correct the permissions, then try again; the index served until "
        "now is untouched."
    )
    return run(app, argv, encoder, remedy)


@app.command()
def build(
    context: typer.Context,
    corpus: CorpusFolder = None,
    language: ReportLanguage = None,
    index: IndexFolder = None,
    json: Json = False,
) -> int:
    """Index the corpus and publish the index."""
    from indexer.pipeline.build import build_index

    settings = read_settings(corpus=corpus, index=index)
    report = _run(build_index, settings, encoder_of(context, settings))
    return _tell(report, json=json, language=language)


@app.command()
def check(
    context: typer.Context,
    corpus: CorpusFolder = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Write the report as a page to forward, which replaces the file."),
    ] = None,
    language: ReportLanguage = None,
    index: IndexFolder = None,
    json: Json = False,
) -> int:
    """Read everything, index nothing, and report problems."""
    from indexer.pipeline.build import check_corpus

    settings = read_settings(corpus=corpus, index=index)
    report = _run(check_corpus, settings, encoder_of(context, settings))
    if html is not None:
        page = html_report(report, language or environment_language(), date.today())
        html.write_text(page, "utf-8")
    return _tell(report, json=json, language=language, dry_run=True)


@app.command()
def template(
    folder: Annotated[Path, typer.Argument(help="Where to write.")] = Path(),
    language: ReportLanguage = None,
    json: Json = False,
) -> int:
    """Write a register and documents for members to fill in."""
    from indexer.cli.handouts import write_handouts

    written = write_handouts(folder, language or environment_language())
    if json:
        print_json({"files": [str(path) for path in written]})
    else:
        Terminal().print_lines(map(str, written))
    return OK


@app.command()
def watch(
    context: typer.Context,
    corpus: CorpusFolder = None,
    settle: Annotated[
        float, typer.Option(min=0.05, max=3600, help="Seconds without a change before a build.")
    ] = 2.0,
    poll: Annotated[
        float | None,
        typer.Option(
            min=0.05, max=3600, help="Look for changes every so many seconds: for network folders."
        ),
    ] = None,
    index: IndexFolder = None,
    json: Json = False,
) -> int:
    """Build now, and again whenever the corpus has changed."""
    from indexer.pipeline.build import build_index
    from indexer.pipeline.watch import watch_corpus

    settings = read_settings(corpus=corpus, index=index)
    encoder = encoder_of(context, settings)

    def build_again() -> bool:
        try:
            _tell(_run(build_index, settings, encoder), json=json)
        except CompetenzeError as error:
            print_error(error, Terminal(stderr=True))
            return False
        except Exception as error:  # whatever made a build fail, the next may succeed
            text = escape(f"{type(error).__name__}: {error}")
            Terminal(stderr=True).print(f"[bold red]Error:[/] {text}")
            return False
        return True

    # SIGTERM ends it as Ctrl-C does: also within a build, which leaves no trace.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        watch_corpus(settings.corpus, settings.index, build_again, settle=settle, poll=poll)
    return OK


@app.command()
def inspect(index: IndexFolder = None, json: Json = False) -> int:
    """Show what the current index holds."""
    from indexer.index.snapshot import load_current

    generation, refused = load_current(read_settings(index=index).index, Level.ADMIN)
    if json:
        print_json(index_as_json(generation, refused))
    else:
        print_index(generation, refused, Terminal())
    return OK


app.add_typer(maintenance.app)


def _run(
    work: Callable[[Settings, Encoder, Progress], BuildReport], settings: Settings, encoder: Encoder
) -> BuildReport:
    """Do a build or a check, with bars that show how far it is."""
    with progress_bars(Terminal(stderr=True)) as bars:
        return work(settings, encoder, Progress(bars))


def _tell(
    report: BuildReport, *, json: bool, language: Language | None = None, dry_run: bool = False
) -> int:
    """Print a report; the exit status says whether all was indexed."""
    if json:
        print_json(report_as_json(report))
    else:
        spoken = language or environment_language()
        print_report(report, Terminal(), dry_run=dry_run, language=spoken)
    return PROBLEMS if report.errors else OK


if __name__ == "__main__":
    sys.exit(main())
