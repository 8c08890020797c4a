"""The command ``evaluate``: measures how well the search finds, on judged questions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indexer.cli.options import IndexFolder, encoder_of
from indexer.cli.terminal import OK, Terminal, print_json
from indexer.domain import Encoder
from indexer.index.snapshot import load_current
from search_service.cli.options import Json
from search_service.cli.output import print_ablation, print_evaluation
from search_service.search.configured import searcher_factory
from search_service.search.weights import ABLATIONS, WEIGHTS, Weights
from search_service.settings import ServiceSettings, read_service_settings

if TYPE_CHECKING:  # it parses files, which other commands do not need
    from search_service.evaluation.evaluate import Evaluation

app = typer.Typer()


@app.command()
def evaluate(
    context: typer.Context,
    beir: Annotated[
        Path | None,
        typer.Option(help="A collection in BEIR's layout, indexed in a temporary folder."),
    ] = None,
    topics: Annotated[
        Path | None, typer.Option(help="Judged topics (JSONL) on the current index.")
    ] = None,
    nobody: Annotated[
        Path | None,
        typer.Option(help="Questions, one a line, that nobody of the collection answers."),
    ] = None,
    index: IndexFolder = None,
    ablation: Annotated[
        bool, typer.Option("--ablation", help="Also measure with each component off in turn.")
    ] = False,
    run: Annotated[Path | None, typer.Option(help="Write a TREC run file.")] = None,
    json: Json = False,
) -> int:
    """Measure how well the search finds, on judged questions."""
    from search_service.evaluation import collections
    from search_service.evaluation import evaluate as evaluation

    settings = read_service_settings(index=index)
    variants = ABLATIONS if ablation else {"all": WEIGHTS}
    if (beir is None) == (topics is None):
        raise typer.BadParameter("give either --beir or --topics")
    if nobody is not None and beir is None:
        raise typer.BadParameter("give --nobody with --beir; topics hold such questions themselves")
    encoder = encoder_of(context, settings)
    if topics is not None:
        found = _on_topics(topics, settings, encoder, variants)
    elif beir is not None:
        collection = collections.read_collection(beir)
        others = collections.read_unanswerable(nobody) if nobody is not None else ()
        found = evaluation.evaluate_collection(
            collection, settings, encoder, variants, others, searcher_factory(settings)
        )
    outcome = found["all"]
    if run is not None:
        evaluation.write_run(run, outcome.run, "competenze-in-rete")
    if json:
        compared = {"ablation": evaluation.ablation_as_json(found)} if ablation else {}
        print_json({**outcome.as_json(), **compared})
        return OK
    if ablation:
        print_ablation(found, Terminal())
    print_evaluation(outcome, Terminal())
    return OK


def _on_topics(
    file: Path, settings: ServiceSettings, encoder: Encoder, variants: Mapping[str, Weights]
) -> Mapping[str, Evaluation]:
    from search_service.evaluation import evaluate as evaluation
    from search_service.evaluation.collections import read_topics

    topics = read_topics(file)
    generation, _ = load_current(settings.index)
    make = searcher_factory(settings)
    return {
        name: evaluation.evaluate_topics(file.stem, topics, make(generation, encoder, weights))
        for name, weights in variants.items()
    }
