"""Command line of the service: search, serve, mcp, evaluate, calibrate, doctor, token."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from indexer.cli.options import IndexFolder, encoder_of
from indexer.cli.terminal import FAILED, OK, Terminal, new_app, print_json, run
from indexer.domain import Encoder
from indexer.errors import SettingsError
from search_service.cli import calibrate, evaluate, search, tokens
from search_service.cli.options import Json
from search_service.settings import ServiceSettings, read_service_settings

WRONG = 1  # of a set-up

app = new_app("python -m search_service", "Find cooperatives by what they can do.")
app.add_typer(search.app)


def main(argv: Sequence[str] | None = None, encoder: Encoder | None = None) -> int:
    """Run the command line; ``encoder`` replaces the configured model. Returns the exit status."""
    return run(app, argv, encoder)


@app.command()
def serve(
    context: typer.Context,
    index: IndexFolder = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. [default: 8000]")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that serve. [default: 1]")] = None,
) -> int:
    """Run the web service."""
    from search_service.server import run as server

    settings = read_service_settings(index=index, host=host, port=port, workers=workers)
    _refuse_busy_port(settings)
    encoder: Encoder | None = context.obj
    return OK if server.serve(settings, encoder) else FAILED


@app.command()
def mcp(context: typer.Context, index: IndexFolder = None) -> int:
    """Answer an assistant (MCP) on standard input and output."""
    from search_service.mcp.stdio import serve_stdio

    settings = read_service_settings(index=index)
    # To standard error: standard output carries the protocol, and nothing else.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    serve_stdio(settings, lambda: encoder_of(context, settings))
    return OK


app.add_typer(evaluate.app)
app.add_typer(calibrate.app)


@app.command()
def doctor(context: typer.Context, index: IndexFolder = None, json: Json = False) -> int:
    """Check the set-up; each problem comes with its remedy.

    Exit status: 0 nothing is wrong; 1 something is configured and does not work.
    """
    from search_service.cli import doctor as checks

    findings = checks.examine(index, context.obj)
    if json:
        print_json(checks.as_json(findings))
    else:
        checks.print_findings(findings, Terminal())
    return OK if checks.all_well(findings) else WRONG


app.add_typer(tokens.app, name="token")


def _refuse_busy_port(settings: ServiceSettings) -> None:
    """Fail at once if the port is taken, not after the model has been loaded."""
    from search_service.server.run import listening

    try:
        listening(settings.host, settings.port).close()
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.",
            remedy="Stop what uses it, or choose another port: --port 8001.",
        ) from error


if __name__ == "__main__":
    sys.exit(main())
