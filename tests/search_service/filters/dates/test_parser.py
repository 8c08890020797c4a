from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.domain import Period
from indexer.text.tokens import fold_same_length
from search_service.filters.dates.parser import PeriodMention, span_of
from search_service.filters.dates.parser import periods as periods_of_folded

TODAY = date(2026, 11, 22)


def periods(text: str, today: date) -> tuple[PeriodMention, ...]:
    return periods_of_folded(fold_same_length(text), today)


def found(text: str) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], str(m.period)) for m in periods(text, TODAY)]


# The words in [brackets] are those that say when; then what they mean.
PHRASINGS = [
    # a year, a month, a day
    ("eventi [nel 2024] su SPID", "2024"),
    ("casi di studio [2024]", "2024"),
    ("[IN 2024], who did it", "2024"),
    ("progetti [durante il 2023]", "2023"),
    ("[nel corso del 2023]", "2023"),
    ("projects [during 2023]", "2023"),
    ("[nell'anno 2024]", "2024"),
    ("[nell’anno 2024]", "2024"),
    ("fatti [nel 2019]?", "2019"),
    ("Scampia ([del 2024])", "2024"),
    ("cooperative attive [nel 2024]", "2024"),
    ("attività [del 2024]", "2024"),
    ("[marzo 2025]", "2025-03"),
    ("[a maggio 2024]", "2024-05"),
    ("[nel marzo del 2025]", "2025-03"),
    ("[mar. 2025]", "2025-03"),
    ("[in Sept 2024]", "2024-09"),
    ("[il 5 marzo 2025] a Roma", "2025-03-05"),
    ("[1° maggio 2024]", "2024-05-01"),
    ("[dell'8 marzo 2024]", "2024-03-08"),
    ("[on 5 March 2025]", "2025-03-05"),
    ("[on March 5, 2025]", "2025-03-05"),
    ("[5th of March 2025]", "2025-03-05"),
    ("[29 febbraio 2024]", "2024-02-29"),
    ("eventi [05-03-2025]", "2025-03-05"),
    ("eventi [del 5-3-2025]", "2025-03-05"),
    # what the years are years of
    ("progetti [del triennio 2021-2023]", "2021-01-01/2023-12-31"),
    ("chi ha lavorato [nel biennio 2022-2023]?", "2022-01-01/2023-12-31"),
    ("[nel quinquennio 2019/2023]", "2019-01-01/2023-12-31"),
    ("casi di studio [esercizio 2023]", "2023"),
    ("chi fa il bilancio d'esercizio [2023]", "2023"),
    ("eventi [a.s. 2023/24]", "2023-01-01/2024-12-31"),
    ("corsi [anno scolastico 2023/24]", "2023-01-01/2024-12-31"),
    ("[a.a. 2023-2024]", "2023-01-01/2024-12-31"),
    ("projects of the [fiscal year 2023]", "2023"),
    ("[05/03/2024]", "2024-03-05"),
    ("[il 5/3/2024]", "2024-03-05"),
    ("[03/2024]", "2024-03"),
    ("[2024-03]", "2024-03"),
    ("[2024-03-05]", "2024-03-05"),
    # from a time on, up to a time
    ("[dal 2023]", "2023-01-01/.."),
    ("[dal 2023 in poi]", "2023-01-01/.."),
    ("[dal 2023 ad oggi]", "2023-01-01/.."),
    ("[a partire da marzo 2025]", "2025-03-01/.."),
    ("[since March 2025]", "2025-03-01/.."),
    ("[from 2022 onwards]", "2022-01-01/.."),
    ("[dal 5/3/2024]", "2024-03-05/.."),
    ("[non prima del 2022]", "2022-01-01/.."),
    ("[dopo il 2020]", "2021-01-01/.."),
    ("[after March 2020]", "2020-04-01/.."),
    ("[dopo la fine del 2023]", "2024-01-01/.."),
    ("[fino al 2020]", "../2020-12-31"),
    ("[fino a giugno 2020]", "../2020-06-30"),
    ("[entro la fine del 2021]", "../2021-12-31"),
    ("[until 2020]", "../2020-12-31"),
    ("[prima del 2020]", "../2019-12-31"),
    ("[prima di marzo 2020]", "../2020-02-29"),
    ("[before 2020]", "../2019-12-31"),
    # from one time to another
    ("[da gennaio 2024 a giugno 2025]", "2024-01-01/2025-06-30"),
    ("[from January 2024 to June 2025]", "2024-01-01/2025-06-30"),
    ("[tra il 2021 e il 2023]", "2021-01-01/2023-12-31"),
    ("[between 2023 and 2021]", "2021-01-01/2023-12-31"),
    ("[dal 2021 fino al 2023]", "2021-01-01/2023-12-31"),
    ("[nel triennio 2021-2023]", "2021-01-01/2023-12-31"),
    ("[2021 – 2023]", "2021-01-01/2023-12-31"),
    ("[2021/2023]", "2021-01-01/2023-12-31"),
    ("[tra gennaio e marzo 2024]", "2024-01-01/2024-03-31"),
    ("[from January to March 2024]", "2024-01-01/2024-03-31"),
    ("[dal 5 al 12 marzo 2024]", "2024-03-05/2024-03-12"),
    ("[dal 5 marzo 2024 al 12 aprile 2024]", "2024-03-05/2024-04-12"),
    ("[dal 28 febbraio al 3 marzo 2024]", "2024-02-28/2024-03-03"),
    # seasons and parts of a year
    ("[nell'estate del 2024]", "2024-06-01/2024-08-31"),
    ("[autumn 2023]", "2023-09-01/2023-11-30"),
    ("[inverno 2023]", "2023-12-01/2024-02-29"),
    ("[primo semestre 2024]", "2024-01-01/2024-06-30"),
    ("[seconda metà del 2023]", "2023-07-01/2023-12-31"),
    ("[first half of 2024]", "2024-01-01/2024-06-30"),
    ("[terzo trimestre 2024]", "2024-07-01/2024-09-30"),
    ("[Q4 2024]", "2024-10-01/2024-12-31"),
    # counted from today
    ("[negli ultimi due anni]", "2024-11-22/2026-11-22"),
    ("[negli scorsi 3 mesi]", "2026-08-22/2026-11-22"),
    ("[in the last two years]", "2024-11-22/2026-11-22"),
    ("[over the past 6 months]", "2026-05-22/2026-11-22"),
    ("[nell’ultimo anno]", "2025-11-22/2026-11-22"),
    ("[in the last year]", "2025-11-22/2026-11-22"),
    ("[da due anni a questa parte]", "2024-11-22/2026-11-22"),
    ("[quest’anno]", "2026"),
    ("[this year]", "2026"),
    ("[l'anno scorso]", "2025"),
    ("[last year]", "2025"),
    ("[questo mese]", "2026-11"),
    ("[il mese scorso]", "2026-10"),
    ("[nelle ultime due settimane]", "2026-11-08/2026-11-22"),
    ("[negli ultimi due o tre anni]", "2023-11-22/2026-11-22"),
    ("[in the last couple of years]", "2024-11-22/2026-11-22"),
    ("[nell'ultimo anno e mezzo]", "2025-05-22/2026-11-22"),
    ("[nell'ultimo triennio]", "2023-11-22/2026-11-22"),
    ("fatti [meno di due anni fa]", "2024-11-22/2026-11-22"),
    ("[non più vecchi di 3 anni]", "2023-11-22/2026-11-22"),
    ("[la settimana scorsa]", "2026-11-09/2026-11-15"),
    ("[this week]", "2026-11-16/2026-11-22"),
    ("[lo scorso anno]", "2025"),
    ("[lo scorso dicembre]", "2025-12"),
    ("[a settembre scorso]", "2026-09"),
    ("[last winter]", "2025-12-01/2026-02-28"),
    ("[quest'estate]", "2026-06-01/2026-08-31"),
    ("[nel marzo dell'anno scorso]", "2025-03"),
    ("[dall'inizio dell'anno]", "2026-01-01/.."),
    ("real estate [2024]", "2024"),
    # parts of a year wherever a date may stand
    ("[dopo l'estate 2024]", "2024-09-01/.."),
    ("[dalla primavera 2025]", "2025-03-01/.."),
    ("[prima dell'estate scorsa]", "../2026-05-31"),
    ("[entro il primo semestre 2025]", "../2025-06-30"),
    ("[ultimo trimestre 2024]", "2024-10-01/2024-12-31"),
    ("[II semestre 2025]", "2025-07-01/2025-12-31"),
    ("[H1 2025]", "2025-01-01/2025-06-30"),
    ("[nei primi sei mesi del 2025]", "2025-01-01/2025-06-30"),
    ("[negli ultimi tre mesi del 2024]", "2024-10-01/2024-12-31"),
    ("[gennaio e febbraio 2025]", "2025-01-01/2025-02-28"),
    # years in other words
    ("[nel '23]", "2023"),
    ("[nel duemilaventiquattro]", "2024"),
    ("[in twenty twenty-four]", "2024"),
    ("[anno scolastico 2024/25]", "2024-01-01/2025-12-31"),
    ("[negli anni novanta]", "1990-01-01/1999-12-31"),
    ("[in the 1990s]", "1990-01-01/1999-12-31"),
    ("[5/3/25]", "2025-03-05"),
    ("[il primo maggio 2025]", "2025-05-01"),
    # an event to come
    ("convegni [nel 2027]", "2027"),
]
NO_TIME = [
    # standards, laws, programmes and products that hold a year
    "ISO 9001:2015",
    "certificati ISO 27001:2022",
    "legge 381 del 1991",
    "legge n. 381 dell'8 novembre 1991",
    "legge 104/1992",
    "legge 3/2003",
    "d.lgs. 231 del 2001",
    "regolamento UE 2016/679",
    "direttiva 2019/882",
    "Horizon 2020",
    "Agenda 2030",
    "Windows Server 2016",
    "Visual Studio 2022",
    "POR FESR 2014-2020",
    "programmazione 2021-2027",
    "piano strategico nazionale 2024-2026",
    "norma CEI 64-8 edizione 2021",
    "Milano Cortina 2026",
    # what documents are about
    "un edificio del 1920",
    # how old somebody is
    "fondata nel 2009",
    "cooperativa nata il 5 marzo 2009",
    "fondata a Reggio Emilia nel 2009",
    "founded in 2009",
    "attiva dal 2009",
    "attiva in Toscana sin dal 2009",
    "attiva da vent'anni",
    "attiva da 20 anni",
    # days that are none
    "31 febbraio 2024",
    "29 febbraio 2023",
    "dal 31 febbraio 2024",
    "dal 1 febbraio 2024 al 31 febbraio 2024",
    "13/2024",
    "30/02/2024",
    "Q5 2024",
    # numbers that are no years
    "051 2024 2025",
    "+39 051 2024567",
    "2.000 utenti",
    "2000 utenti",
    "per 2000 utenti",
    "oltre 2000 soci",
    "2000 euro",
    "da 2000 euro",
    "€ 2000",
    "2000€",
    "2024 km",
    "1990s",
    "anni 90",
    "articolo 20245",
    "24/7",
    "'24",
    "duemila utenti",
    "1999/13",
    "dal 2 al 3",
    "versione 10/2022",
    "bando n. 3/2022",
    # deadlines and aims: no document is of then
    "entro il 2050",
    "entro marzo 2027",
    "by June 2027",
    "obiettivi 2030",
    # too vague to filter by
    "negli ultimi anni",
    "di recente",
    "in maggio",
    "",
]


@pytest.mark.parametrize(("marked", "period"), PHRASINGS, ids=[p[0] for p in PHRASINGS])
def test_words_that_say_when(marked: str, period: str) -> None:
    words = marked[marked.index("[") + 1 : marked.index("]")]
    text = marked.replace("[", "").replace("]", "")
    assert found(text) == [(words, period)]


@pytest.mark.parametrize("text", NO_TIME)
def test_words_that_only_look_like_a_time(text: str) -> None:
    assert found(text) == []


def test_several_times_are_found_from_left_to_right() -> None:
    text = "nel 2024 e nel marzo 2025, prima del 2020"
    assert found(text) == [
        ("nel 2024", "2024"),
        ("nel marzo 2025", "2025-03"),
        ("prima del 2020", "../2019-12-31"),
    ]


def test_a_leap_day_counts_back_to_the_last_of_february() -> None:
    (mention,) = periods("negli ultimi tre anni", date(2024, 2, 29))
    assert str(mention.period) == "2021-02-28/2024-02-29"


def test_offsets_hold_where_letters_fold_to_none_or_several() -> None:
    for strange in ("ﬁﬁ ", "İİ ", "a\u0300a\u0300 ", "½ ", "ß ", "\u202b"):
        assert found(f"{strange}nel 2024 fatti") == [("nel 2024", "2024")]


WORDS = (
    "nel dal al tra fra e da a fino entro prima dopo ultimi due anni mese marzo may 5 31 1° 2024 "
    "2023 1999 2030 ISO 9001:2015 € euro since until between and last years / - , . ' ’ estate "
    "primo semestre Q1 scorso settembre last duemila venti '23 mesi dei legge "
    "051 fondata 00/00/2024 2024-99-99 0/2024 99 è"
).split()
SENTENCES = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
ANYTHING = st.text(max_size=60) | st.text(string.digits + "/-. nelda", max_size=30) | SENTENCES


@given(ANYTHING)
@example("tra 1 e 2024")
@example("İİİİİİ nel 2024")
def test_spans_are_ordered_inside_the_text_and_never_overlap(text: str) -> None:
    position = 0
    for mention in periods(text, TODAY):
        assert position <= mention.start < mention.end <= len(text)
        assert mention.period.start or mention.period.end
        if mention.period.start and mention.period.end:
            assert mention.period.start <= mention.period.end
        position = mention.end


@given(SENTENCES)
def test_capitals_do_not_matter(text: str) -> None:
    lower = [(m.start, m.end, m.period) for m in periods(text.lower(), TODAY)]
    assert [(m.start, m.end, m.period) for m in periods(text.upper(), TODAY)] == lower


@given(st.text(max_size=40))
def test_folding_in_place_keeps_every_letter_where_it_is(text: str) -> None:
    assert len(fold_same_length(text)) == len(text)


@pytest.mark.parametrize(
    ("spans", "whole"),
    [
        ([], None),
        (["2024"], "2024"),
        (["2024", "2025"], "2024-01-01/2025-12-31"),
        (["2025", "2023-05"], "2023-05-01/2025-12-31"),
    ],
)
def test_several_times_make_one_span(spans: list[str], whole: str | None) -> None:
    period = span_of([Period.parse(span) for span in spans])
    assert (str(period) if period else None) == whole


def test_two_open_spans_make_the_time_between() -> None:
    after, before = Period(date(2021, 1, 1), None), Period(None, date(2022, 12, 31))
    assert span_of([after, before]) == Period(date(2021, 1, 1), date(2022, 12, 31))
    apart = Period(None, date(2019, 12, 31))
    assert span_of([after, apart]) == after  # nothing lies between: the first is meant


# --- events to come ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "prossimi eventi", "i prossimi convegni", "prossimo evento", "eventi in programma",
        "eventi futuri", "eventi in calendario", "calendario eventi", "che eventi ci saranno",
        "agenda dei prossimi eventi",
        "convegni che si terranno", "eventi previsti", "eventi da oggi in poi", "eventi a breve",
        "eventi nei prossimi mesi", "prossimi appuntamenti", "upcoming events", "next events",
        "future events", "events coming up", "events scheduled", "are there any events planned",
        "events from today on", "events in the coming months",
    ],
)  # fmt: skip
def test_events_to_come_are_from_today_on(text: str) -> None:
    assert span_of([m.period for m in periods(text, TODAY)]) == Period(TODAY, None)


def test_events_of_a_few_months_end_with_them() -> None:
    (mention,) = periods("eventi nei prossimi tre mesi", TODAY)
    assert mention.period == Period(TODAY, date(2027, 2, 22))


@pytest.mark.parametrize(
    "text",
    [
        "manutenzione programmata", "chi gestisce il calendario", "attività previste dal bando",
        "ci aiuti nei prossimi mesi", "software per eventi futuri", "planned maintenance",
        "catering for upcoming projects", "i prossimi passi",
    ],
)  # fmt: skip
def test_what_is_planned_is_no_time_unless_it_is_an_event(text: str) -> None:
    assert periods(text, TODAY) == ()
