from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from indexer.domain import DocumentKind, Part, Period, PlaceMention, PlaceRelation
from indexer.index.snapshot import load_current
from search_service.domain import PlaceMatch, Query, SearchArea
from search_service.filters.exclusion import EXCLUSIONS, ExclusionCondition
from search_service.filters.kind import KIND, KindCondition
from search_service.filters.organisation import ORGANISATION
from search_service.filters.period import PERIOD
from search_service.filters.place import PLACE, PlaceCondition, search_area
from search_service.search.eligibility import eligible_passages
from search_service.search.searcher import Searcher
from tests.search_service.conftest import IDS, ODD, build_sources
from tests.toy import ToyEncoder

SEATED, SERVES, REMOTE = PlaceMatch.SEATED, PlaceMatch.SERVES, PlaceMatch.REMOTE
EVERYTHING = Query(question="x", text="x", language="it")


def at(searcher: Searcher, *places: str) -> tuple[SearchArea, ...]:
    found = (PlaceMention(0, 0, (searcher.gazetteer.get(place),)) for place in places)
    return tuple(search_area(mention, searcher.gazetteer) for mention in found)


def documents(searcher: Searcher, query: Query) -> set[str]:
    rows = eligible_passages(query, searcher.index).rows
    assert rows is not None
    assert len(rows) == len(searcher.generation.passages)
    return {searcher.generation.passages[row].document for row in rows.nonzero()[0]}


def matches(
    searcher: Searcher,
    wanted: tuple[SearchArea, ...] = (),
    excluded: tuple[SearchArea, ...] = (),
) -> Mapping[str, PlaceMatch]:
    query = PLACE.on(EVERYTHING, PlaceCondition(wanted, excluded))
    found = eligible_passages(query, searcher.index).place_matches
    assert found is not None
    return found


# --- no filter and empty filters -----------------------------------------------------------


def test_no_filter_is_none_and_lets_everything_through(searcher: Searcher) -> None:
    eligible = eligible_passages(EVERYTHING, searcher.index)
    assert (eligible.rows, eligible.place_matches) == (None, None)


@pytest.mark.parametrize(
    "nothing",
    [
        KIND.on(EVERYTHING, KindCondition(frozenset())),
        PERIOD.on(EVERYTHING, Period.parse("1901")),
        PERIOD.on(
            KIND.on(EVERYTHING, KindCondition(frozenset({DocumentKind.PROFILE}))),
            Period.parse("2024"),
        ),
    ],
)
def test_a_filter_that_matches_nothing_lets_nothing_through(
    searcher: Searcher, nothing: Query
) -> None:
    assert documents(searcher, nothing) == set()
    assert searcher.search(nothing).documented == ()
    assert searcher.passages(nothing).passages == ()


def test_a_place_where_nobody_is_lets_nobody_through(searcher: Searcher) -> None:
    nowhere = SearchArea(PlaceRelation.IN, (), frozenset(), frozenset())
    assert set(matches(searcher, (nowhere,))) == {IDS.distante}  # at a distance, anywhere
    italy = at(searcher, "country:it")
    everywhere_else = PLACE.on(EVERYTHING, PlaceCondition((nowhere,), italy))
    assert documents(searcher, everywhere_else) == set()


# --- how an organisation stands to a place -------------------------------------------------


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        # Vicina works in Bologna, which is the smaller; Ovunque in Italy, which is the larger.
        (
            "comune:037006",
            {IDS.bussola: SEATED, IDS.vicina: SERVES, IDS.ovunque: SERVES, IDS.distante: REMOTE},
        ),
        (
            "regione:08",
            {IDS.bussola: SEATED, IDS.vicina: SEATED, IDS.ovunque: SERVES, IDS.distante: REMOTE},
        ),
        # Bussola works in the province of Parma: asked for its town, and for no town of it.
        ("comune:034027", {IDS.bussola: SERVES, IDS.ovunque: SERVES, IDS.distante: REMOTE}),
        ("provincia:034", {IDS.bussola: SERVES, IDS.ovunque: SERVES, IDS.distante: REMOTE}),
        ("comune:035033", {IDS.ovunque: SERVES, IDS.distante: REMOTE}),
        # Etrusca's seat is known by its region only.
        (
            "regione:09",
            {
                IDS.etrusca: SEATED,
                IDS.ancora: SEATED,
                IDS.original: SEATED,
                IDS.ovunque: SERVES,
                IDS.distante: REMOTE,
            },
        ),
        ("comune:052032", {IDS.original: SEATED, IDS.ovunque: SERVES, IDS.distante: REMOTE}),
        ("regione:19", {IDS.distante: SEATED, IDS.ovunque: SERVES}),
    ],
)
def test_seat_areas_served_and_distance_are_three_facts(
    searcher: Searcher, place: str, expected: dict[str, PlaceMatch]
) -> None:
    assert matches(searcher, at(searcher, place)) == expected


def test_who_says_no_place_stands_nowhere(searcher: Searcher) -> None:
    assert IDS.senzasede not in matches(searcher, at(searcher, "country:it"))


def test_of_several_places_any_will_do(searcher: Searcher) -> None:
    found = matches(searcher, at(searcher, "comune:015146", "comune:052032"))
    assert found == {IDS.ovunque: SEATED, IDS.original: SEATED, IDS.distante: REMOTE}


def test_who_is_seated_in_an_excluded_place_is_out_whatever_it_serves(searcher: Searcher) -> None:
    found = matches(searcher, excluded=at(searcher, "regione:03"))
    assert set(found) == set(searcher.generation.organisations) - {IDS.ovunque, IDS.senzasede}
    both = matches(searcher, at(searcher, "regione:08"), at(searcher, "comune:037006"))
    assert both == {IDS.vicina: SEATED, IDS.ovunque: SERVES, IDS.distante: REMOTE}


# --- kinds and periods ---------------------------------------------------------------------


def test_kinds_let_their_documents_through(searcher: Searcher) -> None:
    events = KIND.on(EVERYTHING, KindCondition(frozenset({DocumentKind.EVENT})))
    assert documents(searcher, events) == {"events/accessibilita.md", "events/meetup.md"}
    assert eligible_passages(events, searcher.index).place_matches is None


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2024", {ODD, "events/meetup.md"}),
        ("2024-05", {ODD}),  # the meetup was some day of 2024: of May, nobody knows
        ("2024-05-31", set()),
        ("2024-06", set()),
        ("2025-03-05", {"events/accessibilita.md"}),
        ("2025-03-06", set()),
    ],
)
def test_a_period_lets_the_documents_through_that_are_surely_of_it(
    searcher: Searcher, period: str, expected: set[str]
) -> None:
    assert documents(searcher, PERIOD.on(EVERYTHING, Period.parse(period))) == expected


def test_a_document_without_a_date_is_in_no_period(searcher: Searcher) -> None:
    always = PERIOD.on(EVERYTHING, Period(None, None))
    undated = {d.id for d in searcher.generation.documents.values() if d.period is None}
    assert "case_studies/senza data.md" in undated
    assert documents(searcher, always) == set(searcher.generation.documents) - undated


def test_filters_add_up(searcher: Searcher) -> None:
    query = PLACE.on(EVERYTHING, PlaceCondition(at(searcher, "comune:034027")))
    query = KIND.on(query, KindCondition(frozenset({DocumentKind.CASE_STUDY})))
    query = PERIOD.on(query, Period.parse("2024"))
    assert documents(searcher, query) == {ODD}


# --- rows ----------------------------------------------------------------------------------


def test_rows_of_a_document_are_its_passages_in_reading_order(searcher: Searcher) -> None:
    passages = searcher.generation.passages
    for document in searcher.generation.documents:
        rows = searcher.index.rows_of_document(document).tolist()
        assert [passages[row].ordinal for row in rows] == list(range(len(rows)))
        assert {passages[row].document for row in rows} == {document}


def test_rows_of_an_organisation_are_those_that_speak_for_it(searcher: Searcher) -> None:
    passages = searcher.generation.passages
    for organisation in searcher.generation.organisations:
        rows = searcher.index.rows_of_organisation(organisation).tolist()
        assert rows == [n for n, p in enumerate(passages) if organisation in p.organisations]
        assert rows


def test_what_is_not_in_the_index_has_no_rows(searcher: Searcher) -> None:
    assert searcher.index.rows_of_document("none").tolist() == []
    assert searcher.index.rows_of_organisation("none").tolist() == []


# --- certifications, sectors, names, exclusions ----------------------------------------------

HOLDERS = {
    "profiles/alfa.md": """\
        ---
        name: Alfa Cloud
        certifications: [ISO 9001, ISO/IEC 27001]
        sectors: ["62.20.10"]
        ---
        Gestiamo server in cloud con SAP.
        """,
    "profiles/beta.md": """\
        ---
        name: Beta Dati
        certifications: [ISO/IEC 20000-1, parità di genere UNI/PdR 125]
        sectors: [turismo]
        ---
        Gestiamo archivi in cloud con Odoo.
        """,
    "profiles/gamma.md": """\
        ---
        name: Gamma
        certifications: [ISO 9001]
        ---
        Gestiamo reti in cloud.
        """,
    "case_studies/insieme.md": """\
        ---
        cooperatives: [Beta Dati, Gamma]
        sectors: ["91.30"]
        ---
        Beta Dati e Gamma hanno spostato in cloud un archivio SAP.
        """,
}


@pytest.fixture(scope="module")
def holders(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    settings = build_sources(tmp_path_factory.mktemp("holders"), HOLDERS)
    return Searcher(load_current(settings.index)[0], ToyEncoder())


def found(searcher: Searcher, question: str) -> set[str]:
    answer = searcher.search(searcher.understand(question))
    return {hit.organisation.id for hit in answer.documented}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("cloud", {"alfa-cloud", "beta-dati", "gamma"}),
        ("cloud certificata ISO 9001", {"alfa-cloud", "gamma"}),
        ("cloud con ISO 9001 e ISO 27001", {"alfa-cloud"}),
        ("cloud con ISO 27001 o ISO 20000", {"alfa-cloud", "beta-dati"}),
        ("cooperative certificate UNI/PdR 125:2022", {"beta-dati"}),
        ("cloud certificata EMAS", set()),
        ("cloud ATECO 62", {"alfa-cloud"}),
        ("cloud ATECO 91", {"beta-dati", "gamma"}),
        ("cloud ATECO 01", set()),
        ("cosa ha fatto Beta Dati?", {"beta-dati"}),
        ("cloud di Beta Dati o di Alfa Cloud", {"alfa-cloud", "beta-dati"}),
        ("cloud tranne Beta Dati", {"alfa-cloud", "gamma"}),
        ("cloud senza Odoo", {"alfa-cloud", "beta-dati", "gamma"}),
        ("cloud di Gamma con ISO 27001", set()),
    ],
)
def test_what_is_asked_of_organisations(
    holders: Searcher, question: str, expected: set[str]
) -> None:
    assert found(holders, question) == expected


def test_a_passage_with_an_excluded_name_is_no_evidence(holders: Searcher) -> None:
    answer = holders.search(holders.understand("cloud senza SAP"))
    texts = [e.passage.text for hit in answer.documented for e in hit.evidence]
    assert texts
    assert not any("SAP" in text for text in texts)
    everything = holders.search(holders.understand("cloud"))
    assert any("SAP" in e.passage.text for hit in everything.documented for e in hit.evidence)


def test_an_empty_set_of_organisations_lets_nothing_through(holders: Searcher) -> None:
    eligible = eligible_passages(ORGANISATION.on(EVERYTHING, frozenset()), holders.index)
    assert eligible.rows is not None
    assert not eligible.rows.any()
    assert eligible.organisations == frozenset()


def test_a_name_in_lower_case_is_one_when_no_passage_writes_it_so(holders: Searcher) -> None:
    assert EXCLUSIONS.of(holders.understand("erp senza sap")) == ExclusionCondition(terms=("sap",))
    assert EXCLUSIONS.of(holders.understand("lavori senza archivi")) is None


# --- denials -------------------------------------------------------------------------------


def test_a_denial_is_known_by_who_makes_it(tmp_path: Path) -> None:
    sources = {
        "profiles/ago.md": "---\nname: Ago\n---\nCuciamo divise.\n\nNon facciamo siti web.\n",
        "events/fiera.md": "---\ntitle: Fiera\n---\nNessuna cooperativa era presente.\n",
    }
    generation, _ = load_current(build_sources(tmp_path, sources).index)
    said = {
        passage.text[one.start : one.end]: one.organisation
        for passage in generation.passages
        for one in passage.statements
        if one.part is Part.DENIES
    }
    assert said == {"Non facciamo siti web.": "ago"}
