"""What both command lines share: printing, exit statuses, and how a command is run."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

from indexer.domain import Encoder
from indexer.errors import BusyError, CompetenzeError
from indexer.text.printable import printable, printable_json

OK, PROBLEMS, FAILED, BUSY = 0, 1, 2, 3


class Terminal(Console):
    """A console whose text cannot control the terminal, wherever in it the text comes from.

    Names and titles are written by strangers: a control character in them is shown, not obeyed.
    Neither are emoji codes replaced or numbers highlighted.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, emoji=False, highlight=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The segments of a renderable, their text made printable."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(printable(segment.text), segment.style)

    def print_lines(self, lines: Iterable[str]) -> None:
        """Print lines of plain text, none of them wrapped."""
        for line in lines:
            self.print(escape(line), soft_wrap=True)


def print_json(facts: object) -> None:
    """Print one object as a line of JSON."""
    print(printable_json(json.dumps(facts, ensure_ascii=False, default=str)), flush=True)


def new_app(program: str, description: str) -> typer.Typer:
    """A command line without commands; what a command returns is its exit status."""
    return typer.Typer(
        name=program,
        help=description,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        result_callback=_exit,
    )


def _exit(status: int, **_: Any) -> None:  # noqa: ANN401 - the options of the top command
    raise typer.Exit(status)


def run(
    app: typer.Typer,
    argv: Sequence[str] | None,
    encoder: Encoder | None,
    disk_remedy: str = "",
) -> int:
    """Run a command line, with errors printed for people.

    Args:
        app: The command line.
        argv: Its arguments; ``None`` for those of the process.
        encoder: Replaces the configured model; commands find it as ``obj`` of their context.
        disk_remedy: The remedy for an error of the operating system.

    Returns:
        The exit status: that of the command, FAILED for wrong usage or an error, or BUSY.
    """
    console = Terminal(stderr=True)
    try:
        typer.main.get_command(app)(args=argv, prog_name=app.info.name, obj=encoder)
    except SystemExit as ended:
        status = int(ended.code or OK)
    except CompetenzeError as error:
        print_error(error, console)
        return BUSY if isinstance(error, BusyError) else FAILED
    except OSError as error:
        return _disk_error(error, disk_remedy, console)
    try:
        sys.stdout.flush()  # a full disk shows here, not after the exit status is given
    except OSError as error:
        return _disk_error(error, disk_remedy, console)
    return status


def print_error(error: CompetenzeError, console: Console) -> None:
    """Print an error with its remedy."""
    console.print(f"[bold red]Error:[/] {escape(error.message)}\n{escape(error.remedy)}")


def _disk_error(error: OSError, remedy: str, console: Console) -> int:
    console.print(f"[bold red]Error:[/] {escape(str(error))}")
    console.print(remedy)
    try:
        sys.stdout.flush()
    except OSError:  # drop what cannot be written, or Python fails on it once more when it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def commands(app: typer.Typer) -> Mapping[str, Any]:
    """Every command of a command line by its full name, such as "token make"."""

    def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - of Click
        inner = getattr(command, "commands", {})
        for part, one in inner.items():
            yield from walk(one, f"{name} {part}".strip())
        if not inner:
            yield name, command

    return dict(walk(typer.main.get_command(app), ""))
