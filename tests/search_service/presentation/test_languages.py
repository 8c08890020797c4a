from __future__ import annotations

import re

import pytest

from search_service.presentation.languages import (
    ITALIAN,
    LANGUAGES,
    language_of,
    preferred_language,
)
from tools.messages import catalogue_of, extracted, written

OTHERS = sorted(LANGUAGES.keys() - {ITALIAN})


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "it"),
        ("en", "en"),
        ("en-GB,en;q=0.9,it;q=0.8", "en"),
        ("it-IT,it;q=0.9,en;q=0.8", "it"),
        ("de-DE,en;q=0.5,it;q=0.4", "en"),
        ("it;q=0.2, EN-us;q=0.7", "en"),
        ("en;q=0, it;q=0.1", "it"),
        ("de,fr;q=0.8", "it"),
        ("*", "it"),
        ("en;q=x", "it"),
        (";;;,,,=", "it"),
    ],
)
def test_the_browser_says_which_language(header: str, code: str) -> None:
    assert preferred_language(header) == code


def test_italian_is_what_the_source_says() -> None:
    italian = language_of("it")
    assert italian.text("fino a %(last)s", last="2024") == "fino a 2024"
    assert italian.text("100% lana") == "100% lana"
    assert italian.plural("%(n)s cooperativa", "%(n)s cooperative", 1) == "1 cooperativa"


def test_english_comes_from_its_catalogue() -> None:
    english = language_of("en")
    assert english.text("Vai al contenuto") == "Skip to content"
    assert english.plural("%(n)s cooperativa", "%(n)s cooperative", 2) == "2 cooperatives"


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_is_translated_and_keeps_what_is_filled_in(code: str) -> None:
    messages, kept = extracted(), catalogue_of(code)
    path = f"search_service/presentation/locale/{code}.po"
    assert written(messages, kept) == written(kept, kept), f"{path}: run python -m tools.messages"
    for message in kept:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(said), f"{path}: {message.id!r} is not translated"
        for one, other in zip(ids, said, strict=True):
            assert _filled(one) == _filled(other), message.id
            assert re.findall(r"</?\w+>", one) == re.findall(r"</?\w+>", other), message.id


def _filled(text: str) -> list[str]:
    return sorted(re.findall(r"%\((\w+)\)s", text))
