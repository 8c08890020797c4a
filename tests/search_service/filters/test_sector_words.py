"""Sectors that a question calls so."""

from __future__ import annotations

import pytest

from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.sector import SECTOR
from search_service.query.parser import parse_query

SECTORS = frozenset({"62.20.10", "turismo", "cultura", "agricoltura", "energia"})
KNOWN = IndexVocabulary(learnt={SECTOR.key: SECTORS})


@pytest.mark.parametrize(
    ("question", "sector", "text"),
    [
        ("cooperative nel settore culturale", "cultura", ""),
        ("chi lavora nel settore turistico", "turismo", ""),
        ("siti web nel settore del turismo", "turismo", "siti web"),
        ("data engineering nel settore dell'agricoltura", "agricoltura", "data engineering"),
        ("cooperatives in the energy sector", "energia", ""),
        ("websites, in the energy industry", "energia", "websites"),
    ],
)
def test_a_sector_that_somebody_writes_is_a_filter(question: str, sector: str, text: str) -> None:
    query = parse_query(question, KNOWN)
    assert (SECTOR.of(query), query.text) == ((sector,), text)


@pytest.mark.parametrize(
    "question",
    [
        "siti per il turismo",
        "cooperative nel settore navale",
        "chi fa cultura",
        "works in the field",
        "il settore culturale come cliente",
    ],
)
def test_others_are_matched(question: str) -> None:
    assert SECTOR.of(parse_query(question, KNOWN)) is None
