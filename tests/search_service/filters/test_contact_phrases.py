"""Asking whom to contact asks for what they do."""

from __future__ import annotations

import pytest

from search_service.filters.stop_phrases import content


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("contatti di chi fa GDPR", "GDPR"),
        ("mi dai il contatto di chi fa potature?", "potature"),
        ("email di chi si occupa di privacy", "privacy"),
        ("numero di telefono di una cooperativa che fa siti", "siti"),
        ("contatti per la privacy", "la privacy"),
        ("a chi posso rivolgermi per la privacy", "la privacy"),
        ("a chi scrivere per il penetration test", "il penetration test"),
        ("a chi ci rivolgiamo per le paghe?", "le paghe"),
        ("who to contact for pruning", "pruning"),
        ("chi posso contattare per la privacy?", "la privacy"),
        ("come contatto chi fa potature", "potature"),
        ("come si contatta chi fa potature", "potature"),
        ("Buongiorno, avete i contatti di qualcuno che fa potature?", "potature"),
        ("contact details of someone who does pruning", "pruning"),
        ("how can I contact someone who does pruning", "pruning"),
        ("who should I talk to about pruning", "pruning"),
        ("phone numbers for pruning", "pruning"),
    ],
)
def test_what_they_do_is_left(question: str, text: str) -> None:
    assert content(question, may_be_empty=False) == text


@pytest.mark.parametrize(
    "question",
    ["email marketing", "email di benvenuto", "contact center", "telefono voip", "pec aziendali"],
)
def test_contacts_may_be_the_subject(question: str) -> None:
    assert content(question, may_be_empty=False) == question
