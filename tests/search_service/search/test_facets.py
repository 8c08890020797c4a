"""What can be chosen next: counts, chosen filters, orders, and what a filter costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from indexer.domain import Period, Vectors
from indexer.index.dense import DenseIndex
from indexer.index.late_interaction import TokenIndex
from indexer.index.snapshot import load_current
from search_service.domain import (
    Answer,
    ExplicitFilters,
    FacetValue,
    PlaceMatch,
    Proof,
    Sort,
)
from search_service.errors import QueryError
from search_service.filters.certification import CERTIFICATION
from search_service.filters.competence import COMPETENCE
from search_service.filters.kind import KIND
from search_service.filters.organisation import ORGANISATION
from search_service.filters.period import years_of
from search_service.filters.place import PLACE
from search_service.filters.proof import PROOF
from search_service.filters.registry import GROUPS, AnyFilter
from search_service.search.calibration import CALIBRATION, Calibration
from search_service.search.eligibility import eligible_passages
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

SOURCES = {
    "profiles/alfa.md": """\
        ---
        name: Alfa
        seat: Bologna
        competencies: [Data Engineering, crisantemi]
        certifications: [ISO 9001, ISO/IEC 27001]
        sectors: ["62.20.10", Turismo]
        ---
        Facciamo data engineering in cloud.
        """,
    "profiles/beta.md": """\
        ---
        name: Èlite
        seat: Imola
        competencies: [ingegneria, data engineering]
        certifications: ["UNI EN ISO 9001:2015"]
        sectors: ["62.10", turismo]
        ---
        Gestiamo archivi in cloud.
        """,
    "profiles/gamma.md": """\
        ---
        name: Gamma
        seat: Milano
        remote: true
        competencies: [sartoria]
        sectors: ["14.13"]
        certifications: [ISO/IEC 20000-1]
        ---
        Cuciamo divise, e il cloud ci aiuta.
        """,
    "profiles/delta.md": """\
        ---
        name: delta
        certifications: [ISO 20000]
        ---
        Teniamo orti, con un cloud di sensori.
        """,
    "case_studies/orto.md": """\
        ---
        title: Orto connesso
        cooperatives: [delta, Gamma]
        client: un comune
        place: Parma
        date: 2024-05
        competencies: [crisantemi, sensori]
        sectors: ["01.13"]
        ---
        Delta e Gamma hanno curato un orto con il cloud e i sensori, e un crisantemo.
        """,
    "case_studies/vecchio.md": """\
        ---
        title: Migrazione
        cooperatives: [Alfa]
        date: 2024
        client: un museo
        competencies: [migrazione]
        ---
        Abbiamo migrato gli archivi di un museo in cloud, con Èlite.
        """,
    "events/fiera.md": """\
        ---
        title: Fiera del cloud
        organisers: [Gamma]
        participants: [Èlite]
        place: Milano
        date: 2025-03-05
        ---
        Gamma ha parlato di orti; Èlite ha costruito il cloud della fiera.
        """,
}
QUESTIONS = ("cloud", "data engineering", "archivi di un museo", "orto", "eventi sul cloud", "")
ALL = ExplicitFilters.of(place=("country:it",))
CHOSEN = [(group.name, one) for group, one in GROUPS if one is not PLACE]  # a seat is not all
STRICT = replace(  # a bar that some of the toy encoder's passages pass
    CALIBRATION,
    model="",
    coefficients=(6.0, 0.0, 2.0, 0.0),
    bias=-2.0,
    threshold=0.45,
)


@pytest.fixture(scope="module", params=[None, STRICT], ids=["everybody", "a bar"])
def searcher(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    built = build_sources(tmp_path_factory.mktemp("facets"), SOURCES)
    calibration: Calibration | None = request.param
    return Searcher(load_current(built.index)[0], ToyEncoder(), calibration=calibration)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    built = build_sources(tmp_path_factory.mktemp("everybody"), SOURCES)
    return Searcher(load_current(built.index)[0], ToyEncoder())


def ask(searcher: Searcher, question: str, choices: ExplicitFilters = ExplicitFilters()) -> Answer:  # noqa: B008
    return searcher.search(searcher.understand(question, choices), 100)


def names(answer: Answer) -> list[str]:
    return [hit.organisation.name for hit in answer.documented]


def shown(values: tuple[FacetValue, ...]) -> list[tuple[str, str, int]]:
    return [(v.value, v.label, v.count) for v in values]


# --- counts ----------------------------------------------------------------------------------


def test_facets_count_those_who_answer(everybody: Searcher) -> None:
    facets = ask(everybody, "cloud").facets
    assert shown(facets["regions"]) == [
        ("regione:08", "Emilia-Romagna", 2),
        ("regione:03", "Lombardia", 1),
    ]
    assert shown(facets["provinces"]) == [
        ("provincia:037", "provincia di Bologna", 2),
        ("provincia:015", "provincia di Milano", 1),
    ]
    assert shown(facets["competencies"]) == [
        ("crisantemi", "crisantemi", 3),
        ("data-engineering", "ingegneria dei dati", 2),
        ("sensors", "sensori e strumentazione di misura", 2),
        ("ingegneria", "ingegneria", 1),
        ("migrazione", "migrazione", 1),
        ("textile-production", "sartoria e tessile", 1),
    ]
    assert shown(facets["certifications"]) == [
        ("iso20000", "ISO 20000", 2),
        ("iso9001", "ISO 9001", 2),
        ("iso20000-1", "ISO/IEC 20000-1", 1),
        ("iso27001", "ISO/IEC 27001", 1),
    ]
    assert shown(facets["sectors"]) == [
        ("01.13", "01.13 Coltivazione di ortaggi e meloni, radici e tuberi", 2),
        ("Turismo", "Turismo", 2),
        ("14.13", "14.13 Confezione di altro abbigliamento esterno", 1),
        ("62.10", "62.10 Attività di programmazione informatica", 1),
        ("62.20.10", "62.20.10 Attività di consulenza informatica", 1),
    ]
    assert shown(facets["kinds"]) == [
        ("profile", "profili", 4),
        ("case_study", "casi di studio", 3),
        ("event", "eventi", 1),
    ]
    assert shown(facets["years"]) == [
        ("2024", "2024", 3),
        ("2025", "2025", 1),
    ]
    assert shown(facets["proofs"]) == [
        ("declared", "dichiarato", 4),
        ("demonstrated", "dimostrato", 3),
        ("corroborated", "confermato da altri", 1),
    ]


def test_facets_are_of_the_whole_answer_whatever_the_page(everybody: Searcher) -> None:
    query = everybody.understand("cloud")
    whole = everybody.search(query, 100)
    page = everybody.search(query, 1, 2, Sort.NAME)
    assert whole.total == 4
    assert page.facets == whole.facets


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (Period.parse("2024"), ["2024"]),
        (Period(date(2021, 11, 1), date(2023, 2, 1)), ["2021", "2022", "2023"]),
        (Period(date(2021, 11, 1), None), ["2021"]),
        (Period(None, date(2021, 11, 1)), ["2021"]),
        (Period(None, None), []),
        (None, []),
    ],
)
def test_a_document_is_of_the_years_that_it_answers(
    period: Period | None, expected: list[str]
) -> None:
    assert list(years_of(period)) == expected


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(("facet", "one"), CHOSEN, ids=[facet for facet, _ in CHOSEN])
def test_a_count_is_what_choosing_the_value_gives(
    searcher: Searcher, question: str, facet: str, one: AnyFilter
) -> None:
    choices = ExplicitFilters() if question else ALL
    answer = ask(searcher, question, choices)
    if one is KIND and KIND.of(answer.query):
        return  # of kinds any will do: another one adds to what there is
    values = answer.facets[facet]
    found = {v.value: ask(searcher, question, one.with_value(v.value, choices, ())) for v in values}
    assert {v.value: v.count for v in values} == {v: a.total for v, a in found.items()}


@pytest.mark.parametrize("question", ["cloud", "data engineering", "orto"])
@pytest.mark.parametrize("facet", ["regions", "provinces"])
def test_a_place_counts_those_who_have_their_seat_in_it(
    searcher: Searcher, question: str, facet: str
) -> None:
    values = ask(searcher, question).facets[facet]
    for value in values:
        answer = ask(searcher, question, ExplicitFilters.of(place=(value.value,)))
        seated = [h for h in answer.documented if h.place_match is PlaceMatch.SEATED]
        assert len(seated) == value.count


def test_the_bar_leaves_somebody_out(searcher: Searcher, everybody: Searcher) -> None:
    """Or the property above would say nothing of it."""
    strict = ask(searcher, "archivi di un museo")
    assert 1 <= strict.total < len(everybody.generation.organisations)
    assert strict.close


# --- chosen filters --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (ExplicitFilters.of(competence=("DATA  engineering",)), {"Alfa", "Èlite"}),
        (
            ExplicitFilters.of(competence=("crisantemi",)),
            {"Alfa", "delta", "Gamma"},
        ),  # done, not declared
        (ExplicitFilters.of(competence=("crisantemi", "data engineering")), {"Alfa"}),
        (ExplicitFilters.of(competence=("sartoria", "ingegneria")), set()),
        (ExplicitFilters.of(certification=("ISO 9001",)), {"Alfa", "Èlite"}),
        (ExplicitFilters.of(certification=("iso9001", "UNI CEI EN ISO/IEC 27001:2022")), {"Alfa"}),
        (ExplicitFilters.of(sector=("62",)), {"Alfa", "Èlite"}),
        (ExplicitFilters.of(sector=("TURISMO",)), {"Alfa", "Èlite"}),
        (ExplicitFilters.of(sector=("01", "14.13")), {"delta", "Gamma"}),
        (ExplicitFilters.of(sector=("99.99",)), set()),
        (ExplicitFilters.of(proof=("demonstrated",)), {"Alfa", "delta", "Gamma"}),
        (ExplicitFilters.of(proof=("corroborated",)), {"Èlite"}),  # Gamma held its event
        (
            ExplicitFilters.of(proof=("corroborated", "demonstrated")),
            {"Alfa", "delta", "Gamma", "Èlite"},
        ),
        (ExplicitFilters.of(proof=("demonstrated",), competence=("sartoria",)), {"Gamma"}),
        (ExplicitFilters.of(proof=("demonstrated",), kind=("event",)), set()),
    ],
)
def test_chosen_filters_combine(
    everybody: Searcher, choices: ExplicitFilters, expected: set[str]
) -> None:
    for question in ("cloud", ""):
        assert set(names(ask(everybody, question, choices))) == expected


def test_evidence_is_of_the_proof_chosen(everybody: Searcher) -> None:
    for proof in set(Proof) - {Proof.MENTIONED}:
        answer = ask(everybody, "cloud", ExplicitFilters.of(proof=(proof.value,)))
        assert {e.proof for hit in answer.documented for e in hit.evidence} == {proof}
    rows = everybody.passages(
        everybody.understand("cloud", ExplicitFilters.of(proof=("corroborated",)))
    ).passages
    assert {hit.document.id for hit in rows} == {"events/fiera.md"}


def test_one_passage_proves_different_things_of_two(everybody: Searcher) -> None:
    """The case study is Alfa's work, and only names Èlite."""
    choices = ExplicitFilters.of(proof=("demonstrated",))
    assert "Èlite" not in names(ask(everybody, "migrato archivi di un museo", choices))
    query = everybody.understand("museo", choices)
    of_elite = ORGANISATION.on(query, frozenset({"elite"}))
    assert not eligible_passages(of_elite, everybody.index).speaking.any()


def test_who_only_stands_beside_somebody_of_the_sector_is_not_of_it(everybody: Searcher) -> None:
    """Both speak in the fair's passages, but 14.13 is Gamma's sector alone."""
    assert names(ask(everybody, "cloud ATECO 14.13")) == ["Gamma"]


@pytest.mark.parametrize(
    ("choices", "keys"),
    [
        (ExplicitFilters.of(competence=("data engineering",)), ["competence:data-engineering"]),
        (ExplicitFilters.of(proof=("declared",)), ["proof:declared"]),
        (ExplicitFilters.of(certification=("ISO 27001",)), ["certification:iso27001"]),
        (ExplicitFilters.of(sector=("62",)), ["sector:62"]),
        (ExplicitFilters.of(sector=("turismo", "Turismo")), ["sector:Turismo"]),
        (
            ExplicitFilters.of(competence=("sartoria", "Dressmaking", "textile-production")),
            ["competence:textile-production"],
        ),
        (ExplicitFilters.of(competence=("crisantemo", "CRISANTEMI")), ["competence:crisantemi"]),
    ],
)
def test_what_was_chosen_is_understood_once_and_without_words(
    everybody: Searcher, choices: ExplicitFilters, keys: list[str]
) -> None:
    query = everybody.understand("cloud", choices)
    assert [u.key for u in query.understood] == keys
    assert [u.words for u in query.understood] == [""] * len(keys)
    assert query.text == "cloud"


def test_words_of_the_question_stand_for_what_was_chosen_too(everybody: Searcher) -> None:
    choices = ExplicitFilters.of(certification=("ISO 9001",), sector=("62",))
    query = everybody.understand("cloud certificata ISO 9001 ATECO 62", choices)
    assert [(u.key, bool(u.words)) for u in query.understood] == [
        ("certification:iso9001", True),
        ("sector:62", True),
    ]
    assert CERTIFICATION.of(query) == (frozenset({"iso9001"}),)


@pytest.mark.parametrize(
    "choices",
    [
        ExplicitFilters.of(competence=("astrologia",)),
        ExplicitFilters.of(competence=("!",)),
        ExplicitFilters.of(certification=("ISO 45001",)),
        ExplicitFilters.of(sector=("pesca",)),
        ExplicitFilters.of(proof=("sworn",)),
    ],
)
def test_an_unknown_value_is_refused_with_a_remedy(
    everybody: Searcher, choices: ExplicitFilters
) -> None:
    with pytest.raises(QueryError) as caught:
        everybody.understand("cloud", choices)
    assert caught.value.remedy


def test_what_chosen_filters_leave_out_is_explained(everybody: Searcher) -> None:
    choices = ExplicitFilters.of(competence=("sartoria",), proof=("demonstrated",))
    run = everybody.run(everybody.understand("cloud", choices))
    left = {x.filter: (x.labels, x.organisations) for x in everybody.explained(run).left_out}
    assert left == {
        COMPETENCE.key: (("sartoria e tessile",), 3),
        PROOF.key: (("dimostrato",), 1),
    }


# --- what each filter costs ------------------------------------------------------------------


def test_each_chip_says_what_the_search_without_it_gives(everybody: Searcher) -> None:
    choices = ExplicitFilters.of(
        competence=("sartoria",), certification=("ISO 9001",), since="2024"
    )
    question = "cloud ATECO 62"
    query = everybody.understand(question, choices)
    assert everybody.search(query).total == 0
    counts = everybody.counts_without(question, choices, query)
    assert [(u.key, n) for u, n in counts] == [
        ("period:2024-01-01/..", 0),
        ("certification:iso9001", 0),
        ("sector:62", 0),
        ("competence:textile-production", 2),
    ]


def test_a_filter_of_the_question_goes_off_and_a_chosen_one_goes(everybody: Searcher) -> None:
    question, choices = "cloud certificata ISO 27001", ExplicitFilters.of(place=("Lombardia",))
    query = everybody.understand(question, choices)
    counts = everybody.counts_without(question, choices, query)
    assert [(u.key, n) for u, n in counts] == [
        ("place:regione:03", 1),
        ("certification:iso27001", 1),
    ]


def test_each_passage_is_compared_once_however_many_filters_are_left_out(
    everybody: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    explicit = ExplicitFilters.of(competence="sartoria", certification="ISO 9001", since="2024")
    query = everybody.understand("server e cloud ATECO 62", explicit)
    compared: list[tuple[bytes, int]] = []  # with the question, or its names in another language
    compare = TokenIndex.max_similarities

    def counted(self: TokenIndex, tokens: Vectors, rows: Sequence[int]) -> Vectors:
        compared.extend((tokens.tobytes(), row) for row in rows)
        return compare(self, tokens, rows)

    monkeypatch.setattr(TokenIndex, "max_similarities", counted)
    assert everybody.search(query).total == 0
    assert len(everybody.counts_without("server e cloud ATECO 62", explicit, query)) == 4
    assert sorted(compared) == sorted(set(compared)) != []


def test_the_same_passages_are_searched_once_for_a_text(
    everybody: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = []
    find = DenseIndex.search

    def counted(self: DenseIndex, *arguments: Any) -> list[tuple[int, float]]:  # noqa: ANN401
        searched.append(arguments)
        return find(self, *arguments)

    monkeypatch.setattr(DenseIndex, "search", counted)
    query = everybody.understand("archivi di un museo")
    everybody.search(query)  # the judgement compares with what is found without filters
    everybody.search(query, offset=10)
    assert len(searched) == 1


def test_what_is_all_there_is_to_ask_has_no_count(everybody: Searcher) -> None:
    choices = ExplicitFilters.of(proof=("declared",))
    query = everybody.understand("", choices)
    assert everybody.counts_without("", choices, query) == ()


# --- orders ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.NAME, ["Alfa", "delta", "Èlite", "Gamma"]),
        (Sort.PLACE, ["Alfa", "Èlite", "Gamma", "delta"]),
        (Sort.DATE, ["Èlite", "Gamma", "Alfa", "delta"]),
    ],
)
def test_the_sure_are_in_the_order_asked_for(
    everybody: Searcher, sort: Sort, expected: list[str]
) -> None:
    query = everybody.understand("cloud")
    answer = everybody.search(query, 100, sort=sort)
    assert names(answer) == expected
    pages = [everybody.search(query, 1, n, sort) for n in range(4)]
    assert [name for page in pages for name in names(page)] == expected
    by_relevance = everybody.search(query, 100)
    ranks = {h.organisation.id: h.rank for h in by_relevance.documented}
    assert {h.organisation.id: h.rank for h in answer.documented} == ranks


def test_who_only_works_at_a_distance_is_said_in_any_order(everybody: Searcher) -> None:
    query = everybody.understand("cloud a Palermo")
    for sort in Sort:
        assert everybody.search(query, sort=sort).remote_only
    seated = everybody.search(everybody.understand("cloud a Bologna"), sort=Sort.DATE)
    assert not seated.remote_only


def test_who_only_works_at_a_distance_comes_last_in_any_order(everybody: Searcher) -> None:
    for sort in Sort:
        found = everybody.search(everybody.understand("cloud a Bologna"), sort=sort).documented
        assert [hit.organisation.name for hit in found if hit.place_match is PlaceMatch.REMOTE]
        assert found[-1].place_match is PlaceMatch.REMOTE


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("cloud ATECO 62 a Padova", ["Alfa", "Èlite"]),
        ("cloud ATECO 62 vicino a Pesaro", ["Èlite", "Alfa"]),
        ("cloud ATECO 62 in provincia di Firenze", ["Èlite", "Alfa"]),
        ("data engineering ATECO 62 in Toscana", ["Alfa", "Èlite"]),  # of a region: by relevance
        ("archivi ATECO 62 in Toscana", ["Èlite", "Alfa"]),
    ],
)
def test_where_nobody_is_the_nearest_come_first(
    everybody: Searcher, question: str, expected: list[str]
) -> None:
    answer = ask(everybody, question)
    assert names(answer) == []
    assert [hit.organisation.name for hit in answer.elsewhere] == expected


# --- the API ---------------------------------------------------------------------------------


def test_the_api_takes_the_filters_and_the_order(client: TestClient) -> None:
    params = {"competence": "Data engineering", "proof": "declared", "sort": "name"}
    answer = client.get("/api/v1/search", params=params).json()
    assert [o["name"] for o in answer["documented"]] == ["Bussola", "Distante"]
    assert answer["facets"]["certifications"] == [
        {"value": "iso9001", "label": "ISO 9001", "count": 1, "english": ""}
    ]
    keys = [u["key"] for u in answer["query"]["understood"]]
    assert keys == ["competence:data-engineering", "proof:declared"]
    one = client.get("/api/v1/search", params={**params, "certification": "ISO 9001"}).json()
    assert [o["name"] for o in one["documented"]] == ["Bussola"]
    assert client.get("/api/v1/search", params={"q": "x", "sector": "pesca"}).status_code == 400
    assert client.get("/api/v1/search", params={"q": "x", "sort": "luck"}).status_code == 400
