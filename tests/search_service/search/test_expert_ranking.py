from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.domain import (
    Document,
    DocumentKind,
    OrganisationLink,
    Part,
    Period,
    Role,
    Statement,
)
from indexer.index.snapshot import Generation
from search_service.domain import Components, Hit, OrganisationHit, PlaceMatch, Proof
from search_service.filters.proving import proof_of, strongest_part
from search_service.search import expert_ranking
from search_service.search.fusion import ranked
from search_service.search.retrieval import ScoredPassages
from search_service.search.weights import WEIGHTS
from tests.search_service.conftest import IDS, ODD

SEATED, SERVES, REMOTE = PlaceMatch.SEATED, PlaceMatch.SERVES, PlaceMatch.REMOTE
FEW = tuple[OrganisationHit, ...]


def row_of(generation: Generation, passage: str) -> int:
    return next(n for n, p in enumerate(generation.passages) if p.id == passage)


def hits(generation: Generation, scores: dict[str, float]) -> tuple[Hit, ...]:
    """Hits from scores by passage id."""
    parts = Components()
    return ranked([(row_of(generation, p), score, parts) for p, score in scores.items()])


def vote(
    found: tuple[Hit, ...], generation: Generation, matches: dict[str, PlaceMatch] | None
) -> FEW:
    votes = expert_ranking.votes(
        found, generation, lambda o, *_: matches is None or o.id in matches
    )
    baseline = ScoredPassages(found).baseline
    return expert_ranking.organisations(votes, baseline, generation, matches, WEIGHTS)


def ids(found: FEW) -> list[str]:
    return [hit.organisation.id for hit in found]


# --- who is listed, and in which order -----------------------------------------------------


def test_organisations_follow_their_best_passages(generation: Generation) -> None:
    scores = {"profiles/vicina.md#1": 0.5, "profiles/bussola.md#1": 0.9}
    found = vote(hits(generation, scores), generation, None)
    assert ids(found) == [IDS.bussola, IDS.vicina]
    assert [hit.rank for hit in found] == [1, 2]
    assert found[0].score > found[1].score
    assert [hit.place_match for hit in found] == [None, None]


def test_equal_organisations_are_in_the_order_of_their_ids(generation: Generation) -> None:
    scores = {
        "profiles/vicina.md#1": 0.5,
        "profiles/ovunque.md#1": 0.5,
        "profiles/bussola.md#1": 0.5,
    }
    found = vote(hits(generation, scores), generation, None)
    assert ids(found) == [IDS.bussola, IDS.ovunque, IDS.vicina]
    assert len({hit.score for hit in found}) == 1


def test_much_that_is_middling_does_not_bury_one_page_that_fits(generation: Generation) -> None:
    middling = {p.id: 0.5 for p in generation.passages if IDS.bussola in p.organisations}
    assert len(middling) > expert_ranking.MAX_EVIDENCE
    scores = {**middling, "profiles/vicina.md#1": 1.0}
    found = vote(hits(generation, scores), generation, None)
    assert ids(found)[0] == IDS.vicina


def test_a_second_passage_decides_between_equals(generation: Generation) -> None:
    scores = {
        **{p.id: 0.1 for p in generation.passages},
        "profiles/bussola.md#1": 0.9,
        "profiles/vicina.md#0": 0.9,
        "profiles/vicina.md#1": 0.8,
    }
    found = vote(hits(generation, scores), generation, None)
    assert ids(found)[:2] == [IDS.vicina, IDS.bussola]


def test_work_done_counts_more_than_a_profile_and_being_named_by_others_less(
    generation: Generation,
) -> None:
    event = row_of(generation, "events/accessibilita.md#0")
    passages = list(generation.passages)
    passages[event] = replace(passages[event], organisations=(IDS.ovunque, IDS.vicina))
    generation = replace(generation, passages=tuple(passages))
    scores = {p.id: 0.1 for p in generation.passages}
    for document in (ODD, "profiles/distante.md", "events/accessibilita.md"):
        one = next(p.id for p in generation.passages if p.document == document)
        scores[one] = 0.9
    found = vote(hits(generation, scores), generation, None)
    proven = {hit.organisation.id: hit.evidence[0].proof for hit in found}
    of_three = [name for name in ids(found) if name in (IDS.bussola, IDS.distante, IDS.vicina)]
    assert [(name, proven[name]) for name in of_three] == [
        (IDS.bussola, Proof.DEMONSTRATED),
        (IDS.distante, Proof.DECLARED),
        (IDS.vicina, Proof.CORROBORATED),
    ]


def test_a_text_published_twice_is_evidence_once(generation: Generation) -> None:
    twice = row_of(generation, "profiles/vicina.md#1")
    copy = replace(generation.passages[twice], id="copy#0", document="events/accessibilita.md")
    doubled = replace(generation, passages=(*generation.passages, copy))
    scores = {"profiles/vicina.md#1": 0.9, "copy#0": 0.8, "profiles/vicina.md#0": 0.7}
    (vicina,) = vote(hits(doubled, scores), doubled, None)
    assert [e.passage.id for e in vicina.evidence] == [
        "profiles/vicina.md#1",
        "profiles/vicina.md#0",
    ]


def test_who_is_seated_there_comes_before_who_serves_it_or_works_from_afar(
    generation: Generation,
) -> None:
    matches = {IDS.distante: REMOTE, IDS.ovunque: SERVES, IDS.vicina: SEATED, IDS.bussola: SERVES}
    scores = {
        "profiles/distante.md#1": 0.9,
        "profiles/ovunque.md#1": 0.8,
        "profiles/bussola.md#1": 0.85,
        "profiles/vicina.md#1": 0.1,
    }
    found = vote(hits(generation, scores), generation, matches)
    assert ids(found) == [IDS.vicina, IDS.bussola, IDS.ovunque, IDS.distante]
    assert [hit.place_match for hit in found] == [SEATED, SERVES, SERVES, REMOTE]
    assert [hit.rank for hit in found] == [1, 2, 3, 4]


def test_of_two_authors_only_the_one_that_stands_there_is_listed(generation: Generation) -> None:
    scores = {f"{ODD}#1": 0.9}
    both = vote(hits(generation, scores), generation, None)
    assert ids(both) == [IDS.bussola, IDS.ovunque]
    one = vote(hits(generation, scores), generation, {IDS.ovunque: SEATED})
    assert ids(one) == [IDS.ovunque]


def test_where_nobody_stands_nobody_is_listed(generation: Generation) -> None:
    scores = {p.id: 1.0 for p in generation.passages}
    assert vote(hits(generation, scores), generation, {}) == ()
    assert vote((), generation, None) == ()
    assert vote((), generation, {IDS.vicina: SEATED}) == ()


@given(st.data())
def test_every_organisation_has_evidence_of_its_own(
    generation: Generation, data: st.DataObject
) -> None:
    some = st.sampled_from(range(len(generation.passages)))
    chosen = data.draw(st.lists(st.tuples(some, st.floats(0, 1)), unique_by=lambda pair: pair[0]))
    matches = data.draw(
        st.none()
        | st.dictionaries(
            st.sampled_from(sorted(generation.organisations)), st.sampled_from(PlaceMatch)
        )
    )
    found_hits = ranked((row, score, Components()) for row, score in chosen)
    found = vote(found_hits, generation, matches)
    by_row = {hit.row: hit.score for hit in found_hits}
    voted = {o for hit in found_hits for o in generation.passages[hit.row].organisations}
    allowed = voted if matches is None else voted & set(matches)
    assert sorted(ids(found)) == sorted(allowed)
    for hit in found:
        assert 1 <= len(hit.evidence) <= 3
        assert len({evidence.passage.id for evidence in hit.evidence}) == len(hit.evidence)
        for evidence in hit.evidence:
            assert generation.passages[evidence.row] is evidence.passage
            assert hit.organisation.id in evidence.passage.organisations
            assert evidence.document is generation.documents[evidence.passage.document]
            assert by_row[evidence.row] == evidence.score
    tiers = {None: 0, SEATED: 0, SERVES: 1, REMOTE: 2}
    order = [(tiers[hit.place_match], -hit.score, hit.organisation.id) for hit in found]
    assert order == sorted(order)
    assert [hit.rank for hit in found] == list(range(1, len(found) + 1))


def test_documents_are_each_listed_once_by_their_best_passage(generation: Generation) -> None:
    scores = {f"{ODD}#0": 0.3, "events/meetup.md#0": 0.5, f"{ODD}#1": 0.8}
    found = expert_ranking.documents(hits(generation, scores), generation)
    assert [(d.document.id, d.rank, d.passage.id) for d in found] == [
        (ODD, 1, f"{ODD}#1"),
        ("events/meetup.md", 2, "events/meetup.md#0"),
    ]


# --- what a document proves ----------------------------------------------------------------


def document(
    kind: DocumentKind, role: Role, *, client: str = "", period: Period | None = None
) -> Document:
    links = (OrganisationLink("other", Role.AUTHOR), OrganisationLink(IDS.bussola, role))
    return Document(
        "d", "d", kind, "D", "it", "", organisations=links, period=period, client=client
    )


@pytest.mark.parametrize(
    ("made", "proof"),
    [
        (document(DocumentKind.PROFILE, Role.SUBJECT), Proof.DECLARED),
        (document(DocumentKind.CASE_STUDY, Role.AUTHOR, client="un ente"), Proof.DEMONSTRATED),
        (
            document(DocumentKind.CASE_STUDY, Role.AUTHOR, period=Period.parse("2024")),
            Proof.DEMONSTRATED,
        ),
        # its own word, for nobody and at no time
        (document(DocumentKind.CASE_STUDY, Role.AUTHOR), Proof.DECLARED),
        (document(DocumentKind.CASE_STUDY, Role.MENTION, client="un ente"), Proof.CORROBORATED),
        (document(DocumentKind.EVENT, Role.ORGANISER), Proof.DECLARED),
        (document(DocumentKind.EVENT, Role.PARTICIPANT), Proof.CORROBORATED),
        (document(DocumentKind.PROFILE, Role.MENTION), Proof.CORROBORATED),
    ],
)
def test_proof_depends_on_whose_document_it_is(
    generation: Generation, made: Document, proof: Proof
) -> None:
    bussola = generation.organisations[IDS.bussola]
    assert proof_of(made, bussola) is proof
    unlinked = replace(made, organisations=())
    assert proof_of(unlinked, bussola) is Proof.CORROBORATED


@pytest.mark.parametrize("part", list(Part))
def test_only_doing_is_proof(generation: Generation, part: Part) -> None:
    bussola = generation.organisations[IDS.bussola]
    own = document(DocumentKind.PROFILE, Role.SUBJECT)
    does = part in (Part.DOES, Part.SHARED)
    assert proof_of(own, bussola, part) is (Proof.DECLARED if does else Proof.MENTIONED)


def test_a_passage_that_says_several_things_counts_by_the_most(generation: Generation) -> None:
    bussola = generation.organisations[IDS.bussola]
    passage = generation.passages[row_of(generation, "profiles/bussola.md#1")]

    def said(*parts: Part) -> Part:
        statements = tuple(Statement(0, 1, IDS.bussola, part) for part in parts)
        other = Statement(0, 1, IDS.vicina, Part.DOES)
        return strongest_part(replace(passage, statements=(other, *statements)), bussola)

    assert said(Part.ORGANISES, Part.SPEAKS) is Part.SPEAKS
    assert said(Part.SPEAKS, Part.DOES) is Part.DOES
    assert said(Part.CLIENT, Part.ORGANISES) is Part.ORGANISES


def test_evidence_says_what_it_proves(generation: Generation) -> None:
    scores = {
        "profiles/bussola.md#1": 0.9,
        f"{ODD}#1": 0.8,
        "case_studies/senza data.md#0": 0.7,
    }
    (bussola, _) = vote(hits(generation, scores), generation, None)
    assert {e.document.id: e.proof for e in bussola.evidence} == {
        "profiles/bussola.md": Proof.DECLARED,
        ODD: Proof.DEMONSTRATED,
        "case_studies/senza data.md": Proof.DECLARED,
    }
