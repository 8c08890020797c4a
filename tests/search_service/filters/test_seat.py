"""A place that is asked for as the seat: nothing wider answers."""

from __future__ import annotations

import pytest

from search_service.domain import PlaceMatch
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.place import wanted_areas
from search_service.presentation.labels import words_in
from search_service.query.parser import parse_query
from search_service.search.searcher import Searcher

KNOWN = IndexVocabulary()


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("siti web con sede a Bologna", "siti web"),
        ("siti web, sede legale a Bologna", "siti web"),
        ("siti web, sede legale: Bologna", "siti web"),
        ("siti web, la cui sede è a Bologna", "siti web"),
        ("chi ha la sede a Bologna o Modena e fa app", "chi e fa app"),
        ("siti web solo a Bologna", "siti web"),
        ("siti web, soltanto in Toscana", "siti web"),
        ("siti web esclusivamente in provincia di Bologna", "siti web"),
        ("solo cooperative di Bologna che fanno siti", "siti"),
        ("cooperative di Bologna", ""),
        ("chi c'è a Bologna?", ""),
        ("cooperatives in Bologna", ""),
        ("siti web con sede vicino a Bologna", "siti web"),
        ("siti web a Bologna e basta", "siti web"),
        ("websites based in Bologna", "websites"),
        ("websites based in Bologna, not remote", "websites"),
        ("siti web a Bologna, non da remoto", "siti web"),
        ("siti web a Bologna, non a distanza", "siti web"),
        ("websites only in Tuscany", "websites"),
        ("websites in Tuscany only", "websites"),
        ("Bologna-based websites", "websites"),
        ("websites headquartered in Trento", "websites"),
        ("websites whose head office is in Trento", "websites"),
        ("websites, registered office in Trento", "websites"),
    ],
)
def test_these_ask_for_the_seat(question: str, text: str) -> None:
    query = parse_query(question, KNOWN)

    assert query.text == text
    assert wanted_areas(query)
    assert all(area.seat_only for area in wanted_areas(query))


@pytest.mark.parametrize(
    "question",
    [
        "siti web a Bologna",
        "cooperative di Bologna che fanno siti",
        "siti web in Toscana",
        "siti web non solo a Bologna",
        "websites not only in Bologna",
        "siti web a Bologna, solo software libero",
        "chi lavora a Bologna",
        "chi opera in Toscana?",
        "cooperatives that work in Tuscany",
        "websites near Bologna",
    ],
)
def test_these_do_not(question: str) -> None:
    assert [area.seat_only for area in wanted_areas(parse_query(question, KNOWN))] == [False]


@pytest.mark.parametrize(
    ("question", "italian", "english"),
    [
        ("siti solo a Bologna", "sede a Bologna (BO)", "based in Bologna (BO)"),
        ("siti solo in Toscana", "sede nella regione Toscana", "based in the region Toscana"),
        (
            "siti con sede vicino a Bologna",
            "sede entro 40 km da Bologna (BO)",
            "based within 40 km of Bologna (BO)",
        ),
    ],
)
def test_the_chip_says_so(question: str, italian: str, english: str) -> None:
    (area,) = wanted_areas(parse_query(question, KNOWN))

    assert words_in("it").area(area) == italian
    assert words_in("en").area(area) == english


def test_who_only_works_there_or_remotely_does_not_count(searcher: Searcher) -> None:
    def found(question: str) -> dict[str, PlaceMatch | None]:
        answer = searcher.search(searcher.understand(question))
        hits = (*answer.documented, *answer.close)
        return {hit.organisation.name: hit.place_match for hit in hits}

    wide, narrow = found("data engineering a Bologna"), found("data engineering solo a Bologna")

    assert set(wide.values()) > {PlaceMatch.SEATED}
    assert set(narrow.values()) == {PlaceMatch.SEATED}


def test_nobody_with_the_seat_there_is_nobody(searcher: Searcher) -> None:
    answer = searcher.search(searcher.understand("data engineering con sede a Modena"))

    assert answer.widened is None
    assert not answer.documented
    assert not answer.close
