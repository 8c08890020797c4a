"""Matrix: a bot that joins rooms when invited, answers in threads, and posts alerts.

The client library is used without encryption: in encrypted rooms the bot reads and writes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
import nio
from pydantic import SecretStr
from starlette.routing import BaseRoute

from search_service.chat.errors import DeliveryError
from search_service.chat.handler import MessageHandler
from search_service.chat.platforms.matrix.events import (
    PLATFORM,
    Content,
    IncomingMessage,
    Room,
    as_post,
    in_answer,
    parse,
    render,
    since_invited,
)
from search_service.chat.types import Poster, Reply
from search_service.settings import ServiceSettings

_REQUEST_SECONDS = 10.0
_FIRST_SECONDS = 300.0  # the first sync lists all rooms
_POLL_MS = 30_000  # how long the server may wait for events
_MAX_PAUSE = 60.0  # seconds between attempts to reach a server
_JOIN_PAUSE = 5.0  # seconds before the second attempt to join a room; doubles each time
_MAX_JOINS = 8  # attempts: ten minutes
_LANES = 4  # messages answered at once; those of a conversation stay in order
_WAITING = 50  # messages in a lane; if it is full the next sync waits
_MAX_THREADS = 10_000
_REFUSALS = {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_FORBIDDEN", "M_USER_DEACTIVATED"}
_NOTHING: Mapping[str, object] = {"types": []}
_FILTER = {
    "presence": _NOTHING,
    "account_data": _NOTHING,
    "room": {"ephemeral": _NOTHING, "account_data": _NOTHING, "timeline": {"limit": 50}},
}
_AWAY = (aiohttp.ClientError, TimeoutError, OSError)
_log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]


def create(settings: ServiceSettings, handler: MessageHandler) -> MatrixAdapter:
    """Matrix as configured."""
    token = settings.matrix_token or SecretStr("")
    homeserver = settings.matrix_homeserver.rstrip("/")
    # It logs every response and event outside its schema; we log what matters.
    logging.getLogger("nio").setLevel(logging.CRITICAL)
    return MatrixAdapter(MatrixAccount(homeserver, settings.matrix_user, token), handler)


class MatrixAccount:
    """The bot's account: opens clients, which must be closed, and sends through them."""

    def __init__(self, homeserver: str, user: str, token: SecretStr) -> None:
        self.homeserver = homeserver
        self.user = user
        self._token = token

    @asynccontextmanager
    async def client(self) -> AsyncIterator[nio.AsyncClient]:
        """A client of the account."""
        config = nio.AsyncClientConfig(
            max_limit_exceeded=3, max_timeouts=3, request_timeout=_REQUEST_SECONDS
        )
        client = nio.AsyncClient(self.homeserver, self.user, config=config)
        client.restore_login(self.user, "", self._token.get_secret_value())
        try:
            yield client
        finally:
            await client.close()


async def deliver(client: nio.AsyncClient, room: str, content: Content, key: str) -> None:
    """Send a message.

    Args:
        client: A client that is logged in.
        room: The room's id.
        content: The event's content.
        key: Identifies the message: the server takes the same key once.

    Raises:
        DeliveryError: The server is unreachable or rejects the message.
    """
    try:
        response = await client.room_send(room, "m.room.message", content, tx_id=key)
    except _AWAY as error:
        raise DeliveryError(
            f"The Matrix server {client.homeserver} is away ({type(error).__name__}).",
            remedy="It is tried again where it can be.",
        ) from error
    if isinstance(response, nio.ErrorResponse):
        raise DeliveryError(
            f"The Matrix server did not take a message for {room}: {response}.",
            remedy="Invite the bot into the room, and let it write there.",
        )


class MatrixPoster:
    """Posts alerts into rooms."""

    platform = PLATFORM

    def __init__(self, account: MatrixAccount) -> None:
        self._account = account

    async def post(self, channel: str, reply: Reply) -> None:
        """Post into a room; raises DeliveryError."""
        content = as_post(render(reply))
        # It is posted again if only the server's response was lost: it must not appear twice.
        key = hashlib.sha256(json.dumps([channel, content]).encode()).hexdigest()
        async with self._account.client() as client:
            await deliver(client, channel, content, f"news-{key}")


class MatrixAdapter:
    """The adapter."""

    platform = PLATFORM

    def __init__(self, account: MatrixAccount, handler: MessageHandler) -> None:
        self._bot = Bot(account, handler)
        self._poster = MatrixPoster(account)

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """None: the bot polls the server."""
        return ()

    @property
    def poster(self) -> Poster:
        """Always present: the bot writes wherever it was invited."""
        return self._poster

    @property
    def bot(self) -> Job:
        """The task that joins rooms and answers."""
        return self._bot.run


class Bot:
    """Follows its rooms and answers questions."""

    def __init__(self, account: MatrixAccount, handler: MessageHandler) -> None:
        self._account = account
        self._handler = handler
        self._since: str | None = None  # how far the rooms were read
        self._threads: OrderedDict[str, str] = OrderedDict()
        self._unreadable: set[str] = set()

    async def run(self) -> None:
        """Run until cancelled. If the token is rejected, log it and wait: it will not get valid."""
        async with self._account.client() as client, asyncio.TaskGroup() as group:
            lanes = [asyncio.Queue[Job](_WAITING) for _ in range(_LANES)]
            for lane in lanes:
                group.create_task(_work(lane))
            group.create_task(self._follow(client, lanes, group))

    async def _follow(
        self,
        client: nio.AsyncClient,
        lanes: Sequence[asyncio.Queue[Job]],
        group: asyncio.TaskGroup,
    ) -> None:
        """Sync forever. Messages from before the first start are not answered."""
        who = await _patiently(client.whoami)
        if isinstance(who, nio.ErrorResponse) or who.user_id != self._account.user:
            self._refused(who)
            return
        sync = partial(self._first_sync, client)
        while True:
            batch = await _patiently(sync)
            if isinstance(batch, nio.ErrorResponse):
                self._refused(batch)
                return
            await self._take(client, batch, lanes, group)
            self._since = batch.next_batch
            sync = partial(client.sync, timeout=_POLL_MS, sync_filter=_FILTER)

    async def _first_sync(self, client: nio.AsyncClient) -> nio.SyncResponse | nio.SyncError:
        async with asyncio.timeout(_FIRST_SECONDS):
            return await client.sync(
                timeout=0, sync_filter=_FILTER, since=self._since, full_state=True
            )

    def _refused(self, response: nio.Response) -> None:
        user = self._account.user
        why = (
            f"it is of {response.user_id}"
            if isinstance(response, nio.WhoamiResponse)
            else str(response)
        )
        _log.error(
            "Matrix is off: COMPETENZE_MATRIX_TOKEN is not accepted for %s (%s). "
            "Log the bot in again, set the new token and restart the service.",
            user,
            why,
        )

    async def _take(
        self,
        client: nio.AsyncClient,
        batch: nio.SyncResponse,
        lanes: Sequence[asyncio.Queue[Job]],
        group: asyncio.TaskGroup,
    ) -> None:
        """Distribute the events of a sync."""
        me = self._account.user
        for id_, invited in batch.rooms.invite.items():
            if any(_invites(event, me) for event in invited.invite_state):
                group.create_task(join(client, id_))  # beside the lanes: it may take minutes
        joined = batch.rooms.join if self._since is not None else {}
        for id_, found in joined.items():
            events = since_invited([event.source for event in found.timeline.events], me)
            for incoming in self._asked(client.rooms[id_], events):
                lane = _lane(lanes, incoming.message.conversation)
                await lane.put(partial(self._answer, client, incoming))

    def _asked(
        self, room: nio.MatrixRoom, events: Sequence[Mapping[str, object]]
    ) -> Iterator[IncomingMessage]:
        """The questions to the bot among the events of a room."""
        if room.encrypted:
            if room.room_id not in self._unreadable:
                self._unreadable.add(room.room_id)
                _log.warning("Matrix: %s is encrypted; the bot cannot read there", room.room_id)
            return
        me = self._account.user
        names = (me.removeprefix("@").partition(":")[0], room.user_name(me) or "")
        place = Room(room.room_id, me, room.joined_count <= 2, names, self._threads)
        for event in events:
            incoming = parse(event, place)
            if incoming is None:
                continue
            if incoming.thread == incoming.message.event:
                self._threads[incoming.thread] = incoming.message.user
                if len(self._threads) > _MAX_THREADS:
                    self._threads.popitem(last=False)
            yield incoming

    async def _answer(self, client: nio.AsyncClient, incoming: IncomingMessage) -> None:
        message = incoming.message
        try:
            reply = await asyncio.to_thread(self._handler.reply, message)
            if reply is not None:
                content = in_answer(render(reply), incoming)
                await deliver(client, message.channel, content, f"answer-{message.event}")
        except BaseException:
            self._handler.allow_retry(message)
            raise


async def _patiently(ask: Callable[[], Awaitable[nio.Response]]) -> nio.Response:
    """The server's response. While the server is unreachable or fails, try again with longer and
    longer pauses; an error is returned only if the account itself is rejected.
    """
    pause = 1.0
    while True:
        try:
            response = await ask()
            if not isinstance(response, nio.ErrorResponse) or response.status_code in _REFUSALS:
                return response
            why = str(response)
        except _AWAY as error:
            why = type(error).__name__
        _log.warning("the Matrix server does not answer (%s); again in %d s", why, int(pause))
        await asyncio.sleep(pause)
        pause = min(2 * pause, _MAX_PAUSE)


async def _work(lane: asyncio.Queue[Job]) -> None:
    """Do jobs one after another; one that fails does not stop the others."""
    while True:
        job = await lane.get()
        try:
            await job()
        except DeliveryError as error:
            _log.warning("%s", error)
        except Exception:
            _log.exception("Matrix: something could not be answered")


def _lane(lanes: Sequence[asyncio.Queue[Job]], key: str) -> asyncio.Queue[Job]:
    return lanes[hash(key) % len(lanes)]


def _invites(event: nio.InviteEvent, me: str) -> bool:
    is_member = isinstance(event, nio.InviteMemberEvent)
    return is_member and event.state_key == me and event.membership == "invite"


async def join(client: nio.AsyncClient, room: str, pause: float = _JOIN_PAUSE) -> None:
    """Join a room; if that fails, try again with longer and longer pauses, then give up.

    A server announces an invitation once: one that is lost here stays lost until the next.

    Args:
        client: A client that is logged in.
        room: The room's id.
        pause: Seconds before the second attempt; it doubles each time.
    """
    for _ in range(_MAX_JOINS):
        try:
            response = await client.join(room)
            if not isinstance(response, nio.ErrorResponse):
                return
            why = str(response)
        except Exception as error:  # whatever it is must not stop the bot in other rooms
            why = type(error).__name__
        _log.warning("Matrix: %s could not be joined (%s); again in %d s", room, why, int(pause))
        await asyncio.sleep(pause)
        pause *= 2
    _log.error("Matrix: %s could not be joined; to have the bot there, invite it again", room)
