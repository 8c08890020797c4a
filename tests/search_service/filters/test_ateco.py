from __future__ import annotations

import pytest

from search_service.filters.ateco import ateco_title, is_ateco
from search_service.filters.sector_names import sector_label


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("62", "Attività di programmazione, consulenza informatica e attività connesse"),
        ("62.10", "Attività di programmazione informatica"),
        ("621000", "Attività di programmazione informatica"),
        ("62.20.10", "Attività di consulenza informatica"),
        ("62.01", "Produzione di software non connesso all'edizione"),  # until 2025
        ("99.99.99", ""),
        ("sanità", ""),
    ],
)
def test_a_code_has_the_words_of_the_newest_edition_that_has_it(code: str, title: str) -> None:
    assert ateco_title(code) == title


@pytest.mark.parametrize(
    ("sector", "label"),
    [
        ("62.10", "62.10 Attività di programmazione informatica"),
        ("99.99", "ATECO 99.99"),
        ("62.20 consulenza informatica", "62.20 consulenza informatica"),
        ("3D e realtà virtuale", "3D e realtà virtuale"),
        ("sanità", "sanità"),
    ],
)
def test_a_sector_is_shown_in_words(sector: str, label: str) -> None:
    assert sector_label(sector) == label


def test_only_two_to_six_digits_are_a_code() -> None:
    written = ["62", "62.1", "62.10.00", "621000", "6", "62.10.00.1", "62 ", "2024-05", "J"]
    assert [one for one in written if is_ateco(one)] == [*written[:4], "62 "]
