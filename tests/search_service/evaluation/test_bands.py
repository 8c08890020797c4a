"""What people feel of the answers, computed by hand."""

from __future__ import annotations

import pytest

from search_service.evaluation.bands import Judged, band_measures


def test_measures_equal_a_computation_by_hand() -> None:
    found = band_measures(
        [
            Judged({"A": 2, "B": 1}, True, ["B", "A"], []),  # second; both are related
            Judged({"A": 2}, True, [], ["C", "D", "A"]),  # third, and only close
            Judged({"A": 2}, True, ["A", "X"], []),  # first, with a wrong name
            Judged({"A": 2}, True, [], []),  # nothing shown
            Judged({}, False, ["X"], []),
            Judged({"B": 1}, False, [], ["B"]),
        ]
    )
    assert found.right_first == 0.25
    assert found.right_in_three == 0.75
    assert found.right_documented == 0.5
    assert found.nothing_shown == 0.25
    assert found.precision == 0.5
    assert found.precision_related == 0.75
    assert found.unanswerable_documented == 0.5
    assert found.unanswerable_shown == 1.0


def test_a_set_without_questions_has_no_measures() -> None:
    assert set(band_measures([]).as_json().values()) == {0.0}


def test_a_name_that_is_not_judged_is_wrong() -> None:
    assert band_measures([Judged({}, True, ["X"], [])]).precision == pytest.approx(0.0)
