"""What a clause says of whoever speaks."""

from __future__ import annotations

import pytest

from indexer.text.clauses import Mood, clauses, mood_of


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
        "I colloqui durano un tempo medio di nove minuti",
        "Non siamo solo uno studio di grafica",
        "No project is too small",
        "No matter how old the server, we migrate it",
        "Aiutiamo chi usa lo screen reader",
        "Facciamo app e ogni socio le usa",
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
        ("Interpreting in court is beyond us", Mood.DENIES),
        ("La telemedicina non ci compete", Mood.DENIES),
        ("No biometric identification of any kind", Mood.DENIES),
        ("no COBOL", Mood.DENIES),
        ("Metà di noi usa una riga Braille", Mood.USES),
        ("Non siamo uno studio di architettura", Mood.DENIES),
        ("Che cosa non troverete da noi: vendita di telefoni", Mood.DENIES),
        ("Lavanderia industriale, attività cessata nel 2015", Mood.FORMER),
        ("I contratti li ha scritti un avvocato", Mood.USES),
        ("La contabilità la tiene un commercialista", Mood.USES),
        ("Our accounts are kept by a firm in Trento", Mood.USES),
        ("SAP lo conosciamo solo come clienti", Mood.USES),
        ("Gestionale per cantine: ci stiamo lavorando", Mood.INTENDS),
    ],
)
def test_these_say_something_else(clause: str, mood: Mood) -> None:
    assert mood_of(clause) is mood


@pytest.mark.parametrize(
    ("sentence", "moods"),
    [
        ("Il progetto lo scriviamo noi, la rendicontazione no.", [Mood.DOES, Mood.DENIES]),
        ("Non siamo uno studio: i rilievi li facciamo.", [Mood.DENIES, Mood.DOES]),
        ("Le dirette invece le abbiamo abbandonate.", [Mood.FORMER, Mood.FORMER]),
        (
            "Abbiamo vinto un bando per la robotica, ma il ramo è stato chiuso.",
            [Mood.FORMER, Mood.FORMER],
        ),
        ("Noi curiamo il verde e il sito lo segue un'agenzia.", [Mood.DOES, Mood.USES]),
    ],
)
def test_each_clause_has_its_mood(sentence: str, moods: list[Mood]) -> None:
    assert [clause.mood for clause in clauses(sentence)] == moods
