"""Spans of time in a question, in Italian and English. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from indexer.domain import Period
from search_service.filters.dates.false_positives import is_no_time
from search_service.filters.dates.rules import RULES, Meaning

_OLDEST = 1970  # before it a year tells of what documents are about ("un edificio del 1920")


@dataclass(frozen=True, slots=True)
class PeriodMention:
    """Words of a question that say when: character offsets and the span of days."""

    start: int
    end: int
    period: Period


def periods(folded: str, today: date) -> tuple[PeriodMention, ...]:
    """The spans of time that a folded question names, left to right, none overlapping.

    A year counts only where it is not part of a standard's name ("ISO 9001:2015"), of an amount
    or of somebody's age; a deadline is no span either.
    """
    found: list[PeriodMention] = []
    taken: list[tuple[int, int]] = []
    for pattern, meaning in RULES:
        for match in pattern.finditer(folded):
            if any(start < match.end() and match.start() < end for start, end in taken):
                continue
            taken.append(match.span())
            period = _meant(match, meaning, folded, today)
            if period is not None:
                found.append(PeriodMention(*match.span(), period))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _meant(match: re.Match[str], meaning: Meaning, text: str, today: date) -> Period | None:
    if is_no_time(text, match):
        return None
    try:
        period = meaning(match, today)
    except ValueError:
        return None  # "31 febbraio 2024" is no day
    old = period and period.end and period.end.year < _OLDEST
    return None if old else period


def span_of(found: Sequence[Period]) -> Period | None:
    """One span for several: "nel 2024 e nel 2025" is both years, "dopo il 2020 … prima del 2023"
    the time between.
    """
    if not found:
        return None
    starts, ends = [p.start for p in found if p.start], [p.end for p in found if p.end]
    if len(starts) == len(ends) == len(found):
        return Period(min(starts), max(ends))
    start, end = max(starts, default=None), min(ends, default=None)
    return found[0] if start and end and start > end else Period(start, end)
