"""What does not fit is left out whole, and said to be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from search_service.chat.truncate import one_line, truncate_reply
from search_service.chat.types import Item, Link, Reply, ReplySection
from tests.search_service.chat.strategies import replies

ITEMS = tuple(Item(Link(f"Coop {n}"), "fa pane", Link("profilo")) for n in range(4))
REPLY = Reply(
    "it",
    "4 cooperative",
    ("Abbiamo cercato: pane",),
    (ReplySection("", ITEMS[:3]), ReplySection("Altrove", ITEMS[3:])),
    ("Scrivi «altri».",),
    Link("Vedi tutti i risultati", "https://rete.example/?q=pane"),
)


def _names(reply: Reply) -> list[str]:
    return [item.name.label for section in reply.sections for item in section.items]


def _size(reply: Reply) -> int:
    return len(repr(reply))


def test_what_fits_is_left_as_it_is() -> None:
    assert truncate_reply(REPLY, lambda _: True) == REPLY


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (3, "Un altro risultato non entra in questo messaggio."),
        (2, "Altri 2 risultati non entrano in questo messaggio."),
    ],
)
def test_the_last_items_are_left_out_whole(count: int, said: str) -> None:
    found = truncate_reply(REPLY, lambda reply: len(_names(reply)) <= count)
    assert found.sections == (ReplySection("", ITEMS[:count]),)
    assert found.hints == (said, "Scrivi «altri».")
    assert (found.heading, found.notes, found.more) == (REPLY.heading, REPLY.notes, REPLY.more)


def test_it_is_said_in_the_language_of_the_reply() -> None:
    english = Reply("en", "4 cooperatives", sections=REPLY.sections)
    found = truncate_reply(english, lambda reply: len(_names(reply)) <= 2)
    assert found.hints == ("2 more results do not fit in this message.",)


def test_texts_are_shortened_only_where_what_stays_does_not_fit() -> None:
    reply = replace(REPLY, notes=("pane " * 50,))
    assert truncate_reply(reply, lambda _: True).notes == (("pane " * 50).strip(),)
    assert truncate_reply(reply, lambda r: len(r.notes[0]) <= 100).notes == (
        "pane " * 19 + "pane…",
    )


def test_an_address_too_long_for_a_link_is_left_out() -> None:
    link = Link("Vedi", "https://rete.example/?q=" + "a" * 2_000)
    assert truncate_reply(Reply("it", "x", more=link), lambda _: True).more == Link("Vedi")


def test_a_line_is_cut_to_its_length() -> None:
    assert one_line(" a\n b\u2028c ", 5) == "a b c"
    assert one_line("abc def", 5) == "abc…"
    assert one_line("abcdef", 5) == "abcd…"


@given(replies())
def test_the_heading_and_the_link_stay(reply: Reply) -> None:
    found = truncate_reply(reply, lambda r: _size(r) <= 2_000)
    assert found.heading in [one_line(reply.heading, longest) for longest in (300, 100, 30)]
    assert (found.more is None) == (reply.more is None)
    assert len(_names(found)) <= len(_names(reply))
