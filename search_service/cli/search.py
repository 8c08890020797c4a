"""The command ``search``: answers a question."""

from __future__ import annotations

import inspect
from typing import Annotated

import typer
from rich.markup import escape

from indexer.cli.options import IndexFolder, encoder_of
from indexer.cli.terminal import OK, Terminal
from indexer.index.snapshot import load_current
from indexer.text.printable import printable_json
from search_service.cli.options import Json
from search_service.cli.output import print_answer, print_explanation
from search_service.domain import Answer, ExplicitFilters, Sort
from search_service.filters.base import Parameter
from search_service.filters.registry import PARAMETERS
from search_service.presentation.languages import language_of
from search_service.search.configured import searcher_factory
from search_service.search.explain import Explanation
from search_service.search.searcher import MAX_PAGE, PAGE
from search_service.settings import read_service_settings

NOBODY = 1

app = typer.Typer()
Values = list[str] | None


def search(
    context: typer.Context,
    question: Annotated[
        str, typer.Argument(help="What you are looking for, in Italian or English.")
    ],
    index: IndexFolder = None,
    limit: Annotated[int, typer.Option(help="How many cooperatives.")] = PAGE,
    sort: Annotated[Sort, typer.Option(help="Order of the cooperatives.")] = Sort.RELEVANCE,
    off: Annotated[
        Values,
        typer.Option(help='Ignore what was understood: "place", "place:regione:08"…; may repeat.'),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show how each score came about, and what was left out."),
    ] = False,
    json: Json = False,
    **given: list[str] | str | None,
) -> int:
    """Answer a question.

    Exit status: 0 somebody is documented, or documents answer; 1 nobody; 2 an error.
    """
    chosen = {name: values or () for name, values in given.items()}
    filters = ExplicitFilters.of(off or (), **chosen)
    settings = read_service_settings(index=index)
    encoder = encoder_of(context, settings)
    generation, refused = load_current(settings.index)
    searcher = searcher_factory(settings)(generation, encoder)
    query = searcher.understand(question, filters)
    run = searcher.run(query, max(1, min(limit, MAX_PAGE)), sort=sort)
    answer = searcher.highlighted(run.answer)
    for reason in refused:
        Terminal(stderr=True).print(f"[yellow]Warning:[/] {escape(reason)}")
    _print(answer, searcher.explained(run) if explain else None, as_json=json)
    return OK if answer.documented or answer.documents else NOBODY


def _print(answer: Answer, explanation: Explanation | None, *, as_json: bool) -> None:
    if as_json:
        from search_service.api.schemas import answer_out

        print(printable_json(answer_out(answer, explanation).model_dump_json()))
        return
    print_answer(answer, Terminal())
    if explanation is not None:
        print_explanation(explanation, Terminal())


def _option(parameter: Parameter) -> inspect.Parameter:
    """The option of a filter."""
    described = language_of("en").text(parameter.description).rstrip(".")
    values = f" ({', '.join(parameter.values)})" if parameter.values else ""
    if parameter.several:
        kind: object = Annotated[Values, typer.Option(help=f"{described}{values}; may repeat.")]
    else:
        kind = Annotated[str, typer.Option(help=f"{described}.")]
    default = None if parameter.several else ""
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(parameter.name, keyword, annotation=kind, default=default)


def _signature() -> inspect.Signature:
    """The signature of ``search`` with an option for each parameter of each filter."""
    own = inspect.signature(search, eval_str=True)
    named = [p for p in own.parameters.values() if p.kind is not inspect.Parameter.VAR_KEYWORD]
    return own.replace(parameters=[*named, *map(_option, PARAMETERS)])


search.__signature__ = _signature()  # type: ignore[attr-defined]
app.command()(search)
