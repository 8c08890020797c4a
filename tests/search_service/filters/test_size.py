"""How many people work there: what a question says of it, and what only looks like it."""

from __future__ import annotations

import pytest

from indexer.index.snapshot import load_current
from search_service.domain import ExplicitFilters, Query
from search_service.errors import QueryError
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.registry import inventory
from search_service.filters.size import SIZE, SizeRange
from search_service.presentation.labels import words_in
from search_service.query.parser import parse_query
from search_service.query.wording import label
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

VOCABULARY = IndexVocabulary()


def understand(question: str, explicit: ExplicitFilters = ExplicitFilters()) -> Query:  # noqa: B008
    return parse_query(question, VOCABULARY, explicit)


@pytest.mark.parametrize(
    ("question", "text", "size"),
    [
        ("con almeno 10 addetti", "", SizeRange(10, None)),
        ("at least 10 people", "", SizeRange(10, None)),
        ("piccole cooperative (meno di 15 persone)", "", SizeRange(None, 14)),
        ("piccole cooperative (meno di 15 persone) che fanno siti web", "siti web", (None, 14)),
        ("più di 50 dipendenti", "", SizeRange(51, None)),
        ("cooperatives with more than 50 employees that do ERP", "ERP", (51, None)),
        ("cooperative di Bologna con almeno dieci persone", "", (10, None)),
        ("elenco delle cooperative con più di 1.000 dipendenti", "", (1001, None)),
        ("cerco un partner tra 10 e 50 addetti per bandi", "bandi", (10, 50)),
        ("cooperative da 10 a 49 dipendenti", "", (10, 49)),
        ("chi ha più di 20 dipendenti e fa cloud?", "cloud", (21, None)),
        ("cloud, con al massimo 9 addetti", "cloud", (None, 9)),
        ("cloud con 10 o più addetti in Toscana", "cloud", (10, None)),
    ],
)
def test_a_number_of_people_is_a_filter(
    question: str, text: str, size: SizeRange | tuple[int | None, int | None]
) -> None:
    query = understand(question)
    wanted = size if isinstance(size, SizeRange) else SizeRange(*size)
    assert (query.text, SIZE.of(query)) == (text, (wanted,))
    (item,) = (u for u in query.understood if u.aspect == SIZE.key)
    assert item.words in question


@pytest.mark.parametrize(
    "question",
    [
        "buste paga per aziende con più di 50 dipendenti",
        "gestione del personale di imprese con più di 200 dipendenti",
        "payroll for companies with more than 50 employees",
        "welfare per più di 100 dipendenti",
        "catering per più di 50 persone",
        "sala riunioni per almeno 100 persone",
        "corsi con almeno 10 persone",
        "chi ha fatto eventi con più di 500 persone",
        "formazione per oltre 20 addetti antincendio",
        "almeno 3 addetti alle pulizie",
        "assistenza a più di 30 persone con disabilità",
        "software con 50 utenti",
        "tra 50 e 10 addetti",
    ],
)
def test_numbers_of_others_are_content(question: str) -> None:
    assert SIZE.of(understand(question)) is None


def test_it_is_switched_off_by_its_key() -> None:
    query = understand("cloud con almeno 10 addetti", ExplicitFilters.of(["size:10-"]))
    assert (query.text, query.conditions) == ("cloud", {})


@pytest.mark.parametrize(
    ("value", "italian", "english"),
    [
        ("10-49", "da 10 a 49", "from 10 to 49"),
        ("1000-", "almeno 1.000", "at least 1,000"),
        ("-9", "al massimo 9", "at most 9"),
        ("12-12", "12", "12"),
    ],
)
def test_a_chosen_range_is_said_in_both_languages(value: str, italian: str, english: str) -> None:
    (item,) = understand("cloud", ExplicitFilters.of(size=value)).understood
    assert (item.value, label(item, words_in("it"))) == (value, italian)
    assert label(item, words_in("en")) == english


@pytest.mark.parametrize("value", ["", "-", "molti", "50-10", "1234567-"])
def test_what_is_no_range_is_refused_with_a_remedy(value: str) -> None:
    with pytest.raises(QueryError) as caught:
        understand("cloud", ExplicitFilters.of(size=[value]))
    assert "10-49" in caught.value.remedy


# --- over an index ---------------------------------------------------------------------------

SOURCES = {
    "profiles/grande.md": "---\nname: Grande\nmembers: 3\nemployees: 60\n---\nTeniamo il cloud.\n",
    "profiles/media.md": "---\nname: Media\naddetti: 12\n---\nTeniamo il cloud.\n",
    "profiles/muta.md": "---\nname: Muta\nsoci: 40\n---\nTeniamo il cloud.\n",
    "profiles/registro.csv": "nome;n. addetti;descrizione\nPiccola;4;Teniamo il cloud.\n",
}


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    settings = build_sources(tmp_path_factory.mktemp("size"), SOURCES)
    return Searcher(load_current(settings.index)[0], ToyEncoder())


def found(searcher: Searcher, question: str, *sizes: str) -> set[str]:
    query = searcher.understand(question, ExplicitFilters.of(size=sizes))
    return {hit.organisation.name for hit in searcher.search(query).documented}


def test_who_tells_no_number_does_not_pass(searcher: Searcher) -> None:
    assert found(searcher, "cloud") == {"Grande", "Media", "Muta", "Piccola"}
    assert found(searcher, "cloud con almeno 1 addetti") == {"Grande", "Media", "Piccola"}
    assert found(searcher, "cloud con più di 12 addetti") == {"Grande"}
    assert found(searcher, "cloud con più di 60 addetti") == set()


def test_of_chosen_ranges_any_will_do(searcher: Searcher) -> None:
    assert found(searcher, "cloud", "-9", "50-") == {"Grande", "Piccola"}


def test_its_facet_counts_classes(searcher: Searcher) -> None:
    sizes = searcher.search(searcher.understand("cloud")).facets["sizes"]
    assert {value.value: value.count for value in sizes} == {"1-9": 1, "10-49": 1, "50-249": 1}
    shown = [SIZE.value_label(value, words_in("it")) for value in sizes]
    assert shown == ["1–9", "10–49", "50–249"]
    assert sorted(inventory(searcher.index)["sizes"]) == ["1-9", "10-49", "50-249"]
