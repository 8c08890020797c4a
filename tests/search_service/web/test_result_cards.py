from __future__ import annotations

from dataclasses import replace

import pytest

from indexer.domain import DocumentKind, Organisation
from indexer.index.snapshot import load_current
from search_service.domain import Answer, Proof
from search_service.live.live_index import LiveIndex
from search_service.presentation.bands import may_fit_line, why_line
from search_service.presentation.labels import words_in
from search_service.query.wording import found_line
from search_service.search.searcher import Searcher
from search_service.web.result_cards import Card, Reach, Tag, cards_of, reach_of, size_of
from search_service.web.result_groups import HitGroup, hit_groups
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

WORDS = words_in("it")
SOURCES = {
    "profiles/alfa.md": """\
        ---
        name: Alfa
        seat: Bologna
        competencies: [traduzioni, SPID, cloud, penetration testing, vulnerability assessment]
        employees: 41
        members: 30
        updated: 2026-04-03
        website: https://alfa.example
        contacts: [051 123456, info@alfa.example, altri@alfa.example]
        ---
        # Alfa

        Facciamo penetration testing di reti e di siti per banche e comuni.
        """,
    "profiles/beta.md": """\
        ---
        name: Beta
        seat: Ferrara
        works_in: [provincia di Bologna]
        competencies: [penetration testing]
        ---
        Cerchiamo le falle prima degli altri.
        """,
    "profiles/gamma.md": """\
        ---
        name: Gamma
        seat: Palermo
        remote: true
        competencies: [penetration testing]
        ---
        Lavoriamo da lontano e con calma.
        """,
    "profiles/delta.md": "---\nname: Delta\nseat: Bologna\n---\nTeniamo un teatro di quartiere.\n",
    "case_studies/rete.md": """\
        ---
        title: La rete del museo
        cooperatives: [Delta]
        client: un museo
        date: 2025-03
        ---
        Delta ha fatto il penetration testing della rete del museo.
        """,
}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> LiveIndex:
    built = build_sources(tmp_path_factory.mktemp("cards"), SOURCES)
    return LiveIndex.of(Searcher(load_current(built.index)[0], ToyEncoder()))


def answer_to(live: LiveIndex, question: str) -> Answer:
    return live.searcher.highlighted(live.searcher.search(live.searcher.understand(question)))


def card(live: LiveIndex, question: str, name: str) -> Card:
    answer = answer_to(live, question)
    found = cards_of((*answer.documented, *answer.close), answer, live, WORDS)
    return next(one for one in found if one.hit.organisation.name == name)


def test_a_card_has_what_one_needs_to_decide_whom_to_call(live: LiveIndex) -> None:
    one = card(live, "sicurezza informatica a Bologna", "Alfa")
    assert (one.match, one.size, one.updated) == (
        "sede qui",
        "41 addetti",
        "aggiornata ad aprile 2026",
    )
    assert one.tags[:2] == (
        Tag("penetration testing", True),
        Tag("vulnerability assessment", True),
    )
    assert [tag.answers for tag in one.tags] == [True, True, False, False, False]
    assert [way.url for way in one.reach] == [
        "mailto:info@alfa.example",
        "tel:051123456",
        "https://alfa.example",
    ]


def test_what_the_proof_quotes_is_not_said_twice(live: LiveIndex) -> None:
    one = card(live, "sicurezza informatica", "Alfa")
    quote = "".join(text for text, _ in one.proof.quote)
    assert quote == "Facciamo penetration testing di reti e di siti per banche e comuni."
    assert one.does == ""
    other = card(live, "traduzioni", "Alfa")
    assert other.does == quote


def test_fields_are_no_sentence(live: LiveIndex) -> None:
    same = card(live, "penetration testing", "Beta")
    assert (same.declared, same.reason, same.proof.quote) == (True, "", ())
    assert same.does == "Cerchiamo le falle prima degli altri."
    narrower = card(live, "sicurezza informatica", "Beta")
    assert narrower.declared
    assert narrower.reason == "penetration testing, che fa parte di sicurezza informatica"
    for name in ("Alfa", "Beta", "Gamma", "Delta"):
        one = card(live, "penetration testing", name)
        quotes = ["".join(t for t, _ in proof.quote) for proof in (one.proof, *one.others)]
        assert not any(quote.startswith("Competenze:") for quote in quotes)


def test_what_a_work_proves_is_a_tag_though_no_profile_lists_it(live: LiveIndex) -> None:
    one = card(live, "penetration testing", "Delta")
    assert one.tags == (Tag("penetration testing", True),)
    assert one.reason == "Lavoro svolto: penetration testing"
    assert one.proof.document.client == "un museo"


def test_who_is_close_says_why_it_may_fit_and_marks_no_competence_as_an_answer(
    live: LiveIndex,
) -> None:
    one = card(live, "apicoltura urbana", "Beta")
    assert one.reason == "La frase più vicina, dal suo profilo"
    assert one.proof.quote
    assert one.others == ()
    assert not any(tag.answers for tag in one.tags)


def test_what_it_says_elsewhere_is_not_taken_for_its_profile(live: LiveIndex) -> None:
    hit = card(live, "apicoltura urbana", "Beta").hit
    best = hit.evidence[0]
    at_an_event = replace(best, document=replace(best.document, kind=DocumentKind.EVENT))
    said = may_fit_line(replace(hit, evidence=(at_an_event,)), WORDS)
    assert said == "La frase più vicina, da un documento che la riguarda"


def test_a_competence_beside_the_one_asked_for_comes_first_and_answers_nothing(
    live: LiveIndex,
) -> None:
    one = card(live, "vulnerability assessment", "Beta")
    assert one.hit.band == "close"
    assert (one.tags[0], one.hit.why.reason) == (Tag("penetration testing", False), "nearby")
    beside = "penetration testing, {}vicina a vulnerability assessment"
    assert one.reason == "Dichiara: " + beside.format("")
    done = replace(one.hit.evidence[0], proof=Proof.DEMONSTRATED)
    hit = replace(one.hit, evidence=(done,))
    assert may_fit_line(hit, WORDS) == "Lavoro svolto: " + beside.format("competenza ")
    assert why_line(hit, WORDS) == "Lavoro svolto: penetration testing"


def test_what_is_not_said_is_left_out() -> None:
    silent = Organisation("x", "X", contacts=("piazza Maggiore",), website="javascript:alert(1)")
    assert size_of(silent, WORDS) == ""
    assert reach_of(silent, WORDS) == ()
    assert size_of(replace(silent, members=1), WORDS) == "1 socio"
    called = replace(silent, contacts=("+39 (051) 12.34",))
    assert reach_of(called, words_in("en")) == (Reach("", "Call", "tel:+390511234"),)


# --- the other proofs -------------------------------------------------------------------------

WORKS = 9  # of one cooperative, each a proof


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> LiveIndex:
    """A cooperative with more works on one thing than an answer quotes, and a talk on it."""
    sources = {"profiles/alfa.md": SOURCES["profiles/alfa.md"]}
    sources |= {
        f"case_studies/{n}.md": (
            f"---\ntitle: La rete del cliente {n}\ncooperatives: [Alfa]\nclient: cliente {n}\n"
            f"date: 202{n % 6}\n---\nAlfa ha fatto il penetration testing della rete {n}.\n"
        )
        for n in range(WORKS)
    }
    sources["events/raduno.md"] = (
        "---\ntitle: Raduno\nparticipants: [Alfa]\ndate: 2025\n---\n"
        "Alfa ha assistito a un intervento sul penetration testing.\n"
    )
    sources["profiles/beta.md"] = SOURCES["profiles/beta.md"]
    built = build_sources(tmp_path_factory.mktemp("proven"), sources)
    return LiveIndex.of(Searcher(load_current(built.index)[0], ToyEncoder()))


def test_a_card_counts_all_the_documents_that_prove_it(proven: LiveIndex) -> None:
    one = card(proven, "penetration testing", "Alfa")
    shown = {one.proof.document.id, *(other.document.id for other in one.others)}
    every = {f"case_studies/{n}.md" for n in range(WORKS)} | {"profiles/alfa.md"}
    assert {document.id for document in one.hit.proving} == every
    assert shown | {document.id for document in one.unquoted} == every
    assert (one.more, one.only_proofs) == (WORKS, True)
    assert len(one.hit.evidence) == 3


def test_what_proves_nothing_is_no_proof_and_one_document_is_one(proven: LiveIndex) -> None:
    alone = card(proven, "penetration testing", "Beta")
    assert (alone.more, alone.others, alone.unquoted) == (0, (), ())
    everything = card(proven, "a Bologna", "Alfa")
    assert not everything.only_proofs
    assert everything.more == WORKS  # documents of its own, and no event that it only attended


# --- groups ----------------------------------------------------------------------------------


def groups(live: LiveIndex, question: str) -> list[tuple[str, list[str], bool]]:
    return [_told(group) for group in hit_groups(answer_to(live, question), WORDS)]


def _told(group: HitGroup) -> tuple[str, list[str], bool]:
    return group.heading, [hit.organisation.name for hit in group.hits], group.folded


def test_who_works_there_and_who_does_at_a_distance_are_folded_below(live: LiveIndex) -> None:
    found = groups(live, "penetration testing a Bologna")
    assert [heading for heading, _, _ in found[:3]] == [
        "Con sede qui",
        "Lavorano in zona",
        "Lavorano a distanza",
    ]
    assert [sorted(names) for _, names, _ in found[:3]] == [["Alfa", "Delta"], ["Beta"], ["Gamma"]]
    assert [folded for _, _, folded in found[:3]] == [False, True, True]


def test_without_a_place_there_is_one_group(live: LiveIndex) -> None:
    assert groups(live, "penetration testing")[0][::2] == ("Cooperative", False)


def test_where_nobody_is_seated_the_first_group_is_open(live: LiveIndex) -> None:
    heading, names, folded = groups(live, "penetration testing a Napoli")[0]
    assert (heading, names, folded) == ("Lavorano a distanza", ["Gamma"], False)


def test_a_group_counts_those_of_every_page(live: LiveIndex) -> None:
    searcher = live.searcher
    answer = searcher.search(searcher.understand("penetration testing a Bologna"), limit=3)
    counts = {group.name: group.total for group in hit_groups(answer, WORDS)}
    assert counts == {"cooperative": 2, "zona": 1}
    assert answer.by_place == {"seated": 2, "serves": 1, "remote": 1}
    second = searcher.search(answer.query, limit=3, offset=3)
    last = hit_groups(second, WORDS)[0]
    assert (last.heading, last.first, last.folded) == ("Lavorano a distanza", 4, False)


@pytest.mark.parametrize(
    ("question", "it", "en"),
    [
        (
            "penetration testing a Bologna",
            "2 cooperative con sede qui · 1 lavora in zona · 1 a distanza",
            "2 cooperatives based here · 1 working in the area · 1 working remotely",
        ),
        (
            "penetration testing vicino a Bologna",
            "2 cooperative con sede in zona · 1 lavora in zona · 1 a distanza",
            "2 cooperatives based in the area · 1 working in the area · 1 working remotely",
        ),
        (
            "penetration testing a Napoli",
            "1 cooperativa a distanza",
            "1 cooperative working remotely",
        ),
        ("penetration testing", "4 cooperative", "4 cooperatives"),
        ("penetration testing fuori dalla Sicilia", "3 cooperative", "3 cooperatives"),
        (
            "ceramica",
            "Nessuna prova diretta: le più vicine",
            "No direct evidence: the closest",
        ),
    ],
)
def test_the_count_tells_neighbours_from_those_at_a_distance(
    live: LiveIndex, question: str, it: str, en: str
) -> None:
    answer = answer_to(live, question)
    assert (found_line(answer, WORDS), found_line(answer, words_in("en"))) == (it, en)
    assert sum(answer.by_place.values()) in (0, answer.total)


def test_those_outside_a_place_are_not_said_to_be_seated_in_it(live: LiveIndex) -> None:
    heading, names, folded = groups(live, "penetration testing fuori dalla Sicilia")[0]
    assert (heading, sorted(names), folded) == ("Cooperative", ["Alfa", "Beta", "Delta"], False)
