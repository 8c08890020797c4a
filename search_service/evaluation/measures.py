"""Measures of rankings, and how far chance moves a mean. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG
from numpy.typing import ArrayLike

BOOTSTRAP = 2000  # resamples of the queries
MEASURES = {"nDCG@10": nDCG @ 10, "Recall@10": R @ 10, "RR@10": RR @ 10, "Success@1": Success @ 1}

Run = Mapping[str, Sequence[tuple[str, float]]]
Qrels = Mapping[str, Mapping[str, int]]


def compute_measures(
    qrels: Qrels, run: Run
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Means, and values by query; a judged query without results scores 0."""
    judged = [ir_measures.Qrel(q, d, n) for q, grades in qrels.items() for d, n in grades.items()]
    scored = [
        # The run's order decides: the measures would reorder equal scores.
        ir_measures.ScoredDoc(q, d, float(len(hits) - n))
        for q, hits in run.items()
        for n, (d, _score) in enumerate(hits)
    ]
    names = {m: name for name, m in MEASURES.items()}
    per_query: dict[str, dict[str, float]] = {q: dict.fromkeys(MEASURES, 0.0) for q in qrels}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), judged, scored):
        per_query[metric.query_id][names[metric.measure]] = metric.value
    means = {
        name: sum(values[name] for values in per_query.values()) / max(1, len(per_query))
        for name in MEASURES
    }
    return means, per_query


def ratio_interval(values: ArrayLike, counts: ArrayLike) -> tuple[float, float]:
    """The 95% interval of a sum of values by a sum of counts, by a bootstrap over the questions.

    Always with the same draws. With counts of 1 it is the interval of a mean.

    Args:
        values: What each question adds, shape (questions,); at least one.
        counts: Out of how much, shape (questions,); above 0.

    """
    top, bottom = np.asarray(values, float), np.asarray(counts, float)
    draws = np.random.default_rng(0).integers(0, len(top), (BOOTSTRAP, len(top)))
    ratios = top[draws].sum(axis=1) / bottom[draws].sum(axis=1)
    low, high = np.percentile(ratios, [2.5, 97.5])
    return float(low), float(high)
