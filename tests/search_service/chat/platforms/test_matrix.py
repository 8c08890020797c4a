"""The Matrix bot on a real homeserver: invited, asked, answering, and what must not stop it."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nio
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from indexer.errors import SettingsError
from search_service.chat import handler
from search_service.chat.errors import DeliveryError
from search_service.chat.handler import MessageHandler
from search_service.chat.platforms.matrix.bot import Bot, MatrixAccount, MatrixPoster, join
from search_service.chat.platforms.matrix.events import MAX_CONTENT, render, size
from search_service.chat.store import Store
from search_service.chat.types import Reply
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.search_service.chat.person import Person
from tests.search_service.chat.synapse import Homeserver, SynapseError, install
from tests.search_service.conftest import SOURCES, build_sources
from tests.toy import ToyEncoder
from tests.waiting import until

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("synapse")]
ORIGIN = "https://rete.example"
QUESTION = "chi fa data engineering a Bologna?"
NEWCOMER = {"profiles/nuova.md": "---\nname: Nuova\nseat: Imola\n---\nSartoria di cappotti.\n"}


@pytest.fixture(scope="module")
def server() -> Iterator[Homeserver]:
    try:
        python = install(ServiceSettings().cache / "tests")
    except SynapseError as error:
        pytest.skip(f"Synapse cannot be installed here: {error}")
    with Homeserver(python) as server:
        yield server


@pytest.fixture(scope="module")
def anna(server: Homeserver) -> Iterator[Person]:
    with Person(server, "anna") as person:
        yield person


@pytest.fixture(scope="module")
def bruno(server: Homeserver) -> Iterator[Person]:
    with Person(server, "bruno") as person:
        yield person


@dataclass(frozen=True)
class Service:
    """The running service, and its bot."""

    api: TestClient
    bot: str
    token: str
    folder: Path
    old_room: str  # where the bot was asked something before the service started

    def names(self, question: str) -> list[str]:
        """Those that the API answers with, in its order."""
        found = self.api.get("/api/v1/search", params={"q": question, "limit": 5}).json()
        return [hit["name"] for hit in found["documented"]]


@pytest.fixture(scope="module")
def service(
    server: Homeserver, anna: Person, bruno: Person, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("matrix")
    index = build_sources(folder, SOURCES).index
    with Person(server, "competenze") as bot:
        old_room = anna.room(bot.id, bruno.id)
        bot.join(old_room)
        bruno.join(old_room)
    anna.language(old_room, "!cerca vecchia domanda")
    settings = read_service_settings(
        index=index,
        chat_store=folder / "chat.sqlite",
        origin=ORIGIN,
        matrix_homeserver=server.url,
        matrix_user=bot.id,
        matrix_token=bot.token,
    )
    state = ServiceState(index, ToyEncoder())
    state.refresh()
    with pytest.MonkeyPatch.context() as patch:  # the tests ask oftener than people may
        patch.setattr(handler, "PER_PERSON", 1000)
        patch.setattr(handler, "PER_CHANNEL", 1000)
        app = create_app(state, settings)
    with TestClient(app) as api:
        yield Service(api, bot.id, bot.token, folder, old_room)


@pytest.fixture(scope="module")
def room(service: Service, anna: Person, bruno: Person) -> str:
    """A room of three: the bot came because it was invited."""
    room = anna.room(bruno.id, name="Cooperative")
    bruno.join(room)
    anna.invite(room, service.bot)
    anna.await_member(room, service.bot)
    return room


def listed(content: dict[str, str]) -> list[str]:
    return re.findall(r"<li><strong><a [^>]*>(.*?)</a>", content["formatted_body"])


def test_asked_in_a_room_it_answers_in_a_thread(service: Service, anna: Person, room: str) -> None:
    asked = anna.language(room, f"!cerca {QUESTION}")
    answer = anna.answer_to(asked, service.bot, room)
    assert listed(answer) == service.names(QUESTION) != []
    assert answer["body"].startswith(
        "1 cooperativa con sede qui · 1 a distanza\nAbbiamo cercato: data engineering"
    )
    assert answer["body"].endswith(f"{ORIGIN}/?q=chi+fa+data+engineering+a+Bologna%3F")
    assert (answer["msgtype"], answer["m.mentions"]) == ("m.notice", {})
    assert answer["m.relates_to"] == {
        "rel_type": "m.thread",
        "event_id": asked,
        "is_falling_back": True,
        "m.in_reply_to": {"event_id": asked},
    }


def test_a_follow_up_in_the_thread_refines(
    service: Service, anna: Person, bruno: Person, room: str
) -> None:
    root = anna.language(room, f"!cerca {QUESTION}")
    anna.answer_to(root, service.bot, room)
    bruno.language(room, "li conosco, sono bravi", root)  # said to Anna
    then = anna.language(room, "e a Milano?", root)
    answer = anna.answer_to(then, service.bot, room)
    assert listed(answer) == service.names("chi fa data engineering a Milano")
    assert answer["m.relates_to"]["event_id"] == root
    asked = bruno.language(room, "competenze: e in Sicilia?", root)
    answer = bruno.answer_to(asked, service.bot, room)
    assert "Sicilia" in answer["body"]
    assert "data engineering" in answer["body"]


def test_mentioned_it_answers_in_the_language_of_the_question(
    service: Service, bruno: Person, room: str
) -> None:
    mention = {"m.mentions": {"user_ids": [service.bot]}}
    asked = bruno.language(room, "competenze: who does data engineering in Bologna?", **mention)
    answer = bruno.answer_to(asked, service.bot, room)
    assert answer["body"].startswith("1 cooperative based here · 1 working remotely\n")


def test_in_a_direct_chat_everything_is_a_question_even_before_it_came(
    service: Service, anna: Person
) -> None:
    chat = anna.room(service.bot, is_direct=True, preset="trusted_private_chat")
    asked = anna.language(chat, QUESTION)
    answer = anna.answer_to(asked, service.bot, chat)
    assert answer["m.relates_to"] == {"m.in_reply_to": {"event_id": asked}}
    assert listed(answer) == service.names(QUESTION)
    then = anna.answer_to(anna.language(chat, "e a Milano?"), service.bot, chat)
    assert listed(then) == service.names("chi fa data engineering a Milano")


def test_what_is_not_for_it_is_let_be(service: Service, anna: Person, room: str) -> None:
    before = len(anna.said_by(service.bot, room))
    command = {"msgtype": "m.text", "body": "!cerca pane"}
    first = anna.language(room, "chi fa data engineering?")
    edit = {"rel_type": "m.replace", "event_id": first}
    assert anna.offer(room, {**command, "msgtype": "m.notice"})
    assert anna.offer(room, {**command, "msgtype": "m.emote"})
    assert anna.offer(room, {**command, "m.new_content": command, "m.relates_to": edit})
    anna.answer_to(anna.language(room, "!cerca sartoria"), service.bot, room)
    assert len(anna.said_by(service.bot, room)) == before + 1


@pytest.mark.parametrize(
    "odd",
    [
        {"body": ["!cerca"]},
        {"body": None},
        {"msgtype": None},
        {"m.relates_to": []},
        {"m.relates_to": {"rel_type": "m.thread", "event_id": 3}},
        {"m.mentions": "no"},
        {"format": "org.matrix.custom.html", "formatted_body": 3},
    ],
)
def test_nothing_odd_stops_it(
    service: Service, anna: Person, room: str, odd: dict[str, object]
) -> None:
    anna.offer(room, {"msgtype": "m.text", "body": "pane", **odd})
    anna.answer_to(anna.language(room, "!cerca sartoria"), service.bot, room)


def test_what_was_said_before_it_was_invited_is_not_answered(
    service: Service, anna: Person
) -> None:
    room = anna.room()
    anna.language(room, "!cerca pane")
    anna.invite(room, service.bot)
    anna.await_member(room, service.bot)
    anna.answer_to(anna.language(room, "!cerca sartoria"), service.bot, room)
    assert len(anna.said_by(service.bot, room)) == 1


def test_what_was_asked_before_it_started_is_not_answered(service: Service, anna: Person) -> None:
    asked = anna.language(service.old_room, "!cerca sartoria")
    anna.answer_to(asked, service.bot, service.old_room)
    assert len(anna.said_by(service.bot, service.old_room)) == 1


def test_in_an_encrypted_room_it_says_nothing_in_the_clear(
    service: Service, anna: Person, room: str, caplog: pytest.LogCaptureFixture
) -> None:
    secret = anna.room(service.bot)
    anna.await_member(secret, service.bot)
    anna.encrypt(secret)
    anna.language(secret, "!cerca sartoria")
    until(lambda: f"{secret} is encrypted; the bot cannot read there" in caplog.text)
    anna.answer_to(anna.language(room, "!cerca sartoria"), service.bot, room)
    assert anna.said_by(service.bot, secret) == []


def test_thrown_out_it_goes_on_elsewhere(service: Service, anna: Person, room: str) -> None:
    other = anna.room(service.bot)
    anna.await_member(other, service.bot)
    anna.kick(other, service.bot)
    anna.answer_to(anna.language(room, "!cerca sartoria"), service.bot, room)
    anna.invite(other, service.bot)
    anna.await_member(other, service.bot)
    anna.answer_to(anna.language(other, "!cerca sartoria"), service.bot, other)


def test_a_standing_question_posts_when_a_new_generation_brings_somebody(
    service: Service, bruno: Person, room: str
) -> None:
    asked = bruno.language(room, "!cerca avvisami quando c'è sartoria a Imola")
    kept = bruno.answer_to(asked, service.bot, room)
    assert kept["body"].startswith("Avviso 1 attivo: «sartoria a Imola»")
    build_sources(service.folder, NEWCOMER)

    def look() -> list[dict[str, str]]:
        return [c for c in bruno.said_by(service.bot, room) if c["msgtype"] == "m.text"]

    (news,) = until(look)
    assert news["body"].startswith("Una nuova cooperativa per «sartoria a Imola»")
    assert listed(news) == ["Nuova"]
    assert "m.relates_to" not in news


# --- posting -----------------------------------------------------------------------------------


def test_a_message_as_large_as_may_be_is_taken_and_shown_once(
    server: Homeserver, service: Service, anna: Person
) -> None:
    room = anna.room(service.bot)
    anna.await_member(room, service.bot)
    poster = MatrixPoster(MatrixAccount(server.url, service.bot, SecretStr(service.token)))
    reply = Reply("it", "x", tuple('<&\\"' * 75 for _ in range(200)))
    assert MAX_CONTENT * 0.8 < size(render(reply)) <= MAX_CONTENT
    for _ in range(2):
        asyncio.run(poster.post(room, reply))
    (said,) = anna.said_by(service.bot, room)
    assert said["body"].startswith("x\n<&")


def test_what_is_not_taken_says_why_and_no_secret(
    server: Homeserver, service: Service, anna: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    room = anna.room()
    account = MatrixAccount(server.url, service.bot, SecretStr(service.token))
    with pytest.raises(DeliveryError, match=r"M_FORBIDDEN.*Invite the bot") as error:
        asyncio.run(MatrixPoster(account).post(room, Reply("it", "x")))
    wrong = MatrixAccount(server.url, service.bot, SecretStr("wrong-but-secret-token"))
    with pytest.raises(DeliveryError, match="M_UNKNOWN_TOKEN"):
        asyncio.run(MatrixPoster(wrong).post(room, Reply("it", "x")))
    told = f"{caplog.text} {error.value} {account!r} {vars(account)!r}"
    assert service.token not in told
    assert "wrong-but-secret-token" not in told


def test_a_server_that_is_away_is_a_delivery_error() -> None:
    account = MatrixAccount(
        "http://127.0.0.1:9", "@bot:rete.example", SecretStr("a-secret-token-x")
    )
    with pytest.raises(DeliveryError, match="is away"):
        asyncio.run(MatrixPoster(account).post("!stanza", Reply("it", "x")))


class _Door:
    """A client whose rooms open at the given try; before, they fail in every way."""

    def __init__(self, opens_at: int) -> None:
        self.tries, self._opens_at = 0, opens_at

    async def join(self, room: str) -> nio.Response:
        self.tries += 1
        if self.tries >= self._opens_at:
            return nio.JoinResponse(room)
        if self.tries % 2:
            return nio.JoinError("not yet", "M_UNKNOWN")
        raise TimeoutError


@pytest.mark.parametrize(("opens_at", "tries", "given_up"), [(1, 1, 0), (5, 5, 0), (99, 8, 1)])
def test_an_invitation_is_tried_again_and_at_last_given_up(
    opens_at: int, tries: int, given_up: int, caplog: pytest.LogCaptureFixture
) -> None:
    door = _Door(opens_at)
    asyncio.run(join(door, "!stanza", pause=0.001))  # type: ignore[arg-type]
    assert door.tries == tries
    told = [record.levelname for record in caplog.records]
    assert told.count("WARNING") == min(opens_at - 1, 8)
    assert told.count("ERROR") == given_up


# --- what an administrator got wrong -----------------------------------------------------------


def a_desk(tmp_path: Path) -> MessageHandler:
    return MessageHandler(ServiceState(tmp_path, ToyEncoder()), Store(tmp_path / "chat.sqlite"))


def test_a_token_that_is_refused_is_told_once_and_waited_with(
    server: Homeserver, service: Service, anna: Person, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    async def run(user: str, token: str) -> None:
        bot = Bot(MatrixAccount(server.url, user, SecretStr(token)), a_desk(tmp_path))
        task = asyncio.create_task(bot.run())
        await asyncio.to_thread(until, lambda: caplog.records)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run(service.bot, "wrong-but-secret-token"))
    (record,) = caplog.records
    assert "COMPETENZE_MATRIX_TOKEN is not accepted for @competenze:localhost" in record.message
    assert "Log the bot in again" in record.message
    assert "wrong-but-secret-token" not in caplog.text
    caplog.clear()
    asyncio.run(run(service.bot, anna.token))
    assert "it is of @anna:localhost" in caplog.text


@pytest.mark.parametrize(
    ("homeserver", "user", "name"),
    [
        ("https://rete.example", "competenze", "COMPETENZE_MATRIX_USER"),
        ("rete.example", "@competenze:rete.example", "COMPETENZE_MATRIX_HOMESERVER"),
    ],
)
def test_a_setting_of_the_wrong_shape_is_named(homeserver: str, user: str, name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_service_settings(
            matrix_homeserver=homeserver, matrix_user=user, matrix_token="a-secret-token-x"
        )
