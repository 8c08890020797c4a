"""What a long text asks, and what it only names in passing."""

from __future__ import annotations

import pytest

from indexer.domain import PlaceRelation
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.period import PERIOD
from search_service.filters.place import wanted_areas
from search_service.query.long_text import LONGEST_QUESTION, asked
from search_service.query.parser import parse_query

KNOWN = IndexVocabulary()
TENDER = (
    "Il Comune di Modena, con determinazione n. 214 del 12 marzo 2024, indice una procedura aperta "
    "per l'affidamento del servizio di manutenzione del portale istituzionale, con formazione del "
    "personale. L'importo a base di gara è di 85.000 euro, la durata di 24 mesi. Le offerte devono "
    "pervenire entro il 30 aprile 2024. Il servizio si svolge presso la sede di Modena e comprende "
    "l'assistenza agli utenti nei giorni feriali, dalle 9 alle 18, per tutta la durata."
)
ENGLISH_TENDER = (
    "The Municipality of Trento, by resolution of 3 February 2025, launches an open procedure for "
    "the design and operation of a data platform. The contractor shall build pipelines and data "
    "quality checks, train the staff in Bolzano and Rovereto, and provide two years of maintenance "
    "on site. Bids must be received by 30 June 2025 at noon. The estimated value is EUR 210,000 "
    "excluding VAT, in four yearly instalments."
)
MAIL = (
    "Buongiorno a tutti, siamo una cooperativa sociale di Lecce che dal 2012 gestisce servizi per "
    "anziani. Nel 2023 abbiamo partecipato a un bando della Regione Puglia e ora dobbiamo "
    "digitalizzare le cartelle degli assistiti, che sono circa ottomila e stanno in due depositi. "
    "Cerchiamo un partner in Emilia-Romagna che sappia fare migrazioni di dati. Grazie, Maria"
)
NOTES = "Verbale. " + "Il 5 marzo 2025 a Roma si è parlato di dati aperti e di biblioteche. " * 5


@pytest.mark.parametrize("text", [TENDER, ENGLISH_TENDER, NOTES])
def test_what_is_named_in_passing_is_no_filter(text: str) -> None:
    query = parse_query(text, KNOWN)
    assert len(text.split()) > LONGEST_QUESTION
    assert query.conditions == {}
    assert query.understood == ()
    assert query.question == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        (TENDER, "manutenzione del portale istituzionale, con formazione del personale"),
        (ENGLISH_TENDER, "design and operation of a data platform"),
    ],
)
def test_what_a_tender_is_for_is_matched(text: str, matched: str) -> None:
    assert parse_query(text, KNOWN).text == matched


def test_of_a_mail_the_sentence_that_asks_is_the_question() -> None:
    query = parse_query(MAIL, KNOWN)
    (area,) = wanted_areas(query)
    assert (area.relation, area.places[0].name) == (PlaceRelation.IN, "Emilia-Romagna")
    assert PERIOD.of(query) is None
    assert query.text == "migrazioni di dati"


def test_what_those_who_ask_tell_of_themselves_is_no_filter() -> None:
    query = parse_query(
        "Siamo un consorzio di dodici cooperative sociali con sede a Forlì; nel 2024 abbiamo "
        "avviato un progetto e ora, entro marzo 2027, cerchiamo chi ci aiuti a rendere accessibili "
        "il sito e i documenti PDF. Il progetto ha un importo di 40.000 euro.",
        KNOWN,
    )
    assert query.conditions == {}
    assert query.text == "rendere accessibili il sito e i documenti PDF"


def test_a_short_question_keeps_the_place_of_who_asks() -> None:
    query = parse_query("siamo di Bologna e cerchiamo chi fa siti", KNOWN)
    (area,) = wanted_areas(query)
    assert area.places[0].name == "Bologna"


def test_a_text_that_asks_nothing_is_matched_whole() -> None:
    assert parse_query(NOTES, KNOWN).text.startswith("Verbale. Il 5 marzo 2025 a Roma")


@pytest.mark.parametrize("question", ["eventi a Roma nel 2025", "chi fa siti in Toscana?"])
def test_a_question_is_read_as_a_whole(question: str) -> None:
    assert asked(question) == (question, True)
