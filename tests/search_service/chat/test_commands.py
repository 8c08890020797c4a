"""What a message asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.chat.commands import MAX_TEXT, Command, Intent, parse


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "chi fa accessibilità web in Toscana?",
            Command(Intent.ANSWER, "chi fa accessibilità web in Toscana?"),
        ),
        ("", Command(Intent.NOTHING)),
        (" \n ", Command(Intent.NOTHING)),
        ("…", Command(Intent.NOTHING)),
        ("?", Command(Intent.HELP)),
        ("Aiuto!", Command(Intent.HELP, language="it")),
        ("HELP", Command(Intent.HELP, language="en")),
        ("che cosa sai fare?", Command(Intent.HELP, language="it")),
        ("aiuto per una gara", Command(Intent.ANSWER, "aiuto per una gara")),
        ("avvisi", Command(Intent.LIST_ALERTS, language="it")),
        ("My alerts", Command(Intent.LIST_ALERTS, language="en")),
        ("togli avviso 3", Command(Intent.REMOVE_ALERT, number=3, language="it")),
        ("Cancella l’avviso #12.", Command(Intent.REMOVE_ALERT, number=12, language="it")),
        ("remove alert 7", Command(Intent.REMOVE_ALERT, number=7, language="en")),
        (
            "Avvisami quando qualcuno fa reti LoRa in Molise",
            Command(Intent.CREATE_ALERT, "qualcuno fa reti LoRa in Molise", language="it"),
        ),
        (
            "avvisami se c'è Città d’arte",
            Command(Intent.CREATE_ALERT, "Città d’arte", language="it"),
        ),
        ("fammi sapere se ci sono sarti", Command(Intent.ANSWER, "fammi sapere se ci sono sarti")),
        ("tell me if there is SAP", Command(Intent.ANSWER, "tell me if there is SAP")),
        ("tell me when there is SAP", Command(Intent.CREATE_ALERT, "SAP", language="en")),
        (
            "fammi sapere quando ci sono traduttori",
            Command(Intent.CREATE_ALERT, "traduttori", language="it"),
        ),
        (
            "notify me when there is SAP in Molise",
            Command(Intent.CREATE_ALERT, "SAP in Molise", language="en"),
        ),
        (
            "avvisaci: droni in Sicilia",
            Command(Intent.CREATE_ALERT, "droni in Sicilia", language="it"),
        ),
        ("togli avviso tre", Command(Intent.REMOVE_ALERT, number=3, language="it")),
        ("togli l'avviso numero dieci", Command(Intent.REMOVE_ALERT, number=10, language="it")),
        ("stop alert two", Command(Intent.REMOVE_ALERT, number=2, language="en")),
        ("E-commerce", Command(Intent.ANSWER, "E-commerce")),
        ("ciao, chi fa pane?", Command(Intent.ANSWER, "ciao, chi fa pane?")),
        ("grazie, e a Milano?", Command(Intent.ANSWER, "grazie, e a Milano?")),
        ("altri risultati di sartoria", Command(Intent.ANSWER, "altri risultati di sartoria")),
        ("more yarn", Command(Intent.ANSWER, "more yarn")),
        ("avviso pubblico", Command(Intent.ANSWER, "avviso pubblico")),
    ],
)
def test_a_message_is_read(text: str, command: Command) -> None:
    assert parse(text) == command


def test_only_the_beginning_of_a_very_long_message_is_read() -> None:
    assert parse("a" * 100_000) == Command(Intent.ANSWER, "a" * MAX_TEXT)


@given(st.text(max_size=200))
def test_every_text_is_something(text: str) -> None:
    command = parse(text)
    assert (command.text == "") == (command.intent not in (Intent.ANSWER, Intent.CREATE_ALERT))
    assert command.text in " ".join(text.split())


@pytest.mark.parametrize(
    ("intent", "language", "texts"),
    [
        (
            Intent.MORE,
            "it",
            "altri|Altre?|ce ne sono altri?|e ancora?|mostrami le altre|avanti|di più",
        ),
        (Intent.MORE, "en", "more|And more?|any others?|show me more|next|go on"),
        (
            Intent.GREETING,
            "it",
            "ciao|Ciao!|salve|Buongiorno|buon giorno a tutti|ciao, buonasera",
        ),
        (Intent.GREETING, "en", "hi|Hello!|hey there|good morning"),
        (Intent.THANKS, "it", "grazie|Grazie mille!|ok, grazie|mille grazie|ti ringrazio"),
        (Intent.THANKS, "en", "thanks|Thank you!|great, thanks a lot|many thanks"),
        (Intent.NOTHING, "it", "e|E?|ed|ma|solo|anche"),
        (Intent.NOTHING, "en", "and|And?|but|only|also"),
        (
            Intent.ALERT_WITHOUT_TEXT,
            "it",
            "avvisami|Avvisaci!|avvisami quando|avvisami quando…|avvisami se|avvisami non appena"
            "|avvisami quando c'è|avvisami:|fammi sapere quando|avviso|nuovo avviso",
        ),
        (
            Intent.ALERT_WITHOUT_TEXT,
            "en",
            "alert me|Notify me|notify us when|alert me if there is|let me know when|new alert",
        ),
        (
            Intent.REMOVE_WITHOUT_NUMBER,
            "it",
            "togli avviso|Togli l'avviso|cancella gli avvisi|togli avviso undici|togli avviso N",
        ),
        (
            Intent.REMOVE_WITHOUT_NUMBER,
            "en",
            "remove alert|delete the alert|stop all alerts|remove alert x",
        ),
    ],
)
def test_what_is_said_in_passing_is_no_question(intent: Intent, language: str, texts: str) -> None:
    for text in texts.split("|"):
        assert parse(text) == Command(intent, language=language), text
