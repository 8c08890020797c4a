"""The floor is where questions that nobody answers part from the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from search_service.evaluation.collections import EvaluationError
from search_service.evaluation.floor import Floor, Observation, fit_floor, reached

ONE = Observation("a", "a", True, False, 0.9, 0.05)


def questions(corpus: str, shift: float = 0.0) -> list[Observation]:
    """Twenty with an answer, near 0.9, and twenty without, near 0.8."""
    return [
        Observation(
            corpus, corpus, answerable, False, nearest + 0.002 * n + shift, 0.04 + 0.001 * (n % 3)
        )
        for answerable, nearest in ((True, 0.9), (False, 0.8))
        for n in range(20)
    ]


def test_the_floor_parts_those_that_nobody_answers_from_the_others() -> None:
    observed = questions("a")
    floor = fit_floor(observed, silenced=0.0)
    assert [floor.silences(one) for one in observed] == [not one.answerable for one in observed]
    assert floor.floor == pytest.approx(min(floor.of(o) for o in observed if o.answerable))


def test_the_floor_silences_the_share_that_is_allowed() -> None:
    observed = questions("a")
    for allowed, silenced in ((0.05, 1), (0.1, 2), (0.5, 10)):
        floor = fit_floor(observed, allowed)
        assert sum(floor.silences(one) for one in observed if one.answerable) == silenced


def test_whoever_is_documented_is_never_silenced() -> None:
    low = replace(ONE, nearest=0.1, documented=True)
    assert not Floor(0.5, 1.0).silences(low)
    assert Floor(0.5, 1.0).silences(replace(low, documented=False))
    with_low = [*questions("a"), low]
    assert fit_floor(with_low, 0.0).floor > 0.5  # it does not lower the floor


def test_a_collection_counts_as_much_as_another_of_more_questions() -> None:
    small = [replace(ONE, collection="small", nearest=0.8 + n / 500, spread=0.04) for n in range(2)]
    # Each of the two is a quarter of all answerable questions.
    assert fit_floor([*questions("a"), *small], 0.24).silences(small[0]) is False
    assert fit_floor([*questions("a"), *small], 0.26).silences(small[0]) is True


def test_the_report_says_what_a_floor_does_where_it_was_not_fitted() -> None:
    observed = [*questions("a"), *questions("b", -0.08)]
    floor = fit_floor(observed, 0.0)
    found = reached(observed, floor, 0.0)
    assert list(found) == ["a", "b"]
    fitted, left_out = found["b"]["nothing_shown"], found["b"]["nothing_shown_left_out"]
    assert isinstance(fitted, dict)
    assert isinstance(left_out, dict)
    assert fitted["answerable"]["share"] == 0.0
    assert left_out["answerable"]["share"] > 0.8  # they are less near than all answers of "a"
    assert left_out["unanswerable"] == {"share": 1.0, "interval": [1.0, 1.0], "questions": 20}


def test_a_corpus_that_is_alone_is_not_left_out() -> None:
    found = reached(questions("a"), fit_floor(questions("a"), 0.0), 0.0)
    assert list(found["a"]) == ["nothing_shown"]


def test_a_floor_needs_both_kinds_of_questions() -> None:
    for kind in (True, False):
        with pytest.raises(EvaluationError, match="questions that nobody answers") as caught:
            fit_floor([o for o in questions("a") if o.answerable is kind], 0.02)
        assert "--nobody" in caught.value.remedy


def test_a_model_that_does_not_tell_them_apart_has_no_floor() -> None:
    turned = [replace(one, answerable=not one.answerable) for one in questions("a")]
    with pytest.raises(EvaluationError, match="no floor tells them apart"):
        fit_floor(turned, 0.02)
