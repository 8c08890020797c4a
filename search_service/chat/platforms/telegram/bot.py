"""Telegram: a bot that asks for its messages (polling), or is called with them (webhook)."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import telegram
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from telegram.constants import ChatType, ParseMode
from telegram.error import ChatMigrated, InvalidToken, RetryAfter, TelegramError

from indexer.errors import SettingsError
from search_service.chat.adapter import received
from search_service.chat.errors import DeliveryError, RefusedError, UnreadableError
from search_service.chat.handler import MessageHandler
from search_service.chat.platforms.telegram.markdown import render
from search_service.chat.types import Message, Reply
from search_service.settings import ServiceSettings

_API = "https://api.telegram.org/bot"
_PATH = "/chat/telegram"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name
_UPDATES = ("message",)  # neither edited messages nor channels' posts
_POLL_SECONDS = 30
_MAX_PAUSE = 60.0  # seconds between two tries while Telegram is away
_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_SEARCHES = frozenset({"cerca", "search"})
_HELPS = frozenset({"aiuto", "help", "start"})
_TOKEN = re.compile(r"\d+:[\w-]+")
_TOKEN_IN_URL = re.compile(r"(?<=/bot)\d+:[\w-]+")
_T = TypeVar("_T")
_log = logging.getLogger(__name__)
os.environ.setdefault("PTB_TIMEDELTA", "true")  # how long to wait as a timedelta, not warned of


def create(settings: ServiceSettings, desk: MessageHandler) -> Telegram:
    """The adapter; raises SettingsError for settings that Telegram would not take."""
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    secret = settings.telegram_webhook_secret
    if not _TOKEN.fullmatch(token):
        raise SettingsError(
            "COMPETENZE_TELEGRAM_TOKEN is no token of a bot.",
            remedy="Copy it whole from @BotFather: digits, a colon, letters.",
        )
    if secret is None:
        return Telegram(token, desk)
    if not re.fullmatch(r"[\w-]{1,256}", secret.get_secret_value(), re.ASCII):
        raise SettingsError(
            "COMPETENZE_TELEGRAM_WEBHOOK_SECRET holds characters that Telegram does not take.",
            remedy="Use letters, digits, _ and - only, 256 at most.",
        )
    if not settings.origin.startswith("https://"):
        raise SettingsError(
            "Telegram's webhook needs the service's public https address.",
            remedy="Set COMPETENZE_ORIGIN (https://…), or leave "
            "COMPETENZE_TELEGRAM_WEBHOOK_SECRET out: the bot then polls.",
        )
    return Telegram(token, desk, secret.get_secret_value(), settings.origin)


@dataclass(frozen=True, slots=True)
class IncomingUpdate:
    """A message to us, and where its answer goes: in a group, under the message asked."""

    message: Message
    replies_to: int | None


def parse(update: telegram.Update, bot: telegram.User) -> IncomingUpdate | None:
    """What was asked; nothing where it is not for us: a bot's, an edit, talk among people."""
    told = update.message
    if told is None or told.text is None or told.from_user is None or _is_automatic(told):
        return None
    text = _for_us(told, told.text, bot)
    if text is None:
        return None
    chat, user = str(told.chat.id), str((told.sender_chat or told.from_user).id)
    topic = told.message_thread_id if told.is_topic_message else None
    private = told.chat.type == ChatType.PRIVATE
    channel = f"{chat}:{topic}" if topic else chat
    message = Message(
        platform=Telegram.platform,
        channel=channel,
        conversation=channel if topic or private else f"{chat} {user}",
        user=user,
        event=str(update.update_id),
        text=text,
        language=_language(told),
    )
    return IncomingUpdate(message, None if private else told.message_id)


def _is_automatic(told: telegram.Message) -> bool:
    """Whether no person wrote it here. An administrator may write in the name of the group."""
    in_its_name = told.sender_chat is not None and told.sender_chat.id == told.chat.id
    is_bot = told.from_user is not None and told.from_user.is_bot and not in_its_name
    return bool(is_bot or told.via_bot or told.is_automatic_forward)


def _for_us(told: telegram.Message, text: str, bot: telegram.User) -> str | None:
    """The text without what called us, or nothing if it did not."""
    private = told.chat.type == ChatType.PRIVATE
    command = _COMMAND.fullmatch(text.strip())
    if command:
        name, to, rest = command.groups(default="")
        if to and to.lower() != (bot.username or "").lower():
            return None
        if name.lower() in _SEARCHES:
            return rest
        return _help_in_the_language_of(told) if private or name.lower() in _HELPS else None
    mention = re.compile(rf"(?<![\w@])@{re.escape(bot.username or '')}(?!\w)", re.IGNORECASE)
    before = told.reply_to_message.from_user if told.reply_to_message else None
    is_reply = before is not None and before.id == bot.id
    if private or is_reply or mention.search(text):
        return mention.sub(" ", text).strip()
    return None


def _help_in_the_language_of(told: telegram.Message) -> str:
    return "help" if _language(told) == "en" else "aiuto"


def _language(told: telegram.Message) -> str:
    """The language of a person's own Telegram ("en" of "en-GB"), empty where it does not say."""
    code = (told.from_user.language_code if told.from_user else None) or ""
    return code.partition("-")[0]


def sending(channel: str, reply: Reply, replies_to: int | None = None) -> dict[str, Any]:
    """The arguments of sendMessage; ``channel`` is a chat, or a chat and its topic."""
    chat, _, topic = channel.partition(":")
    arguments: dict[str, Any] = {
        "chat_id": int(chat),
        "text": render(reply),
        "parse_mode": ParseMode.MARKDOWN_V2,
        "link_preview_options": telegram.LinkPreviewOptions(is_disabled=True),
    }
    if topic:
        arguments["message_thread_id"] = int(topic)
    if replies_to is not None:
        arguments["reply_parameters"] = telegram.ReplyParameters(
            replies_to, allow_sending_without_reply=True
        )
    return arguments


class _WithoutTokens(logging.Filter):
    """Masks the token in the addresses that libraries log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, masked."""
        record.msg, record.args = _masked(record.getMessage()), ()
        return True


def _masked(text: str) -> str:
    return _TOKEN_IN_URL.sub("…", text)


_without_tokens = _WithoutTokens()


class Telegram:
    """The adapter: with a ``secret`` Telegram calls ``origin``, without it the bot polls.

    ``pause`` is how long it waits, in seconds, before it tries again for the first time.
    """

    platform = "telegram"

    def __init__(
        self,
        token: str,
        desk: MessageHandler,
        secret: str = "",
        origin: str = "",
        base_url: str = _API,
        pause: float = 1.0,
    ) -> None:
        for name in ("httpx", "telegram.Bot"):
            logging.getLogger(name).addFilter(_without_tokens)
        self._api = telegram.Bot(token, base_url=base_url)
        self._me: telegram.User | None = None
        self._desk = desk
        self._secret = secret
        self._origin = origin
        self._pause = pause

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The webhook, where there is one."""
        return (Route(_PATH, self._called, methods=["POST"]),) if self._secret else ()

    @property
    def poster(self) -> Telegram:
        """Itself: a bot may write wherever it was written to."""
        return self

    @property
    def bot(self) -> Callable[[], Awaitable[None]]:
        """What polls, or tells Telegram where to call."""
        return self._run

    async def post(self, channel: str, reply: Reply) -> None:
        """Post unasked; raises DeliveryError where Telegram does not take it."""
        try:
            await self._send(sending(channel, reply))
        except TelegramError as error:
            raise DeliveryError(
                f"Telegram did not take a message: {_masked(str(error))}.",
                remedy="See that the bot is still in the chat and may write there.",
            ) from None

    async def _send(self, arguments: dict[str, Any]) -> None:
        try:
            await self._sent(arguments)
        except RetryAfter as error:  # too many at once: once more, when Telegram says
            await asyncio.sleep(_seconds(error))
            await self._sent(arguments)

    async def _sent(self, arguments: dict[str, Any]) -> None:
        try:
            await self._api.send_message(**arguments)
        except ChatMigrated as moved:  # the group became a supergroup
            await self._api.send_message(**{**arguments, "chat_id": moved.new_chat_id})

    # --- polling ---------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            await self._insisted(self._api.initialize)
            self._me = self._api.bot
            if self._secret:
                await self._insisted(self._set_webhook)
                await asyncio.Event().wait()
            await self._insisted(self._api.delete_webhook)
            await self._poll(self._me)
        except InvalidToken:  # its words hold the token
            _log.error(
                "Telegram refuses the bot's token. Copy it again from @BotFather into "
                "COMPETENZE_TELEGRAM_TOKEN, and start the service again."
            )
            await asyncio.Event().wait()  # trying again would not mend it
        finally:
            await self._api.shutdown()

    async def _set_webhook(self) -> bool:
        return await self._api.set_webhook(
            f"{self._origin}{_PATH}", secret_token=self._secret, allowed_updates=_UPDATES
        )

    async def _insisted(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """The result of a call, however long Telegram is away; raises only InvalidToken."""
        pause = self._pause
        while True:
            try:
                return await call()
            except InvalidToken:
                raise
            except TelegramError as error:
                wait = _seconds(error) or pause
                _log.warning(
                    "Telegram did not answer as it should; tried again in %.0f s: %s",
                    wait,
                    _masked(str(error)),
                )
            await asyncio.sleep(wait)
            pause = min(2 * pause, _MAX_PAUSE)

    async def _poll(self, me: telegram.User) -> None:
        offset = 0
        while True:
            ask = partial(
                self._api.get_updates,
                offset=offset,
                timeout=_POLL_SECONDS,
                allowed_updates=_UPDATES,
            )
            updates = await self._insisted(ask)
            chats: dict[int, list[telegram.Update]] = {}
            for update in updates:
                offset = max(offset, update.update_id + 1)
                chat = update.effective_chat
                chats.setdefault(chat.id if chat else 0, []).append(update)
            await asyncio.gather(*(self._answer(asked, me) for asked in chats.values()))

    async def _answer(self, updates: Iterable[telegram.Update], me: telegram.User) -> None:
        """Answer the messages of one chat in their order; one that cannot be stops no other."""
        for update in updates:
            try:
                asked = parse(update, me)
                if asked is None:
                    continue
                await self._say(asked)
            except TelegramError as error:
                _log.warning("Telegram did not take an answer: %s", _masked(str(error)))
            except Exception:
                _log.exception("a message of Telegram could not be answered")

    async def _say(self, asked: IncomingUpdate) -> None:
        try:
            reply = await asyncio.to_thread(self._desk.reply, asked.message)
            if reply is not None:
                await self._send(sending(asked.message.channel, reply, asked.replies_to))
        except BaseException:  # stopped here, Telegram gives it again to the next that asks
            self._desk.unanswered(asked.message)
            raise

    # --- webhook ---------------------------------------------------------------------------

    def _read(self, headers: Mapping[str, str], body: bytes) -> telegram.Update:
        given = headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise RefusedError("its secret is not ours", remedy="See who calls this address.")
        return _update(body)

    async def _called(self, request: Request) -> Response:
        """Answer an update in the response itself, so that every process of the service can."""
        update = await received(request, self.platform, self._read)
        if isinstance(update, Response):
            return update
        try:
            self._me = self._me or await self._api.get_me()
        except TelegramError as error:
            _log.warning("Telegram does not say who the bot is: %s", _masked(str(error)))
            return Response(status_code=503)  # it will call again
        asked = parse(update, self._me)
        reply = await asyncio.to_thread(self._desk.reply, asked.message) if asked else None
        if asked is None or reply is None:
            return Response()
        arguments = sending(asked.message.channel, reply, asked.replies_to)
        return JSONResponse({"method": "sendMessage", **_as_json(arguments)})


def _seconds(error: TelegramError) -> float:
    """How long Telegram asks to wait; 0 where it does not say."""
    if not isinstance(error, RetryAfter):
        return 0.0
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _update(body: bytes) -> telegram.Update:
    try:
        return telegram.Update.de_json(json.loads(body))
    except Exception as error:  # whatever the library meets in a shape that it does not know
        raise UnreadableError(
            f"it is no update of Telegram ({type(error).__name__}).",
            remedy="See who calls this address.",
        ) from None


def _as_json(arguments: dict[str, Any]) -> dict[str, object]:
    return {
        name: value.to_dict() if isinstance(value, telegram.TelegramObject) else value
        for name, value in arguments.items()
    }
