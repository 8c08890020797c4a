"""Who is documented, and who only comes close."""

from __future__ import annotations

import pytest

from indexer.index.snapshot import load_current
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

SOURCES = {
    "profiles/alfa.md": """\
        ---
        name: Alfa
        competencies: [penetration testing]
        ---
        Siamo in sei. Niente traduzioni giurate.
        """,
    "profiles/beta.md": """\
        ---
        name: Beta
        competencies: [traduzione]
        ---
        Traduciamo manuali. Niente traduzioni giurate.
        """,
    "profiles/gamma.md": """\
        ---
        name: Gamma
        ---
        Facciamo reti wireless, ma non facciamo siti web.
        """,
    "case_studies/portale.md": """\
        ---
        title: Il portale
        cooperatives: [Gamma, Delta]
        client: Alfa
        date: 2024
        competencies: [formazione a distanza]
        ---
        Delta ha curato il restauro delle fotografie. Gamma ha ospitato il seminario di restauro.
        """,
    "events/serata.md": """\
        ---
        title: Serata sul restauro
        organisers: [Gamma]
        participants: [Beta]
        date: 2025-02-01
        ---
        Gamma ha moderato la serata sul restauro. Beta ha partecipato alla serata sul restauro.
        """,
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    built = build_sources(tmp_path_factory.mktemp("judge"), SOURCES)
    return Searcher(load_current(built.index)[0], ToyEncoder())


def documented(searcher: Searcher, question: str) -> list[str]:
    answer = searcher.search(searcher.understand(question))
    return [hit.organisation.name for hit in answer.documented]


def test_who_does_the_part_is_documented_not_who_hosts_moderates_or_attends(
    searcher: Searcher,
) -> None:
    assert documented(searcher, "restauro di fotografie") == ["Delta"]


def test_who_does_the_narrower_answers_for_the_broader(searcher: Searcher) -> None:
    assert documented(searcher, "cybersecurity") == ["Alfa"]


def test_another_language_finds_the_same_competence(searcher: Searcher) -> None:
    assert documented(searcher, "translation services") == ["Beta"]


def test_a_denial_removes_what_it_denies_and_no_more(searcher: Searcher) -> None:
    assert documented(searcher, "traduzioni giurate") == []
    assert documented(searcher, "traduzione") == ["Beta"]
    assert documented(searcher, "siti web") == []
    assert documented(searcher, "reti wireless") == ["Gamma"]


def test_what_several_did_together_proves_nothing_of_one(searcher: Searcher) -> None:
    assert documented(searcher, "formazione a distanza") == []


def test_the_client_did_not_do_it(searcher: Searcher) -> None:
    assert "Alfa" not in documented(searcher, "fotografie")


def test_who_holds_an_event_answers_for_events(searcher: Searcher) -> None:
    assert documented(searcher, "eventi sul restauro") == ["Gamma"]


def test_what_documents_is_the_first_evidence(searcher: Searcher) -> None:
    (hit,) = searcher.search(searcher.understand("restauro di fotografie")).documented
    assert "Delta ha curato il restauro" in hit.evidence[0].passage.text
