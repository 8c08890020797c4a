"""Matrix events: what is asked of the bot, and how a reply is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.chat.platforms.matrix.events import (
    MAX_CONTENT,
    IncomingMessage,
    Room,
    as_post,
    fits,
    in_answer,
    parse,
    render,
    since_invited,
    size,
)
from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Message, Reply, ReplySection
from tests.search_service.chat.strategies import ORIGIN, replies

BOT, ANNA, BRUNO = "@bot:rete.example", "@anna:rete.example", "@bruno:rete.example"
ROOM = Room("!stanza", BOT, is_direct=False, names=("bot", "Competenze"), threads={"$radice": ANNA})
DIRECT = replace(ROOM, is_direct=True)


def event(body: object, sender: str = ANNA, **content: object) -> dict[str, object]:
    return {
        "type": "m.room.message",
        "sender": sender,
        "event_id": "$evento",
        "content": {"msgtype": "m.text", "body": body, **content},
    }


def relates(**relation: object) -> dict[str, object]:
    return {"m.relates_to": relation}


def text_of(found: IncomingMessage | None) -> str | None:
    return found.message.text if found else None


THREAD = relates(rel_type="m.thread", event_id="$radice")
OTHER_THREAD = relates(rel_type="m.thread", event_id="$altra")
MENTION = {"m.mentions": {"user_ids": [BOT]}}


@pytest.mark.parametrize(
    ("body", "content", "text"),
    [
        ("!cerca sartoria a Imola", {}, "sartoria a Imola"),
        ("  !CERCA\nsartoria", {}, "sartoria"),
        ("!cerca", {}, ""),
        ("!cercare sartoria", {}, None),
        ("chi cuce?", {}, None),
        ("bot: chi cuce?", {}, "chi cuce?"),
        ("@bot, chi cuce?", {}, "chi cuce?"),
        (f"{BOT}: chi cuce?", {}, "chi cuce?"),
        ("competenze : chi cuce?", {}, "chi cuce?"),
        ("bottega di sartoria", {}, None),
        ("bot chi cuce?", {}, None),
        ("bot chi cuce?", MENTION, "chi cuce?"),
        ("Competenze: chi cuce?", MENTION, "chi cuce?"),
        (f"{BOT} chi cuce?", MENTION, "chi cuce?"),
        ("chi cuce, Competenze?", MENTION, "chi cuce?"),
        (f"chi cuce {BOT}", MENTION, "chi cuce"),
        ("chi fa bottoni?", MENTION, "chi fa bottoni?"),
        ("Competenze", MENTION, ""),
        ("chi cuce?", {"m.mentions": {"user_ids": [BRUNO]}}, None),
        ("e in Toscana?", THREAD, "e in Toscana?"),
        ("che ne dici?", {**THREAD, "m.mentions": {"user_ids": [BRUNO]}}, None),
        ("e in Toscana?", OTHER_THREAD, None),
        ("!cerca e in Toscana?", OTHER_THREAD, "e in Toscana?"),
        (
            f"> <{BRUNO}> !cerca altro\n> ancora\n\nbot: chi cuce?",
            relates(**{"m.in_reply_to": {"event_id": "$x"}}),
            "chi cuce?",
        ),
    ],
)
def test_in_a_room_what_is_addressed_to_the_bot_is_read(
    body: str, content: dict[str, object], text: str | None
) -> None:
    assert text_of(parse(event(body, **content), ROOM)) == text


def test_in_a_thread_only_who_opened_it_need_not_address_the_bot() -> None:
    assert parse(event("e in Toscana?", BRUNO, **THREAD), ROOM) is None
    assert text_of(parse(event("bot: e in Toscana?", BRUNO, **THREAD), ROOM)) == "e in Toscana?"


def test_in_a_direct_chat_everything_is_read() -> None:
    assert text_of(parse(event("chi cuce?"), DIRECT)) == "chi cuce?"
    assert text_of(parse(event("!cerca chi cuce?"), DIRECT)) == "chi cuce?"


def test_a_question_opens_a_thread_and_what_follows_in_it_is_one_conversation() -> None:
    first, then = (
        parse(event("!cerca sartoria"), ROOM),
        parse({**event("altri", **THREAD), "event_id": "$dopo"}, ROOM),
    )
    assert first == IncomingMessage(
        Message("matrix", "!stanza", "!stanza $evento", ANNA, "$evento", "sartoria"), "$evento"
    )
    assert then == IncomingMessage(
        Message("matrix", "!stanza", "!stanza $radice", ANNA, "$dopo", "altri"), "$radice"
    )


def test_a_direct_chat_is_a_conversation_without_a_thread() -> None:
    found = parse(event("sartoria"), DIRECT)
    assert found is not None
    assert (found.thread, found.message.conversation) == ("", f"!stanza {ANNA}")
    in_thread = parse(event("sartoria", **THREAD), DIRECT)
    assert in_thread is not None
    assert (in_thread.thread, in_thread.message.conversation) == ("$radice", "!stanza $radice")


@pytest.mark.parametrize(
    "change",
    [
        {"type": "m.room.encrypted"},
        {"type": "m.reaction"},
        {"sender": BOT},
        {"sender": None},
        {"event_id": 3},
        {"content": {}},
        {"content": []},
        {"content": {"msgtype": "m.notice", "body": "!cerca x"}},
        {"content": {"msgtype": "m.emote", "body": "!cerca x"}},
        {"content": {"msgtype": "m.text", "body": 1.5}},
        {
            "content": {
                "msgtype": "m.text",
                "body": "* !cerca x",
                "m.new_content": {"msgtype": "m.text", "body": "!cerca x"},
                "m.relates_to": {"rel_type": "m.replace", "event_id": "$radice"},
            }
        },
    ],
)
def test_what_is_no_question_is_let_be(change: Mapping[str, object]) -> None:
    for room in (ROOM, DIRECT):
        found = parse({**event("!cerca x"), **change}, room)
        assert text_of(found) in (None, "")
        assert found is None or change.get("content", {}) != {}  # nothing is no question


@pytest.mark.parametrize("odd", [[], "no", 3, None, {"rel_type": []}, {"rel_type": "m.thread"}])
def test_odd_relations_and_mentions_do_not_matter(odd: object) -> None:
    found = parse(event("!cerca x", **{"m.relates_to": odd, "m.mentions": odd}), ROOM)
    assert found is not None
    assert found.thread == "$evento"
    long = relates(rel_type="m.thread", event_id="$" * 60_000)
    found = parse(event("!cerca x", **long), ROOM)
    assert found is not None
    assert found.thread == "$evento"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ("type", "content", "msgtype", "body", "m.relates_to", "rel_type", "m.mentions")
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_JSON, _JSON, _JSON, st.text(max_size=30))
def test_any_event_is_read_or_let_be(
    body: object, relation: object, mentions: object, text: str
) -> None:
    for value in (body, text):
        parse(event(value, **{"m.relates_to": relation, "m.mentions": mentions}), ROOM)
    parse({"type": "m.room.message", "content": body}, ROOM)


def test_what_was_said_before_the_invitation_is_old() -> None:
    def member(who: str, membership: str) -> dict[str, object]:
        return {"type": "m.room.member", "state_key": who, "content": {"membership": membership}}

    before, after = event("!cerca prima"), event("!cerca dopo")
    other, mine = member(BRUNO, "invite"), member(BOT, "invite")
    assert since_invited([before, mine, after, member(BOT, "join")], BOT)[0] == after
    assert since_invited([before, other, after], BOT) == [before, other, after]
    assert since_invited([before, mine], BOT) == []


# --- writing ---------------------------------------------------------------------------------

REPLY = Reply(
    "it",
    "2 cooperative",
    ("Abbiamo cercato: dati <grandi> · Bologna",),
    (
        ReplySection(
            "",
            (
                Item(
                    Link("Bussola & C.", f"{ORIGIN}/organisations/bussola"),
                    "… facciamo dati",
                    Link("Profilo, p. 2", f"{ORIGIN}/documents/a?b=1&c=2#p0"),
                    ("Bologna (BO)", "sede qui"),
                    "dichiarato",
                    "2024",
                ),
            ),
        ),
        ReplySection("Documenti", (Item(Link("Giornata"), "una giornata", Link(""), ("evento",)),)),
    ),
    ("Scrivi «altri».",),
    Link("Vedi tutti i risultati", f"{ORIGIN}/?q=dati"),
)


def test_a_reply_is_written_twice() -> None:
    content = render(REPLY)
    assert {key: content[key] for key in ("msgtype", "format", "m.mentions")} == {
        "msgtype": "m.notice",
        "format": "org.matrix.custom.html",
        "m.mentions": {},
    }
    assert content["body"] == (
        "2 cooperative\n"
        "Abbiamo cercato: dati <grandi> · Bologna\n"
        "\n"
        "1. Bussola & C. · Bologna (BO) · sede qui\n"
        "   dichiarato: … facciamo dati\n"
        "   Profilo, p. 2 · 2024\n"
        "\n"
        "Documenti\n"
        "1. Giornata · evento\n"
        "   una giornata\n"
        "\n"
        "Scrivi «altri».\n"
        f"Vedi tutti i risultati: {ORIGIN}/?q=dati"
    )
    assert content["formatted_body"] == (
        "<p><strong>2 cooperative</strong></p>"
        "<p><em>Abbiamo cercato: dati &lt;grandi&gt; · Bologna</em></p>"
        f'<ol><li><strong><a href="{ORIGIN}/organisations/bussola">Bussola &amp; C.</a></strong>'
        " · Bologna (BO) · sede qui<br><em>dichiarato</em>: … facciamo dati<br>"
        f'<a href="{ORIGIN}/documents/a?b=1&amp;c=2#p0">Profilo, p. 2</a> · 2024</li></ol>'
        "<p><strong>Documenti</strong></p>"
        "<ol><li><strong>Giornata</strong> · evento<br>una giornata</li></ol>"
        "<p>Scrivi «altri».</p>"
        f'<p><a href="{ORIGIN}/?q=dati">Vedi tutti i risultati</a></p>'
    )


def test_an_answer_goes_into_the_thread_of_its_question() -> None:
    message = Message("matrix", "!stanza", "", ANNA, "$dopo", "altri")
    assert in_answer({"body": "x"}, IncomingMessage(message, "$radice"))["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": "$radice",
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": "$dopo"},
    }
    assert in_answer({"body": "x"}, IncomingMessage(message, ""))["m.relates_to"] == {
        "m.in_reply_to": {"event_id": "$dopo"}
    }


def test_news_are_to_be_noticed() -> None:
    content = render(REPLY)
    assert as_post(content) == {**content, "msgtype": "m.text"}


def test_what_does_not_fit_is_left_out_whole_from_the_end_and_counted() -> None:
    item = REPLY.sections[0].items[0]
    many = tuple(replace(item, quote=f"numero {n} {'👩' * 280}") for n in range(20))
    content = render(replace(REPLY, sections=(ReplySection("", many), REPLY.sections[1])))
    body = str(content["body"])
    shown = len(re.findall(r"^ {3}dichiarato: numero \d+", body, re.MULTILINE))
    assert 5 < shown < 20
    assert f"\nAltri {21 - shown} risultati non entrano in questo messaggio.\nScrivi" in body
    assert "Documenti" not in body
    assert body.endswith(f"Vedi tutti i risultati: {ORIGIN}/?q=dati")
    assert MAX_CONTENT - 3_000 < size(content) <= MAX_CONTENT


def test_twenty_long_standing_questions_are_shortened_not_refused() -> None:
    content = render(Reply("it", "20 avvisi", tuple(f"{n}. {'👩' * 2_000}" for n in range(20))))
    lines = str(content["body"]).split("\n")
    assert size(content) <= MAX_CONTENT
    assert len(lines) == 21
    assert all(line.endswith("👩…") and len(line) >= 100 for line in lines[1:])


class _Reader(HTMLParser):
    """Reads a formatted body: its lines, and where its links lead; any odd tag is an error."""

    ALLOWED = frozenset(("p", "strong", "em", "ol", "li", "a", "br"))  # all are in Matrix's list

    def __init__(self, text: str) -> None:
        super().__init__()
        self.lines = [""]
        self.urls: list[str | None] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.ALLOWED
        names = [name for name, _ in attrs]
        assert names == (["href"] if tag == "a" else []) or (tag, names) == ("ol", ["start"])
        self.urls += [value for name, value in attrs if name == "href"]
        if tag in ("p", "li", "br"):
            self.lines.append("")
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.lines[-1] += data


def _item_lines(item: Item) -> list[str]:
    first = " · ".join((item.name.label, *filter(None, item.facts)))
    proof = f"{item.proof}: " if item.proof else ""
    last = " · ".join(filter(None, (item.source.label, item.date)))
    return [first, f"{proof}{item.quote}", last]


def _expected(reply: Reply, more: str) -> list[str]:
    lines = [reply.heading, *reply.notes]
    for section in reply.sections:
        lines += [section.heading, *(line for item in section.items for line in _item_lines(item))]
    return [line for line in (*lines, *reply.hints, more) if line]


@given(replies())
def test_any_reply_fits_and_reads_back(reply: Reply) -> None:
    shown, content = truncate_reply(reply, fits), render(reply)
    assert size(content) <= MAX_CONTENT
    assert content["m.mentions"] == {}
    more = shown.more or Link("")
    read = _Reader(str(content["formatted_body"]))
    assert [line for line in read.lines if line] == _expected(shown, more.label)
    assert all(url and url.startswith(f"{ORIGIN}/") for url in read.urls)
    body = [line for line in str(content["body"]).split("\n") if line.rstrip(" .0123456789")]
    expected = _expected(shown, ": ".join(filter(None, (more.label, more.url))))
    expected = [line for line in expected if line.rstrip(" .0123456789")]  # not a bare number
    for line, text in zip(body, expected, strict=True):
        assert text in (line, re.sub(r"^(?:\d+\. |   )", "", line, count=1))
