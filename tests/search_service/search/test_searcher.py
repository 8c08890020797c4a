from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from indexer.domain import DocumentKind
from indexer.errors import GenerationError
from indexer.index.snapshot import Generation, load_current
from search_service.cli.output import print_answer
from search_service.domain import Answer, ExplicitFilters, PlaceMatch
from search_service.errors import QueryError
from search_service.filters.kind import asks_for_documents, kinds_of
from search_service.filters.period import PERIOD
from search_service.filters.place import PLACE, wanted_areas
from search_service.presentation.labels import words_in
from search_service.search.calibration import UNCALIBRATED
from search_service.search.searcher import Searcher
from tests.search_service.conftest import HTML, IDS, ODD, build_sources
from tests.toy import ToyEncoder


def ask(searcher: Searcher, question: str, limit: int = 100, offset: int = 0) -> Answer:
    return searcher.search(searcher.understand(question), limit, offset)


def ids(answer: Answer) -> list[str]:
    return [hit.organisation.id for hit in answer.documented]


# --- finding -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("penetration testing di applicazioni", IDS.ovunque),
        ("divise in una sartoria sociale", IDS.vicina),
        ("restauriamo barche di legno", IDS.ancora),
        ("recitiamo commedie nelle piazze", IDS.original),
        ("TRADUCIAMO MANUALI DI GIARDINAGGIO", IDS.senzasede),
    ],
)
def test_who_says_what_is_asked_comes_first(searcher: Searcher, question: str, best: str) -> None:
    answer = ask(searcher, question)
    assert ids(answer)[0] == best
    assert answer.documented[0].rank == 1
    assert answer.generation == searcher.generation.id
    assert answer.query.question == question
    assert answer.documents == ()
    assert answer.widened is None


def test_who_stands_elsewhere_is_not_in_the_answer(searcher: Searcher) -> None:
    answer = ask(searcher, "data engineering a Bologna")
    assert ids(answer)[0] == IDS.bussola
    assert answer.documented[0].place_match is PlaceMatch.SEATED
    matches = {hit.organisation.id: hit.place_match for hit in answer.documented}
    assert (
        matches.items()
        <= {
            IDS.bussola: PlaceMatch.SEATED,
            IDS.vicina: PlaceMatch.SERVES,
            IDS.ovunque: PlaceMatch.SERVES,
            IDS.distante: PlaceMatch.REMOTE,
        }.items()
    )


def test_an_answer_of_only_those_who_work_at_a_distance_says_so(searcher: Searcher) -> None:
    answer = ask(searcher, "data engineering a Napoli tranne Ovunque")
    assert ids(answer) == [IDS.distante]
    assert answer.remote_only
    assert not ask(searcher, "data engineering a Bologna").remote_only
    assert not ask(searcher, "data engineering").remote_only


def test_whether_all_work_at_a_distance_does_not_depend_on_the_page(searcher: Searcher) -> None:
    assert ask(searcher, "data engineering a Napoli tranne Ovunque", 1, 1).remote_only
    assert ask(searcher, "data engineering a Napoli tranne Ovunque", 0).remote_only
    there = ask(searcher, "data engineering a Bologna")
    assert there.documented[-1].place_match is PlaceMatch.REMOTE
    assert not any(ask(searcher, "data engineering a Bologna", 1, n).remote_only for n in range(5))


def test_who_is_asked_for_by_name_is_the_answer_even_at_a_distance(searcher: Searcher) -> None:
    answer = ask(searcher, "data engineering a Napoli di Distante")
    assert ids(answer) == [IDS.distante]
    assert answer.documented[0].place_match is PlaceMatch.REMOTE
    assert not answer.remote_only


def test_every_screen_says_that_all_work_at_a_distance(
    client: TestClient, searcher: Searcher
) -> None:
    asked = {"q": "data engineering a Napoli tranne Ovunque"}
    there = {"q": "data engineering a Bologna"}
    assert client.get("/api/v1/search", params=asked).json()["remote_only"] is True
    assert client.get("/api/v1/search", params=there).json()["remote_only"] is False
    assert words_in("it").remote_only() in client.get("/", params=asked).text
    assert words_in("it").remote_only() not in client.get("/", params=there).text
    out = io.StringIO()
    print_answer(ask(searcher, asked["q"]), Console(file=out, width=200))
    assert words_in("it").remote_only() in out.getvalue()


def test_the_api_counts_each_relation_to_the_place_and_they_add_up(client: TestClient) -> None:
    asked = {"q": "data engineering a Bologna", "limit": 1}
    answer = client.get("/api/v1/search", params=asked).json()
    assert answer["by_place"] == {"seated": 1, "remote": 1}
    assert sum(answer["by_place"].values()) == answer["total"]
    nowhere = client.get("/api/v1/search", params={"q": "data engineering"}).json()
    assert (nowhere["by_place"], nowhere["total"]) == ({}, 2)


def test_who_is_seated_in_an_excluded_place_is_not_in_the_answer(searcher: Searcher) -> None:
    found = ids(ask(searcher, "penetration testing fuori dalla Lombardia"))
    assert IDS.ovunque not in found
    assert IDS.ovunque in ids(ask(searcher, "penetration testing"))


def test_a_case_study_of_two_lists_only_the_one_that_stands_there(searcher: Searcher) -> None:
    choices = ExplicitFilters.of(kind=("case_study",), since="2024", until="2024")
    query = searcher.understand("archivi dei musei a Milano", choices)
    answer = searcher.search(query)
    assert ids(answer) == [IDS.ovunque]
    assert [e.document.id for e in answer.documented[0].evidence] == [ODD, ODD]


def test_evidence_is_only_of_the_kind_and_the_time_asked_for(searcher: Searcher) -> None:
    answer = ask(searcher, "casi di studio su archivi nel 2023")
    assert ids(answer) == [IDS.distante]
    for evidence in answer.documented[0].evidence:
        assert evidence.document.id == "case_studies/archivio.html"


def test_a_question_for_a_kind_is_answered_with_its_documents(searcher: Searcher) -> None:
    answer = ask(searcher, "eventi sulla accessibilità dei siti")
    assert answer.documents[0].document.id == "events/accessibilita.md"
    assert {hit.document.kind for hit in answer.documents} == {DocumentKind.EVENT}
    assert len({hit.document.id for hit in answer.documents}) == len(answer.documents)
    assert [hit.rank for hit in answer.documents] == list(range(1, len(answer.documents) + 1))
    assert set(ids(answer)) <= {IDS.ovunque, IDS.vicina, IDS.distante}


def test_a_question_for_two_kinds_shows_documents_of_both(searcher: Searcher) -> None:
    answer = ask(searcher, "casi di studio ed eventi")
    assert {hit.document.id for hit in answer.documents} == {
        ODD,
        HTML,
        "case_studies/senza data.md",
        "events/accessibilita.md",
        "events/meetup.md",
    }


def test_a_period_without_documents_finds_nobody(searcher: Searcher) -> None:
    answer = ask(searcher, "eventi nel 1999 sulla accessibilità")
    assert (answer.documented, answer.total, answer.documents) == ((), 0, ())


def test_passages_are_ranked_whoever_they_speak_for(searcher: Searcher) -> None:
    query = searcher.understand("archivi dei musei")
    answer = searcher.passages(query, limit=3)
    assert answer.passages[0].passage.id == f"{ODD}#1"
    assert [hit.rank for hit in answer.passages] == [1, 2, 3][: len(answer.passages)]
    assert (answer.generation, answer.query) == (searcher.generation.id, query)


def test_passages_pass_the_filters(searcher: Searcher) -> None:
    query = searcher.understand("eventi nel 2025 su archivi")
    found = [hit.document.id for hit in searcher.passages(query, limit=50).passages]
    assert set(found) <= {"events/accessibilita.md"}


# --- filters alone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "everybody"),
    [
        (
            ExplicitFilters.of(place=("Toscana",)),
            {IDS.ancora, IDS.etrusca, IDS.original, IDS.ovunque, IDS.distante},
        ),
        (ExplicitFilters.of(kind=("event",)), {IDS.ovunque, IDS.distante}),  # who held them
        (ExplicitFilters.of(since="2024", until="2024"), {IDS.bussola, IDS.ovunque, IDS.distante}),
    ],
)
def test_filters_alone_list_everybody_once(
    searcher: Searcher, choices: ExplicitFilters, everybody: set[str]
) -> None:
    answer = searcher.search(searcher.understand("", choices), limit=100)
    assert sorted(ids(answer)) == sorted(everybody)
    assert answer.total == len(everybody)


# --- paging --------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["data engineering", "lavoro in Toscana", "a Bologna"])
def test_pages_put_together_are_the_whole(searcher: Searcher, question: str) -> None:
    whole = ask(searcher, question)
    pages = [ask(searcher, question, 2, offset) for offset in range(0, whole.total + 2, 2)]
    assert tuple(hit for page in pages for hit in page.documented) == whole.documented
    assert {page.total for page in pages} == {whole.total} == {len(whole.documented)}
    assert [page.offset for page in pages] == list(range(0, whole.total + 2, 2))
    assert [hit.rank for hit in whole.documented] == list(range(1, whole.total + 1))
    assert pages[-1].documented == ()


# --- widening ------------------------------------------------------------------------------

LOCAL = {
    "profiles/imola.md": "---\nname: Sarta\nseat: Imola\n---\nSartoria sociale.\n",
    "profiles/torino.md": "---\nname: Forno\nseat: Torino\n---\nPane e focacce.\n",
}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """An index where nobody works beyond its own town."""
    built = build_sources(tmp_path_factory.mktemp("local"), LOCAL)
    return Searcher(load_current(built.index)[0], ToyEncoder())


@pytest.mark.parametrize(
    ("question", "asked", "searched"),
    [
        ("sartoria sociale a Marzabotto", "Marzabotto (BO)", "provincia di Bologna"),
        ("sartoria sociale a Rimini", "Rimini (RN)", "Emilia-Romagna"),
        ("sartoria sociale in provincia di Parma", "provincia di Parma", "Emilia-Romagna"),
    ],
)
def test_where_nobody_is_the_search_goes_on_around_and_says_so(
    local: Searcher, question: str, asked: str, searched: str
) -> None:
    answer = ask(local, question)
    assert ids(answer) == ["sarta"]
    assert answer.documented[0].place_match is PlaceMatch.SEATED
    assert answer.widened is not None
    assert (answer.widened.asked.label, answer.widened.searched.label) == (asked, searched)
    assert wanted_areas(answer.query)[0].places[0].label == asked  # what was asked is not rewritten


def test_where_somebody_is_the_search_is_not_widened(local: Searcher) -> None:
    answer = ask(local, "sartoria sociale a Imola")
    assert (ids(answer), answer.widened) == (["sarta"], None)


@pytest.mark.parametrize(
    "question",
    [
        "sartoria sociale a Palermo",  # nobody in Sicily
        "sartoria sociale in Sicilia",
        "sartoria sociale vicino a Rimini",  # near is as wide as it was meant
        "sartoria sociale tra Palermo e Catania",
    ],
)
def test_nobody_means_nobody(local: Searcher, question: str) -> None:
    answer = ask(local, question)
    assert (answer.documented, answer.total, answer.widened) == ((), 0, None)


def test_other_filters_hold_while_the_place_is_widened(local: Searcher) -> None:
    assert ask(local, "casi di studio di sartoria a Marzabotto").documented == ()


# --- invariants ----------------------------------------------------------------------------

WORDS = (
    "chi fa data engineering sartoria archivio musei penetration testing eventi casi di studio "
    "in a Bologna Toscana Milano Sicilia Parma vicino fuori dalla nel 2024 2025 dal 1999 xyzzy ? ,"
).split()
QUESTIONS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(QUESTIONS)
def test_evidence_or_silence(searcher: Searcher, question: str) -> None:
    try:
        answer = ask(searcher, question)
    except QueryError as error:
        assert error.message == "The question is empty."  # noqa: PT017
        return
    generation = searcher.generation
    passages = {passage.id: passage for passage in generation.passages}
    assert answer.total == len(answer.documented)
    assert len(set(ids(answer))) == answer.total
    for hit in answer.documented:
        assert generation.organisations[hit.organisation.id] == hit.organisation
        assert 1 <= len(hit.evidence) <= 3
        query = answer.query
        somewhere = PLACE.of(query) is not None and not asks_for_documents(query)
        assert (hit.place_match is not None) == somewhere
        for evidence in hit.evidence:
            assert passages[evidence.passage.id] == evidence.passage
            assert hit.organisation.id in evidence.passage.organisations
            assert evidence.document == generation.documents[evidence.passage.document]
            kinds, period = kinds_of(answer.query), PERIOD.of(answer.query)
            assert kinds is None or evidence.document.kind in kinds
            if period is not None:
                assert evidence.document.period is not None
                assert evidence.document.period.answers(period)


@settings(deadline=None, max_examples=25)
@given(QUESTIONS.filter(lambda question: question.strip(" ?,")))
def test_the_same_question_has_the_same_answer(searcher: Searcher, question: str) -> None:
    again = Searcher(searcher.generation, ToyEncoder())
    assert ask(searcher, question) == ask(again, question)


class _OtherEncoder(ToyEncoder):
    fingerprint = "another model"


def test_an_index_of_another_model_is_refused_with_the_remedy(generation: Generation) -> None:
    with pytest.raises(GenerationError, match="another embedding model") as caught:
        Searcher(generation, _OtherEncoder())
    assert "python -m indexer build" in caught.value.remedy
    assert "COMPETENZE_MODEL" in caught.value.remedy


def test_a_question_is_answered_from_an_index_of_one_passage(tmp_path: Path) -> None:
    built = build_sources(tmp_path, {"profiles/solo.md": "---\nname: Solo\n---\nPane.\n"})
    searcher = Searcher(load_current(built.index)[0], ToyEncoder())
    assert ids(ask(searcher, "pane")) == ["solo"]


# --- filters alone, and documents where nobody answers ---------------------------------------

OUTSIDERS = {
    "profiles/sole.md": """\
        ---
        name: Sole
        seat: Bari
        certifications: [ISO/IEC 27001, ISO 9001]
        ---
        # Chi siamo

        Montiamo pannelli.

        # Qualità

        Siamo certificati ISO 9001 da dieci anni.

        # Sicurezza

        La certificazione UNI EN ISO/IEC 27001:2022 copre ogni sede.
        """,
    "profiles/luna.md": """\
        ---
        name: Luna
        seat: Roma
        ---
        Non organizziamo concerti.
        """,
    "events/incontro.md": """\
        ---
        title: Incontro
        organisers: [Fondazione Astro]
        place: Roma
        date: 2025-03-05
        ---
        Fondazione Astro ha riunito chi organizza concerti.
        """,
}


@pytest.fixture(scope="module")
def outsiders(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    made = build_sources(tmp_path_factory.mktemp("outsiders"), OUTSIDERS)
    return Searcher(load_current(made.index)[0], ToyEncoder())


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("cosa è successo a Roma il 5 marzo 2025", ["events/incontro.md"]),
        ("incontro a Roma il 5 marzo 2025", ["events/incontro.md"]),
        ("incontro a Roma il 6 marzo 2025", []),
        ("incontro a Bari il 5 marzo 2025", []),
        ("concerti certificati EMAS", []),  # a filter that matches nothing returns nothing
    ],
)
def test_where_nobody_answers_documents_do(
    outsiders: Searcher, question: str, found: list[str]
) -> None:
    answer = ask(outsiders, question)
    assert (answer.documented, answer.total) == ((), 0)
    assert [hit.document.id for hit in answer.documents] == found
    assert answer.total_documents == len(found)


@pytest.mark.parametrize(("place", "found"), [("Roma", ["events/fiera.md"]), ("Bari", [])])
def test_documents_are_where_they_took_place_not_where_their_people_are(
    tmp_path: Path, place: str, found: list[str]
) -> None:
    fiera = """\
        ---
        title: Fiera
        participants: [Sole]
        place: Roma
        date: 2025-03-05
        ---
        Sole era alla fiera.
        """
    sources = {"profiles/sole.md": OUTSIDERS["profiles/sole.md"], "events/fiera.md": fiera}
    generation = load_current(build_sources(tmp_path, sources).index)[0]
    strict = replace(UNCALIBRATED, threshold=0.5)
    searcher = Searcher(generation, ToyEncoder(), calibration=strict)
    answer = ask(searcher, f"cosa è successo a {place} il 5 marzo 2025")
    assert answer.documented == ()
    assert [hit.document.id for hit in answer.documents] == found


def test_where_somebody_answers_no_documents_are_offered(outsiders: Searcher) -> None:
    answer = ask(outsiders, "pannelli")
    assert [hit.organisation.name for hit in answer.documented] == ["Sole"]
    assert answer.documents == ()


@pytest.mark.parametrize(
    ("question", "first"),
    [("cooperative con ISO 27001", "27001"), ("cooperative con ISO 9001", "ISO 9001")],
)
def test_what_names_the_certification_is_the_first_evidence(
    outsiders: Searcher, question: str, first: str
) -> None:
    answer = ask(outsiders, question)
    assert [hit.organisation.name for hit in answer.documented] == ["Sole"]
    evidence = answer.documented[0].evidence
    assert first in evidence[0].passage.text
    assert evidence[0].score > evidence[-1].score
