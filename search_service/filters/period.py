"""When something was done or held: "nel 2025", "negli ultimi due anni", "since March"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from indexer.domain import DocumentKind, Period
from search_service.domain import (
    ExplicitFilters,
    Mention,
    Query,
    RecognisedFilter,
)
from search_service.errors import QueryError, QueryProblem
from search_service.filters.base import (
    Answering,
    Eligibility,
    Facet,
    FacetKey,
    Filter,
    FoldedQuestion,
    Holders,
    Parameter,
)
from search_service.filters.dates.parser import periods, span_of
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.kind import kinds_of
from search_service.filters.passage_index import PassageIndex
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _

_SINCE = Parameter(
    "since", "since", _("Da questa data: 2025, 2025-03 o 2025-03-05."), "2024", several=False
)
_UNTIL = Parameter(
    "until", "until", _("Fino a questa data: 2025, 2025-03 o 2025-03-05."), "2024", several=False
)


class PeriodFilter(Filter[Period]):
    """Only documents with a date, of a span of time. Dates that are chosen replace those said."""

    key = "period"
    heading = _("quando")
    parameters = (_SINCE, _UNTIL)
    groups = (Facet("years", _("Anno"), 80),)
    turn = 2

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The words that say when; together they mean one span."""
        taken = question.taken
        times = [
            m
            for m in periods(question.folded, question.today)
            if not any(start < m.end and m.start < end for start, end in taken)
        ]
        when = span_of([m.period for m in times])
        if when is None:
            return []
        said = ", ".join(question.text[m.start : m.end] for m in times)
        return [Mention(m.start, m.end, _recognised(when, said)) for m in times]

    def chosen(
        self, explicit: ExplicitFilters, vocabulary: IndexVocabulary
    ) -> list[RecognisedFilter]:
        """The span between two dates, each of which may be missing."""
        since, until = (next(iter(explicit.get(p.name)), "") for p in self.parameters)
        if not since and not until:
            return []
        try:
            start = Period.parse(since).start if since else None
            end = Period.parse(until).end if until else None
        except (ValueError, OverflowError):
            raise QueryError(
                f"The dates {since!r} – {until!r} cannot be read.",
                remedy="Write them as 2025, 2025-03 or 2025-03-05.",
                problem=QueryProblem.BAD_DATE,
            ) from None
        if start and end and start > end:
            raise QueryError(
                f"{until!r} is before {since!r}.",
                remedy="Write the earlier date first.",
                problem=QueryProblem.REVERSED_DATES,
            )
        return [_recognised(Period(start, end))]

    def settle(
        self, said: Sequence[RecognisedFilter], chosen: Sequence[RecognisedFilter]
    ) -> list[RecognisedFilter]:
        """What was chosen; the question's words stand for it where they say the same."""
        held = [item for item in said if not chosen or item.key == chosen[0].key]
        return (held or list(chosen))[:1]

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> Period | None:
        """The one span."""
        return _period(items[0])

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The passages of the documents that are surely of that time."""
        asked = self.of(query)
        assert asked is not None
        return Eligibility(
            rows=index.rows_of_documents(
                lambda document: document.period is not None and document.period.answers(asked)
            )
        )

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """The span, in words."""
        return words.period(_period(item))

    def note(self, item: RecognisedFilter, query: Query, words: Words) -> str:
        """That documents without a date are left out.

        Args:
            item: The period.
            query: What it is part of; its kinds decide the wording.
            words: The words of the reader's language.
        """
        kinds = kinds_of(query)
        if kinds is not None and DocumentKind.PROFILE not in kinds:
            return words.language.text(_("contano solo i documenti con una data"))
        return words.language.text(
            _(
                "contano solo i documenti con una data, come casi di studio ed eventi: "
                "non i profili senza data"
            )
        )

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """The years of the evidence."""
        found: dict[FacetKey, list[str]] = defaultdict(list)
        for organisation, evidence in answering.confident.items():
            for one in evidence:
                for year in years_of(one.document.period):
                    found[FacetKey(year, year)].append(organisation)
        return {"years": found}

    def inventory(self, index: PassageIndex) -> Mapping[str, Iterable[str]]:
        """The year in which each dated document begins."""
        dated = (d.period for d in index.generation.documents.values() if d.period)
        return {"years": (str(period.start.year) for period in dated if period.start)}

    def with_value(
        self, value: str, explicit: ExplicitFilters, said: Iterable[RecognisedFilter]
    ) -> ExplicitFilters:
        """The choices with the year, from its first day to its last.

        Args:
            value: The year.
            explicit: What was chosen so far.
            said: What the question itself says; the year replaces it.
        """
        for parameter in self.parameters:
            explicit = explicit.having(parameter.name, value)
        return explicit

    def without(
        self, item: RecognisedFilter, explicit: ExplicitFilters, vocabulary: IndexVocabulary
    ) -> ExplicitFilters:
        """The choices without both dates.

        Args:
            item: The period.
            explicit: What was chosen so far.
            vocabulary: Of the index; not needed here.
        """
        kept = explicit.switched_off(item.key) if item.words else explicit
        for parameter in self.parameters:
            kept = kept.having(parameter.name)
        return kept


PERIOD = PeriodFilter()


def _recognised(period: Period, said: str = "") -> RecognisedFilter:
    return RecognisedFilter(PeriodFilter.key, str(period), str(period), said, period)


def _period(item: RecognisedFilter) -> Period:
    assert isinstance(item.meaning, Period)
    return item.meaning


@lru_cache(maxsize=10_000)  # few dates are shared by many passages
def years_of(period: Period | None) -> tuple[str, ...]:
    """The years, as they are chosen, that a document of this date answers."""
    ends = [day.year for day in (period.start, period.end) if day is not None] if period else []
    if period is None or not ends:
        return ()
    years = map(str, range(min(ends), max(ends) + 1))
    return tuple(year for year in years if period.answers(Period.parse(f"{year:0>4}")))
