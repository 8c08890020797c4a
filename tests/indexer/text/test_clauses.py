"""What a clause says of whoever speaks."""

from __future__ import annotations

import pytest

from indexer.text.clauses import Mood, mood_of


@pytest.mark.parametrize(
    "clause",
    [
        "Garantiamo un tempo di risposta di due ore per l'assistenza informatica",
        "Interveniamo in non più di quattro ore",
        "We maintain the platform used to manage bookings",
        "Abbiamo chiuso il progetto di accessibilità in sei mesi",
        "Abbiamo lasciato alla biblioteca il nuovo catalogo",
        "Per sviluppare i siti usiamo WordPress",
        "Abbiamo ricevuto l'incarico di rifare il sito",
        "Abbiamo partecipato allo sviluppo dell'app",
        "Archivi leggibili anche in futuro",
        "We need two weeks to build a website",
        "Stiamo cercando di rendere accessibili tutti i siti",
        "Niente più carta",
    ],
)
def test_these_say_that_it_is_done(clause: str) -> None:
    assert mood_of(clause) is Mood.DOES


@pytest.mark.parametrize(
    ("clause", "mood"),
    [
        ("Un tempo facevamo siti", Mood.FORMER),
        ("We used to run servers", Mood.FORMER),
        ("Abbiamo chiuso il reparto di stampa", Mood.FORMER),
        ("Usiamo Odoo per la contabilità", Mood.USES),
        ("Abbiamo partecipato a un corso di sicurezza", Mood.USES),
        ("Stiamo valutando un corso di Python", Mood.INTENDS),
        ("We need a web designer", Mood.INTENDS),
        ("Non facciamo grafica", Mood.DENIES),
        ("Vendita telefonica mai", Mood.DENIES),
    ],
)
def test_these_say_something_else(clause: str, mood: Mood) -> None:
    assert mood_of(clause) is mood
