"""Languages by their names, in Italian and English."""

from __future__ import annotations

import pytest

from indexer.text.language_names import languages_named, names_of_language


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (["tedesco"], {"de"}),
        (["tedesche"], {"de"}),
        (["german"], {"de"}),
        (["mandarino"], {"zh"}),
        (["cinese", "giapponese"], {"zh", "ja"}),
        (["corso"], set()),  # Corsican, but nearly always a course
        (["traduzioni", "giurate"], set()),
    ],
)
def test_words_name_languages(words: list[str], codes: set[str]) -> None:
    assert languages_named(words) == codes


def test_a_language_has_its_names_in_both_languages() -> None:
    assert names_of_language("de") == {"tedesco", "german"}
    assert names_of_language("fa") == {"persiano", "persian", "farsi"}
