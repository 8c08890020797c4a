"""A cooperative by its VAT number."""

from __future__ import annotations

import pytest

from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.organisation import ORGANISATION
from search_service.query.parser import parse_query
from search_service.search.searcher import Searcher

KNOWN = IndexVocabulary(labels={"it01114601006": "Bussola"})


@pytest.mark.parametrize(
    "question",
    [
        "01114601006",
        "p.iva 01114601006",
        "P. IVA: 01114601006",
        "partita IVA n. 01114601006",
        "la cooperativa con partita iva IT01114601006",
        "codice fiscale 01114601006",
        "cod. fisc. 01114601006",
        "P.I. 01114601006",
        "VAT number IT 01114601006",
        "who has VAT 01114601006?",
    ],
)
def test_a_vat_number_names_its_organisation(question: str) -> None:
    query = parse_query(question, KNOWN)
    assert ORGANISATION.of(query) == {"it01114601006"}
    assert [item.label for item in query.understood] == ["Bussola"]


@pytest.mark.parametrize("question", ["partita iva agevolata", "0111460100", "codice 011146010061"])
def test_other_numbers_name_nobody(question: str) -> None:
    assert ORGANISATION.of(parse_query(question, KNOWN)) is None


def test_it_is_found_and_a_number_of_nobody_finds_nobody(searcher: Searcher) -> None:
    def names(question: str) -> list[str]:
        answer = searcher.search(searcher.understand(question))
        return [hit.organisation.name for hit in (*answer.documented, *answer.close)]

    assert names("p.iva 01114601006") == ["Bussola"]
    assert names("p.iva 99999999999") == []
