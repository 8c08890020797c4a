"""Microsoft Teams: signatures, activities as documented, cards within a schema and a size."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from jsonschema import Draft202012Validator
from starlette.applications import Starlette

from indexer.errors import SettingsError
from search_service.chat.errors import RefusedError, UnreadableError
from search_service.chat.handler import MessageHandler
from search_service.chat.platforms import teams
from search_service.chat.platforms.teams import MAX_BYTES, Teams, _message, _words, create, render
from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Message, Reply, ReplySection
from search_service.settings import ServiceSettings
from tests.search_service.chat.strategies import replies

KEY = bytes(range(32))
SECRET = base64.b64encode(KEY).decode()
THREAD = "19:abc@thread.tacv2;messageid=1700000000000"
QUESTION = "chi fa data engineering?"

_OPEN = {
    "type": "object",
    "required": ["type", "url"],
    "properties": {
        "type": {"const": "Action.OpenUrl"},
        "url": {"type": "string", "pattern": "^https://"},
        "title": {"type": "string", "minLength": 1},
    },
    "additionalProperties": False,
}
_TEXT_RUN = {
    "type": "object",
    "required": ["type", "text"],
    "properties": {
        "type": {"const": "TextRun"},
        "text": {"type": "string", "minLength": 1, "pattern": "^[^\n\r]*$"},
        "weight": {"enum": ["Lighter", "Default", "Bolder"]},
        "size": {"enum": ["Small", "Default", "Medium", "Large", "ExtraLarge"]},
        "isSubtle": {"type": "boolean"},
        "italic": {"type": "boolean"},
        "selectAction": _OPEN,
    },
    "additionalProperties": False,
}
_BLOCK = {
    "type": "object",
    "required": ["type", "inlines"],
    "properties": {
        "type": {"const": "RichTextBlock"},
        "inlines": {"type": "array", "minItems": 1, "items": _TEXT_RUN},
        "spacing": {"enum": ["None", "Small", "Default", "Medium", "Large"]},
        "separator": {"type": "boolean"},
    },
    "additionalProperties": False,
}
_CARD = {
    "type": "object",
    "required": ["type", "version", "body"],
    "properties": {
        "type": {"const": "AdaptiveCard"},
        "version": {"const": "1.4"},
        "lang": {"enum": ["it", "en"]},
        "msteams": {"const": {"width": "Full"}},
        "body": {"type": "array", "minItems": 1, "items": _BLOCK},
        "actions": {
            "type": "array",
            "items": {**_OPEN, "required": ["type", "url", "title"]},
        },
    },
    "additionalProperties": False,
}
MESSAGE = Draft202012Validator(
    {
        "type": "object",
        "required": ["type", "attachments"],
        "properties": {
            "type": {"const": "message"},
            "attachments": {
                "type": "array",
                "minItems": 1,
                "maxItems": 1,
                "items": {
                    "type": "object",
                    "required": ["contentType", "content"],
                    "properties": {
                        "contentType": {"const": "application/vnd.microsoft.card.adaptive"},
                        "content": _CARD,
                    },
                    "additionalProperties": False,
                },
            },
        },
        "additionalProperties": False,
    }
)


def activity(text: str = f"<at>Competenze</at> {QUESTION}", **more: object) -> dict[str, Any]:
    return {
        "type": "message",
        "id": "1700000000123",
        "timestamp": "2026-01-31T10:00:00.000Z",
        "serviceUrl": "https://smba.example/emea/",
        "channelId": "msteams",
        "from": {"id": "29:anna", "name": "Anna", "aadObjectId": "0a"},
        "conversation": {"isGroup": True, "id": THREAD, "conversationType": "channel"},
        "text": text,
        "textFormat": "plain",
        "attachments": [{"contentType": "text/html", "content": text}],
        "entities": [{"type": "clientInfo", "locale": "it-IT"}],
        "channelData": {"teamsChannelId": "19:abc@thread.tacv2"},
        **more,
    }


def signed(body: bytes, key: bytes = KEY) -> str:
    """As Microsoft documents it."""
    return f"HMAC {base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()}"


@pytest.fixture
def adapter(handler: MessageHandler) -> Teams:
    return Teams(KEY, handler)


def _parse(adapter: Teams, told: object) -> Message | None:
    return adapter.parse(json.dumps(told).encode())


# --- signatures ----------------------------------------------------------------------------


def test_what_teams_signed_is_accepted(adapter: Teams) -> None:
    body = json.dumps(activity()).encode()
    adapter.verify({"authorization": signed(body)}, body, 0.0)


def test_no_mutated_signature_or_body_is_accepted(adapter: Teams) -> None:
    body = json.dumps(activity()).encode()
    signature = signed(body).encode()
    chance = random.Random(20260131)
    accepted = 0
    for number in range(10_000):
        data = [bytearray(signature), bytearray(body)]
        target = data[number % 2]
        place = chance.randrange(len(target))
        match chance.randrange(4):
            case 0:
                target[place] ^= 1 << chance.randrange(7)
            case 1:
                del target[place]
            case 2:
                target.insert(place, chance.randrange(32, 127))
            case _:
                del target[place:]
        if (bytes(data[0]), bytes(data[1])) == (signature, body):
            continue
        try:
            headers = {"authorization": data[0].decode("latin-1")}
            adapter.verify(headers, bytes(data[1]), 0.0)
        except RefusedError:
            continue
        accepted += 1
    assert accepted == 0


def test_another_writing_of_the_same_digest_is_refused(adapter: Teams) -> None:
    body = b"{}"
    right = signed(body)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = right[:-2] + letters[letters.index(right[-2]) ^ 1] + "="
    digest = base64.b64decode(right.removeprefix("HMAC "))
    assert base64.b64decode(other.removeprefix("HMAC ")) == digest
    with pytest.raises(RefusedError):
        adapter.verify({"authorization": other}, body, 0.0)


@pytest.mark.parametrize(
    "header", ["", "HMAC ", "HMAC", signed(b"x", b"another key"), signed(b"x")[5:], "Bearer x"]
)
def test_other_headers_are_refused(adapter: Teams, header: str) -> None:
    with pytest.raises(RefusedError) as caught:
        adapter.verify({"authorization": header}, b"x", 0.0)
    assert SECRET not in str(caught.value)
    with pytest.raises(RefusedError):
        adapter.verify({}, b"x", 0.0)


# --- reading -------------------------------------------------------------------------------


def test_an_activity_is_read(adapter: Teams) -> None:
    assert _parse(adapter, activity()) == Message(
        "teams", "19:abc@thread.tacv2", THREAD, "29:anna", f"{THREAD} 1700000000123", QUESTION
    )


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("<at>Competenze</at> pane", "pane"),
        ("<p><at>Competenze in Rete</at>&nbsp;chi fa <b>pane</b>?</p>\r\n", "chi fa pane?"),
        ("pane<br>e focacce, <AT id='0'>Competenze</AT>", "pane e focacce,"),
        ("<div><div><at>C</at> l&#39;arte &amp; i &lt;dati&gt;</div></div>", "l'arte & i <dati>"),
        ("<at>Competenze</at>", ""),
        ("<at>Competenze", ""),
        ("</at> pane", "pane"),
        ("", ""),
    ],
)
def test_mentions_and_markup_are_taken_away(adapter: Teams, text: str, read: str) -> None:
    message = _parse(adapter, activity(text))
    assert message is not None
    assert message.text == read


@pytest.mark.parametrize(
    "more",
    [
        {"type": "conversationUpdate"},
        {"from": {"id": "28:bot"}},
        {"from": {"id": "29:x", "role": "bot"}},
    ],
)
def test_bots_and_other_events_are_ignored(adapter: Teams, more: dict[str, Any]) -> None:
    assert _parse(adapter, activity(**more)) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b"\xff", b"{", json.dumps(activity(text={"a": 1})).encode()]
    + [json.dumps({**activity(), key: 5}).encode() for key in ("from", "conversation", "id")],
)
def test_what_is_no_activity_is_unreadable(adapter: Teams, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        adapter.parse(body)


# --- cards ---------------------------------------------------------------------------------


def _card(message: dict[str, Any]) -> dict[str, Any]:
    card: dict[str, Any] = message["attachments"][0]["content"]
    return card


def _runs(card: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for block in card["body"]:
        yield from block["inlines"]


def test_a_reply_is_a_card() -> None:
    item = Item(
        Link("*Bussola* [x](y)", "https://rete.example/organisations/b"),
        "Facciamo dati.",
        Link("Profilo", "https://rete.example/documents/b#p0"),
        ("Bologna (BO)", "sede qui"),
        "dichiarato",
        "2024",
    )
    more = Link("Vedi tutti i risultati", "https://rete.example/?q=dati")
    reply = Reply(
        "it", "1 cooperativa", ("Ho capito",), (ReplySection("", (item,)),), ("altri",), more
    )
    card = _card(render(reply))
    lines = ["".join(run["text"] for run in block["inlines"]) for block in card["body"]]
    assert lines == [
        "1 cooperativa",
        "Ho capito",
        "1. *Bussola* [x](y) · Bologna (BO) · sede qui",
        "dichiarato: Facciamo dati. · Profilo · 2024",
        "altri",
    ]
    links = {r["text"]: r["selectAction"]["url"] for r in _runs(card) if "selectAction" in r}
    assert links == {item.name.label: item.name.url, "Profilo": item.source.url}
    assert card["actions"] == [
        {"type": "Action.OpenUrl", "url": more.url, "title": "Vedi tutti i risultati"}
    ]


def test_without_a_public_address_a_link_is_its_text() -> None:
    item = Item(Link("Bussola"), "", Link("Profilo"))
    card = _card(render(Reply("it", "1", (), (ReplySection("", (item,)),), (), Link("Pagina"))))
    assert [run["text"] for run in _runs(card)] == ["1", "1. ", "Bussola", "Profilo", "Pagina"]
    assert "actions" not in card


def _said(reply: Reply) -> list[str]:
    said = [reply.heading or "…", *reply.notes]
    for section in reply.sections:
        said.append(section.heading)
        for number, item in section.numbered:
            said += [f"{number}. ", item.name.label, *item.facts, item.proof, item.quote]
            said += [item.source.label, item.date]
    said += reply.hints
    return [text for text in said if text]


def _links(reply: Reply) -> Iterator[Link]:
    for section in reply.sections:
        for item in section.items:
            yield from (item.name, item.source)


@given(replies())
def test_any_reply_is_a_card_that_says_it(reply: Reply) -> None:
    message = render(reply)
    MESSAGE.validate(message)
    assert len(json.dumps(message)) <= MAX_BYTES
    assert len(json.dumps(message, ensure_ascii=False).encode()) <= MAX_BYTES < 28 * 1024
    shown = truncate_reply(reply, lambda part: len(json.dumps(_message(part))) <= MAX_BYTES)
    whole = "".join(run["text"] for run in _runs(_card(message)))
    place = 0
    for said in _said(shown):
        place = whole.index(said, place) + len(said)
    urls = [run["selectAction"]["url"] for run in _runs(_card(message)) if "selectAction" in run]
    assert urls == [link.url for link in _links(shown) if link.url and link.label]
    if shown.more and shown.more.label and shown.more.url:
        action = {"type": "Action.OpenUrl", "url": shown.more.url, "title": shown.more.label}
        assert _card(message)["actions"] == [action]
    else:
        assert whole[place:] == (shown.more.label if shown.more else "")


def test_what_is_too_large_is_left_out_and_said() -> None:
    item = Item(Link("è" * 250), "👍" * 250, Link("è" * 250))
    message = render(Reply("it", "24", sections=(ReplySection("", (item,) * 24),)))
    assert MAX_BYTES - 12_000 < len(json.dumps(message)) <= MAX_BYTES
    texts = [run["text"] for run in _runs(_card(message))]
    count = texts.count("è" * 250) // 2
    assert 0 < count < 24
    assert f"Altri {24 - count} risultati non entrano in questo messaggio." in texts


# --- over HTTP -----------------------------------------------------------------------------


def _ask(adapter: Teams, told: object, key: bytes = KEY) -> Response:
    with _client(adapter) as client:
        return _post(client, told, key)


def _client(adapter: Teams) -> TestClient:
    return TestClient(Starlette(routes=list(adapter.routes)))


def _post(client: TestClient, told: object, key: bytes = KEY) -> Response:
    body = json.dumps(told).encode()
    headers = {"Authorization": signed(body, key), "Content-Type": "application/json"}
    return client.post("/chat/teams", content=body, headers=headers)


@pytest.mark.parametrize("question", [QUESTION, "penetration testing", "archivi a Bologna"])
def test_it_says_what_the_api_says(adapter: Teams, client: TestClient, question: str) -> None:
    message = _ask(adapter, activity(f"<at>Competenze</at> {question}")).json()
    MESSAGE.validate(message)
    names = [
        block["inlines"][1]["text"]
        for block in _card(message)["body"]
        if block["inlines"][0]["text"].endswith(". ")
    ]
    told = client.get("/api/v1/search", params={"q": question, "limit": 5}).json()
    expected = [hit["name"] for hit in told["documented"]]
    assert expected
    assert names[: len(expected)] == expected


def test_a_follow_up_in_the_thread_refines(adapter: Teams) -> None:
    _ask(adapter, activity())
    message = _ask(adapter, activity("<at>Competenze</at> e a Palermo?", id="2")).json()
    said = " ".join(run["text"] for run in _runs(_card(message)))
    assert "data engineering" in said
    assert "Distante" in said
    assert "Bussola" not in said


def test_an_activity_is_answered_once(adapter: Teams) -> None:
    assert _ask(adapter, activity()).json()["type"] == "message"
    again = _ask(adapter, activity())
    assert (again.status_code, again.content) == (200, b"")


def test_who_does_not_know_the_key_is_refused(
    adapter: Teams, caplog: pytest.LogCaptureFixture
) -> None:
    response = _ask(adapter, activity(), b"another key")
    assert (response.status_code, response.content) == (401, b"")
    assert "teams: a request was refused" in caplog.text
    assert SECRET not in caplog.text + repr(adapter)


def test_a_slow_answer_is_put_off(handler: MessageHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    let = threading.Event()

    class Slow(MessageHandler):
        def reply(self, message: Message) -> Reply | None:
            assert let.wait(20)
            return super().reply(message)

    monkeypatch.setattr(teams, "_SECONDS", 0.05)
    adapter = Teams(KEY, Slow(handler._state, handler._store))
    with _client(adapter) as client:  # at its end it waits for what is still being answered
        answer = _post(client, activity())
        let.set()
    (run,) = _runs(_card(answer.json()))
    assert run["text"] == "Ci vuole più del solito: riprova tra poco."


def test_it_answers_within_five_seconds() -> None:
    assert teams._SECONDS == 4.5


# --- settings ------------------------------------------------------------------------------


def test_the_settings_make_the_adapter(handler: MessageHandler) -> None:
    settings = ServiceSettings(teams_secret=SECRET)  # type: ignore[arg-type]
    adapter = create(settings, handler)
    adapter.verify({"authorization": signed(b"x")}, b"x", 0.0)
    assert (adapter.poster, adapter.bot) == (None, None)
    webhook = "https://workflows.example/x"
    posts = create(ServiceSettings(teams_secret=SECRET, teams_webhook=webhook), handler)  # type: ignore[arg-type]
    assert posts.poster is posts


def test_a_security_token_that_is_none_is_named(handler: MessageHandler) -> None:
    wrong = "not base64, and long enough"
    with pytest.raises(SettingsError, match="TEAMS_SECRET is no security token") as caught:
        create(ServiceSettings(teams_secret=wrong), handler)  # type: ignore[arg-type]
    assert wrong not in str(caught.value)


@pytest.mark.parametrize("text", ["<a x" * 16_000, "<a/" * 20_000, '<a b="' * 10_000])
def test_hostile_html_takes_no_long_time(text: str) -> None:
    start = time.perf_counter()
    _words(text)
    assert time.perf_counter() - start < 1.0


def test_a_broken_declaration_is_no_fault_of_ours() -> None:
    with suppress(UnreadableError):
        _words("<![" * 100)
