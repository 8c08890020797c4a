"""Ranges of days, as documents and questions give them."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """A range of days, both ends included; ``None`` is an open end."""

    start: date | None
    end: date | None

    @classmethod
    def parse(cls, text: str) -> Period:
        """Parse an ISO date, month or year ("2024-05-12", "2024-05", "2024"); raises ValueError."""
        numbers = text.strip().split("-")
        if len(numbers) > 3 or any(len(number) > 4 for number in numbers):
            raise ValueError(f"not a date: {text!r}")
        parts = [int(number) for number in numbers]
        if len(parts) == 1:
            return cls(date(parts[0], 1, 1), date(parts[0], 12, 31))
        if len(parts) == 2:
            first = date(parts[0], parts[1], 1)
            return cls(first, first.replace(day=calendar.monthrange(*parts)[1]))
        day = date(*parts)
        return cls(day, day)

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods share at least one day."""
        starts_in_time = self.start is None or other.end is None or self.start <= other.end
        ends_in_time = self.end is None or other.start is None or other.start <= self.end
        return starts_in_time and ends_in_time

    def answers(self, asked: Period) -> bool:
        """Whether a document with this date matches a query for the period ``asked``.

        A bare year or month stands for an unknown day in it: it matches periods that overlap it
        and are at least as long ("2024" matches "nel 2024" and "dal 2023"), not narrower ones
        ("marzo 2024"). Any other date covers all its days and matches every overlapping period.
        """
        return self.overlaps(asked) and asked._days >= self._least_days

    @property
    def _days(self) -> float:
        if self.start is None or self.end is None:
            return math.inf
        return (self.end - self.start).days + 1

    @property
    def _least_days(self) -> int:
        """The fewest days in a bare year or month; 0 for other dates."""
        return {len("2024"): 365, len("2024-05"): 28}.get(len(str(self)), 0)

    def __str__(self) -> str:
        """The shortest ISO form: "2024", "2024-05", "2024-05-12", "2023-01-01/2024-06-30"."""
        if self.start is None or self.end is None:
            return f"{self.start or '..'}/{self.end or '..'}"
        for short in (str(self.start.year), f"{self.start:%Y-%m}", self.start.isoformat()):
            if Period.parse(short) == self:
                return short
        return f"{self.start}/{self.end}"
