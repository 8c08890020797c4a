from __future__ import annotations

from datetime import date

import pytest

from indexer.domain import Period
from search_service.presentation.labels import words_in


@pytest.mark.parametrize(
    ("period", "words"),
    [
        (Period.parse("2025-03-05"), "5 marzo 2025"),
        (Period.parse("2025-05-01"), "1º maggio 2025"),
        (Period.parse("2025-01-01"), "1º gennaio 2025"),
        (Period.parse("2024-02"), "febbraio 2024"),
        (Period.parse("2024-12"), "dicembre 2024"),
        (Period.parse("2024"), "2024"),
        (Period(date(2023, 1, 1), date(2024, 12, 31)), "dal 2023 al 2024"),
        (Period(date(2023, 3, 1), date(2023, 8, 31)), "da marzo 2023 ad agosto 2023"),
        (Period(date(2023, 3, 8), date(2023, 8, 11)), "dall'8 marzo 2023 all'11 agosto 2023"),
        (Period(date(2024, 1, 1), None), "dal 2024 in poi"),
        (Period(date(2024, 5, 12), None), "dal 12 maggio 2024 in poi"),
        (Period(None, date(2024, 4, 30)), "fino ad aprile 2024"),
        (Period(None, date(2024, 12, 31)), "fino al 2024"),
        (Period.parse("9999"), "9999"),
        (Period(None, None), "in qualsiasi data"),
    ],
)
def test_periods_are_said_in_italian(period: Period, words: str) -> None:
    assert words_in("it").period(period) == words
