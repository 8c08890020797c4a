"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from indexer.cli.language import Language
from indexer.domain import Encoder
from indexer.embedding.encoder import load_encoder
from indexer.settings import Settings

IndexFolder = Annotated[
    Path | None, typer.Option("--index", help="Index folder. [default: var/index]")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
ReportLanguage = Annotated[
    Language | None,
    typer.Option("--language", help="Of the report. [default: that of the environment, LANG]"),
]
CorpusFolder = Annotated[Path | None, typer.Argument(help="Folder. [default: corpus]")]


def encoder_of(context: typer.Context, settings: Settings) -> Encoder:
    """The encoder that was given to the command line, or else the configured one."""
    given: Encoder | None = context.obj
    return given or load_encoder(settings)
