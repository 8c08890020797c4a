"""Telegram: the real library against a stub of its Bot API, on loopback."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import telegram
from fastapi.testclient import TestClient
from httpx2 import Response
from starlette.applications import Starlette

from indexer.errors import SettingsError
from search_service.chat.errors import DeliveryError
from search_service.chat.handler import MessageHandler
from search_service.chat.platforms.telegram.bot import Telegram, create, parse
from search_service.chat.types import Message, Reply
from search_service.settings import ServiceSettings
from tests.search_service.chat.platforms.test_telegram_markdown import read
from tests.search_service.chat.telegram_stub import (
    ANNA,
    BOT,
    GROUP,
    PRIVATE,
    TOKEN,
    Stub,
    telegram_stub,
    update,
)

ME = telegram.User.de_json(BOT)
SECRET = "a-secret_of_the_webhook"
QUESTION = "chi fa data engineering?"


@pytest.fixture
def stub() -> Iterator[Stub]:
    with telegram_stub() as stub:
        yield stub


def _asked(told: dict[str, Any]) -> Message | None:
    asked = parse(telegram.Update.de_json(told), ME)
    return asked.message if asked else None


# --- what is for us ------------------------------------------------------------------------


def test_a_private_message_is_read() -> None:
    asked = parse(telegram.Update.de_json(update(5, QUESTION)), ME)
    assert asked is not None
    assert asked.message == Message("telegram", "7", "7", "7", "5", QUESTION)
    assert asked.replies_to is None


def test_a_message_in_a_group_is_read() -> None:
    asked = parse(telegram.Update.de_json(update(5, f"/cerca {QUESTION}", GROUP)), ME)
    assert asked is not None
    assert asked.message == Message("telegram", "-100123", "-100123 7", "7", "5", QUESTION)
    assert asked.replies_to == 1005


def test_a_topic_of_a_forum_is_one_conversation() -> None:
    topic = {"message_thread_id": 44, "is_topic_message": True}
    message = _asked(update(5, f"/cerca {QUESTION}", GROUP, **topic))
    assert message == Message("telegram", "-100123:44", "-100123:44", "7", "5", QUESTION)


REPLY_TO_US = {"reply_to_message": update(1, "…", GROUP)["message"] | {"from": BOT}}
REPLY_TO_ANNA = {"reply_to_message": update(1, "…", GROUP)["message"]}
ENGLISH = {"from": {**ANNA, "language_code": "en-GB"}}


@pytest.mark.parametrize(
    ("text", "more", "private", "group"),
    [
        ("pane", {}, "pane", None),
        ("/cerca pane\ne focacce", {}, "pane\ne focacce", "pane\ne focacce"),
        ("/cerca@competenzebot pane", {}, "pane", "pane"),
        ("/cerca@OtherBot pane", {}, None, None),
        ("/search bread", {}, "bread", "bread"),
        ("/cerca", {}, "", ""),
        ("/start", {}, "aiuto", "aiuto"),
        ("/help", {}, "aiuto", "aiuto"),
        ("/help@CompetenzeBot", ENGLISH, "help", "help"),
        ("/help@OtherBot", {}, None, None),
        ("/other thing", {}, "aiuto", None),
        ("@CompetenzeBot pane", {}, "pane", "pane"),
        ("pane, @competenzebot", {}, "pane,", "pane,"),
        ("@CompetenzeBot2 pane", {}, "@CompetenzeBot2 pane", None),
        ("a@CompetenzeBot pane", {}, "a@CompetenzeBot pane", None),
        ("e in Toscana?", REPLY_TO_US, "e in Toscana?", "e in Toscana?"),
        ("e in Toscana?", REPLY_TO_ANNA, "e in Toscana?", None),
        ("/cerca pane", {"from": {**ANNA, "is_bot": True}}, None, None),
        ("/cerca pane", {"from": BOT}, None, None),
        ("/cerca pane", {"via_bot": {**BOT, "id": 9}}, None, None),
        ("/cerca pane", {"is_automatic_forward": True}, None, None),
    ],
)
def test_what_is_for_us(
    text: str, more: dict[str, Any], private: str | None, group: str | None
) -> None:
    for chat, expected in ((PRIVATE, private), (GROUP, group)):
        message = _asked(update(1, text, chat, **more))
        assert (message.text if message else None) == expected


def test_the_language_of_a_persons_telegram_is_told() -> None:
    english, unsaid = _asked(update(1, "pane", **ENGLISH)), _asked(update(1, "pane"))
    assert english is not None
    assert unsaid is not None
    assert (english.language, unsaid.language) == ("en", "")


def test_an_administrator_who_writes_as_the_group_is_a_person() -> None:
    anonymous = {"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}}
    message = _asked(update(1, "/cerca pane", GROUP, sender_chat=GROUP, **anonymous))
    assert message is not None
    assert (message.text, message.user) == ("pane", "-100123")


@pytest.mark.parametrize("kind", ["edited_message", "channel_post", "edited_channel_post"])
def test_edits_and_posts_of_channels_are_ignored(kind: str) -> None:
    told = update(1, "/cerca pane")
    assert _asked({"update_id": 1, kind: told["message"]}) is None


def test_a_picture_is_ignored() -> None:
    told = update(1, "")
    del told["message"]["text"]
    assert _asked(told) is None


# --- polling -------------------------------------------------------------------------------


@asynccontextmanager
async def _polling(adapter: Telegram) -> AsyncIterator[None]:
    task = asyncio.create_task(_as_coroutine(adapter))
    try:
        yield
    finally:
        assert not task.done()
        started = time.monotonic()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        assert time.monotonic() - started < 1.0


async def _as_coroutine(adapter: Telegram) -> None:
    await adapter.bot()


async def _until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.005)


def _poll(adapter: Telegram, until: Callable[[], object]) -> None:
    async def go() -> None:
        async with _polling(adapter):
            await _until(until)

    asyncio.run(go())


def test_a_conversation(stub: Stub, handler: MessageHandler) -> None:
    stub.updates += [update(10, QUESTION), update(11, "e a Palermo?")]
    adapter = Telegram(TOKEN, handler, base_url=stub.url)
    _poll(adapter, lambda: len(stub.called("sendMessage")) == 2)
    assert [name for name, _ in stub.calls][:3] == ["getMe", "deleteWebhook", "getUpdates"]
    first, second = stub.called("sendMessage")
    assert (first["chat_id"], first["parse_mode"]) == ("7", "MarkdownV2")
    assert json.loads(first["link_preview_options"]) == {"is_disabled": True}
    assert "reply_parameters" not in first
    assert "Bussola" in read(first["text"]).text
    assert "Palermo" in read(second["text"]).text
    assert "Distante" in read(second["text"]).text
    assert "Bussola" not in read(second["text"]).text


def test_updates_are_confirmed_and_answered_once(stub: Stub, handler: MessageHandler) -> None:
    stub.updates += [update(10, QUESTION), update(11, QUESTION), update(10, QUESTION)]
    adapter = Telegram(TOKEN, handler, base_url=stub.url)
    _poll(adapter, lambda: "12" in _offsets(stub.calls))
    assert json.loads(stub.called("getUpdates")[0]["allowed_updates"]) == ["message"]
    assert len(stub.called("sendMessage")) == 2
    again = Telegram(TOKEN, handler, base_url=stub.url)  # as after a stop before it was confirmed
    count = len(stub.calls)
    _poll(again, lambda: "12" in _offsets(stub.calls[count:]))
    assert len(stub.called("sendMessage")) == 2


def _offsets(calls: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [given.get("offset", "") for _, given in calls]


def test_in_a_group_the_answer_is_under_the_question(stub: Stub, handler: MessageHandler) -> None:
    topic = {"message_thread_id": 44, "is_topic_message": True}
    stub.updates += [
        update(10, "who wants a coffee?", GROUP),
        update(11, f"/cerca {QUESTION}", GROUP, **topic),
    ]
    adapter = Telegram(TOKEN, handler, base_url=stub.url)
    _poll(adapter, lambda: stub.called("sendMessage"))
    (sent,) = stub.called("sendMessage")
    assert (sent["chat_id"], sent["message_thread_id"]) == ("-100123", "44")
    assert json.loads(sent["reply_parameters"]) == {
        "message_id": 1011,
        "allow_sending_without_reply": True,
    }


def test_nothing_waits_for_an_answer(stub: Stub, handler: MessageHandler) -> None:
    together = threading.Barrier(5)

    class Slow(MessageHandler):
        def reply(self, message: Message) -> Reply | None:
            together.wait(20)  # breaks unless all five are being answered at once
            return super().reply(message)

    slow = Slow(handler._state, handler._store)
    stub.updates += [update(n, QUESTION, {**PRIVATE, "id": n}) for n in range(1, 6)]
    adapter = Telegram(TOKEN, slow, base_url=stub.url)
    _poll(adapter, lambda: len(stub.called("sendMessage")) == 5)


def test_a_message_that_cannot_be_answered_stops_no_other(
    stub: Stub, handler: MessageHandler, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(MessageHandler):
        def reply(self, message: Message) -> Reply | None:
            if message.text == "broken":
                raise RuntimeError("a fault")
            return super().reply(message)

    stub.updates += [update(1, "broken"), update(2, QUESTION), update(3, QUESTION)]
    stub.faults["sendMessage"] = [
        (403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked"})
    ]
    adapter = Telegram(TOKEN, Broken(handler._state, handler._store), base_url=stub.url)
    _poll(adapter, lambda: len(stub.called("sendMessage")) == 2)
    assert "could not be answered" in caplog.text
    assert "Telegram did not accept an answer: Forbidden: bot was blocked" in caplog.text


def test_it_waits_while_telegram_is_away(
    stub: Stub, handler: MessageHandler, caplog: pytest.LogCaptureFixture
) -> None:
    away = (502, {"ok": False, "error_code": 502, "description": "Bad Gateway"})
    stub.faults = {"getUpdates": [away]}
    stub.updates.append(update(1, QUESTION))
    adapter = Telegram(TOKEN, handler, base_url=stub.url)
    _poll(adapter, lambda: stub.called("sendMessage"))
    assert "Telegram cannot be reached, trying again: Bad Gateway" in caplog.text


def test_a_bot_that_cannot_start_ends_to_be_started_again(
    stub: Stub, handler: MessageHandler, caplog: pytest.LogCaptureFixture
) -> None:
    stub.faults["getMe"] = [(502, {"ok": False, "error_code": 502, "description": "Bad Gateway"})]
    stub.updates.append(update(1, QUESTION))
    adapter = Telegram(TOKEN, handler, base_url=stub.url)
    asyncio.run(_as_coroutine(adapter))
    assert "Telegram cannot be reached: Bad Gateway" in caplog.text
    _poll(adapter, lambda: stub.called("sendMessage"))


def test_too_many_messages_wait_as_long_as_telegram_says(
    stub: Stub, handler: MessageHandler
) -> None:
    busy = {"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": 1}}
    stub.faults["sendMessage"] = [(429, busy)]
    started = time.monotonic()
    asyncio.run(_post(Telegram(TOKEN, handler, base_url=stub.url), "7"))
    assert time.monotonic() - started > 1.0
    assert len(stub.called("sendMessage")) == 2


def test_a_bad_token_is_told_once_and_not_shown(
    stub: Stub, handler: MessageHandler, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = "987654321:another-token-of-no-bot"
    adapter = Telegram(token, handler, base_url=stub.url)

    async def go() -> None:
        async with _polling(adapter):
            await _until(lambda: "refuses" in caplog.text)
            await asyncio.sleep(0.1)

    asyncio.run(go())
    assert caplog.text.count("Telegram refuses the bot's token. Copy it again") == 1
    assert len(stub.calls) == 1
    assert token not in caplog.text


def test_secrets_are_not_logged(
    stub: Stub,
    handler: MessageHandler,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    stub.updates.append(update(1, QUESTION))
    adapter = Telegram(TOKEN, handler, SECRET, "https://rete.example", base_url=stub.url)
    polls = Telegram(TOKEN, handler, base_url=stub.url)
    _poll(adapter, lambda: stub.called("setWebhook"))
    _poll(polls, lambda: stub.called("sendMessage"))
    gone = Telegram(TOKEN, handler, base_url="http://127.0.0.1:9/bot")
    asyncio.run(_as_coroutine(gone))
    assert "Telegram cannot be reached" in caplog.text
    assert "HTTP Request: POST http://127.0.0.1" in caplog.text  # it does log addresses
    everything = caplog.text + repr(adapter) + "".join(capfd.readouterr())
    for record in caplog.records:
        everything += record.getMessage() + str(record.exc_info)
    assert TOKEN.partition(":")[2] not in everything
    if_logged = [r for r in caplog.records if r.name.startswith("search_service")]
    assert SECRET not in "".join(r.getMessage() for r in if_logged)


# --- posting -------------------------------------------------------------------------------


def test_it_posts_unasked(stub: Stub, handler: MessageHandler) -> None:
    adapter = Telegram(TOKEN, handler, base_url=stub.url)
    asyncio.run(_post(adapter, "-100123:44"))
    (sent,) = stub.called("sendMessage")
    assert (sent["chat_id"], sent["message_thread_id"]) == ("-100123", "44")
    assert sent["text"] == "*Una novità*"


async def _post(adapter: Telegram, channel: str) -> None:
    try:
        await adapter.poster.post(channel, Reply("it", "Una novità"))
    finally:
        await adapter._bot.initialize()
        await adapter._bot.shutdown()


def test_it_follows_a_group_that_became_a_supergroup(stub: Stub, handler: MessageHandler) -> None:
    moved = {
        "ok": False,
        "error_code": 400,
        "description": "x",
        "parameters": {"migrate_to_chat_id": -100999},
    }
    stub.faults["sendMessage"] = [(400, moved)]
    asyncio.run(_post(Telegram(TOKEN, handler, base_url=stub.url), "-5"))
    assert [sent["chat_id"] for sent in stub.called("sendMessage")] == ["-5", "-100999"]


def test_what_telegram_does_not_take_is_an_error(stub: Stub, handler: MessageHandler) -> None:
    kicked = {"ok": False, "error_code": 403, "description": "Forbidden: bot was kicked"}
    stub.faults["sendMessage"] = [(403, kicked)]
    with pytest.raises(DeliveryError, match="Forbidden: bot was kicked") as caught:
        asyncio.run(_post(Telegram(TOKEN, handler, base_url=stub.url), "-100123"))
    assert TOKEN not in repr(caught.value)


# --- webhook -------------------------------------------------------------------------------


@pytest.fixture
def hook(stub: Stub, handler: MessageHandler) -> Iterator[TestClient]:
    adapter = Telegram(TOKEN, handler, SECRET, "https://rete.example", base_url=stub.url)
    with TestClient(Starlette(routes=list(adapter.routes))) as client:
        yield client
        client.portal.call(adapter._bot.initialize)
        client.portal.call(adapter._bot.shutdown)


def _call(hook: TestClient, told: object, secret: str | bytes | None = SECRET) -> Response:
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret is not None else {}
    return hook.post("/chat/telegram", json=told, headers=headers)


def test_telegram_is_told_where_to_call(stub: Stub, handler: MessageHandler) -> None:
    adapter = Telegram(TOKEN, handler, SECRET, "https://rete.example", base_url=stub.url)
    _poll(adapter, lambda: stub.called("setWebhook"))
    (given,) = stub.called("setWebhook")
    assert given["url"] == "https://rete.example/chat/telegram"
    assert given["secret_token"] == SECRET
    assert json.loads(given["allowed_updates"]) == ["message"]
    assert stub.called("getUpdates") == []


def test_a_call_is_answered_in_its_response_once(hook: TestClient, stub: Stub) -> None:
    told = update(1, f"/cerca@CompetenzeBot {QUESTION}", GROUP)
    answer = _call(hook, told).json()
    text = answer.pop("text")
    assert answer == {
        "method": "sendMessage",
        "chat_id": -100123,
        "parse_mode": "MarkdownV2",
        "link_preview_options": {"is_disabled": True},
        "reply_parameters": {"message_id": 1001, "allow_sending_without_reply": True},
    }
    assert "Bussola" in read(text).text
    again = _call(hook, told)
    assert (again.status_code, again.content) == (200, b"")
    assert [name for name, _ in stub.calls] == ["getMe"]


@pytest.mark.parametrize("secret", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), b"\xe9"])
def test_who_does_not_know_the_secret_is_refused(
    hook: TestClient, secret: str | bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    response = _call(hook, update(1, QUESTION), secret)
    assert (response.status_code, response.content) == (401, b"")
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "told", [[], None, 5, {}, {"update_id": 1, "message": []}, {"update_id": 1, "message": 5}]
)
def test_a_strange_shape_is_no_fault_of_ours(hook: TestClient, told: object) -> None:
    assert _call(hook, told).status_code in (200, 400)


def test_a_body_too_large_is_refused(hook: TestClient) -> None:
    assert _call(hook, update(1, "a" * 70_000)).status_code == 413


def test_a_call_is_put_off_while_telegram_is_away(hook: TestClient, stub: Stub) -> None:
    stub.faults["getMe"] = [(502, {"ok": False, "error_code": 502, "description": "Bad Gateway"})]
    assert _call(hook, update(1, QUESTION)).status_code == 503
    assert _call(hook, update(1, QUESTION)).json()["method"] == "sendMessage"


def test_without_a_secret_nothing_can_be_called(handler: MessageHandler) -> None:
    adapter = Telegram(TOKEN, handler)
    assert list(adapter.routes) == []
    assert adapter.poster is adapter


# --- settings ------------------------------------------------------------------------------


def _settings(**values: str) -> ServiceSettings:
    return ServiceSettings(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"telegram_token": "no token of any bot"}, "TELEGRAM_TOKEN is no token"),
        (
            {"telegram_token": TOKEN, "telegram_webhook_secret": SECRET},
            "needs the service's public https address",
        ),
        (
            {
                "telegram_token": TOKEN,
                "telegram_webhook_secret": SECRET,
                "origin": "http://rete.example",
            },
            "needs the service's public https address",
        ),
        (
            {
                "telegram_token": TOKEN,
                "telegram_webhook_secret": "spaces are not taken",
                "origin": "https://rete.example",
            },
            "WEBHOOK_SECRET holds characters",
        ),
    ],
)
def test_settings_that_cannot_work_are_named(
    handler: MessageHandler, values: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        create(_settings(**values), handler)
    assert not any(value in str(caught.value) for value in values.values())


def test_the_settings_make_the_adapter(handler: MessageHandler) -> None:
    assert list(create(_settings(telegram_token=TOKEN), handler).routes) == []
    secret = {"telegram_webhook_secret": SECRET, "origin": "https://rete.example"}
    (route,) = create(_settings(telegram_token=TOKEN, **secret), handler).routes
    assert getattr(route, "path", "") == "/chat/telegram"


# --- the same answer -----------------------------------------------------------------------


@pytest.mark.parametrize("question", [QUESTION, "penetration testing", "archivi a Bologna"])
def test_it_says_what_the_api_says(
    stub: Stub, handler: MessageHandler, client: TestClient, question: str
) -> None:
    stub.updates.append(update(1, question))
    _poll(Telegram(TOKEN, handler, base_url=stub.url), lambda: stub.called("sendMessage"))
    text = read(stub.called("sendMessage")[0]["text"]).text
    told = client.get("/api/v1/search", params={"q": question, "limit": 5}).json()
    names = [hit["name"] for hit in told["documented"]]
    assert names
    assert re.findall(r"^\d\. (.+?)(?: · .*)?$", text, re.MULTILINE)[: len(names)] == names
