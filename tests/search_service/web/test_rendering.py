from __future__ import annotations

import pytest

from search_service.web.rendering import capitalised


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ingegneria dei dati su AWS", "Ingegneria dei dati su AWS"),
        ("e-mail marketing", "E-mail marketing"),
        ("iOS", "iOS"),
        ("eBay e altri mercati", "eBay e altri mercati"),
        ("pH del suolo", "pH del suolo"),
        ("SAP", "SAP"),
        ("3d", "3d"),
        ("", ""),
    ],
)
def test_a_first_letter_is_raised_unless_its_word_has_capitals(text: str, said: str) -> None:
    assert capitalised(text) == said
