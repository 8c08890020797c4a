"""The floor below which nothing close is shown, fitted to judged questions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search_service.evaluation.bands import Share, share_of
from search_service.evaluation.collections import EvaluationError

_RIDGE = 0.02  # keeps the coefficients finite where a corpus is told apart without a fault
_STEPS = 50  # Newton's method needs fewer than ten

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Observation:
    """What the embedding says of a judged question.

    Attributes:
        collection: The name of its collection.
        corpus: What was indexed; collections of one corpus are left out together.
        answerable: Whether anybody does what is asked; otherwise nobody does anything like it.
        documented: Whether somebody is documented: then the floor does not matter.
        nearest: How near the index comes (``confidence.QueryBaseline``).
        spread: How far the few near ones stand out.

    """

    collection: str
    corpus: str
    answerable: bool
    documented: bool
    nearest: float
    spread: float


@dataclass(frozen=True, slots=True)
class Floor:
    """Nothing is close where the nearness plus ``spread_weight`` times the spread is below it."""

    floor: float
    spread_weight: float

    def silences(self, one: Observation) -> bool:
        """Whether a question is answered with nobody at all."""
        return not one.documented and self.of(one) < self.floor

    def of(self, one: Observation) -> float:
        """What is compared with the floor."""
        return one.nearest + self.spread_weight * one.spread


def fit_floor(observed: Sequence[Observation], silenced: float) -> Floor:
    """Fit a floor.

    A logistic regression of the two values, in which each corpus, and in it the answerable and the
    others, count alike, gives their weights. The floor is where ``silenced`` of the answerable
    questions, each collection counting alike, are below it without anybody documented.

    Args:
        observed: Questions of all kinds.
        silenced: The share of answerable questions that may be answered with nobody, from 0 to 1.

    Raises:
        EvaluationError: There are not both kinds of questions, or the values do not tell them
            apart.
    """
    if {one.answerable for one in observed} != {True, False}:
        raise EvaluationError(
            "A floor needs questions with an answer, and questions that nobody answers.",
            remedy="Give --nobody, or topics of which some are not answerable.",
        )
    values = np.array([[one.nearest, one.spread] for one in observed])
    answerable = np.array([one.answerable for one in observed], float)
    kinds = [(one.corpus, one.answerable) for one in observed]
    nearest, spread = _logistic(values, answerable, _alike(kinds))
    if nearest <= 0:
        raise EvaluationError(
            "Questions that nobody answers are as near as the others: no floor tells them apart.",
            remedy="Give more judged questions, or another model.",
        )
    weight = float(spread / nearest)
    asked = [one for one in observed if one.answerable]
    scores = [np.inf if one.documented else one.nearest + weight * one.spread for one in asked]
    shares = _alike([one.collection for one in asked])
    order = np.argsort(scores)
    below = np.cumsum(shares[order]) / shares.sum()
    first_kept = order[np.searchsorted(below, silenced, side="right")]
    kept = float(scores[first_kept])
    return Floor(kept if np.isfinite(kept) else max(map(Floor(0.0, weight).of, asked)), weight)


def reached(
    observed: Sequence[Observation], floor: Floor, silenced: float
) -> dict[str, dict[str, object]]:
    """What a floor does to each collection, also when fitted without its corpus.

    Args:
        observed: The questions that it was fitted to.
        floor: What was fitted.
        silenced: As in ``fit_floor``.
    """
    found: dict[str, dict[str, object]] = {}
    for name in dict.fromkeys(one.collection for one in observed):
        own = [one for one in observed if one.collection == name]
        others = [one for one in observed if one.corpus != own[0].corpus]
        found[name] = {"nothing_shown": _silenced(own, floor)}
        if {one.answerable for one in others} == {True, False}:
            without = fit_floor(others, silenced)
            found[name]["nothing_shown_left_out"] = _silenced(own, without)
    return found


def _silenced(observed: Iterable[Observation], floor: Floor) -> dict[str, object]:
    """The share answered with nobody, of the answerable questions and of the others."""
    by_kind: Mapping[str, list[bool]] = {"answerable": [], "unanswerable": []}
    for one in observed:
        by_kind["answerable" if one.answerable else "unanswerable"].append(floor.silences(one))
    shares: dict[str, Share | None] = {kind: share_of(values) for kind, values in by_kind.items()}
    return {kind: share.as_json() for kind, share in shares.items() if share is not None}


def _alike(kinds: Sequence[object]) -> Floats:
    """Weights with which each kind counts 1 in all, shape (questions,)."""
    return np.array([1.0 / kinds.count(kind) for kind in kinds])


def _logistic(values: Floats, targets: Floats, weights: Floats) -> Floats:
    """The coefficients of a logistic regression with a small ridge, by Newton's method.

    Args:
        values: Shape (questions, values).
        targets: 0 or 1, shape (questions,).
        weights: What each question counts, shape (questions,).

    Returns:
        A coefficient for each value, shape (values,).
    """
    mean = np.average(values, axis=0, weights=weights)
    deviation = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weights)) + 1e-9
    inputs = np.c_[(values - mean) / deviation, np.ones(len(values))]
    ridge = np.diag([_RIDGE] * values.shape[1] + [0.0])
    found = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-inputs @ found))
        slope = inputs.T @ (weights * (targets - likely)) - ridge @ found
        bend = (inputs.T * (weights * likely * (1 - likely))) @ inputs + ridge
        step = np.linalg.solve(bend, slope)
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    coefficients: Floats = found[:-1] / deviation
    return coefficients
