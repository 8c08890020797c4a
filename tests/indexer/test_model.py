"""The words of the domain: spans of days, labels of places, and their way to disk and back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.model import (
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
from indexer.serialisation import (
    dump_documents,
    dump_organisations,
    dump_passages,
    load_documents,
    load_organisations,
    load_passages,
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
    assert load_passages(dump_passages([_PASSAGE, _PASSAGE])) == (_PASSAGE, _PASSAGE)
    assert load_passages(dump_passages([])) == ()
