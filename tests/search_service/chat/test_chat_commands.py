"""What a message asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.chat.commands import MAX_TEXT, Command, Wish, parse


@pytest.mark.parametrize(
    ("text", "command"),
    [
        (
            "chi fa accessibilità web in Toscana?",
            Command(Wish.ANSWER, "chi fa accessibilità web in Toscana?"),
        ),
        ("", Command(Wish.NOTHING)),
        (" \n ", Command(Wish.NOTHING)),
        ("…", Command(Wish.NOTHING)),
        ("?", Command(Wish.HELP)),
        ("Aiuto!", Command(Wish.HELP, language="it")),
        ("HELP", Command(Wish.HELP, language="en")),
        ("che cosa sai fare?", Command(Wish.HELP, language="it")),
        ("aiuto per una gara", Command(Wish.ANSWER, "aiuto per una gara")),
        ("avvisi", Command(Wish.WATCHES, language="it")),
        ("My alerts", Command(Wish.WATCHES, language="en")),
        ("togli avviso 3", Command(Wish.UNWATCH, number=3, language="it")),
        ("Cancella l’avviso #12.", Command(Wish.UNWATCH, number=12, language="it")),
        ("remove alert 7", Command(Wish.UNWATCH, number=7, language="en")),
        (
            "Avvisami quando qualcuno fa reti LoRa in Molise",
            Command(Wish.WATCH, "qualcuno fa reti LoRa in Molise", language="it"),
        ),
        ("avvisami se c'è Città d’arte", Command(Wish.WATCH, "Città d’arte", language="it")),
        ("fammi sapere se ci sono sarti", Command(Wish.ANSWER, "fammi sapere se ci sono sarti")),
        ("tell me if there is SAP", Command(Wish.ANSWER, "tell me if there is SAP")),
        ("tell me when there is SAP", Command(Wish.WATCH, "SAP", language="en")),
        (
            "fammi sapere quando ci sono traduttori",
            Command(Wish.WATCH, "traduttori", language="it"),
        ),
        (
            "notify me when there is SAP in Molise",
            Command(Wish.WATCH, "SAP in Molise", language="en"),
        ),
        ("avvisaci: droni in Sicilia", Command(Wish.WATCH, "droni in Sicilia", language="it")),
    ],
)
def test_a_message_is_read(text: str, command: Command) -> None:
    assert parse(text) == command


def test_only_the_beginning_of_a_very_long_message_is_read() -> None:
    assert parse("a" * 100_000) == Command(Wish.ANSWER, "a" * MAX_TEXT)


@given(st.text(max_size=200))
def test_every_text_is_something(text: str) -> None:
    command = parse(text)
    assert (command.text == "") == (command.wish not in (Wish.ANSWER, Wish.WATCH))
    assert command.text in " ".join(text.split())
