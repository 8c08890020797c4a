"""Command line of the search: search, serve, mcp, evaluate, doctor, token."""

from __future__ import annotations

import argparse
import json
import logging
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from indexer.domain import DocumentKind, Encoder
from indexer.embedding.encoder import load_encoder
from indexer.errors import CompetenzeError, SettingsError
from indexer.index.snapshot import load_current
from search_service.cli import tokens
from search_service.cli.output import (
    print_ablation,
    print_answer,
    print_evaluation,
    print_explanation,
)
from search_service.domain import ExplicitFilters, Proof, Sort
from search_service.search.searcher import MAX_PAGE, PAGE, Searcher
from search_service.search.weights import ABLATIONS, WEIGHTS
from search_service.settings import ServiceSettings, read_service_settings

OK, NOBODY, FAILED = 0, 1, 2
WRONG = 1  # of a set-up


def parser() -> argparse.ArgumentParser:
    """The command line's grammar; the README documents every word of it."""
    top = argparse.ArgumentParser(
        prog="python -m search_service", description="Find cooperatives by what they can do."
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    search = commands.add_parser(
        "search",
        help="answer a question",
        description="Answer a question. Exit status: 0 somebody was found, 1 nobody, 2 an error.",
    )
    search.add_argument("question", help="what you are looking for, in Italian or English")
    search.add_argument("--index", type=Path, help="index folder (default: var/index)")
    search.add_argument("--limit", type=int, default=PAGE, help=f"how many (default: {PAGE})")
    search.add_argument("--place", action="append", help="only there; may repeat")
    search.add_argument(
        "--kind", action="append", help=f"only this kind: {', '.join(DocumentKind)}; may repeat"
    )
    search.add_argument("--since", default="", help="from this date: 2025, 2025-03, 2025-03-05")
    search.add_argument("--until", default="", help="up to this date")
    search.add_argument("--competence", action="append", help="only who has it; may repeat")
    search.add_argument(
        "--sector", action="append", help="only this ATECO code, or sector in words; may repeat"
    )
    search.add_argument("--certification", action="append", help="only who holds it; may repeat")
    search.add_argument(
        "--proof", action="append", help=f"only this evidence: {', '.join(Proof)}; may repeat"
    )
    search.add_argument(
        "--sort",
        choices=list(map(str, Sort)),
        default=Sort.RELEVANCE,
        help="order of the cooperatives (default: relevance)",
    )
    search.add_argument(
        "--off", action="append", help='ignore what was understood: "place", "place:regione:08"…'
    )
    search.add_argument(
        "--explain",
        action="store_true",
        help="say how each score came about, and what was left out",
    )
    search.add_argument("--json", action="store_true", help="print what the API would answer")
    serve = commands.add_parser("serve", help="run the web service", description="Run the service.")
    serve.add_argument("--index", type=Path, help="index folder (default: var/index)")
    serve.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port to listen on (default: 8000)")
    serve.add_argument("--workers", type=int, help="processes that serve (default: 1)")
    mcp = commands.add_parser(
        "mcp",
        help="answer an assistant (MCP) on standard input and output",
        description="Answer an assistant on this machine by MCP, on standard input and output.",
    )
    mcp.add_argument("--index", type=Path, help="index folder (default: var/index)")
    evaluate = commands.add_parser(
        "evaluate",
        help="measure how well the search finds",
        description="Measure how well the search finds, on judged questions.",
    )
    judged = evaluate.add_mutually_exclusive_group(required=True)
    judged.add_argument(
        "--beir", type=Path, metavar="DIR", help="a collection in BEIR's layout, indexed aside"
    )
    judged.add_argument(
        "--topics", type=Path, metavar="FILE", help="judged topics on the current index"
    )
    evaluate.add_argument("--index", type=Path, help="index folder (default: var/index)")
    evaluate.add_argument(
        "--ablation", action="store_true", help="also with each component off in turn"
    )
    evaluate.add_argument("--run", type=Path, metavar="FILE", help="write a TREC run file")
    evaluate.add_argument("--json", action="store_true", help="print one JSON object")
    doctor = commands.add_parser(
        "doctor",
        help="check the set-up",
        description="Check the set-up; what is wrong comes with its remedy. Exit status: 0 nothing "
        "is wrong, 1 something is configured and does not work.",
    )
    doctor.add_argument("--index", type=Path, help="index folder (default: var/index)")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    tokens.add_to(commands)
    return top


def main(argv: Sequence[str] | None = None, encoder: Encoder | None = None) -> int:
    """Run the command line; ``encoder`` replaces the configured model. Returns the exit status."""
    arguments = parser().parse_args(argv)
    try:
        if arguments.command == "doctor":
            return _doctor(arguments, encoder)
        settings = read_service_settings(
            **{n: getattr(arguments, n, None) for n in ("index", "host", "port", "workers")}
        )
        if arguments.command == "serve":
            _refuse_busy_port(settings)
            return _serve(settings, encoder)
        if arguments.command == "token":
            return tokens.run(arguments, settings)
        if arguments.command == "mcp":
            return _mcp(settings, encoder)
        encoder = encoder or load_encoder(settings)
        if arguments.command == "evaluate":
            return _evaluate(arguments, settings, encoder)
        return _search(arguments, settings, encoder)
    except CompetenzeError as error:
        Console(stderr=True).print(
            f"[bold red]Error:[/] {escape(error.message)}\n{escape(error.remedy)}", highlight=False
        )
        return FAILED
    except OSError as error:
        Console(stderr=True).print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False)
        return FAILED


def _search(arguments: argparse.Namespace, settings: ServiceSettings, encoder: Encoder) -> int:
    generation, refused = load_current(settings.index)
    searcher = Searcher(generation, encoder)
    choices = ExplicitFilters(
        places=tuple(arguments.place or ()),
        kinds=tuple(arguments.kind or ()),
        since=arguments.since,
        until=arguments.until,
        off=frozenset(arguments.off or ()),
        competencies=tuple(arguments.competence or ()),
        sectors=tuple(arguments.sector or ()),
        certifications=tuple(arguments.certification or ()),
        proofs=tuple(arguments.proof or ()),
    )
    query = searcher.understand(arguments.question, choices)
    limit = max(1, min(arguments.limit, MAX_PAGE))
    answer = searcher.search(query, limit, sort=Sort(arguments.sort))
    answer = searcher.highlighted(answer)
    explanation = searcher.explained(answer) if arguments.explain else None
    for reason in refused:
        Console(stderr=True).print(f"[yellow]Warning:[/] {escape(reason)}", highlight=False)
    if arguments.json:
        from search_service.api.schemas import answer_out

        print(answer_out(answer, explanation).model_dump_json())
    else:
        console = Console(emoji=False)
        print_answer(answer, console)
        if explanation is not None:
            print_explanation(explanation, console)
    return OK if answer.organisations or answer.documents else NOBODY


def _serve(settings: ServiceSettings, encoder: Encoder | None) -> int:
    from search_service.server import run

    return OK if run.serve(settings, encoder) else FAILED


def _mcp(settings: ServiceSettings, encoder: Encoder | None) -> int:
    from search_service.mcp.stdio import serve_stdio

    # To standard error: standard output carries the protocol, and nothing else.
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    serve_stdio(settings, lambda: encoder or load_encoder(settings))
    return OK


def _refuse_busy_port(settings: ServiceSettings) -> None:
    """Say at once that the port is taken, not after the model has been loaded."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingsError(
                f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}.",
                remedy="Stop what uses it, or choose another: --port 8001.",
            ) from error


def _evaluate(arguments: argparse.Namespace, settings: ServiceSettings, encoder: Encoder) -> int:
    from search_service.evaluation import evaluate

    variants = ABLATIONS if arguments.ablation else {"all": WEIGHTS}
    if arguments.topics:
        topics = evaluate.read_topics(arguments.topics)
        generation, _ = load_current(settings.index)
        found = {
            name: evaluate.evaluate_topics(
                arguments.topics.stem, topics, Searcher(generation, encoder, weights)
            )
            for name, weights in variants.items()
        }
    else:
        collection = evaluate.read_collection(arguments.beir)
        found = evaluate.evaluate_collection(collection, settings, encoder, variants)
    outcome, is_ablation = found["all"], len(found) > 1
    if arguments.run:
        evaluate.write_run(arguments.run, outcome.run, "competenze-in-rete")
    if arguments.json:
        ablation = {"ablation": evaluate.ablation_as_json(found)} if is_ablation else {}
        print(json.dumps({**outcome.as_json(), **ablation}))
        return OK
    if is_ablation:
        print_ablation(found, Console())
    print_evaluation(outcome, Console())
    return OK


def _doctor(arguments: argparse.Namespace, encoder: Encoder | None) -> int:
    from search_service.cli import doctor

    findings = doctor.examine(arguments.index, encoder)
    if arguments.json:
        print(json.dumps(doctor.as_json(findings), ensure_ascii=False))
    else:
        doctor.print_findings(findings, Console(emoji=False))
    return OK if doctor.all_well(findings) else WRONG


if __name__ == "__main__":
    sys.exit(main())
