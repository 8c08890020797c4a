"""The command ``search``: answers a question."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from indexer.cli.options import IndexFolder, encoder_of
from indexer.cli.terminal import OK, Terminal
from indexer.domain import DocumentKind
from indexer.index.snapshot import load_current
from indexer.text.printable import printable_json
from search_service.cli.options import Json
from search_service.cli.output import print_answer, print_explanation
from search_service.domain import Answer, ExplicitFilters, Proof, Sort
from search_service.search.explain import Explanation
from search_service.search.searcher import MAX_PAGE, PAGE, Searcher
from search_service.settings import read_service_settings

NOBODY = 1

app = typer.Typer()
Values = list[str] | None


@app.command()
def search(
    context: typer.Context,
    question: Annotated[
        str, typer.Argument(help="What you are looking for, in Italian or English.")
    ],
    index: IndexFolder = None,
    limit: Annotated[int, typer.Option(help="How many cooperatives.")] = PAGE,
    place: Annotated[Values, typer.Option(help="Only there; may repeat.")] = None,
    kind: Annotated[
        Values, typer.Option(help=f"Only this kind: {', '.join(DocumentKind)}; may repeat.")
    ] = None,
    since: Annotated[str, typer.Option(help="From this date: 2025, 2025-03, 2025-03-05.")] = "",
    until: Annotated[str, typer.Option(help="Up to this date.")] = "",
    competence: Annotated[Values, typer.Option(help="Only who has it; may repeat.")] = None,
    sector: Annotated[
        Values, typer.Option(help="Only this ATECO code, or sector in words; may repeat.")
    ] = None,
    certification: Annotated[Values, typer.Option(help="Only who holds it; may repeat.")] = None,
    proof: Annotated[
        Values, typer.Option(help=f"Only this evidence: {', '.join(Proof)}; may repeat.")
    ] = None,
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
) -> int:
    """Answer a question.

    Exit status: 0 somebody was found; 1 nobody; 2 an error.
    """
    filters = ExplicitFilters(
        places=tuple(place or ()),
        kinds=tuple(kind or ()),
        since=since,
        until=until,
        off=frozenset(off or ()),
        competencies=tuple(competence or ()),
        sectors=tuple(sector or ()),
        certifications=tuple(certification or ()),
        proofs=tuple(proof or ()),
    )
    settings = read_service_settings(index=index)
    encoder = encoder_of(context, settings)
    generation, refused = load_current(settings.index)
    searcher = Searcher(generation, encoder)
    query = searcher.understand(question, filters)
    answer = searcher.search(query, max(1, min(limit, MAX_PAGE)), sort=sort)
    answer = searcher.highlighted(answer)
    for reason in refused:
        Terminal(stderr=True).print(f"[yellow]Warning:[/] {escape(reason)}")
    _print(answer, searcher.explained(answer) if explain else None, as_json=json)
    return OK if answer.organisations or answer.documents else NOBODY


def _print(answer: Answer, explanation: Explanation | None, *, as_json: bool) -> None:
    if as_json:
        from search_service.api.schemas import answer_out

        print(printable_json(answer_out(answer, explanation).model_dump_json()))
        return
    print_answer(answer, Terminal())
    if explanation is not None:
        print_explanation(explanation, Terminal())
