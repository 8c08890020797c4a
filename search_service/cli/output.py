"""Answers and evaluations as text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from search_service.domain import Answer, Band, DocumentHit, Evidence, OrganisationHit
from search_service.insights.best_proof import is_metadata
from search_service.presentation.bands import close_heading, why_line
from search_service.presentation.labels import words_in
from search_service.presentation.languages import ITALIAN
from search_service.query import wording
from search_service.search.explain import ExplainedOrganisation, Explanation
from search_service.search.highlight import pieces

if TYPE_CHECKING:  # it parses files, which a search does not need
    from search_service.evaluation.bands import BandMeasures
    from search_service.evaluation.evaluate import Evaluation

_WORDS = words_in(ITALIAN)
_LONGEST = 320  # characters of a passage on a terminal
_MOST_CLOSE = 5  # as on the page: more would only be noise


def print_answer(answer: Answer, console: Console) -> None:
    """Print what was understood, then each cooperative with its evidence, or "nobody"."""
    for understood in answer.query.understood:
        words = wording.label(understood, _WORDS)
        note = wording.note(understood, answer.query, _WORDS)
        words += f" ({note})" if note else ""
        console.print(f"[dim]capito:[/] {escape(words)}")
    if answer.widened:
        console.print(f"[yellow]{escape(_WORDS.widened(answer.widened))}[/]")
    if answer.remote_only:
        console.print(f"[yellow]{_WORDS.remote_only()}[/]")
    for hit in answer.documents:
        _print_document(hit, console)
    if not (answer.documented or answer.close):
        console.print("[bold]Nessuna cooperativa documentata per questa domanda.[/]")
    for heading, hits in (
        ("", answer.documented),
        (close_heading(answer, _WORDS), answer.close[:_MOST_CLOSE]),
        ("Altrove, fuori dal luogo indicato", answer.elsewhere),
    ):
        if heading and hits:
            console.print(f"\n[bold]{heading}:[/]")
        for organisation in hits:
            _print_organisation(organisation, answer, console)
    who = "cooperativa" if answer.total == 1 else "cooperative"
    console.print(f"[dim]{answer.total} {who} · indice {answer.generation}[/]")


def print_evaluation(outcome: Evaluation, console: Console) -> None:
    """Print the measures of an evaluation: of the ranking in a row, of the bands one a row."""
    table = Table()
    values = outcome.as_json()
    latency = values.pop("latency_ms")
    values = {name: value for name, value in values.items() if name not in ("bands", "groups")}
    for name in values:
        table.add_column(name, justify="right")
    table.add_column("latency p50/p95 ms", justify="right")
    times = f"{latency['p50']}/{latency['p95']}" if isinstance(latency, dict) else ""
    table.add_row(*(str(value) for value in values.values()), times)
    console.print(table)
    if outcome.bands is not None:
        _print_bands({"all": outcome.bands, **(outcome.groups or {})}, console)


def _print_bands(measured: Mapping[str, BandMeasures], console: Console) -> None:
    table = Table("group", "of the answers", "%", "95%", "questions")
    for group, bands in measured.items():
        for name, share in bands.shares().items():
            interval = f"{100 * share.low:.1f} … {100 * share.high:.1f}"
            table.add_row(group, name, f"{100 * share.value:.1f}", interval, str(share.questions))
        table.add_section()
    console.print(table)


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print how many each filter excluded, then how each cooperative's score came about."""
    x = explanation
    console.print(
        f"\n[bold]Perché[/]  {x.passages} passaggi, {x.searched} dopo i filtri, {x.candidates} "
        f"valutati; un voto conta sopra {x.baseline:.3f}",
    )
    for left in x.left_out:
        labels = f" ({', '.join(left.labels)})" if left.labels else ""
        console.print(
            f"[dim]filtro[/] {wording.heading(left.filter, _WORDS)}{escape(labels)}: fuori "
            f"{left.organisations} cooperative e {left.passages} passaggi",
            highlight=False,
        )
    for organisation in x.organisations:
        _print_votes(organisation, console)


def _print_votes(organisation: ExplainedOrganisation, console: Console) -> None:
    """One line for each passage: rank and score, each component's score, and what it adds."""
    stands = ""
    if organisation.standing:
        stands = f" · {_WORDS.place_match_label(organisation.standing)}"
    title = f"{organisation.rank}. {organisation.name}"
    console.print(f"\n[bold]{escape(title)}[/] {organisation.score:.3f}{stands}")
    for e in organisation.evidence:
        parts = [
            f"{c.name} –" if c.rank is None else f"{c.name} {c.score:.3f} ({c.rank}º)"
            for c in e.components
        ]
        line = (
            f"{e.contribution:+.3f}  {e.rank}º {e.score:.3f} = {', '.join(parts)} · "
            f"{_WORDS.proof(e.proof)} ×{e.proof_weight:g}, voto ×{e.vote:g} · {escape(e.passage)}"
        )
        console.print(Padding(line, (0, 0, 0, 3)))


def print_ablation(found: Mapping[str, Evaluation], console: Console) -> None:
    """Print what each component adds: nDCG@10 with it off, and the difference with its interval."""
    from search_service.evaluation.evaluate import paired_difference

    table = Table("weights", "nDCG@10", "against all", "95%")
    for name, outcome in found.items():
        mean, low, high = paired_difference(outcome, found["all"])
        value = f"{outcome.measures['nDCG@10']:.4f}"
        table.add_row(name, value, f"{mean:+.4f}", f"{low:+.4f} … {high:+.4f}")
    console.print(table)


def _print_organisation(hit: OrganisationHit, answer: Answer, console: Console) -> None:
    o = hit.organisation
    facts = [o.seat.label if o.seat else ""]
    facts.append(wording.place_match(hit.place_match, answer, _WORDS))
    facts += ["dato inventato"] if o.fictional else []
    about = " · ".join(filter(None, facts))
    console.print(f"\n[bold]{hit.rank}. {escape(o.name)}[/]  [dim]{escape(about)}[/]")
    if why := why_line(hit, _WORDS):
        console.print(f"   {escape(why)}")
    evidence = sorted(hit.evidence, key=lambda e: is_metadata(e.passage))  # what can be quoted
    for one in evidence[: 1 if hit.band is Band.CLOSE else None]:
        _print_evidence(one, console)


def _print_evidence(evidence: Evidence, console: Console) -> None:
    document = evidence.document
    where = [document.title, str(document.period or "")]
    where += [f"p. {evidence.passage.page}"] if evidence.passage.page else []
    if not is_metadata(evidence.passage):  # its fields are nothing to quote
        console.print(Padding(_passage(evidence), (0, 0, 0, 3)))
    source = " · ".join(filter(None, where))
    worth = _WORDS.credit(evidence.proof, evidence.part)
    console.print(f"   [dim]{worth}: {escape(source)} ({escape(document.id)})[/]")


def _passage(evidence: Evidence) -> Text:
    """The beginning of a passage on one line, the matching words in bold."""
    text = Text()
    for piece, marked in pieces(evidence.passage.text, evidence.highlights):
        text.append(re.sub(r"\s+", " ", piece), "bold" if marked else "")
    if len(text) <= _LONGEST:
        return text
    space = text.plain.rfind(" ", 0, _LONGEST)
    return text[: space if space > 0 else _LONGEST].append(" …")


def _print_document(hit: DocumentHit, console: Console) -> None:
    when = str(hit.document.period or "")
    about = f"{when} ({hit.document.id})"
    console.print(f"[bold]• {escape(hit.document.title)}[/] [dim]{escape(about)}[/]")
