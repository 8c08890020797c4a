"""Mattermost: its slash command's contract, and Markdown that shows just what is said."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from search_service.chat.errors import RefusedError, UnreadableError
from search_service.chat.platforms.mattermost import (
    MAX_TEXT,
    Mattermost,
    _markdown,
    escaped,
    render,
)
from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Reply, ReplySection
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings
from tests.search_service.chat.strategies import ORIGIN, replies
from tests.toy import ToyEncoder

TOKEN = "nezum4kpu3faiec7r7c5zt6tfy"
FORM = {
    "channel_id": "i3bb9xfyqt8rtbyshmyhgsj16c",
    "channel_name": "town-square",
    "command": "/competenze",
    "response_url": "https://chat.example/hooks/commands/zozc1xwxybdedeyz8djwjpngny",
    "team_domain": "rete",
    "team_id": "tsb8crrn5tgqtedpkt81b4tcya",
    "text": "data engineering",
    "token": TOKEN,
    "trigger_id": "NG1kM3lyN2NqYmQxcGNyc2s0Nmo5em0xb2M6",
    "user_id": "k1x4aqdjy3813c84m771eoc9xo",
    "user_name": "prova",
}
JOINER = "\u2060"
READER = MarkdownIt("commonmark", {"breaks": True}).enable(["table", "strikethrough"])


def _body(**fields: str) -> bytes:
    return urlencode({**FORM, **fields}).encode()


@pytest.fixture
def mattermost() -> Mattermost:
    return Mattermost(TOKEN, "", None)  # type: ignore[arg-type]


# --- the contract -----------------------------------------------------------------------------


def test_the_documented_form_is_read(mattermost: Mattermost) -> None:
    message = mattermost.parse(_body())
    assert message is not None
    assert (message.platform, message.text) == ("mattermost", "data engineering")
    assert message.channel == "town-square"  # what a webhook's "channel" takes
    assert message.conversation == f"{FORM['channel_id']} {FORM['user_id']}"
    assert (message.user, message.event) == (FORM["user_id"], FORM["trigger_id"])


def test_a_thread_is_a_conversation_of_its_own(mattermost: Mattermost) -> None:
    message = mattermost.parse(_body(root_id="r1"))
    assert message is not None
    assert message.conversation == f"{FORM['channel_id']} r1"


@pytest.mark.parametrize("body", [b"", b"\xff", b"{}", b"a=b", b"user_id=u&command=%2Fc"])
def test_what_is_no_command_is_refused(mattermost: Mattermost, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        mattermost.parse(body)


def test_the_token_is_in_the_form_or_in_the_header(mattermost: Mattermost) -> None:
    without = urlencode({k: v for k, v in FORM.items() if k != "token"}).encode()
    right = {"authorization": f"Token {TOKEN}"}
    mattermost.verify({}, _body(), 0.0)
    mattermost.verify(right, _body(), 0.0)
    mattermost.verify(right, without, 0.0)
    for headers, body in (
        ({}, without),
        ({}, _body(token="")),
        ({"authorization": "Token "}, without),
        ({"authorization": f"Bearer {TOKEN}"}, without),
        ({"authorization": "Token è"}, _body()),
        (right, _body(token="x")),
        (right, _body() + b"&token=x"),
        ({}, b"\xff" + _body()),
    ):
        with pytest.raises(RefusedError):
            mattermost.verify(headers, body, 0.0)


def test_no_other_token_is_accepted(mattermost: Mattermost) -> None:
    chance = random.Random(5)
    for _ in range(10_000):
        token = list(TOKEN)
        token[chance.randrange(len(token))] = chr(chance.randrange(0x21, 0x250))
        token = token[: chance.choice((len(token), chance.randrange(len(token))))]
        if "".join(token) != TOKEN:
            with pytest.raises(RefusedError):
                mattermost.verify({}, _body(token="".join(token)), 0.0)


def test_an_answer_is_for_the_channel_and_a_refusal_for_who_asked(mattermost: Mattermost) -> None:
    answer = Reply("it", "1 cooperativa", more=Link("tutto"), is_answer=True)
    assert mattermost.render(answer) == {
        "response_type": "in_channel",
        "text": f"**1 cooperativa**\n\n{JOINER}tutto",
        "skip_slack_parsing": True,
    }
    assert mattermost.render(Reply("it", "Troppe"))["response_type"] == "ephemeral"


# --- the running service ----------------------------------------------------------------------


@pytest.fixture
def asked(settings: ServiceSettings, tmp_path: Path) -> Iterator[TestClient]:
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    configured = ServiceSettings(  # type: ignore[call-arg]
        mattermost_token=TOKEN, chat_store=tmp_path / "chat.sqlite", origin=ORIGIN
    )
    with TestClient(create_app(state, configured)) as client:
        yield client


def test_the_command_is_answered_as_the_api_answers_it(asked: TestClient) -> None:
    said = asked.post("/chat/mattermost", content=_body()).json()
    found = asked.get("/api/v1/search", params={"q": "data engineering"}).json()
    ids = [hit["id"] for hit in found["documented"]]
    addresses = [f"({ORIGIN}/organisations/{one})" for one in ids[:5]]
    places = [said["text"].index(address) for address in addresses]
    assert len(ids) >= 2
    assert places == sorted(places)
    assert said["response_type"] == "in_channel"


def test_a_follow_up_refines_and_an_event_is_answered_once(asked: TestClient) -> None:
    asked.post("/chat/mattermost", content=_body())
    body = _body(text="e a Milano?", trigger_id="t2")
    assert "Milano" in asked.post("/chat/mattermost", content=body).json()["text"]
    again = asked.post("/chat/mattermost", content=body)
    assert (again.status_code, again.content) == (200, b"")


def test_who_has_no_token_is_refused_and_the_log_does_not_tell_it(
    asked: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        assert asked.post("/chat/mattermost", content=_body(token="x" * 26)).status_code == 401
        assert asked.post("/chat/mattermost", content=_body()).status_code == 200
        assert asked.post("/chat/mattermost", content=b"a" * 65_537).status_code == 413
    assert "token is missing or wrong" in caplog.text
    assert TOKEN not in caplog.text


# --- Markdown ---------------------------------------------------------------------------------


def _leaves(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _leaves(token.children or [])


def _shown(markdown: str) -> str:
    """What a reader of the Markdown sees, and that nothing else than we put there is marked."""
    tokens = list(_leaves(READER.parse(markdown)))
    ours = {
        "paragraph_open", "paragraph_close", "inline", "text", "text_special", "softbreak",
        "hardbreak", "strong_open", "strong_close", "em_open", "em_close", "link_open",
        "link_close", "ordered_list_open", "ordered_list_close", "list_item_open",
        "list_item_close",
    }  # fmt: skip
    assert {token.type for token in tokens} <= ours
    for token in tokens:
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith(ORIGIN)
    text = "".join(
        t.content if t.type.startswith("text") else " " for t in tokens if not t.children
    )
    return _bare(text)


def _bare(text: str) -> str:
    return "".join(text.replace(JOINER, "").split())


def _said(reply: Reply) -> Iterator[str]:
    yield from (reply.heading, *reply.notes)
    for section in reply.sections:
        yield section.heading if section.items else ""
        for item in section.items:
            yield from (item.name.label, *item.facts, item.proof, item.quote)
            yield from (item.source.label, item.date)
    yield from reply.hints
    yield reply.more.label if reply.more else ""


@settings(deadline=None, max_examples=50)
@given(replies())
def test_any_reply_fits_and_shows_what_it_says(reply: Reply) -> None:
    markdown = render(reply)
    assert len(markdown) <= MAX_TEXT
    kept = truncate_reply(reply, lambda one: len(_markdown(one)) <= MAX_TEXT)
    shown, place = _shown(markdown), 0
    for text in _said(kept):
        place = shown.index(_bare(text), place) + len(_bare(text))


@settings(deadline=None, max_examples=50)
@given(replies())
def test_nothing_can_mention_anybody(reply: Reply) -> None:
    markdown = re.sub(rf"\]\({ORIGIN}[^)\s]*\)", "]()", render(reply))
    for found in (
        "@channel",
        "@here",
        "@all",
        "@user",
        "#tag",
        "~town",
        ":smile",
        "<!",
        "<@",
        "://e",
    ):
        assert found not in markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("@channel", f"@{JOINER}channel"),
        ("a_b*c*", r"a\_b\*c\*"),
        ("<!everyone>", f"<{JOINER}!everyone>"),
        ("ore 10:30", f"ore 10:{JOINER}30"),
        ("C&A & altri", f"C&{JOINER}A & altri"),
        ("www.x.example", f"www{JOINER}.x.example"),
        ("#1 ~x :smile:", f"#{JOINER}1 \\~{JOINER}x :{JOINER}smile:"),
    ],
)
def test_a_text_is_escaped(text: str, markdown: str) -> None:
    assert escaped(text) == markdown


def test_an_item_that_does_not_fit_is_left_out_whole() -> None:
    item = Item(Link("n" * 300, f"{ORIGIN}/{'a' * 1500}"), "q" * 300, Link("s" * 300))
    reply = Reply("it", "8", sections=(ReplySection("", (item,) * 8),), more=Link("tutto", ORIGIN))
    text = render(replace(reply, notes=("p" * 300,) * 10))
    assert text.count("n" * 300) == text.count("s" * 300) < 8
    left = 8 - text.count("n" * 300)
    some = ("Un altro risultato non entra", f"Altri {left} risultati non entrano")
    assert any(said in text for said in some)
    assert text.endswith(f"[tutto]({ORIGIN})")
