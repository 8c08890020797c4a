"""Which of a question's stems a text holds."""

from __future__ import annotations

from itertools import chain

import pytest
from wordfreq import get_frequency_list

from indexer.text.folding import fold
from indexer.text.tokens import QUERY_LANGUAGES, stem
from search_service.search.held_stems import HeldStems


def stems(*words: str) -> HeldStems:
    return HeldStems.of(stem(word, code) for word in words for code in QUERY_LANGUAGES)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("siti", "un sito accessibile"),
        ("wordpress", "temi per word press, anche su misura"),
        ("haccp", "corsi h.a.c.c.p. per mense"),
        ("elearning", "piattaforme di e-learning"),
        ("lie", "who is lying"),
        ("convergente", "le convergenze parallele"),
        ("node.js", "servizi in node.js"),
    ],
)
def test_a_word_is_held_inflected_and_however_it_is_joined(word: str, text: str) -> None:
    assert stems(word).within(text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("wordpress", "in a word, press releases"),
        ("informazione", "persone in formazione"),
        ("sito", "le visite"),
        ("mare", ""),
    ],
)
def test_words_that_only_look_alike_are_not_held(word: str, text: str) -> None:
    assert not stems(word).within(text)


def test_of_several_those_that_are_there() -> None:
    asked = stems("archivi", "musei", "teatri")
    assert asked.within("gli archivi e due teatri") == stems("archivi", "teatri").stems


def test_every_word_begins_as_its_stem_says() -> None:
    lists = chain.from_iterable(get_frequency_list(code, "large") for code in QUERY_LANGUAGES)
    words = list(chain.from_iterable(lists))[::10]
    assert len(words) > 40_000
    get_frequency_list.cache_clear()
    strays = [
        word
        for word in map(fold, words)
        for code in QUERY_LANGUAGES
        if "'" not in word and not word.startswith(HeldStems.of([stem(word, code)]).beginnings)
    ]
    assert strays == []
