from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.index.snapshot import load_current
from search_service.domain import Evidence, Highlight, MatchReason, OrganisationHit, Proof
from search_service.insights.best_proof import is_metadata, quoted, with_best_proof
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

SOURCES = {
    "profiles/alfa.md": """\
        ---
        name: Alfa
        competencies: [penetration testing]
        ---
        Siamo in sei e ci piace il mare.
        """,
    "case_studies/sportello.md": """\
        ---
        title: Lo sportello
        cooperatives: [Alfa]
        client: un comune
        date: 2025-03
        ---
        Alfa ha svolto un penetration test dello sportello. Il mare era calmo.
        """,
    "profiles/beta.md": """\
        ---
        name: Beta
        competencies: [penetration testing]
        ---
        Il vulnerability assessment lo facciamo con gli amici. Il penetration testing è nostro.
        """,
    "profiles/delta.md": """\
        ---
        name: Delta
        ---
        ## Penetration testing

        Lavoriamo con calma e con metodo. Facciamo test di intrusione per banche.
        """,
    "profiles/gamma.md": """\
        ---
        name: Gamma
        competencies: [vulnerability assessment]
        ---
        Teniamo un teatro.
        """,
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    built = build_sources(tmp_path_factory.mktemp("best-proof"), SOURCES)
    return Searcher(load_current(built.index)[0], ToyEncoder())


def best(searcher: Searcher, question: str, name: str) -> OrganisationHit:
    answer = searcher.search(searcher.understand(question))
    hits = (*answer.documented, *answer.close)
    hit = next(hit for hit in hits if hit.organisation.name == name)
    return with_best_proof(hit, searcher.generation.linker.vocabulary, answer.query.own_names_only)


def test_a_work_tells_more_than_the_list_of_a_profile(searcher: Searcher) -> None:
    hit = best(searcher, "cybersecurity", "Alfa")
    assert hit.evidence[0].proof is Proof.DEMONSTRATED
    assert hit.evidence[0].document.title == "Lo sportello"
    assert hit.sentence == "Alfa ha svolto un penetration test dello sportello."
    assert hit.why.reason is MatchReason.NARROWER
    assert [match.named.id for match in hit.why.concepts] == ["penetration-testing"]
    assert {e.document.title for e in hit.evidence[1:]} >= {"Alfa"}


def test_of_sentences_that_prove_the_same_the_one_with_marked_words_is_quoted(
    searcher: Searcher,
) -> None:
    answer = searcher.search(searcher.understand("penetration testing"))
    hit = next(hit for hit in answer.documented if hit.organisation.name == "Delta")
    evidence = next(e for e in hit.evidence if not is_metadata(e.passage))
    assert [s.concepts for s in evidence.passage.statements] == [("penetration-testing",)] * 2
    at = evidence.passage.text.index("intrusione")
    marked = replace(evidence, highlights=(Highlight(at, at + 10, ("testing",), False),))
    hit = replace(hit, evidence=(marked,))
    vocabulary = searcher.generation.linker.vocabulary
    assert with_best_proof(hit, vocabulary, frozenset()).sentence == (
        "Facciamo test di intrusione per banche."
    )


def test_of_itself_a_cooperative_says_it_by_the_same_name(searcher: Searcher) -> None:
    hit = best(searcher, "cybersecurity", "Beta")
    assert hit.sentence == "Il penetration testing è nostro."
    assert hit.evidence[0].proof is Proof.DECLARED


def test_what_only_a_list_says_stays(searcher: Searcher) -> None:
    hit = best(searcher, "cybersecurity", "Gamma")
    assert is_metadata(hit.evidence[0].passage)
    assert hit.why.reason is MatchReason.NARROWER


def test_what_its_own_name_alone_counts_for_is_left_as_it_was(searcher: Searcher) -> None:
    answer = searcher.search(searcher.understand("penetration testing"))
    hit = next(hit for hit in answer.documented if hit.organisation.name == "Alfa")
    asked = frozenset({"penetration-testing"})
    assert with_best_proof(hit, searcher.generation.linker.vocabulary, asked) is hit


def test_the_sentence_with_most_words_of_the_question_is_quoted(searcher: Searcher) -> None:
    hit = best(searcher, "penetration testing", "Alfa")
    evidence = next(e for e in hit.evidence if e.document.title == "Lo sportello")
    sea = evidence.passage.text.index("mare")
    marked = replace(evidence, highlights=(Highlight(sea, sea + 4, ("mare",), True),))
    assert quote(marked) == "Il mare era calmo."
    assert quote(replace(evidence, highlights=())) == (
        "Alfa ha svolto un penetration test dello sportello."
    )


def quote(evidence: Evidence) -> str:
    start, end = quoted(evidence, "alfa")
    return evidence.passage.text[start:end]


def test_fields_are_never_quoted(searcher: Searcher) -> None:
    hit = best(searcher, "vulnerability assessment", "Gamma")
    listed = next(e for e in hit.evidence if is_metadata(e.passage))
    assert quoted(listed, "gamma") == (0, 0)
