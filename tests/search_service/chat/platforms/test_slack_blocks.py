"""A reply in Block Kit: within its limits, and saying just what it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings

from search_service.chat.platforms.slack.blocks import _blocks, _fit, in_slash_command, render
from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Reply, ReplySection
from tests.search_service.chat.strategies import ORIGIN, replies

ITEM = Item(
    Link("Bussola", f"{ORIGIN}/organisations/b"),
    "Facciamo data engineering.",
    Link("Dati, p. 3", f"{ORIGIN}/documents/d#p1"),
    ("Bologna (BO)", "sede qui"),
    "dimostrato",
    "2024-05",
)
REPLY = Reply(
    "it",
    "1 cooperativa",
    ("Abbiamo cercato: dati",),
    (ReplySection("", (ITEM, ITEM)),),
    ("Ce n'è un'altra.",),
    Link("Vedi tutto", ORIGIN),
)


def _elements(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for element in block["elements"]:
        if element["type"] == "rich_text_list":
            yield from _elements(element)
        else:
            assert element["type"] == "rich_text_section"
            yield from element["elements"]


def _lines(block: Mapping[str, Any]) -> list[str]:
    return "".join(element["text"] for element in _elements(block)).split("\n")


def _expected(reply: Reply) -> Iterator[list[str]]:
    yield [reply.heading or "—"]
    yield list(reply.notes)
    for section in reply.sections:
        yield [section.heading] if section.heading else []
        for item in section.items:
            name = item.name.label or (item.name.url if item.name.url else "—")
            first = " · ".join((name, *filter(None, item.facts)))
            second = ": ".join(filter(None, (item.proof, item.quote)))
            second += ": " if item.proof and not item.quote else ""
            third = " · ".join(filter(None, (item.source.label, item.date)))
            yield [first, *filter(None, (second, third))]
    more = [reply.more.label or reply.more.url or "—"] if reply.more else []
    yield [*reply.hints, *more]


@settings(deadline=None, max_examples=50)
@given(replies())
def test_any_reply_is_within_the_limits_and_says_what_it_says(reply: Reply) -> None:
    message: dict[str, Any] = render(reply)
    blocks = message["blocks"]
    assert 1 <= len(blocks) <= 50
    texts = [sum(len(element["text"]) for element in _elements(block)) for block in blocks]
    assert max(texts) <= 3_000
    assert sum(texts) <= 12_000
    kept = truncate_reply(reply, lambda one: _fit(_blocks(one)))
    shown = [line for block in blocks for line in _lines(block)]
    assert shown == [line for lines in _expected(kept) for line in lines]


@settings(deadline=None, max_examples=50)
@given(replies())
def test_nothing_can_be_markup_or_a_mention(reply: Reply) -> None:
    message: dict[str, Any] = render(reply)
    for block in message["blocks"]:
        assert block["type"] == "rich_text"
        for element in _elements(block):
            assert element["type"] in ("text", "link")
            assert element["text"]
            assert element["type"] == "text" or element["url"].startswith(ORIGIN)
    for found in ("<", ">", "@channel", "@here", "@all", "@user"):
        assert found not in message["text"]


def test_an_answer_looks_so() -> None:
    blocks: Any = render(REPLY)["blocks"]
    assert [_lines(block) for block in blocks] == [
        ["1 cooperativa"],
        ["Abbiamo cercato: dati"],
        *[
            [
                "Bussola · Bologna (BO) · sede qui",
                "dimostrato: Facciamo data engineering.",
                "Dati, p. 3 · 2024-05",
            ]
        ]
        * 2,
        ["Ce n'è un'altra.", "Vedi tutto"],
    ]
    assert blocks[0]["elements"][0]["elements"][0]["style"] == {"bold": True}
    assert blocks[1]["elements"][0]["elements"][0]["style"] == {"italic": True}
    first, second = (block["elements"][0] for block in blocks[2:4])
    assert (first["style"], first.get("offset")) == ("ordered", None)
    assert second["offset"] == 1  # it is number 2
    name = first["elements"][0]["elements"][0]
    assert (name["type"], name["url"]) == ("link", f"{ORIGIN}/organisations/b")


def test_without_a_public_address_there_are_no_links() -> None:
    item = replace(ITEM, name=Link("Bussola"), source=Link("Dati"))
    reply = replace(REPLY, sections=(ReplySection("", (item,)),), more=Link("Vedi tutto"))
    blocks: Any = render(reply)["blocks"]
    assert {e["type"] for block in blocks for e in _elements(block)} == {"text"}
    assert _lines(blocks[-1])[-1] == "Vedi tutto"


def test_whole_items_are_left_out_and_counted() -> None:
    item = replace(ITEM, quote="q" * 300, name=Link("n" * 300, f"{ORIGIN}/{'a' * 1_500}"))
    blocks: Any = render(replace(REPLY, sections=(ReplySection("", (item,) * 8),)))["blocks"]
    quotes = sum("q" * 300 in line for block in blocks for line in _lines(block))
    assert 1 < quotes < 8
    left = f"Altri {8 - quotes} risultati non entrano in questo messaggio."
    assert _lines(blocks[-1]) == [left, "Ce n'è un'altra.", "Vedi tutto"]


def test_an_answer_is_for_the_channel_and_a_refusal_for_who_asked() -> None:
    answer = replace(REPLY, is_answer=True)
    assert in_slash_command(answer)["response_type"] == "in_channel"
    nobody = replace(answer, sections=())
    assert in_slash_command(nobody)["response_type"] == "in_channel"
    assert in_slash_command(Reply("it", "Troppe domande"))["response_type"] == "ephemeral"


def test_the_fallback_is_escaped() -> None:
    assert render(Reply("it", "R&D <!here> @channel"))["text"] == (
        "R&amp;D &lt;!here&gt; @\u2060channel"
    )
