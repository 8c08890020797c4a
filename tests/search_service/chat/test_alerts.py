"""An alert tells its channel when a new generation brings somebody new."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from search_service.chat.alerts import MAX_TRIES, RETRY_SECONDS, AlertWorker
from search_service.chat.errors import DeliveryError
from search_service.chat.handler import MessageHandler
from search_service.chat.store import Store
from search_service.chat.types import Message, Reply
from search_service.live.live_index import ServiceState
from search_service.rate_limit import RateLimiter
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

ONE = {"profiles/vicina.md": "---\nname: Vicina\nseat: Imola\n---\nCuciamo divise in sartoria.\n"}
OTHER = {"profiles/altra.md": "---\nname: Altra\nseat: Imola\n---\nUna sartoria di cappotti.\n"}
MORE = {"profiles/terza.md": "---\nname: Terza\nseat: Imola\n---\nSartoria di scena.\n"}


class Channel:
    """A platform that keeps what is posted, or refuses it."""

    platform = "slack"

    def __init__(self) -> None:
        self.posted: list[tuple[str, Reply]] = []
        self.refused: list[Reply] = []
        self.away = False

    async def post(self, channel: str, reply: Reply) -> None:
        if self.away:
            self.refused.append(reply)
            raise DeliveryError("It is away.", remedy="Wait.")
        self.posted.append((channel, reply))

    @property
    def names(self) -> list[list[str]]:
        return [[item.name.label for item in r.sections[0].items] for _, r in self.posted]


class World:
    """A service with one channel, whose index grows."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.now, self.channel = folder, 1000.0, Channel()
        self.index = build_sources(folder, ONE).index
        self.state = ServiceState(self.index, ToyEncoder())
        self.state.refresh()
        self.store = Store(folder / "chat.sqlite")
        limits = RateLimiter(person=1000, channel=1000)
        handler = MessageHandler(self.state, self.store, "", ("slack",), limits, self.clock)
        posters = {"slack": self.channel}
        self.alert_created = AlertWorker(self.state, self.store, handler, posters, self.clock)
        self.handler = handler

    def clock(self) -> float:
        return self.now

    def ask(self, text: str) -> Reply:
        reply = self.handler.reply(Message("slack", "C1", "C1", "u", "", text))
        assert reply is not None
        return reply

    def grow(self, sources: dict[str, str]) -> None:
        build_sources(self.folder, sources)
        self.state.refresh()

    def deliver_due(self) -> None:
        asyncio.run(self.alert_created.deliver_due())


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_who_is_new_is_told_once_to_the_channel_that_asked(world: World) -> None:
    world.ask("avvisami quando c'è sartoria a Imola")
    world.deliver_due()
    assert world.channel.posted == []  # those that answered already are no news
    world.grow(OTHER)
    world.deliver_due()
    world.deliver_due()
    ((channel, reply),) = world.channel.posted
    assert channel == "C1"
    assert reply.heading == "Una nuova cooperativa per «sartoria a Imola»"
    assert world.channel.names == [["Altra"]]
    world.grow(MORE)
    world.deliver_due()
    assert world.channel.names == [["Altra"], ["Terza"]]


def test_in_the_language_it_was_asked_in(world: World) -> None:
    world.ask("notify me when there is sartoria")
    world.grow(OTHER)
    world.deliver_due()
    assert world.channel.posted[0][1].heading == "A new cooperative for “sartoria”"


def test_a_removed_question_tells_nothing(world: World) -> None:
    world.ask("avvisami quando c'è sartoria")
    world.ask("togli avviso 1")
    world.grow(OTHER)
    world.deliver_due()
    assert world.channel.posted == []


def test_what_the_platform_did_not_take_is_told_later(world: World) -> None:
    world.ask("avvisami quando c'è sartoria")
    world.grow(OTHER)
    world.channel.away = True
    world.deliver_due()
    world.channel.away = False
    world.deliver_due()
    assert world.channel.posted == []  # not yet
    world.now += RETRY_SECONDS
    world.deliver_due()
    assert world.channel.names == [["Altra"]]


def test_what_is_never_taken_is_given_up_until_the_next_index(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.ask("avvisami quando c'è sartoria")
    world.grow(OTHER)
    world.channel.away = True
    pauses, last = [], world.now
    for _ in range(1_000):  # a minute at a time
        tries = len(world.channel.refused)
        world.deliver_due()
        if len(world.channel.refused) > tries:
            pauses.append(world.now - last)
            last = world.now
        world.now += 60.0
    assert pauses == [0.0, *(RETRY_SECONDS * 2**n for n in range(MAX_TRIES - 1))]
    assert [r.levelname for r in caplog.records].count("ERROR") == 1
    assert "alert 1 of slack could not be delivered in 8 tries" in caplog.text
    world.channel.away = False
    world.deliver_due()
    assert world.channel.posted == []
    world.grow(MORE)
    world.deliver_due()
    assert [sorted(names) for names in world.channel.names] == [["Altra", "Terza"]]


def test_who_left_and_came_back_is_no_new_matches(world: World, tmp_path: Path) -> None:
    world.ask("avvisami quando c'è sartoria")
    profile = tmp_path / "corpus" / "profiles" / "vicina.md"
    profile.unlink()
    world.grow(OTHER)
    world.deliver_due()
    world.grow(ONE)
    world.deliver_due()
    assert world.channel.names == [["Altra"]]


def test_while_there_is_no_index_it_waits(tmp_path: Path) -> None:
    state = ServiceState(tmp_path / "nowhere", ToyEncoder())
    store, channel = Store(tmp_path / "chat.sqlite"), Channel()
    alert_created = AlertWorker(state, store, MessageHandler(state, store), {"slack": channel})
    asyncio.run(alert_created.deliver_due())
    assert channel.posted == []


def test_a_service_that_ends_while_it_posts_leaves_the_news_to_the_next(world: World) -> None:
    world.ask("avvisami quando c'è sartoria")
    world.grow(OTHER)

    async def ended() -> None:
        never = asyncio.Event()
        started = asyncio.Event()

        async def post(channel: str, reply: Reply) -> None:
            started.set()
            await never.wait()

        world.channel.post, kept = post, world.channel.post  # type: ignore[method-assign]
        task = asyncio.create_task(world.alert_created.deliver_due())
        await started.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        world.channel.post = kept  # type: ignore[method-assign]

    asyncio.run(ended())
    world.deliver_due()
    assert world.channel.names == [["Altra"]]


def test_of_more_than_a_page_only_the_new_are_new_matches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search_service.chat.handler.MAX_PAGE", 1)
    world.grow(OTHER)
    asked = world.ask("avvisami quando c'è sartoria")
    assert "Oggi corrispondono 2 cooperative." in asked.notes
    world.grow(MORE)
    world.deliver_due()
    assert world.channel.names == [["Terza"]]


def test_who_is_only_around_the_place_asked_for_is_no_new_matches(world: World) -> None:
    asked = world.ask("avvisami quando c'è sartoria a Bologna")
    assert "Oggi corrispondono 0 cooperative." in asked.notes
    world.grow(OTHER)  # in Imola, not in Bologna
    world.deliver_due()
    assert world.channel.posted == []
