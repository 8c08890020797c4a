"""Words written in one, in two, with a hyphen or with full stops."""

from __future__ import annotations

import pytest

from indexer.text.compounds import Compounds, pairs_of_runs, word_runs
from indexer.text.tokens import terms, word_spans

KNOWN = Compounds.of(
    ["Un database per l'e-learning.", "WordPress, elezioni, percorsi, informazione", "back-office"]
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("data base", ["database"]),
        ("Word Press", ["wordpress"]),
        ("corsi in e learning", ["elearning"]),
        ("back office", ["backoffice"]),
        ("database", []),
        ("data, base", []),
        # neighbours that only look so
        ("corsi e lezioni", []),
        ("per corsi di cucina", []),
        ("siamo in formazione", []),
        ("banche dati", []),
    ],
)
def test_what_other_texts_write_together_is_one_word(text: str, found: list[str]) -> None:
    assert [a + b for a, b in pairs_of_runs(word_runs(text)) if KNOWN.joins(a, b)] == found


def test_runs_are_broken_by_all_but_one_space() -> None:
    assert (
        word_runs("Una data base, in\ncloud  (e-learning)") == "una data base\nin\ncloud\nelearning"
    )
    assert pairs_of_runs(word_runs("Una data base, in cloud")) == [
        ("una", "data"),
        ("data", "base"),
        ("in", "cloud"),
    ]
    assert (word_runs(""), pairs_of_runs(word_runs("..."))) == ("", [])


def test_a_compound_in_two_words_is_one_span() -> None:
    text = "Un data base in cloud"
    found = [(text[start:end], word) for start, end, word in KNOWN.spans(text)]
    assert found == [("data base", "database"), ("cloud", "cloud")]


@pytest.mark.parametrize(
    ("dotted", "plain"),
    [
        ("corsi H.A.C.C.P.", "corsi HACCP"),
        ("G.D.P.R", "GDPR"),
        ("la P.A. digitale", "la PA digitale"),
        ("Gradino S.r.l.", "Gradino SRL"),
    ],
)
def test_full_stops_between_initials_say_nothing(dotted: str, plain: str) -> None:
    assert terms(dotted, "it") == terms(plain, "it")
    assert [word for *_, word in word_spans(dotted)] == [word for *_, word in word_spans(plain)]


@pytest.mark.parametrize("text", ["node.js", ".NET", "27001.2022", "legacoop.it"])
def test_other_full_stops_stay(text: str) -> None:
    assert text.lower() in terms(text, "")


def test_terms_take_further_compounds() -> None:
    assert terms("data base", "en", ["database"]) == ["data", "base", "databas"]
