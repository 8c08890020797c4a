"""Sentences: cut where a reader would, never inside an abbreviation, and nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Una frase. Un'altra.", ["Una frase.", "Un'altra."]),
        ("Davvero? Sì! Bene… Avanti.", ["Davvero?", "Sì!", "Bene…", "Avanti."]),
        ("Prima riga\nseconda riga", ["Prima riga", "seconda riga"]),
        ("Uno.\n\n  Due.", ["Uno.", "Due."]),
        ("È finita. È cominciata.", ["È finita.", "È cominciata."]),
        ("Nel 2024. 30 soci.", ["Nel 2024.", "30 soci."]),
        ("«Basta.» Così disse.", ["«Basta.»", "Così disse."]),
        ('Disse "basta." Poi tacque.', ['Disse "basta."', "Poi tacque."]),
        ("Finì (bene.) Poi riprese.", ["Finì (bene.)", "Poi riprese."]),
        ("Uno. «Due.»", ["Uno.", "«Due.»"]),
        ("una frase. poi minuscola", ["una frase. poi minuscola"]),
        ("", []),
        (" \n \n", []),
        ("senza punto", ["senza punto"]),
    ],
)
def test_sentences_end_where_a_reader_stops(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "La soc. coop. Arca di Forlì.",
        "La Soc. Coop. Arca, già Coop. Soc. Noè.",
        "Arca S.C.A.R.L. Ravenna ha sede qui.",
        "Il D.Lgs. 36/2023 e il D.P.R. 445/2000.",
        "Ai sensi dell'art. 5 e degli artt. 7 e 8.",
        "Il dott. Rossi, l'ing. Bianchi e la prof.ssa Verdi.",
        "Vedi pag. 12, fig. 3 e tab. 4.",
        "Costa max. 20 euro, ca. 15 di media.",
        "Reti, server, ecc. Tutto incluso.",
        "Il sig. G. Verdi e la sig.ra M. Neri.",
        "Il n. 5 di p. Garibaldi.",
        "Sistemi, e.g. Linux, i.e. Debian.",
        "(cfr. Rossi 2020)",
        "Versione 2.0 e ISO 9001:2015.",
        "Il sito www.arca.example è nuovo.",
    ],
)
def test_abbreviations_numbers_and_addresses_end_no_sentence(text: str) -> None:
    assert split_sentences(text) == [text]


def test_a_word_that_only_ends_like_an_abbreviation_ends_its_sentence() -> None:
    assert split_sentences("Una parte. Poi si mangia il pesce. Fine del parco. Arrivo.") == [
        "Una parte.",
        "Poi si mangia il pesce.",
        "Fine del parco.",
        "Arrivo.",
    ]


def test_a_line_break_ends_even_an_abbreviation() -> None:
    assert split_sentences("Arca soc. coop.\nVia Roma") == ["Arca soc. coop.", "Via Roma"]


_PIECES = st.sampled_from(
    ["Uno", "due", ".", ". ", "! ", "?»", "\n", "\n\n", "soc. ", "D.", "È", "5", "(", "…"]
)


@given(st.one_of(st.text(), st.lists(_PIECES).map("".join)))
def test_nothing_is_lost_and_the_order_is_kept(text: str) -> None:
    found = split_sentences(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(s == s.strip() and s for s in found)


@given(st.lists(_PIECES).map("".join))
def test_a_sentence_cut_again_is_the_same_sentence(text: str) -> None:
    for sentence in split_sentences(text):
        assert "\n" not in sentence
