"""The metadata contract: what people write, made typed; what cannot be used is reported."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.domain import DocumentKind, Period, PlaceLevel, Reason
from indexer.places import Gazetteer
from indexer.source.metadata import FieldProblem, Fields, read_fields
from indexer.source.problems import field_problems
from tests.indexer.metadata_samples import SAMPLES, WRITTEN

GAZETTEER = Gazetteer.load()
VAT = "00488410010"


def read(**raw: object) -> Fields:
    """The fields of metadata in which nothing is wrong."""
    fields, problems = read_fields(raw, GAZETTEER)
    assert problems == ()
    return fields


def trouble(**raw: object) -> tuple[Fields, FieldProblem]:
    """The fields of metadata in which one thing is wrong, and that thing."""
    fields, problems = read_fields({"name": "Arca", **raw}, GAZETTEER)
    assert fields.name == "Arca", "one bad value must not cost the others"
    (problem,) = problems
    assert problem.remedy
    return fields, problem


def test_no_metadata_is_no_problem() -> None:
    assert read() == Fields()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_field_is_read(name: str) -> None:
    found = read(**{WRITTEN.get(name, name): SAMPLES[name]})
    assert getattr(found, name) != getattr(Fields(), name), f"read_fields leaves {name} out"


# --- text and lists ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Arca", "Arca"), ("  Arca \n Nova ", "Arca Nova"), (2024, "2024"), (None, ""), ("", "")],
)
def test_a_text_is_trimmed_to_one_line(value: object, expected: str) -> None:
    assert read(title=value).title == expected


def test_a_list_where_one_value_is_meant_gives_its_first_and_says_so() -> None:
    fields, problem = trouble(client=["Comune di Bardi", "altri"])
    assert fields.client == "Comune di Bardi"
    assert problem.reason is Reason.BAD_METADATA
    assert "client" in problem.detail


@pytest.mark.parametrize(
    "value",
    [
        ["data engineering", "open data"],
        ("data engineering", "open data"),
        "data engineering | open data",
        "data engineering; open data",
        "data engineering\nopen data\n",
        "data engineering, open data",
        ["data  engineering", None, "open data", "", "open data"],
    ],
)
def test_the_spellings_of_a_list(value: object) -> None:
    assert read(competencies=value).competencies == ("data engineering", "open data")


@pytest.mark.parametrize("name", ["aliases", "cooperatives", "organisers", "participants"])
def test_names_of_organisations_are_not_cut_at_commas(name: str) -> None:
    assert getattr(read(**{name: "Arca, Noè e soci | Refolo"}), name) == (
        "Arca, Noè e soci",
        "Refolo",
    )


@pytest.mark.parametrize("name", ["sectors", "certifications", "contacts", "competencies"])
def test_lists_of_short_things_may_use_commas(name: str) -> None:
    assert getattr(read(**{name: "a, b"}), name) == ("a", "b")


# --- typed values --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        ("true", True),
        ("VERO", True),
        ("sì", True),
        ("Si\u0300", True),
        ("si", True),
        ("Yes", True),
        ("x", True),
        (1, True),
        (False, False),
        ("FALSO", False),
        ("no", False),
        ("", False),
        (0, False),
        (None, False),
    ],
)
def test_the_spellings_of_yes_and_no(value: object, expected: bool) -> None:
    fields = read(remote=value, fictional=value)
    assert (fields.remote, fields.fictional) == (expected, expected)


def test_neither_yes_nor_no_counts_as_no_and_is_reported() -> None:
    fields, problem = trouble(remote="forse")
    assert fields.remote is False
    assert problem.detail == "remote: 'forse' is neither yes nor no"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (25, 25),
        ("25", 25),
        (" 25 ", 25),
        ("1.234", 1234),
        ("1.234.567", 1234567),
        (25.0, 25),
        ("25.0", 25),
        (0, 0),
        (None, None),
    ],
)
def test_the_spellings_of_a_number(value: object, expected: int | None) -> None:
    assert read(members=value).members == expected


@pytest.mark.parametrize("value", ["circa 40", "12,5", "nan", "inf", "1e999", "-3", -3, [1]])
def test_what_is_not_a_count_is_left_out_and_reported(value: object) -> None:
    fields, problem = trouble(members=value)
    assert fields.members is None
    assert problem.reason is Reason.BAD_METADATA
    assert problem.detail.startswith("members: ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-03-05", "2025-03-05"),
        ("2025-3-5", "2025-03-05"),
        ("05/03/2025", "2025-03-05"),
        ("5.3.2025", "2025-03-05"),
        ("2025-02", "2025-02"),
        ("2025", "2025"),
        (2025, "2025"),
        (date(2025, 3, 5), "2025-03-05"),
        (datetime(2025, 3, 5, 10, 30, tzinfo=UTC), "2025-03-05"),
    ],
)
def test_the_spellings_of_a_date(value: object, expected: str) -> None:
    assert str(read(date=value).period) == expected


def test_a_date_may_be_a_month_and_then_lasts_all_of_it() -> None:
    assert read(date="2024-02").period == Period(date(2024, 2, 1), date(2024, 2, 29))


def test_updated_is_the_last_day_that_its_words_can_mean() -> None:
    assert read(updated="2025").updated == date(2025, 12, 31)
    assert read(updated="2025-06").updated == date(2025, 6, 30)


@pytest.mark.parametrize(
    "value",
    ["ieri", "2025-13", "2025-02-30", "31/02/2025", "05/2025/03", "0", "99999", "2025-", "1-2-3-4"],
)
def test_what_is_not_a_date_is_left_out_and_reported(value: str) -> None:
    fields, problem = trouble(date=value)
    assert fields.period is None
    assert problem.detail == f"date: {value!r} is not a date"


def test_an_empty_date_is_no_date() -> None:
    assert read(date="", updated=" ", members="").period is None


@pytest.mark.parametrize(
    "value",
    [VAT, f"IT{VAT}", f"it {VAT}", "004 884 100 10", "488410010", 488410010, f" {VAT} "],
)
def test_a_vat_number_is_found_in_every_spelling_and_its_lost_zeros_are_put_back(
    value: object,
) -> None:
    assert read(vat=value).vat == VAT


@pytest.mark.parametrize("value", ["00488410011", "123", "ABC", "IT", "0048841001000"])
def test_a_wrong_vat_number_identifies_nobody_and_is_reported(value: str) -> None:
    fields, problems = read_fields({"name": "Arca", "vat": value}, GAZETTEER)
    assert (fields.vat, fields.name) == ("", "Arca")
    assert [p.reason for p in problems] == ([] if value == "IT" else [Reason.BAD_METADATA])


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("profile", DocumentKind.PROFILE),
        ("Profilo", DocumentKind.PROFILE),
        ("case_study", DocumentKind.CASE_STUDY),
        ("case-study", DocumentKind.CASE_STUDY),
        ("Case Study", DocumentKind.CASE_STUDY),
        ("caso di studio", DocumentKind.CASE_STUDY),
        ("EVENT", DocumentKind.EVENT),
        ("evento", DocumentKind.EVENT),
        (None, None),
    ],
)
def test_the_spellings_of_a_kind(value: object, kind: DocumentKind | None) -> None:
    assert read(kind=value).kind is kind


def test_an_unknown_kind_is_reported_and_left_to_the_folder() -> None:
    fields, problem = trouble(kind="brochure")
    assert fields.kind is None
    assert (problem.reason, problem.detail) == (Reason.UNKNOWN_KIND, "kind: 'brochure' is unknown")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("it", "it"), ("EN", "en"), ("en-GB", "en"), ("it_IT", "it"), ("sl", "sl"), ("", "")],
)
def test_a_language_is_its_code(value: str, expected: str) -> None:
    assert read(language=value).language == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("italiano", "it"), ("Inglese", "en"), ("English", "en"), ("francese", "fr")],
)
def test_a_language_may_be_written_in_words(value: str, expected: str) -> None:
    assert read(language=value).language == expected


def test_a_language_nobody_knows_is_left_to_detection_and_reported() -> None:
    fields, problem = trouble(language="boh che lingua")
    assert fields.language == ""
    assert problem.detail.startswith("language: ")


# --- places --------------------------------------------------------------------------------


def test_a_seat_is_a_comune() -> None:
    seat = read(seat="Borgo Val di Taro (PR)").seat
    assert seat is not None
    assert (seat.label, seat.level) == ("Borgo Val di Taro (PR)", PlaceLevel.COMUNE)


@pytest.mark.parametrize(
    "value",
    [
        "Toscana, provincia di Parma",
        "Toscana | provincia di Parma",
        ["Toscana", "provincia di Parma"],
    ],
)
def test_areas_served_are_a_list_of_places(value: object) -> None:
    assert [p.label for p in read(works_in=value).works_in] == ["Toscana", "provincia di Parma"]


def test_the_whole_country_is_a_place() -> None:
    assert [p.id for p in read(works_in="Italia").works_in] == ["country:it"]


def test_an_unknown_place_is_left_out_with_the_nearest_name() -> None:
    fields, problem = trouble(works_in=["Bologa", "Toscana"])
    assert [p.name for p in fields.works_in] == ["Toscana"]
    assert problem.reason is Reason.UNKNOWN_PLACE
    assert "'Bologa'" in problem.detail
    assert "Bologna" in problem.remedy


def test_a_shared_name_takes_the_first_and_says_what_else_it_can_be() -> None:
    fields, problem = trouble(seat="Samone")
    assert fields.seat is not None
    assert fields.seat.name == "Samone"
    assert problem.reason is Reason.UNKNOWN_PLACE
    assert "Samone (TO)" in problem.detail
    assert "Samone (TN)" in problem.detail


# --- names of fields -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "field", "value", "expected"),
    [
        ("Ragione sociale", "name", "Arca", "Arca"),
        ("DENOMINAZIONE", "name", "Arca", "Arca"),
        ("Nome", "name", "Arca", "Arca"),
        ("Partita  IVA", "vat", VAT, VAT),
        ("P.IVA", "vat", VAT, VAT),
        ("Forma giuridica", "legal_form", "scarl", "scarl"),
        ("Competenze", "competencies", "reti", ("reti",)),
        ("Settori", "sectors", "62.10", ("62.10",)),
        ("Certificazioni", "certifications", "ISO 9001", ("ISO 9001",)),
        ("Soci", "members", "7", 7),
        ("Sito web", "website", "https://a.example", "https://a.example"),
        ("Contatti", "contacts", "a@b.example", ("a@b.example",)),
        ("Remoto", "remote", "sì", True),
        ("Fittizio", "fictional", "VERO", True),
        ("Titolo", "title", "T", "T"),
        ("Lingua", "language", "it", "it"),
        ("Fonte", "source", "https://a.example", "https://a.example"),
        ("Cliente", "client", "Comune", "Comune"),
        ("Cooperativa", "cooperatives", "Arca", ("Arca",)),
        ("Organizzatori", "organisers", "Arca", ("Arca",)),
        ("Partecipanti", "participants", "Arca", ("Arca",)),
        ("Legal form", "legal_form", "scarl", "scarl"),
        ("Tipo", "kind", "evento", DocumentKind.EVENT),
        ("Aggiornato", "updated", "2025-01-02", date(2025, 1, 2)),
    ],
)
def test_headers_of_italian_registers(
    header: str, field: str, value: object, expected: object
) -> None:
    fields, problems = read_fields({header: value}, GAZETTEER)
    assert (getattr(fields, field), problems) == (expected, ())


def test_italian_headers_of_places_and_dates() -> None:
    fields, problems = read_fields(
        {"Sede": "Bardi", "Opera in": "Umbria", "Luogo": "Faenza", "Data": "2024"}, GAZETTEER
    )
    assert problems == ()
    assert fields.seat is not None
    assert fields.place is not None
    assert [fields.seat.name, fields.place.name] == ["Bardi", "Faenza"]
    assert [p.name for p in fields.works_in] == ["Umbria"]
    assert str(fields.period) == "2024"


def test_an_unknown_field_is_reported_with_the_nearest_name() -> None:
    _, problem = trouble(competenzze="reti")
    assert problem.detail == "the field 'competenzze' is not known"
    assert problem.remedy == "Did you mean 'competencies'?"


def test_the_inner_name_of_a_field_is_not_part_of_the_contract() -> None:
    _, problem = trouble(period="2024")
    assert "'period'" in problem.detail


def test_two_names_of_one_field_are_reported_and_the_last_is_kept() -> None:
    fields, problems = read_fields({"nome": "Arca", "ragione sociale": "Arca scarl"}, GAZETTEER)
    assert fields.name == "Arca scarl"
    assert [p.reason for p in problems] == [Reason.BAD_METADATA]
    assert "ragione sociale" in problems[0].detail


def test_every_bad_value_is_reported_and_every_good_one_kept() -> None:
    fields, problems = read_fields(
        {"name": "Arca", "date": "ieri", "vat": "1", "seat": "Atlantide", "members": "molti"},
        GAZETTEER,
    )
    assert fields == Fields(name="Arca")
    assert [p.detail.split(":")[0] for p in problems] == ["date", "vat", "seat", "members"]


_VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.dates(),
        st.text(max_size=12),
        st.sampled_from(["2024-02-30", "IT123", "Roma", "-", "10^400", "١٢", "²", "9" * 5000]),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
_KEYS = st.one_of(
    st.sampled_from(sorted({*Fields.__dataclass_fields__, "date", "nome", "p.iva"})),
    st.text(max_size=8),
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(_KEYS, _VALUES, max_size=6))
def test_no_metadata_whatever_stops_the_reading(raw: dict[str, object]) -> None:
    fields, problems = read_fields(raw, GAZETTEER)
    assert isinstance(fields, Fields)
    assert all(p.detail and p.remedy for p in problems)


def test_a_list_under_two_names_is_joined_and_both_are_named() -> None:
    fields, problems = read_fields(
        {"competenze": "saldatura, taglio", "competencies": ["welding", "taglio"]}, GAZETTEER
    )
    assert fields.competencies == ("saldatura", "taglio", "welding")
    (problem,) = problems
    assert "'competenze' and 'competencies'" in problem.detail
    assert "joined" in problem.remedy


def test_names_with_commas_are_joined_whole() -> None:
    raw = {"cooperativa": "Sale, Pepe e soci", "cooperatives": "Arca"}
    assert read_fields(raw, GAZETTEER)[0].cooperatives == ("Sale, Pepe e soci", "Arca")


def test_of_one_value_under_two_names_the_last_is_taken() -> None:
    fields, (problem,) = read_fields({"soci": "4", "members": "5"}, GAZETTEER)
    assert fields.members == 5
    assert "'soci' and 'members'" in problem.detail
    assert "the last was taken" in problem.remedy


def test_what_is_wrong_in_a_column_of_a_register_is_told_in_one_line() -> None:
    found = [
        (row, problem)
        for row in range(2, 7)
        for problem in read_fields({"name": "A", "members": "tanti"}, GAZETTEER, of_row=True)[1]
    ]
    (told,) = field_problems("r.csv", found)
    assert told.path == "r.csv"
    assert told.detail == (
        "members: 'tanti' (row 2), 'tanti' (row 3), 'tanti' (row 4) and 2 more is not a number"
    )
    assert told.remedy == "Write digits only."
