"""Whom those that answer have worked for."""

from __future__ import annotations

import pytest

from indexer.text.organisation_names import OrganisationNameIndex
from search_service.domain import ExplicitFilters
from search_service.errors import QueryError
from search_service.filters.client import CLIENT
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.organisation import ORGANISATION
from search_service.query.parser import parse_query
from search_service.search.searcher import Searcher

CLIENTS = {
    "Università di Pisa": frozenset({"ateneo"}),
    "a health authority": frozenset({"asl"}),
    "Comune di Modena": frozenset({"comune"}),
    "rete di biblioteche": frozenset({"biblioteche"}),
}
KNOWN = IndexVocabulary(learnt={CLIENT.key: CLIENTS})


@pytest.mark.parametrize(
    ("question", "client", "text"),
    [
        ("chi ha già lavorato con le università?", "università", ""),
        ("chi ha lavorato per il Comune di Modena", "Comune di Modena", ""),
        ("cooperative che hanno lavorato per conto di un ateneo", "ateneo", ""),
        ("progetti svolti per ASL", "ASL", ""),
        ("lavori realizzati per ospedali", "ospedali", ""),
        ("chi ha tra i clienti una biblioteca", "biblioteca", ""),
        ("chi ha avuto come cliente un comune", "comune", ""),
        ("accessibilità, con esperienze presso atenei", "atenei", "accessibilità"),
        ("who has worked for hospitals", "hospitals", ""),
        ("who has already worked with libraries?", "libraries", ""),
        ("projects for municipalities", "municipalities", ""),
        ("data cleaning, with clients such as universities", "universities", "data cleaning"),
    ],
)
def test_these_ask_for_a_client(question: str, client: str, text: str) -> None:
    query = parse_query(question, KNOWN)
    assert (CLIENT.of(query), query.text) == ((client,), text)


@pytest.mark.parametrize(
    "question",
    [
        "chi ha lavorato con i bambini",
        "chi ha lavorato per il Comune di Ferrara",
        "siti per le università",
        "progetti europei per comuni",
        "gestione dei clienti",
        "who works with wood",
    ],
)
def test_these_do_not(question: str) -> None:
    assert CLIENT.of(parse_query(question, KNOWN)) is None


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("chi ha lavorato per i musei?", {"Bussola", "Ovunque"}),
        ("who has worked for museums?", {"Bussola", "Ovunque"}),
        ("chi ha lavorato per una radio", {"Distante"}),
    ],
)
def test_who_did_the_work_is_found(searcher: Searcher, question: str, names: set[str]) -> None:
    answer = searcher.search(searcher.understand(question))
    assert {hit.organisation.name for hit in answer.documented} == names


def test_a_client_can_be_chosen_and_must_be_one(searcher: Searcher) -> None:
    chosen = ExplicitFilters.of(client="museo")
    answer = searcher.search(searcher.understand("", chosen))
    assert {hit.organisation.name for hit in answer.documented} == {"Bussola", "Ovunque"}
    with pytest.raises(QueryError, match="Nobody in the index has the client"):
        searcher.understand("", ExplicitFilters.of(client="astronauti"))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("progetti svolti per Alfa Lavori", ""),
        ("chi ha avuto come cliente Alfa Lavori", ""),
        ("chi ha fatto il magazzino dati di Alfa Lavori?", "chi ha fatto il magazzino dati"),
        ("who built the website for Alfa Lavori", "who built the website"),
    ],
)
def test_an_organisation_by_name_may_be_the_client(question: str, text: str) -> None:
    known = IndexVocabulary(
        learnt={CLIENT.key: {"Alfa Lavori": frozenset({"sito"})}},
        names=OrganisationNameIndex({"alfa": ["Alfa Lavori"]}),
        labels={"alfa": "Alfa Lavori"},
    )
    query = parse_query(question, known)
    assert (CLIENT.of(query), ORGANISATION.of(query)) == (("Alfa Lavori",), None)
    assert query.text == text


@pytest.mark.parametrize("question", ["chi ha lavorato con Alfa Lavori", "contatti di Alfa Lavori"])
def test_partners_and_the_organisation_itself_are_no_client(question: str) -> None:
    known = IndexVocabulary(
        learnt={CLIENT.key: {"Alfa Lavori": frozenset({"sito"})}},
        names=OrganisationNameIndex({"alfa": ["Alfa Lavori"]}),
        labels={"alfa": "Alfa Lavori"},
    )
    assert CLIENT.of(parse_query(question, known)) is None
