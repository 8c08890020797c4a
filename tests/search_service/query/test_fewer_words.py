from __future__ import annotations

import pytest

from search_service.query.fewer_words import without_word


@pytest.mark.parametrize(
    ("question", "word", "rest"),
    [
        ("corsi di cucina vegana", "vegana", "corsi di cucina"),
        ("corsi di cucina vegana", "cucina", "corsi vegana"),
        ("corsi di cucina vegana", "corsi", "cucina vegana"),
        ("traduzione legale in Molise", "legale", "traduzione in Molise"),
        ("Accessibilità per i musei", "accessibilita", "musei"),
        ("web accessibility for the museums", "museums", "web accessibility"),
        ("pane e pane", "pane", ""),
        ("pane", "vino", "pane"),
    ],
)
def test_a_word_goes_with_what_leads_to_it(question: str, word: str, rest: str) -> None:
    assert without_word(question, word) == rest
