"""Slack: the real SDK and signatures of its own code, against a stub on this machine."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette

from search_service.chat.errors import DeliveryError, RefusedError, UnreadableError
from search_service.chat.handler import MessageHandler
from search_service.chat.platforms.slack.app import Slack, SlackPoster
from search_service.chat.platforms.slack.requests import (
    is_response_url,
    of_command,
    of_mention,
    read,
    verify,
)
from search_service.chat.types import Link, Message, Reply
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings
from tests.search_service.chat.strategies import ORIGIN
from tests.waiting import until

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BOT_TOKEN = "xoxb-not-a-real-token-of-anybody"
NOW = 1_700_000_000.0
COMMAND = {
    "token": "gIkuvaNzQIHg97ATvDxqgjtO",
    "team_id": "T0001",
    "team_domain": "rete",
    "channel_id": "C2147483705",
    "channel_name": "prova",
    "user_id": "U2147483697",
    "user_name": "prova",
    "command": "/competenze",
    "text": "data engineering",
    "response_url": "https://hooks.slack.com/commands/1234/5678",
    "trigger_id": "13345224609.738474920.8088930838d88f008e0",
    "api_app_id": "A123456",
}
MENTION = {
    "type": "app_mention",
    "user": "U061F7AUR",
    "text": "<@U0BOT> chi fa data engineering?",
    "ts": "1515449522.000016",
    "channel": "C123ABC456",
    "event_ts": "1515449522000016",
}


def _headers(body: bytes, at: float = NOW, secret: str = SECRET) -> dict[str, str]:
    timestamp = str(int(at))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": str(signature)}


def _form(**fields: str) -> bytes:
    return urlencode({**COMMAND, **fields}).encode()


def _event(event_id: str = "Ev1", **fields: object) -> bytes:
    event = {key: value for key, value in {**MENTION, **fields}.items() if value is not None}
    return json.dumps(
        {
            "type": "event_callback",
            "token": "z26uFbvR1xHJEdHE1OQiO6t8",
            "team_id": "T0001",
            "api_app_id": "A123456",
            "event": event,
            "event_id": event_id,
            "event_time": 1515449522,
            "authorizations": [{"team_id": "T0001", "user_id": "U0BOT", "is_bot": True}],
        }
    ).encode()


# --- signatures -------------------------------------------------------------------------------


@pytest.mark.parametrize("age", [0, 299, 300, -300])
def test_a_signature_is_good_for_300_seconds_before_and_after(age: int) -> None:
    body = _form()
    verify(SECRET, _headers(body, NOW - age), body, NOW)


@pytest.mark.parametrize("age", [301, -301, 300.001, 1e9])
def test_a_signature_is_refused_from_then_on(age: float) -> None:
    body = _form()
    with pytest.raises(RefusedError):
        verify(SECRET, _headers(body, NOW), body, NOW + age)


@pytest.mark.parametrize("timestamp", ["", "x", "1e9", "-1", "१२३", "9" * 400, " 1700000000"])
def test_a_timestamp_of_another_form_is_refused(timestamp: str) -> None:
    body = _form()
    with pytest.raises(RefusedError):
        verify(SECRET, {**_headers(body), "x-slack-request-timestamp": timestamp}, body, NOW)


@pytest.mark.parametrize("missing", ["x-slack-signature", "x-slack-request-timestamp"])
def test_a_header_that_is_missing_is_refused(missing: str) -> None:
    body = _form()
    headers = {name: value for name, value in _headers(body).items() if name != missing}
    with pytest.raises(RefusedError):
        verify(SECRET, headers, body, NOW)


def test_no_changed_signature_or_body_is_accepted() -> None:
    chance = random.Random(7)
    body, accepted = _form(), 0
    good = _headers(body)
    verify(SECRET, good, body, NOW)
    for n in range(10_000):
        changed, headers = bytearray(body), dict(good)
        match n % 5:
            case 0:
                changed[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
            case 1:
                changed = changed[: chance.randrange(len(body))]
            case 2:
                changed += bytes([chance.randrange(256)])
            case 3:
                signature = list(good["x-slack-signature"])
                place = chance.randrange(len(signature))
                others = [c for c in "0123456789abcdefAé=v" if c != signature[place]]
                signature[place] = chance.choice(others)
                headers["x-slack-signature"] = "".join(signature)
            case _:
                later = int(NOW) + chance.choice((-1, 1)) * chance.randrange(1, 300)
                headers["x-slack-request-timestamp"] = str(later)
        try:
            verify(SECRET, headers, bytes(changed), NOW)
            accepted += 1
        except RefusedError:
            pass
    assert accepted == 0


# --- what is read -----------------------------------------------------------------------------


def test_a_command_belongs_to_the_person_in_the_channel() -> None:
    text = "chi fa R&amp;D a &lt;Bologna&gt;, <#C1|generale> <@U2|anna> <!here>?"
    assert of_command(read(_form(text=text))) == Message(
        "slack",
        "C2147483705",
        "C2147483705 U2147483697",
        "U2147483697",
        COMMAND["trigger_id"],
        "chi fa R&D a <Bologna>, generale  ?",
    )


def test_a_mention_belongs_to_its_thread() -> None:
    message = Message(
        "slack",
        "C123ABC456",
        "C123ABC456 1515449522.000016",
        "U061F7AUR",
        "Ev1",
        "chi fa data engineering?",
    )
    assert of_mention(read(_event())) == (message, "1515449522.000016")
    found = of_mention(read(_event(ts="1600000000.1", thread_ts="1515449522.000016")))
    assert found == (message, "1515449522.000016")


@pytest.mark.parametrize(
    "fields",
    [
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"app_id": "A9"},
        {"subtype": "bot_message"},
        {"subtype": "message_changed"},
        {"edited": {"user": "U061F7AUR", "ts": "1"}},
        {"user": "U0BOT"},
        {"user": None},
        {"channel": ["C1"]},
    ],
)
def test_what_a_bot_or_nobody_wrote_is_ignored(fields: dict[str, object]) -> None:
    assert of_mention(read(_event(**fields))) is None


@pytest.mark.parametrize("body", [b"", b"{", b'{"event": 5}', b"{}", b"x", b'{"a":' * 9_000])
def test_what_is_no_request_of_slack_is_not_read(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(body)


@pytest.mark.parametrize(
    ("url", "slack"),
    [
        ("https://hooks.slack.com/commands/1/2", True),
        ("https://hooks.slack.com:443/x", True),
        ("http://hooks.slack.com/x", False),
        ("https://hooks.slack.com:8443/x", False),
        ("https://slack.com.evil.example/x", False),
        ("https://evilslack.com/x", False),
        ("https://hooks.slack.com@evil.example/x", False),
        ("https://evil@hooks.slack.com/x", False),
        ("https://[x", False),
        ("", False),
    ],
)
def test_only_slack_takes_late_answers(url: str, slack: bool) -> None:
    assert is_response_url(url) == slack


# --- the stub and the running service ---------------------------------------------------------


class Stub:
    """Slack's Web API and response_urls: records what is posted and answers as it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, dict[str, object]]] = []
        self.answer: dict[str, object] = {"ok": True}
        self.status = 200
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                token = self.headers.get("Authorization", "")
                stub.calls.append((self.path, token, json.loads(body)))
                self.send_response(stub.status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(stub.answer).encode())

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait(self, count: int) -> None:
        until(lambda: len(self.calls) >= count)
        assert len(self.calls) == count

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def stub() -> Iterator[Stub]:
    stub = Stub()
    yield stub
    stub.close()


def _served(slack: Slack) -> TestClient:
    return TestClient(Starlette(routes=list(slack.routes)))


def _slack(handler: object, stub: Stub, patience: float = 2.0) -> TestClient:
    slack = Slack(
        SECRET,
        BOT_TOKEN,
        handler,  # type: ignore[arg-type]
        api=f"{stub.url}/api/",
        patience=patience,
        is_response_url=lambda url: url.startswith(stub.url),
        clock=lambda: NOW,
    )
    return _served(slack)


def _post(client: TestClient, body: bytes, at: float = NOW) -> object:
    answer = client.post("/chat/slack", content=body, headers=_headers(body, at))
    assert answer.status_code == 200, answer.text
    return answer.json() if answer.content else None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["text"]] if value.get("type") in ("text", "link") else []
        yield from _texts(value.get("elements", []))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _urls(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [value["url"]] if value.get("type") == "link" else []
        yield from _urls(value.get("elements", []))
    elif isinstance(value, list):
        for one in value:
            yield from _urls(one)


def test_the_command_is_answered_as_the_api_answers_it(
    settings: ServiceSettings, state: ServiceState, tmp_path: Path
) -> None:
    configured = ServiceSettings(  # type: ignore[call-arg]
        slack_signing_secret=SECRET, chat_store=tmp_path / "chat.sqlite", origin=ORIGIN
    )
    with TestClient(create_app(state, configured)) as client:
        said = _post(client, _form(), time.time())
        found = client.get("/api/v1/search", params={"q": "data engineering"}).json()
    assert isinstance(said, dict)
    ids = [hit["id"] for hit in found["documented"]]
    expected = [f"{ORIGIN}/organisations/{one}" for one in ids[:5]]
    assert len(expected) >= 2
    assert [url for url in _urls(said["blocks"]) if "/organisations/" in url] == expected
    assert said["response_type"] == "in_channel"


def test_any_command_is_answered_whatever_it_holds(handler: MessageHandler, stub: Stub) -> None:
    """Bolt's own reader takes a form that holds the word "payload" for another kind of request."""
    said = _post(_slack(handler, stub), _form(text="payload per droni", command="/trova"))
    assert isinstance(said, dict)
    assert "payload per droni" in "".join(_texts(said["blocks"]))


def test_a_command_sent_again_is_answered_once_and_a_follow_up_refines(
    handler: MessageHandler, stub: Stub
) -> None:
    client = _slack(handler, stub)
    assert _post(client, _form())
    assert _post(client, _form()) is None
    said = _post(client, _form(text="e a Milano?", trigger_id="t2"))
    assert isinstance(said, dict)
    assert "Milano" in "".join(_texts(said["blocks"]))
    assert "data engineering" in "".join(_texts(said["blocks"]))


def test_a_mention_is_answered_in_its_thread_and_a_follow_up_refines(
    handler: MessageHandler, stub: Stub
) -> None:
    client = _slack(handler, stub)
    _post(client, _event())
    stub.wait(1)
    _post(client, _event("Ev2", text="<@U0BOT> e a Milano?", ts="2.0", thread_ts=MENTION["ts"]))
    stub.wait(2)
    for path, token, message in stub.calls:
        assert (path, token) == ("/api/chat.postMessage", f"Bearer {BOT_TOKEN}")
        assert message["channel"] == MENTION["channel"]
        assert message["thread_ts"] == MENTION["ts"]
    shown = "".join(_texts(stub.calls[1][2]["blocks"]))
    assert "Milano" in shown
    assert "data engineering" in shown


def test_one_event_sent_100_times_at_once_is_answered_once(
    handler: MessageHandler, stub: Stub
) -> None:
    with _slack(handler, stub) as client, ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: _post(client, _event()), range(100)))
        stub.wait(1)
        commands = list(pool.map(lambda _: _post(client, _form()), range(100)))
        time.sleep(0.2)
    assert len(stub.calls) == 1
    assert len([said for said in commands if said]) == 1


def test_slack_makes_sure_of_the_address(handler: MessageHandler, stub: Stub) -> None:
    client = _slack(handler, stub)
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a", "token": "t"}).encode()
    assert _post(client, body) == {"challenge": "3eZbrw1a"}
    assert client.post("/chat/slack", content=body).status_code == 401
    assert client.post("/chat/slack", content=b"ssl_check=1&token=t").status_code == 401


class SlowDesk:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.let = threading.Event()

    def reply(self, _: Message) -> Reply:
        assert self.let.wait(5.0)
        return Reply("it", "1 cooperativa", more=Link("tutto", ORIGIN), is_answer=True)


def test_what_is_slow_is_answered_late(stub: Stub) -> None:
    slow = SlowDesk()
    client = _slack(slow, stub, patience=0.05)
    said = _post(client, _form(response_url=f"{stub.url}/commands/1"))
    assert said == {"response_type": "ephemeral", "text": "Cerco…"}
    assert stub.calls == []
    slow.let.set()
    stub.wait(1)
    path, _, message = stub.calls[0]
    assert path == "/commands/1"
    assert message["response_type"] == "in_channel"
    assert list(_texts(message["blocks"])) == ["1 cooperativa", "tutto"]


def test_many_slow_ones_are_all_acknowledged_in_time(stub: Stub) -> None:
    slow = SlowDesk()
    with _slack(slow, stub, patience=1.0) as client, ThreadPoolExecutor(48) as pool:
        started = time.monotonic()
        bodies = [_form(trigger_id=str(n), response_url=f"{stub.url}/{n}") for n in range(48)]
        said = list(pool.map(lambda body: _post(client, body), bodies))
        assert time.monotonic() - started < 2.5  # one after the other would take 3 s
        assert all(one == said[0] for one in said)
        slow.let.set()
        stub.wait(48)


def test_a_late_answer_goes_to_slack_only(stub: Stub, caplog: pytest.LogCaptureFixture) -> None:
    slow = SlowDesk()
    client = _slack(slow, stub, patience=0.01)
    _post(client, _form(response_url="https://evil.example/steal"))
    slow.let.set()
    until(lambda: "dropped" in caplog.text)
    assert "its response_url is not Slack's" in caplog.text
    assert stub.calls == []


def test_no_secret_is_logged(
    handler: MessageHandler, stub: Stub, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        client = _slack(handler, stub)
        _post(client, _form())
        _post(client, _event())
        stub.wait(1)
        stub.answer = {"ok": False, "error": "not_in_channel"}
        _post(client, _event("Ev2"))
        stub.wait(2)
        body = b"a=b"
        assert client.post("/chat/slack", content=body, headers=_headers(body)).status_code == 404
        bad = _headers(body, secret="x" * 32)
        assert client.post("/chat/slack", content=body, headers=bad).status_code == 401
        assert client.post("/chat/slack", content=b"a" * 65_537).status_code == 413
        time.sleep(0.2)
    assert "a mention was not answered: Slack did not take a message: not_in_channel" in caplog.text
    for secret in (SECRET, BOT_TOKEN, COMMAND["token"], COMMAND["response_url"]):
        assert secret not in caplog.text


async def _posted(poster: SlackPoster) -> None:
    await poster.post("C1", Reply("it", "Una nuova cooperativa"))


def test_a_standing_question_is_posted(stub: Stub) -> None:
    poster = SlackPoster(BOT_TOKEN, f"{stub.url}/api/")
    asyncio.run(_posted(poster))
    ((path, token, message),) = stub.calls
    assert (path, token) == ("/api/chat.postMessage", f"Bearer {BOT_TOKEN}")
    assert message["channel"] == "C1"
    assert message["text"] == "Una nuova cooperativa"
    stub.answer = {"ok": False, "error": "invalid_auth"}
    with pytest.raises(DeliveryError, match="invalid_auth") as caught:
        asyncio.run(_posted(poster))
    stub.status = 500
    with pytest.raises(DeliveryError):
        asyncio.run(_posted(poster))
    stub.close()
    with pytest.raises(DeliveryError, match="cannot be reached"):
        asyncio.run(_posted(poster))
    assert BOT_TOKEN not in repr(caught.value) + repr(poster)
