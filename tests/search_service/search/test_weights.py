from __future__ import annotations

import pytest

from search_service.search.weights import CALIBRATION, UNCALIBRATED, Calibration, calibration_of


@pytest.mark.parametrize(
    ("model", "passages", "calibration"),
    [
        (CALIBRATION.model, CALIBRATION.sample, CALIBRATION),
        (CALIBRATION.model, CALIBRATION.sample - 1, UNCALIBRATED),
        ("another", CALIBRATION.sample, UNCALIBRATED),
        ("another", CALIBRATION.sample - 1, UNCALIBRATED),
    ],
)
def test_the_calibration_holds_for_its_model_and_enough_passages(
    model: str, passages: int, calibration: Calibration
) -> None:
    assert calibration_of(model, passages) is calibration
