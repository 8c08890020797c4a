from __future__ import annotations

import pytest

from indexer.index.snapshot import load_current
from search_service.insights.starting_points import example_questions
from search_service.live.insights import Insights
from search_service.presentation.labels import words_in
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

SOURCES = {
    "profiles/alfa.md": """\
        ---
        name: Alfa
        seat: Roma
        competencies: [penetration testing, traduzione]
        ---
        Facciamo penetration testing.
        """,
    "profiles/beta.md": """\
        ---
        name: Beta
        seat: Viterbo
        competencies: [penetration testing]
        ---
        Facciamo penetration testing.
        """,
    "profiles/gamma.md": """\
        ---
        name: Gamma
        seat: Torino
        competencies: [traduzione, danze popolari]
        ---
        Traduciamo manuali.
        """,
    "case_studies/nuovo.md": """\
        ---
        title: La rete del museo
        cooperatives: [Alfa, Beta]
        client: museo etnografico
        date: 2025-03
        ---
        Alfa e Beta hanno provato la rete del museo etnografico.
        """,
    "case_studies/vecchio.md": """\
        ---
        title: I manuali
        cooperatives: [Gamma]
        date: 2019
        ---
        Gamma ha tradotto i manuali.
        """,
    "case_studies/senza-data.md": "---\ntitle: Chissà\ncooperatives: [Gamma]\n---\nUn lavoro.\n",
    "events/serata.md": """\
        ---
        title: Serata di penetration testing
        organisers: [Beta]
        date: 2024-02-01
        ---
        Beta ha parlato di penetration testing.
        """,
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    built = build_sources(tmp_path_factory.mktemp("starting-points"), SOURCES)
    return Searcher(load_current(built.index)[0], ToyEncoder())


@pytest.fixture(scope="module")
def insights(searcher: Searcher) -> Insights:
    return Insights(searcher)


def test_works_are_the_last_dated_ones_with_who_did_them(insights: Insights) -> None:
    assert [
        (work.document.title, [one.name for one in work.authors]) for work in insights.recent_works
    ] == [("La rete del museo", ["Alfa", "Beta"]), ("I manuali", ["Gamma"])]


def test_shared_is_what_several_declare_of_the_vocabulary(insights: Insights) -> None:
    assert [
        (one.summary.name.label, len(one.declared)) for one in insights.shared_competencies
    ] == [("penetration testing", 2), ("servizi di traduzione", 2)]


def test_examples_are_made_of_the_index_and_each_finds_somebody(
    insights: Insights, searcher: Searcher
) -> None:
    examples = insights.examples("it")
    assert examples == (
        "chi si occupa di penetration testing nel Lazio?",
        "servizi di traduzione",
        "progetti svolti per un museo etnografico",
        "eventi del 2024 su penetration testing",
    )
    for question in (*examples, *insights.examples("en")):
        assert searcher.count(searcher.understand(question)) > 0, question
    assert insights.examples("en")[0] == "who does penetration testing in Lazio?"


def test_they_are_made_once(insights: Insights) -> None:
    assert insights.examples("it") is insights.examples("it")


def test_what_nobody_answers_is_no_example_and_few_are_tried(
    insights: Insights, searcher: Searcher
) -> None:
    tried: list[str] = []

    def nobody(question: str) -> bool:
        tried.append(question)
        return False

    generation, gazetteer = searcher.generation, searcher.gazetteer
    words = words_in("it")
    assert example_questions(insights.families, generation, gazetteer, words, nobody) == ()
    assert 0 < len(tried) <= 12
    only = example_questions(
        insights.families, generation, gazetteer, words, lambda q: q.startswith("eventi")
    )
    assert only == ("eventi del 2024 su penetration testing",)
