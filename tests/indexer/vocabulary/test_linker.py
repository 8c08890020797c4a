"""Concepts found in texts by their names."""

from __future__ import annotations

import pytest

from indexer.vocabulary import Linker


def found(text: str) -> list[str]:
    return [mention.concept for mention in Linker.load().mentions(text)]


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Facciamo penetration test di app", "penetration-testing"),
        ("buste paga per 300 dipendenti", "payroll"),
        ("accessibilità dei siti web", "digital-accessibility"),
        ("machine learning", "machine-learning"),
        ("IA per un comune", "artificial-intelligence"),
    ],
)
def test_names_are_found_inflected_in_either_language(text: str, concept: str) -> None:
    assert concept in found(text)


def test_of_names_inside_others_the_longest_counts() -> None:
    text = "Abbattiamo le barriere architettoniche"
    (mention,) = Linker.load().mentions(text)
    assert (mention.start, mention.end) == (0, len(text))


def test_of_names_that_overlap_the_narrower_concept_counts() -> None:
    text = "We need web accessibility audits"
    [mention] = Linker.load().mentions(text)
    assert mention.concept == "accessibility-audit"
    assert text[mention.start : mention.end] == "web accessibility audits"


def test_an_acronym_inside_a_name_is_part_of_it() -> None:
    [mention] = Linker.load().mentions("advice on the EU AI Act")
    assert mention.concept == "ai-governance"


def test_an_acronym_needs_its_capitals() -> None:
    assert "renewable-energy-communities" in found("una CER di quartiere")
    assert found("cer") == []


def test_a_vague_word_means_a_concept_only_where_it_is_all_that_is_asked() -> None:
    linker = Linker.load()
    assert linker.topic("GDPR") == "data-protection"
    assert found("Rispettiamo il GDPR") == []


@pytest.mark.parametrize("word", ["componenti", "infrastruttura", "segmentazione"])
def test_two_words_written_as_one_are_not_stemmed_to_the_first(word: str) -> None:
    assert found(word) == []


def test_a_product_is_told_from_a_name() -> None:
    (mention,) = Linker.load().mentions("WordPress")
    assert mention.narrower


@pytest.mark.parametrize(
    ("spellings", "concept"),
    [
        (("e-commerce", "ecommerce", "e commerce"), "e-commerce"),
        (("sviluppo front-end", "sviluppo frontend", "sviluppo front end"), "frontend-development"),
        (
            ("siti WordPress", "siti Word Press", "siti word-press"),
            "web-content-management",
        ),
        (("H.A.C.C.P.", "HACCP"), "food-safety"),
    ],
)
def test_a_name_is_found_however_it_is_written(spellings: tuple[str, ...], concept: str) -> None:
    assert [concept in found(spelling) for spelling in spellings] == [True] * len(spellings)


@pytest.mark.parametrize(
    ("heading", "concepts"),
    [
        ("Penetration testing", {"penetration-testing"}),
        ("Servizi di accessibilità web", {"digital-accessibility"}),
        ("Sicurezza informatica: che cosa sì, che cosa no", set()),
        ("Perché la sicurezza informatica riguarda anche le cooperative", set()),
        ("Che cosa facciamo", set()),
    ],
)
def test_a_heading_announces_what_it_says_little_beside(heading: str, concepts: set[str]) -> None:
    assert Linker.load().announced(heading) == concepts


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("servizi su IO", ["app-io-services"]),
        ("l'integrazione con App IO", ["app-io-services"]),
        ("servizi", []),
        ("una delle app", []),
        ("io faccio servizi su misura", []),
        ("voice over per libri", ["voice-over"]),
        ("dopo il corso, con la voce di tutti", []),
        ("our systems and solutions", []),
        ("AI systems", ["artificial-intelligence"]),
    ],
)
def test_stop_words_are_part_of_the_names_that_need_them(text: str, concepts: list[str]) -> None:
    assert list(dict.fromkeys(found(text))) == concepts
