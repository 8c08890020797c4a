"""Dates as people write them in a field."""

from __future__ import annotations

import pytest

from indexer.source.written_dates import written_period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2025-03-05", "2025-03-05"),
        ("05-03-2025", "2025-03-05"),
        ("5/3/2025", "2025-03-05"),
        ("05.03.2025", "2025-03-05"),
        ("2023-05", "2023-05"),
        ("03/2025", "2025-03"),
        ("marzo 2025", "2025-03"),
        ("5 marzo 2025", "2025-03-05"),
        ("1° maggio 2024", "2024-05-01"),
        ("mar. 2024", "2024-03"),
        ("2025", "2025"),
        ("2021-2023", "2021-01-01/2023-12-31"),
        ("triennio 2021-2023", "2021-01-01/2023-12-31"),
        ("Biennio 2022/23", "2022-01-01/2023-12-31"),
        ("a.s. 2023/24", "2023-01-01/2024-12-31"),
        ("Anno scolastico 2023/2024", "2023-01-01/2024-12-31"),
        ("esercizio 2023", "2023"),
    ],
)
def test_a_date_is_read_as_it_is_written(text: str, period: str) -> None:
    assert str(written_period(text)) == period


@pytest.mark.parametrize("text", ["presto", "31-02-2024", "2023-2021", "13/2025", "5/3/25/1", ""])
def test_what_names_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        written_period(text)
