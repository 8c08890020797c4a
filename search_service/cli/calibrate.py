"""The command ``calibrate``: measures how near by meaning is near enough, for a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from indexer.cli.options import encoder_of
from indexer.cli.terminal import OK, Terminal, print_json
from search_service.cli.options import Json
from search_service.search.calibration import (
    CALIBRATION,
    UNCALIBRATED,
    Calibration,
    read_calibration,
    write_calibration,
)
from search_service.settings import ServiceSettings, read_service_settings

app = typer.Typer()
Values = list[str] | None


@app.command()
def calibrate(
    context: typer.Context,
    output: Annotated[Path, typer.Option(help="File to write, for COMPETENZE_CALIBRATION.")],
    beir: Annotated[
        list[Path] | None,
        typer.Option(help="A collection in BEIR's layout that ranks organisations; may repeat."),
    ] = None,
    nobody: Annotated[
        Values,
        typer.Option(
            metavar="FILE@DIR",
            help="Questions, one a line, that nobody of a collection answers; may repeat.",
        ),
    ] = None,
    topics: Annotated[
        Values,
        typer.Option(
            metavar="FILE@INDEX",
            help="Judged topics (JSONL) and the index that they are asked of; may repeat.",
        ),
    ] = None,
    silenced: Annotated[
        float,
        typer.Option(
            min=0, max=0.5, help="Share of answerable questions that may be answered with nobody."
        ),
    ] = 0.025,
    json: Json = False,
) -> int:
    """Measure when nothing comes close to a question, for the configured model.

    Each corpus is also left out in turn: what the report says of it then is what to expect of
    others.
    """
    from search_service.evaluation import calibrate as calibration
    from search_service.evaluation.floor import fit_floor, reached

    settings = read_service_settings()
    sources = calibration.Sources(
        beir or (),
        {folder: file for file, folder in _pairs(nobody, "--nobody")},
        _pairs(topics, "--topics"),
    )
    if unknown := set(sources.nobody) - set(sources.collections):
        raise typer.BadParameter(f"{min(unknown)} of --nobody is not given with --beir")
    observed = calibration.observations(sources, settings, encoder_of(context, settings))
    floor = fit_floor(observed, silenced)
    report = {"silenced": silenced, "collections": reached(observed, floor, silenced)}
    measured = replace(
        _current(settings),
        model=settings.model,
        floor=round(floor.floor, 4),
        spread_weight=round(floor.spread_weight, 4),
    )
    write_calibration(output, measured, report)
    if json:
        print_json({"floor": measured.floor, "spread_weight": measured.spread_weight, **report})
    else:
        Terminal().print(output.read_text("utf-8"), markup=False, highlight=False)
    return OK


def _current(settings: ServiceSettings) -> Calibration:
    """The calibration in use, of which only the floor is measured."""
    if settings.calibration is not None:
        return read_calibration(settings.calibration)
    return CALIBRATION if settings.model == CALIBRATION.model else UNCALIBRATED


def _pairs(values: Sequence[str] | None, option: str) -> list[tuple[Path, Path]]:
    """Values of the form FILE@FOLDER."""
    pairs = []
    for value in values or ():
        file, at, folder = value.rpartition("@")
        if not (file and at and folder):
            raise typer.BadParameter(f"{option} {value}: give FILE@FOLDER")
        pairs.append((Path(file), Path(folder)))
    return pairs
