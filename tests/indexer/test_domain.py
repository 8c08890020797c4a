"""The words of the domain: spans of days, labels of places, and their way to disk and back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.domain import (
    BuildReport,
    Document,
    DocumentKind,
    Organisation,
    OrganisationLink,
    Passage,
    Period,
    Place,
    PlaceLevel,
    Problem,
    Reason,
    Role,
    Severity,
)
from indexer.index.serialisation import (
    dump_documents,
    dump_organisations,
    dump_passage,
    load_documents,
    load_organisations,
    load_passage_lines,
)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2023-02", date(2023, 2, 1), date(2023, 2, 28)),
        (" 2024-05-12 ", date(2024, 5, 12), date(2024, 5, 12)),
    ],
)
def test_a_date_may_stop_at_the_month_or_the_year(text: str, start: date, end: date) -> None:
    period = Period.parse(text)
    assert period == Period(start, end)
    assert str(period) == text.strip()


@pytest.mark.parametrize("text", ["", "ieri", "2024-13", "2024-00", "2024-02-30", "1-2-3-4", "0"])
def test_what_is_not_a_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2023, 1, 1), date(2024, 6, 30), "2023-01-01/2024-06-30"),
        (None, date(2024, 6, 30), "../2024-06-30"),
        (date(2024, 1, 1), None, "2024-01-01/.."),
        (date(2024, 1, 1), date(2024, 1, 1), "2024-01-01"),
    ],
)
def test_a_span_is_written_in_its_shortest_form(
    start: date | None, end: date | None, text: str
) -> None:
    assert str(Period(start, end)) == text


_DAYS = st.one_of(st.none(), st.dates(date(2000, 1, 1), date(2000, 1, 9)))
_PERIODS = st.builds(Period, _DAYS, _DAYS).filter(
    lambda p: p.start is None or p.end is None or p.start <= p.end
)


@given(_PERIODS, _PERIODS)
def test_spans_overlap_when_they_share_a_day(a: Period, b: Period) -> None:
    def days(period: Period) -> set[date]:
        first, last = period.start or date(1999, 12, 31), period.end or date(2000, 1, 10)
        return {date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)}

    assert a.overlaps(b) is bool(days(a) & days(b))
    assert a.overlaps(b) is b.overlaps(a)


def since(day: date) -> Period:
    return Period(day, None)


@pytest.mark.parametrize(
    ("dated", "asked"),
    [
        ("2024", Period.parse("2024")),
        ("2024-05", Period.parse("2024")),
        ("2024-05-12", Period.parse("2024-05")),
        ("2024-05-12", Period.parse("2024-05-12")),
        ("2023", since(date(2023, 1, 1))),
        ("2023", since(date(2023, 3, 1))),  # most of the year, perhaps
        ("2024", Period(None, date(2024, 6, 30))),
        ("2024", Period(date(2023, 1, 1), date(2024, 6, 30))),
        ("2026", Period(date(2025, 11, 22), date(2026, 11, 22))),  # "nell'ultimo anno"
        ("2026-03", Period(date(2026, 2, 10), date(2026, 3, 10))),  # "nell'ultimo mese"
        ("2024", Period(None, None)),
    ],
)
def test_a_date_answers_a_time_as_long_as_itself(dated: str, asked: Period) -> None:
    assert Period.parse(dated).answers(asked)


@pytest.mark.parametrize(
    ("dated", "asked"),
    [
        ("2024", Period.parse("2024-03-05")),
        ("2025", Period.parse("2025-03")),
        ("2024-03", Period.parse("2024-03-05")),
        ("2024", Period(date(2024, 1, 1), date(2024, 6, 30))),  # "nel primo semestre 2024"
        ("2024", Period(date(2023, 10, 1), date(2024, 3, 31))),
        ("2024", Period.parse("2023")),
        ("2022", since(date(2023, 1, 1))),
        ("2024-05", Period.parse("2024-06")),
        ("2024-05-12", Period.parse("2024-05-13")),
    ],
)
def test_a_date_does_not_answer_a_time_it_says_too_little_of(dated: str, asked: Period) -> None:
    assert not Period.parse(dated).answers(asked)


def test_what_lasted_answers_any_of_its_days() -> None:
    work = Period(date(2023, 1, 1), date(2024, 6, 30))
    for asked in ("2023", "2024", "2024-03", "2023-12-24"):
        assert work.answers(Period.parse(asked))
    assert not work.answers(Period.parse("2024-07"))
    assert since(date(2023, 1, 1)).answers(Period.parse("2024-03-05"))


def test_labels_of_places() -> None:
    assert Place("comune:037006", PlaceLevel.COMUNE, "Bologna", "BO").label == "Bologna (BO)"
    assert Place("provincia:037", PlaceLevel.PROVINCIA, "Bologna", "BO").label == (
        "provincia di Bologna"
    )
    assert Place("regione:08", PlaceLevel.REGIONE, "Emilia-Romagna").label == "Emilia-Romagna"


def test_errors_of_a_report_are_what_kept_something_out() -> None:
    error = Problem("a", Severity.ERROR, Reason.CORRUPT, "d", "r")
    warning = Problem("b", Severity.WARNING, Reason.PARTIAL, "d", "r")
    report = BuildReport("c", "g", True, 1, 1, 1, 1, 1, 0, (warning, error), {})
    assert report.errors == (error,)


_PLACE = Place("comune:034002", PlaceLevel.COMUNE, "Bardi", "PR")
_DOCUMENT = Document(
    "profiles/è.md",
    "profiles/è.md",
    DocumentKind.PROFILE,
    "Arca «è» \U0001f642\n",
    "it",
    "0" * 64,
    (OrganisationLink("arca", Role.SUBJECT), OrganisationLink("noe", Role.MENTION)),
    period=Period(date(2024, 2, 1), None),
    updated=date(2024, 2, 3),
    place=_PLACE,
    competencies=("reti", "cloud"),
    pages=3,
    fictional=True,
)
_ORGANISATION = Organisation(
    "arca", "Arca", ("L'Arca",), seat=_PLACE, works_in=(_PLACE,), remote=True, members=0
)
_PASSAGE = Passage("d#0", "d", 0, "Testo.\n", "", ("A", "B"), None, ("arca",), "it")


def test_documents_organisations_and_passages_survive_the_disk() -> None:
    assert load_documents(dump_documents([_DOCUMENT])) == (_DOCUMENT,)
    assert load_organisations(dump_organisations([_ORGANISATION])) == (_ORGANISATION,)
    line = dump_passage(_PASSAGE) + b"\n"
    assert line.count(b"\n") == 1
    assert load_passage_lines(line + line) == (_PASSAGE, _PASSAGE)
    assert load_passage_lines(b"") == ()
