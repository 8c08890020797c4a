"""What people see in the answers to judged questions: the right names first, no wrong one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from search_service.evaluation.measures import ratio_interval

RIGHT = 2  # the grade of who does exactly what was asked


@dataclass(frozen=True, slots=True)
class Judged:
    """The answer to a question, with its judgements.

    Attributes:
        relevant: The grade of each organisation by name; others have 0.
        answerable: Whether anybody does what is asked.
        documented: The names of the documented organisations, best first.
        close: The names of those that come close, best first.
    """

    relevant: Mapping[str, int]
    answerable: bool
    documented: Sequence[str]
    close: Sequence[str]

    @property
    def shown(self) -> list[str]:
        """All names that people see, best first."""
        return [*self.documented, *self.close]

    def graded(self, names: Sequence[str], least: int) -> int:
        """How many of the names have at least a grade."""
        return sum(self.relevant.get(name, 0) >= least for name in names)


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1, with its 95% interval and the questions that it is over."""

    value: float
    low: float
    high: float
    questions: int

    def as_json(self) -> dict[str, object]:
        """The share, rounded."""
        interval = [round(self.low, 4), round(self.high, 4)]
        return {"share": round(self.value, 4), "interval": interval, "questions": self.questions}


@dataclass(frozen=True, slots=True)
class BandMeasures:
    """Shares; ``None`` if a set has no such questions.

    Attributes:
        right_first: Of the answerable, those with a right one first, documented or close.
        right_in_three: Those with a right one among the first three.
        related_in_three: Those with one of any grade among the first three.
        right_documented: Those with a right one among the documented.
        nothing_shown: Those answered with nobody at all.
        precision: Of all that are documented for them, the right ones.
        precision_related: Those with any grade.
        unanswerable_documented: Of the unanswerable, those with somebody documented.
        unanswerable_shown: Those with anybody shown.
    """

    right_first: Share | None
    right_in_three: Share | None
    related_in_three: Share | None
    right_documented: Share | None
    nothing_shown: Share | None
    precision: Share | None
    precision_related: Share | None
    unanswerable_documented: Share | None
    unanswerable_shown: Share | None

    def shares(self) -> dict[str, Share]:
        """Those that there are, by name."""
        named = ((name, getattr(self, name)) for name in asdict(self))
        return {name: share for name, share in named if share is not None}

    def as_json(self) -> dict[str, dict[str, object]]:
        """The measures by name."""
        return {name: share.as_json() for name, share in self.shares().items()}


def band_measures(judged: Sequence[Judged], right: int = RIGHT) -> BandMeasures:
    """Measure the answers to judged questions; ``right`` is the grade of a right one."""
    answerable = [j for j in judged if j.answerable]
    others = [j for j in judged if not j.answerable]
    return BandMeasures(
        right_first=share_of(j.graded(j.shown[:1], right) > 0 for j in answerable),
        right_in_three=share_of(j.graded(j.shown[:3], right) > 0 for j in answerable),
        related_in_three=share_of(j.graded(j.shown[:3], 1) > 0 for j in answerable),
        right_documented=share_of(j.graded(j.documented, right) > 0 for j in answerable),
        nothing_shown=share_of(not j.shown for j in answerable),
        precision=_of_documented(answerable, right),
        precision_related=_of_documented(answerable, 1),
        unanswerable_documented=share_of(bool(j.documented) for j in others),
        unanswerable_shown=share_of(bool(j.shown) for j in others),
    )


def _of_documented(judged: Sequence[Judged], least: int) -> Share | None:
    """Of all that are documented, the share of those with at least a grade."""
    some = [j for j in judged if j.documented]
    return _ratio([j.graded(j.documented, least) for j in some], [len(j.documented) for j in some])


def share_of(values: Iterable[bool]) -> Share | None:
    """The share of true values; ``None`` if there are none."""
    found = list(values)
    return _ratio(found, [1] * len(found))


def _ratio(values: Sequence[int], counts: Sequence[int]) -> Share | None:
    if not counts:
        return None
    return Share(sum(values) / sum(counts), *ratio_interval(values, counts), len(counts))
