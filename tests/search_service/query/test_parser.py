from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.domain import DocumentKind, PlaceRelation
from search_service.domain import MAX_LENGTH, ExplicitFilters, Query
from search_service.errors import QueryError
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.kind import KIND, kinds_of
from search_service.filters.period import PERIOD
from search_service.filters.place import PLACE, wanted_areas
from search_service.filters.registry import FILTERS
from search_service.presentation.labels import words_in
from search_service.query.parser import parse_query
from search_service.query.wording import note

EVENT, CASE_STUDY, PROFILE = DocumentKind.EVENT, DocumentKind.CASE_STUDY, DocumentKind.PROFILE
TODAY = date(2026, 11, 22)
ALSO_PROFILES = (
    "contano solo i documenti con una data, come casi di studio ed eventi: non i profili senza data"
)


def understand(
    question: str,
    *,
    off: tuple[str, ...] = (),
    places: tuple[str, ...] = (),
    kinds: tuple[str, ...] = (),
    since: str = "",
    until: str = "",
    names: tuple[str, ...] = (),
) -> Query:
    explicit = ExplicitFilters.of(off, place=places, kind=kinds, since=since, until=until)
    return parse_query(question, IndexVocabulary(spellings=names), explicit, today=TODAY)


def keys(query: Query) -> list[str]:
    return [understood.key for understood in query.understood]


def place_ids(query: Query) -> list[str]:
    return [place.id for found in wanted_areas(query) for place in found.places]


# --- what a question says ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "text", "understood"),
    [
        (
            "chi fa data engineering in Emilia-Romagna?",
            "data engineering",
            ["place:regione:08"],
        ),
        (
            "who does penetration testing near Bologna",
            "penetration testing",
            ["place:comune:037006"],
        ),
        (
            "eventi nel 2025 sulla accessibilità",
            "sulla accessibilità",
            ["kind:event", "period:2025"],
        ),
        ("casi di studio su archivi sonori", "su archivi sonori", ["kind:case_study"]),
        ("Case studies about water", "about water", ["kind:case_study"]),
        ("mostrami i profili di grafica", "di grafica", ["kind:profile"]),
        ("quali convegni sull'acqua", "sull'acqua", ["kind:event"]),
        (
            "software gestionale a Torino dal 2023",
            "software gestionale",
            ["place:comune:001272", "period:2023-01-01/.."],
        ),
        (
            "sartoria in Toscana, nel 2024",
            "sartoria",
            ["place:regione:09", "period:2024"],
        ),
        (
            "sartoria in Toscana o in Umbria?",
            "sartoria",
            ["place:regione:09", "place:regione:10"],
        ),
        ("siti web", "siti web", []),
    ],
)
def test_places_kinds_and_dates_become_filters(
    question: str, text: str, understood: list[str]
) -> None:
    query = understand(question)
    assert (query.text, keys(query)) == (text, understood)
    assert query.question == question


@pytest.mark.parametrize(
    "question",
    [
        "chi organizza eventi",
        "allestimento di eventi e fiere",
        "who organises conferences",
        "gestione dei profili professionali",
    ],
)
def test_a_trade_that_is_also_a_kind_stays_in_the_text(question: str) -> None:
    query = understand(question)
    assert (query.text, kinds_of(query)) == (question, None)


@pytest.mark.parametrize(
    ("question", "text", "kinds"),
    [
        ("casi di studio ed eventi sull'accessibilità", "sull'accessibilità", [CASE_STUDY, EVENT]),
        ("case studies and events about water", "about water", [CASE_STUDY, EVENT]),
        ("mostrami gli eventi e i casi di studio su acqua", "su acqua", [CASE_STUDY, EVENT]),
        ("eventi, casi di studio e profili sull'acqua", "sull'acqua", [CASE_STUDY, EVENT, PROFILE]),
        ("sia casi di studio che eventi sull'acqua", "sull'acqua", [CASE_STUDY, EVENT]),
        ("both events and case studies on water", "on water", [CASE_STUDY, EVENT]),
        ("casi di studio o convegni recenti sull'acqua", "sull'acqua", [CASE_STUDY, EVENT]),
        ("sull'acqua: casi di studio/eventi?", "sull'acqua", [CASE_STUDY, EVENT]),
        ("seminari e conferenze sull'acqua", "sull'acqua", [EVENT]),
        ("eventi e mostre sull'acqua", "sull'acqua", [EVENT]),
        ("eventi, fiere e mostre sull'acqua", "sull'acqua", [EVENT]),
        ("eventi e fiere e casi di studio sull'acqua", "sull'acqua", [CASE_STUDY, EVENT]),
    ],
)
def test_several_kinds_are_all_asked_for(
    question: str, text: str, kinds: list[DocumentKind]
) -> None:
    query = understand(question)
    assert (query.text, kinds_of(query)) == (text, frozenset(kinds))
    assert keys(query) == [f"kind:{kind}" for kind in kinds]


@pytest.mark.parametrize(
    ("question", "text", "kind"),
    [
        (
            "casi di studio sull'organizzazione di eventi",
            "sull'organizzazione di eventi",
            CASE_STUDY,
        ),
        ("casi di studio su fiere, eventi e mostre", "su fiere, eventi e mostre", CASE_STUDY),
        ("casi di studio sull'acqua ed eventi", "sull'acqua ed eventi", CASE_STUDY),
        ("casi di studio ed eventi estremi", "ed eventi estremi", CASE_STUDY),
        ("case studies and event management", "and event management", CASE_STUDY),
        ("eventi su casi di studio di cantine", "su casi di studio di cantine", EVENT),
        ("profili e organizzazione di eventi", "e organizzazione di eventi", PROFILE),
    ],
)
def test_a_kind_that_is_the_subject_of_another_is_not_asked_for(
    question: str, text: str, kind: DocumentKind
) -> None:
    query = understand(question)
    assert (query.text, kinds_of(query)) == (text, {kind})


@pytest.mark.parametrize("question", ["eventi e fiere a Milano", "fiere ed eventi a Milano"])
def test_what_is_held_beside_an_event_leaves_nothing_to_match(question: str) -> None:
    query = understand(question)
    assert (query.text, kinds_of(query)) == ("", {EVENT})


def test_each_of_two_kinds_can_be_switched_off() -> None:
    question = "casi di studio ed eventi sull'acqua"
    words = {u.key: u.words for u in understand(question).understood}
    assert words == {"kind:case_study": "casi di studio", "kind:event": "ed eventi"}
    assert kinds_of(understand(question, off=("kind:event",))) == {CASE_STUDY}
    left = understand(question, off=("kind:case_study",))
    assert (left.text, kinds_of(left)) == ("sull'acqua", {EVENT})


def test_what_was_understood_says_its_words_and_its_label() -> None:
    query = understand("mostrami gli eventi a Milano nel marzo 2025")
    assert [(u.aspect, u.label, u.words) for u in query.understood] == [
        (PLACE.key, "Milano (MI)", "a Milano"),
        (KIND.key, "eventi", "mostrami gli eventi"),
        (PERIOD.key, "2025-03", "nel marzo 2025"),
    ]
    assert kinds_of(query) == {EVENT}
    assert str(PERIOD.of(query)) == "2025-03"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("chi ha fatto sartoria nel 2024", ALSO_PROFILES),
        ("profili di sartoria nel 2024", ALSO_PROFILES),
        ("eventi nel 2024", "contano solo i documenti con una data"),
        ("sartoria in Toscana", ""),
    ],
)
def test_a_time_tells_that_what_has_no_date_does_not_count(question: str, told: str) -> None:
    query = understand(question)
    found = {u.aspect: note(u, query, words_in("it")) for u in query.understood}
    assert found.pop(PERIOD.key, "") == told
    assert set(found.values()) <= {""}


def test_chosen_dates_tell_it_too() -> None:
    query = understand("sartoria", since="2024")
    assert note(query.understood[-1], query, words_in("it")) == ALSO_PROFILES


def test_two_years_make_one_span_that_can_be_switched_off() -> None:
    question = "restauri nel 2024 e nel 2025"
    query = understand(question)
    assert str(PERIOD.of(query)) == "2024-01-01/2025-12-31"
    assert query.understood[0].words == "nel 2024, nel 2025"
    assert understand(question, off=(query.understood[0].key,)).text == "restauri"


def test_a_region_holds_its_provinces_and_comuni_and_lies_in_its_area() -> None:
    (found,) = wanted_areas(understand("in Emilia-Romagna"))
    assert {"regione:08", "provincia:037", "comune:037006"} <= found.inside
    assert not found.inside & {"regione:09", "area:nord-est", "country:it", "comune:015146"}
    assert {"area:nord-est", "country:it"} == found.around
    assert found.relation is PlaceRelation.IN


def test_a_comune_holds_only_itself() -> None:
    (found,) = wanted_areas(understand("a Bologna"))
    assert found.inside == {"comune:037006"}
    assert {"provincia:037", "regione:08", "area:nord-est", "country:it"} == found.around


def test_near_says_how_near_and_reaches_over_the_border() -> None:
    query = understand("siti entro 50 km da Bologna")
    assert query.understood[0].label == "entro 50 km da Bologna (BO)"
    (found,) = wanted_areas(query)
    assert {"comune:037006", "comune:037032", "comune:036023"} <= found.inside  # Imola, Modena
    assert "comune:015146" not in found.inside


def test_between_two_towns_lie_others() -> None:
    query = understand("siti tra Bologna e Imola")
    assert query.understood[0].label == "tra Bologna (BO) e Imola (BO)"
    assert "comune:037020" in wanted_areas(query)[0].inside  # Castel San Pietro Terme
    assert "comune:015146" not in wanted_areas(query)[0].inside


def test_an_excluded_place_is_no_place_to_be_in() -> None:
    query = understand("grafica fuori dalla Lombardia")
    assert wanted_areas(query) == ()
    condition = PLACE.of(query)
    assert condition is not None
    assert [place.id for place in condition.excluded[0].places] == ["regione:03"]
    assert (query.text, query.understood[0].label) == ("grafica", "fuori dalla Lombardia")


def test_a_name_that_places_share_means_all_of_them() -> None:
    (found,) = wanted_areas(understand("sartoria a Castro"))
    assert found.ambiguous
    assert {place.label for place in found.places} == {"Castro (BG)", "Castro (LE)"}
    assert {place.id for place in found.places} <= found.inside


def test_inside_the_name_of_an_organisation_nothing_is_a_place() -> None:
    question = "che cosa fa Officina Bologna"
    assert place_ids(understand(question, names=("Officina Bologna",))) == []


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("chi fa siti web accessibili per i comuni", "it"),
        ("who makes accessible web sites for schools", "en"),
    ],
)
def test_the_language_of_a_question(question: str, language: str) -> None:
    assert understand(question).language == language


# --- switching off -------------------------------------------------------------------------

QUESTION = "eventi a Milano nel 2025 sulla grafica"


@pytest.mark.parametrize(
    ("off", "text", "left"),
    [
        ("place", "sulla grafica", ["kind:event", "period:2025"]),
        ("place:comune:015146", "sulla grafica", ["kind:event", "period:2025"]),
        ("kind", "sulla grafica", ["place:comune:015146", "period:2025"]),
        ("kind:event", "sulla grafica", ["place:comune:015146", "period:2025"]),
        ("period", "sulla grafica", ["place:comune:015146", "kind:event"]),
        ("period:2025", "sulla grafica", ["place:comune:015146", "kind:event"]),
        ("place:regione:08", "sulla grafica", ["place:comune:015146", "kind:event", "period:2025"]),
    ],
)
def test_what_is_switched_off_filters_nothing_and_is_not_matched(
    off: str, text: str, left: list[str]
) -> None:
    query = understand(QUESTION, off=(off,))
    assert (query.text, keys(query)) == (text, left)


def test_with_everything_off_the_rest_is_the_text() -> None:
    query = understand(QUESTION, off=("place", "kind", "period"))
    assert (query.text, wanted_areas(query), kinds_of(query), PERIOD.of(query)) == (
        "sulla grafica",
        (),
        None,
        None,
    )


def test_what_is_switched_off_beside_a_filter_leaves_only_the_filter() -> None:
    query = understand("eventi 2025 a Milano", off=("place",))
    assert (query.text, keys(query)) == ("", ["kind:event", "period:2025"])


@pytest.mark.parametrize("question", ["a Milano", "eventi del 2025", "in Toscana"])
def test_what_is_all_that_was_said_is_matched_when_switched_off(question: str) -> None:
    query = understand(question, off=("place", "kind", "period"))
    assert (query.text, query.understood) == (question, ())


# --- chosen filters ------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["regione:08", "Emilia-Romagna", "emilia romagna"])
def test_a_place_is_chosen_by_id_or_by_name(place: str) -> None:
    query = understand("grafica", places=(place,))
    assert place_ids(query) == ["regione:08"]
    assert [(u.key, u.words) for u in query.understood] == [("place:regione:08", "")]


def test_chosen_filters_add_to_those_of_the_question() -> None:
    query = understand("eventi a Milano", places=("Torino",), kinds=("case_study",))
    assert place_ids(query) == ["comune:015146", "comune:001272"]
    assert kinds_of(query) == {EVENT, CASE_STUDY}


def test_chosen_dates_stand_in_the_place_of_the_question_s() -> None:
    query = understand("grafica nel 2020", since="2024-05", until="2025")
    assert str(PERIOD.of(query)) == "2024-05-01/2025-12-31"
    assert query.understood[-1].words == ""
    assert str(PERIOD.of(understand("grafica", since="2024"))) == "2024-01-01/.."
    assert str(PERIOD.of(understand("grafica", until="2024-02"))) == "../2024-02-29"


def test_filters_alone_are_a_search() -> None:
    for query in (
        understand("", places=("Toscana",)),
        understand("", kinds=("event",)),
        understand("", since="2024"),
        understand("in Toscana"),
    ):
        assert query.text == ""


def refused(ask: Callable[[], Query]) -> tuple[str, str]:
    with pytest.raises(QueryError) as caught:
        ask()
    return caught.value.message, caught.value.remedy


def test_a_misspelt_place_is_refused_with_a_suggestion() -> None:
    message, remedy = refused(lambda: understand("grafica", places=("Bolonga",)))
    assert "'Bolonga'" in message
    assert "Bologna (BO)" in remedy


@pytest.mark.parametrize("place", ["", "Qwertyuiop", "regione:99"])
def test_a_place_like_no_other_is_refused(place: str) -> None:
    message, remedy = refused(lambda: understand("grafica", places=(place,)))
    assert repr(place) in message
    assert remedy


def test_an_unknown_kind_is_refused_with_those_known() -> None:
    message, remedy = refused(lambda: understand("grafica", kinds=("evento",)))
    assert "'evento'" in message
    assert remedy == "Choose among: profile, case_study, event."


@pytest.mark.parametrize(
    "day", ["ieri", "2025-13", "2025-02-30", "2025-1-1-1", "0", "-", "9" * 20, "٢٠٢٥-99"]
)
def test_dates_that_are_none_are_refused(day: str) -> None:
    for ask in (
        lambda: understand("grafica", since=day),
        lambda: understand("grafica", until=day),
    ):
        assert "2025-03-05" in refused(ask)[1]


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    message, _ = refused(lambda: understand("grafica", since="2025", until="2024"))
    assert message == "'2024' is before '2025'."
    assert PERIOD.of(understand("grafica", since="2025", until="2025")) is not None


# --- odd input -----------------------------------------------------------------------------


@pytest.mark.parametrize("question", ["", "   ", "\n\t\u00a0"])
def test_an_empty_question_is_refused(question: str) -> None:
    assert refused(lambda: understand(question))[0] == "The question is empty."


def test_a_pasted_document_is_refused() -> None:
    message, _ = refused(lambda: understand("a" * 10_000))
    assert message == "The question has 10000 characters; at most 2000 are read."
    assert understand("a" * MAX_LENGTH).text == "a" * MAX_LENGTH
    assert understand("a " + " " * 10_000 + "b").text == "a b"  # spaces are not counted


def test_spaces_and_line_breaks_are_one_space() -> None:
    assert understand("  grafica\n\n e\tstampa  in   Toscana ").text == "grafica e stampa"


def test_decomposed_accents_are_the_same_question() -> None:
    question = "c'è stato un convegno sull'accessibilità a Forlì nella seconda metà del 2024?"
    decomposed = understand(unicodedata.normalize("NFD", question))
    assert decomposed == understand(question)
    assert keys(decomposed) == [
        "place:comune:040012",
        "kind:event",
        "period:2024-07-01/2024-12-31",
    ]


@pytest.mark.parametrize(
    "question",
    [
        "🎉🎉 grafica 🎉 a Milano",
        "\u202bgrafica\u202c a Milano",
        "İİ grafica a Milano",
        "ﬁﬁ a Milano",
    ],
)
def test_odd_letters_do_not_move_the_words_that_are_understood(question: str) -> None:
    query = understand(question)
    assert [u.words for u in query.understood] == ["a Milano"]
    assert "Milano" not in query.text


@pytest.mark.parametrize(
    "words",
    ["durante il ", "nel corso del ", "a ", "in attività dal ", "2024 ", "1 ", "mostrami i "],
)
def test_a_question_of_one_phrase_again_and_again_takes_no_long_time(words: str) -> None:
    start = time.perf_counter()
    understand((words * 1000)[: MAX_LENGTH - 1])
    assert time.perf_counter() - start < 2.0


WORDS = st.sampled_from(
    "in a Bologna Toscana eventi casi di studio nel 2024 2025 dal chi fa vicino fuori dalla tra e "
    "profili , ? . - ISO 🎉 è provincia km 30 entro Castro".split()
)


@given(st.lists(WORDS, min_size=1, max_size=10).map(" ".join) | st.text(min_size=1, max_size=50))
@example("00000000000")
@example("P. IVA 00000000000 a Bologna")
@example("chi ha sede a Bologna con almeno 10 addetti")
def test_any_question_is_understood_or_refused_as_empty(question: str) -> None:
    try:
        query = understand(question)
    except QueryError as error:
        assert error.message == "The question is empty."  # noqa: PT017
        return
    letters = {c for c in query.text if c.isalnum()}
    assert letters <= {c for c in query.question if c.isalnum()}
    assert len(set(keys(query))) <= len(query.understood)
    assert all(u.words in query.question for u in query.understood if ", " not in u.words)
    everything_off = understand(question, off=tuple(one.key for one in FILTERS))
    assert everything_off.understood == ()
    assert len(everything_off.text) >= len(query.text)
