from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from indexer.index.snapshot import load_current
from search_service.cli.output import print_answer
from search_service.domain import Answer
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

LONG = "parola " * 100
SOURCES = {
    "profiles/strana.md": f"""\
        ---
        name: "Strana [bold]forte[/] \\\\"
        seat: Imola
        fictional: true
        ---
        Forniamo [red]pane[/red] :bread: alle 10:100:30. {LONG}
        """,
    "case_studies/forno.md": """\
        ---
        title: "Il forno [b]nuovo"
        cooperatives: ["Strana [bold]forte[/] \\\\"]
        client: un comune
        date: 2024-03
        ---
        Un forno di pietra.
        """,
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    built = build_sources(tmp_path_factory.mktemp("terminal"), SOURCES)
    return Searcher(load_current(built.index)[0], ToyEncoder())


def printed(answer: Answer, width: int = 120) -> str:
    out = io.StringIO()
    print_answer(answer, Console(file=out, width=width, emoji=False))
    return out.getvalue()


def ask(searcher: Searcher, question: str) -> str:
    return printed(searcher.search(searcher.understand(question)))


def test_documents_are_quoted_as_they_are(searcher: Searcher) -> None:
    out = ask(searcher, "pane")
    assert "1. Strana [bold]forte[/] \\  Imola (BO) · dato inventato" in out
    assert "[red]pane[/red] :bread: alle 10:100:30." in out


def test_evidence_says_what_it_proves_and_where_it_stands(searcher: Searcher) -> None:
    out = ask(searcher, "un forno di pietra")
    assert "dimostrato: Il forno [b]nuovo · 2024-03 (case_studies/forno.md)" in out
    assert "dichiarato: " in out


def test_a_long_passage_is_cut_between_words(searcher: Searcher) -> None:
    out = ask(searcher, "pane")
    assert " …" in out
    assert out.count("parola") < 60
    assert "parol …" not in out


def test_a_search_that_was_widened_says_so(searcher: Searcher) -> None:
    out = ask(searcher, "pane a Marzabotto")
    assert "capito: Marzabotto (BO)" in out
    assert "Nessuna cooperativa a Marzabotto (BO): ecco quelle della provincia di Bologna." in out
    assert "1. Strana" in out


def test_nobody_is_said_in_words(searcher: Searcher) -> None:
    out = ask(searcher, "pane a Palermo nel marzo 2024")
    assert "capito: marzo 2024 (contano solo i documenti con una data" in out
    assert "Nessuna cooperativa documentata per questa domanda." in out
    assert "0 cooperative · indice g000001-" in out


def test_documents_asked_for_come_before_the_cooperatives(searcher: Searcher) -> None:
    out = ask(searcher, "casi di studio sul forno")
    assert out.index("• Il forno [b]nuovo 2024-03") < out.index("1. Strana")


def test_a_page_is_told_where_there_is_one(searcher: Searcher, tmp_path: Path) -> None:
    answer = searcher.search(searcher.understand("un forno di pietra"))
    hit = answer.documented[0]
    evidence = tuple(replace(e, passage=replace(e.passage, page=7)) for e in hit.evidence)
    out = printed(replace(answer, documented=(replace(hit, evidence=evidence),)))
    assert "2024-03 · p. 7 (case_studies/forno.md)" in out


def test_one_cooperative_is_one(searcher: Searcher) -> None:
    assert "\n1 cooperativa · indice" in ask(searcher, "pane")


def test_the_fields_of_a_document_are_named_but_not_quoted(searcher: Searcher) -> None:
    out = ask(searcher, "forno di pietra")
    assert "Un forno di pietra." in out
    assert "Cliente:" not in out
