"""Who is credited with what, on documents that were judged before they were read.

Methods were chosen on ``development.jsonl`` alone; ``held_out.jsonl`` is only measured.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.attributions import measures, read_judged, verdicts

HERE = Path(__file__).parent / "who_does_what"


@pytest.mark.parametrize(
    ("file", "least"),
    [
        (
            "development.jsonl",
            {"does": (0.98, 0.95), "denies": (0.87, 0.98), "speaks": (0.98, 0.8)},
        ),
        ("held_out.jsonl", {"does": (0.78, 0.85), "denies": (0.85, 0.6), "speaks": (0.9, 0.65)}),
    ],
)
def test_precision_and_recall_stay_above_the_floor(
    file: str, least: dict[str, tuple[float, float]]
) -> None:
    found = measures(list(verdicts(read_judged(HERE / file))))
    for what, (precision, recall) in least.items():
        assert found[what]["precision"]["share"] >= precision, (what, found[what])
        assert found[what]["recall"]["share"] >= recall, (what, found[what])
