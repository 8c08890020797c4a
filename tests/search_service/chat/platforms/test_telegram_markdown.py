"""Whatever a reply holds, Telegram can read it, and reads in it what we said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given

from search_service.chat.platforms.telegram.markdown import MAX_UNITS, _markup, _units, render
from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Reply, ReplySection
from tests.search_service.chat.strategies import replies

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
REPLY = Reply(
    "it",
    "2 cooperative",
    ("Abbiamo cercato: siti_web",),
    (
        ReplySection(
            "",
            (
                Item(
                    Link("Bussola & Co.", "https://rete.example/organisations/a(b)"),
                    "Facciamo siti (web) da 10.5 anni!",
                    Link("Profilo, p. 3", "https://rete.example/documents/a%20b#p0"),
                    ("Bologna (BO)", "sede qui"),
                    "dichiarato",
                    "2024 (2 anni fa)",
                ),
                Item(Link("@channel"), "", Link("")),
            ),
        ),
    ),
    ("Scrivi «altri».",),
    Link("Vedi tutti i risultati", "https://rete.example/?q=siti"),
)


@dataclass
class Read:
    """What Telegram reads: the text, and its parts that are bold, italic or links."""

    text: str = ""
    parts: list[tuple[str, str]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)


def read(source: str) -> Read:
    """Read MarkdownV2 as strictly as Telegram does: what is reserved is markup or escaped."""
    found, opened, place = Read(), {}, 0
    while place < len(source):
        sign = source[place]
        if sign == "\\":
            assert ord(source[place + 1]) < 127
            found.text += source[place + 1]
            place += 2
        elif sign in "*_":
            assert source[place : place + 2] != "__", "it would be underlined"
            if sign in opened:
                found.parts.append((sign, found.text[opened.pop(sign) :]))
            else:
                opened[sign] = len(found.text)
            place += 1
        elif sign == "[":
            opened["["] = len(found.text)
            place += 1
        elif sign == "]":
            link = re.compile(r"\]\(((?:[^\\)]|\\.)*)\)").match(source, place)
            assert link, "a link without an address"
            found.parts.append(("[", found.text[opened.pop("[") :]))
            found.urls.append(re.sub(r"\\(.)", r"\1", link[1]))
            place = link.end()
        else:
            assert sign not in RESERVED, f"{sign} is not escaped"
            assert sign != "\n" or not opened, "markup does not go over lines"
            found.text += sign
            place += 1
    assert not opened
    return found


def test_a_reply_is_rendered() -> None:
    assert render(REPLY) == (
        "*2 cooperative*\n"
        "_Abbiamo cercato: siti\\_web_\n\n"
        "1\\. *[Bussola & Co\\.](https://rete.example/organisations/a(b\\))* · Bologna \\(BO\\) · "
        "sede qui\n"
        "_dichiarato_: Facciamo siti \\(web\\) da 10\\.5 anni\\!\n"
        "[Profilo, p\\. 3](https://rete.example/documents/a%20b#p0) · 2024 \\(2 anni fa\\)\n\n"
        "2\\. *@\u2060channel*\n\n"
        "Scrivi «altri»\\.\n\n"
        "[Vedi tutti i risultati](https://rete.example/?q=siti)"
    )
    assert read(render(REPLY)).urls[0] == "https://rete.example/organisations/a(b)"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@anna_b e @all", "@\u2060anna_b e @\u2060all"),
        ("info@coop.example", "info@coop.example"),
        ("(@x) @", "(@\u2060x) @\u2060"),
    ],
)
def test_nobody_is_mentioned(text: str, shown: str) -> None:
    assert read(render(Reply("it", text))).text == shown


def test_a_message_is_never_empty() -> None:
    assert render(Reply("it", " ")) == "*…*"


def test_a_message_as_long_as_may_be_is_whole_and_no_longer_one() -> None:
    room = MAX_UNITS - len("*a*\n\n**\n\n1\\. *x*\n")  # an emoji is two units, and one character

    def with_quotes(count: int, last: int) -> Reply:
        quotes = ["👍" * 240] * count + ["z" * last]
        items = tuple(Item(Link("x"), quote, Link("")) for quote in quotes)
        return Reply("it", "a", sections=(ReplySection("", items),))

    each = len("1\\. *x*\n") + 480 + 2
    last = MAX_UNITS - len("*a*") - 2 - 8 * each - len("1\\. *x*\n")
    assert 0 < last < room
    whole = render(with_quotes(8, last))
    assert len(whole.encode("utf-16-le")) // 2 == MAX_UNITS
    assert read(whole).text.endswith("z" * last)
    cut = read(render(with_quotes(8, last + 1)))
    assert "zz" not in cut.text
    assert cut.text.endswith("Un altro risultato non entra in questo messaggio.")


def _said(reply: Reply) -> Iterator[str]:
    """Every text of a reply, in the order in which it is read."""
    yield reply.heading or "…"
    yield from reply.notes
    for section in reply.sections:
        yield section.heading
        for number, item in section.numbered:
            yield f"{number}. "
            yield from (item.name.label, *item.facts, item.proof, item.quote)
            yield from (item.source.label, item.date)
    yield from reply.hints
    yield reply.more.label if reply.more else ""


def _links(reply: Reply) -> Iterator[Link]:
    for section in reply.sections:
        for item in section.items:
            yield from (item.name, item.source)
    yield from [reply.more] if reply.more else []


@given(replies())
def test_any_reply_reads_as_it_was_meant(reply: Reply) -> None:
    source = render(reply)
    assert 0 < len(source.encode("utf-16-le")) // 2 <= MAX_UNITS
    found = read(source)
    assert not re.search(r"(?<![A-Za-z0-9])@(?!\u2060)", found.text)
    text = found.text.replace("\u2060", "")
    shown = truncate_reply(reply, lambda part: _units(_markup(part)) <= MAX_UNITS)
    place = 0
    for said in _said(shown):
        place = text.index(said.replace("\u2060", ""), place) + len(said.replace("\u2060", ""))
    assert text[place:].strip("\n") == ""  # a text of joiners alone leaves its blank line
    assert found.urls == [link.url for link in _links(shown) if link.url and link.label]
