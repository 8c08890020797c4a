"""Which statements document that an organisation does what was asked. Pure.

One statement is enough that says all of it, or most of its words; several do it together; and
where that documents nobody, the nearest organisation is whose statement names all of it, or all of
its competencies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from search_service.search.calibration import Calibration
from search_service.search.statements import StatementMatch, together

Proofs = Mapping[str, Sequence[StatementMatch]]
# Of the question's words, what the best of several statements covers that prove it together. From
# .25 to .4 the same organisations were documented on the development sets.
_LEAST_OF_SEVERAL = 0.4
# As near as the only one that names all that was asked must be; on the sets without an answer one
# question more had somebody ("trasporto disabili").
_LEAST_SHARE_OF_ONE = 0.5
# As near as the nearest anywhere, but for rounding and a text that says nearly the same.
_NEAREST = 0.985


@dataclass(frozen=True, slots=True)
class Said:
    """What an organisation says of a topic.

    Attributes:
        matches: Its statements that speak of it, in the passages that were found.
        everywhere: Those in all its passages.
        share: How near it is by meaning, as a share of the nearest anywhere, from 0 to 1.
        denials: What it says not to do of the topic.

    """

    matches: Sequence[StatementMatch]
    everywhere: Sequence[StatementMatch]
    share: float
    denials: Sequence[StatementMatch] = ()

    @property
    def denied(self) -> float:
        """How much of the topic it says not to do, from 0 to 1."""
        return max((match.coverage for match in self.denials), default=0.0)

    @property
    def denies_all_words(self) -> bool:
        """Whether it says not to do the very thing asked for, word by word."""
        return any(match.holds_all_words for match in self.denials)


def proofs(
    said: Mapping[str, Said],
    calibration: Calibration,
    told: Callable[[str], float],
    named_share: Callable[[str], float],
) -> Proofs:
    """What documents each organisation, the best first; who is not documented is missing.

    Args:
        said: What each says of what was asked.
        calibration: How near, and how much of the words, is enough.
        told: The share of the topic's words that all texts of an organisation, by id, tell if it
            does all competencies asked for, from 0 to 1.
        named_share: ``Said.share`` of its texts in another language than the question's, by the
            names that the competencies asked for have there.

    """
    found = {
        organisation: _proving(one, calibration, partial(named_share, organisation))
        for organisation, one in said.items()
    }
    if not any(found.values()):
        found = _nearest_complete(said, calibration, told)
    return {
        organisation: sorted(
            proving,
            key=lambda m: (m.shared, not m.complete, not m.declared, -m.coverage, m.row),
        )
        for organisation, proving in found.items()
        if proving
    }


def tier(proving: Sequence[StatementMatch]) -> int:
    """How surely statements document: 0 where one declares all that was asked, 1 where one says
    all of it, 2 where they say most of it.
    """
    if any(m.is_whole and m.declared for m in proving):
        return 0
    return 1 if any(m.is_whole for m in proving) else 2


def _proving(
    said: Said, calibration: Calibration, named_share: Callable[[], float]
) -> list[StatementMatch]:
    least = calibration.least_coverage
    # What several authors did together proves it of those who do it by themselves, too.
    alone = any(m.complete or m.coverage >= least for m in said.everywhere if not m.shared)
    single = [
        m
        for m in said.matches
        if (alone or not m.shared) and _is_proof(m, said, calibration, named_share)
    ]
    own = [m for m in said.matches if m.is_own]
    enough = said.denied < least and said.share >= calibration.least_share
    if single or not (enough and own and together(own) >= least):
        return single
    best = max(own, key=lambda m: m.coverage)
    return [best] if best.coverage >= _LEAST_OF_SEVERAL else []


def _is_proof(
    match: StatementMatch, said: Said, calibration: Calibration, named_share: Callable[[], float]
) -> bool:
    """Whether one statement documents what was asked."""
    if said.denies_all_words and not match.holds_all_words:
        return False  # "trasporto", but "niente trasporto refrigerato"
    if match.complete and match.declared:  # it wins over a denial
        least = calibration.least_declared_share
        return said.share >= least or named_share() >= least
    if said.denied >= max(match.coverage, calibration.least_coverage):
        return False
    near = said.share >= calibration.least_share
    return near and match.coverage >= calibration.least_coverage


def _nearest_complete(
    said: Mapping[str, Said], calibration: Calibration, told: Callable[[str], float]
) -> dict[str, list[StatementMatch]]:
    """The nearest organisation, if near enough, whose own statement names all that was asked.

    All of its competencies are enough if it is as near as others must be, and if its texts tell
    the rest: "interpreting in Mandarin" is not done by who never speaks of Mandarin. On the
    development sets 10 such organisations were right and 3 were not; of those whose texts tell
    less, 15 were right and 9 were not. Where it is the nearest anywhere and declares them, the rest
    need not be told ("reti wireless in zone di montagna"): of 14 such, 12 were right.
    """

    def likely_of(organisation: str, one: Said) -> list[StatementMatch]:
        near = one.share >= calibration.least_share
        matches = [m for m in one.matches if m.is_own and (m.complete or (near and m.names_all))]
        declares = any(m.declared and m.coverage > 0 for m in matches)
        if any(m.complete for m in matches) or (declares and one.share >= _NEAREST):
            return matches
        return matches if matches and told(organisation) >= calibration.least_coverage else []

    likely = {
        organisation: likely_of(organisation, one)
        for organisation, one in said.items()
        if one.share >= _LEAST_SHARE_OF_ONE and one.denied < calibration.least_coverage
    }
    named = [organisation for organisation, matches in likely.items() if matches]
    best = max(named, key=lambda organisation: said[organisation].share, default=None)
    return {} if best is None else {best: likely[best]}
