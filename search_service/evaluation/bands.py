"""What people see in the answers to judged questions: the right names first, no wrong one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

RIGHT = 2  # the grade of who does exactly what was asked


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer to a question, with its judgements.

    Attributes:
        relevant: The grade of each organisation by name, 1 or 2; others have 0.
        answerable: Whether anybody does what is asked.
        documented: The names of the documented organisations, best first.
        close: The names of those that come close, best first.
    """

    relevant: Mapping[str, int]
    answerable: bool
    documented: Sequence[str]
    close: Sequence[str]


@dataclass(frozen=True, slots=True)
class BandMeasures:
    """Shares from 0 to 1; 0 if a set has no such questions.

    Attributes:
        right_first: Of the answerable, those with a grade of 2 first, documented or close.
        right_in_three: Those with a grade of 2 among the first three.
        right_documented: Those with a grade of 2 among the documented.
        nothing_shown: Those answered with nobody at all.
        precision: Of all that are documented, those with a grade of 2.
        precision_related: Those with any grade.
        unanswerable_documented: Of the unanswerable, those with somebody documented.
        unanswerable_shown: Those with anybody shown.
    """

    right_first: float
    right_in_three: float
    right_documented: float
    nothing_shown: float
    precision: float
    precision_related: float
    unanswerable_documented: float
    unanswerable_shown: float

    def as_json(self) -> dict[str, float]:
        """The measures by name, rounded."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def band_measures(judged: Sequence[Judged]) -> BandMeasures:
    """Measure the answers to judged questions."""
    answerable = [j for j in judged if j.answerable]
    others = [j for j in judged if not j.answerable]
    grades = [j.relevant.get(name, 0) for j in answerable for name in j.documented]
    return BandMeasures(
        right_first=_share(_has_right(j, _shown(j)[:1]) for j in answerable),
        right_in_three=_share(_has_right(j, _shown(j)[:3]) for j in answerable),
        right_documented=_share(_has_right(j, j.documented) for j in answerable),
        nothing_shown=_share(not _shown(j) for j in answerable),
        precision=_share(grade >= RIGHT for grade in grades),
        precision_related=_share(grade > 0 for grade in grades),
        unanswerable_documented=_share(bool(j.documented) for j in others),
        unanswerable_shown=_share(bool(_shown(j)) for j in others),
    )


def _shown(judged: Judged) -> list[str]:
    return [*judged.documented, *judged.close]


def _has_right(judged: Judged, names: Sequence[str]) -> bool:
    return any(judged.relevant.get(name, 0) >= RIGHT for name in names)


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
