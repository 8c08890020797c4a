"""What people feel of the answers, computed by hand."""

from __future__ import annotations

from search_service.evaluation.bands import Judged, band_measures

JUDGED = [
    Judged({"A": 2, "B": 1}, True, ["B", "A"], []),  # second; both are related
    Judged({"A": 2}, True, [], ["C", "D", "A"]),  # third, and only close
    Judged({"A": 2}, True, ["A", "X"], []),  # first, with a wrong name
    Judged({"A": 2, "B": 1}, True, [], ["B"]),  # only who is related
    Judged({"A": 2}, True, [], []),  # nothing shown
    Judged({}, False, ["X"], []),
    Judged({"B": 1}, False, [], ["B"]),
]


def test_measures_equal_a_computation_by_hand() -> None:
    shares = {name: share.value for name, share in band_measures(JUDGED).shares().items()}
    assert shares == {
        "right_first": 0.2,
        "right_in_three": 0.6,
        "related_in_three": 0.8,
        "right_documented": 0.4,
        "nothing_shown": 0.2,
        "precision": 0.5,
        "precision_related": 0.75,
        "unanswerable_documented": 0.5,
        "unanswerable_shown": 1.0,
    }


def test_each_share_says_how_many_questions_it_is_over_and_how_far_chance_moves_it() -> None:
    found = band_measures([Judged({"A": 2}, True, ["A"] if n < 75 else [], []) for n in range(100)])
    first = found.shares()["right_first"]
    assert (first.value, first.questions) == (0.75, 100)
    # 1.96 standard errors of a share of 0.75 among 100 are 0.085.
    assert abs(first.low - 0.665) < 0.015
    assert abs(first.high - 0.835) < 0.015
    assert first.as_json() == {
        "share": 0.75,
        "interval": [round(first.low, 4), round(first.high, 4)],
        "questions": 100,
    }


def test_a_long_list_weighs_as_much_as_its_names() -> None:
    wrong = Judged({"A": 2}, True, ["A", *"XYZ"], [])
    precision = band_measures([wrong, Judged({"A": 2}, True, ["A"], [])]).precision
    assert precision is not None
    assert (precision.value, precision.questions) == (0.4, 2)
    assert (precision.low, precision.high) == (0.25, 1.0)  # one question drawn twice


def test_judgements_without_degrees_have_a_right_grade_of_their_own() -> None:
    found = band_measures([Judged({"A": 1}, True, ["A"], [])], right=1)
    assert found.right_first is not None
    assert found.right_first.value == 1.0


def test_measures_without_questions_are_left_out() -> None:
    assert band_measures([]).as_json() == {}
    assert set(band_measures([Judged({}, False, [], [])]).as_json()) == {
        "unanswerable_documented",
        "unanswerable_shown",
    }


def test_a_name_that_is_not_judged_is_wrong() -> None:
    precision = band_measures([Judged({}, True, ["X"], [])]).precision
    assert precision is not None
    assert precision.value == 0.0
