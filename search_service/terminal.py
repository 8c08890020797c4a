"""An answer, and an evaluation, as text on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from search_service.model import Answer, DocumentHit, Evidence, OrganisationHit
from search_service.wording import PROOFS, place_words, standing_words, understood_words

if TYPE_CHECKING:  # it reads files, which a search has no need of
    from search_service.evaluation import Evaluation

_LONGEST = 320  # characters of a passage on a terminal


def print_answer(answer: Answer, console: Console) -> None:
    """Print what was understood, then each cooperative with its evidence, or "nobody"."""
    for understood in answer.query.understood:
        words = understood_words(understood, answer.query)
        console.print(f"[dim]capito:[/] {escape(words)}", highlight=False)
    if answer.widened:
        asked = place_words(answer.widened.asked)
        searched = place_words(answer.widened.searched, "di")
        console.print(
            f"[yellow]Nessuna cooperativa {escape(asked)}: ecco quelle {escape(searched)}.[/]",
            highlight=False,
        )
    for hit in answer.documents:
        _print_document(hit, console)
    if not answer.organisations:
        console.print("[bold]Nessuna cooperativa documentata per questa domanda.[/]")
    for organisation in answer.organisations:
        _print_organisation(organisation, answer, console)
    console.print(f"[dim]{answer.total} cooperative · indice {answer.generation}[/]")


def print_evaluation(outcome: Evaluation, console: Console) -> None:
    """Print the measures of an evaluation as a table of one row."""
    table = Table()
    values = outcome.as_json()
    latency = values.pop("latency_ms")
    for name in values:
        table.add_column(name, justify="right")
    table.add_column("latency p50/p95 ms", justify="right")
    times = f"{latency['p50']}/{latency['p95']}" if isinstance(latency, dict) else ""
    table.add_row(*(str(value) for value in values.values()), times)
    console.print(table)


def _print_organisation(hit: OrganisationHit, answer: Answer, console: Console) -> None:
    o = hit.organisation
    facts = [o.seat.label if o.seat else ""]
    facts.append(standing_words(hit.standing, answer))
    facts += ["dato inventato"] if o.fictional else []
    about = " · ".join(filter(None, facts))
    console.print(f"\n[bold]{hit.rank}. {escape(o.name)}[/]  [dim]{escape(about)}[/]")
    for evidence in hit.evidence:
        _print_evidence(evidence, console)


def _print_evidence(evidence: Evidence, console: Console) -> None:
    document = evidence.document
    where = [document.title, str(document.period or "")]
    where += [f"p. {evidence.passage.page}"] if evidence.passage.page else []
    text = " ".join(evidence.passage.text.split())
    shown = text if len(text) <= _LONGEST else text[:_LONGEST].rsplit(" ", 1)[0] + " …"
    console.print(Padding(escape(shown), (0, 0, 0, 3)), highlight=False)
    source = " · ".join(filter(None, where))
    console.print(f"   [dim]{PROOFS[evidence.proof]}: {escape(source)} ({escape(document.id)})[/]")


def _print_document(hit: DocumentHit, console: Console) -> None:
    when = str(hit.document.period or "")
    about = f"{when} ({hit.document.id})"
    console.print(f"[bold]• {escape(hit.document.title)}[/] [dim]{escape(about)}[/]")
