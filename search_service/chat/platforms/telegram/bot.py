"""Telegram: a bot that polls for messages, or is called with them (webhook)."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import os
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from weakref import WeakValueDictionary

import telegram
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from telegram import ext
from telegram.constants import ChatType, ParseMode
from telegram.error import ChatMigrated, InvalidToken, RetryAfter, TelegramError

from indexer.errors import SettingsError
from search_service.chat.adapter import received
from search_service.chat.errors import DeliveryError, RefusedError, UnreadableError
from search_service.chat.handler import MessageHandler
from search_service.chat.log_privacy import hide_paths_of, without_paths
from search_service.chat.platforms.telegram.markdown import render
from search_service.chat.types import Message, Reply
from search_service.settings import ServiceSettings

_API = "https://api.telegram.org/bot"
_PATH = "/chat/telegram"
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - its name
_UPDATES = ("message",)  # no edits and no posts of channels
_POLL = timedelta(seconds=30)  # that Telegram waits for updates
_AT_ONCE = 32  # chats
_COMMAND = re.compile(r"/(\w+)(?:@(\w+))?(?:\s+(.*))?", re.DOTALL)
_SEARCHES = frozenset({"cerca", "search"})
_HELPS = frozenset({"aiuto", "help", "start"})
_TOKEN = re.compile(r"\d+:[\w-]+")
_log = logging.getLogger(__name__)
os.environ.setdefault("PTB_TIMEDELTA", "true")  # a delay as a timedelta, without a warning


def create(settings: ServiceSettings, handler: MessageHandler) -> Telegram:
    """The adapter; raises SettingsError for settings that Telegram would reject."""
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    secret = settings.telegram_webhook_secret
    if not _TOKEN.fullmatch(token):
        raise SettingsError(
            "COMPETENZE_TELEGRAM_TOKEN is no token of a bot.",
            remedy="Copy it whole from @BotFather: digits, a colon, letters.",
        )
    if secret is None:
        return Telegram(token, handler)
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
    return Telegram(token, handler, secret.get_secret_value(), settings.origin)


@dataclass(frozen=True, slots=True)
class IncomingUpdate:
    """A message to the bot, and where to answer: in a group, as a reply to the message."""

    message: Message
    replies_to: int | None


def parse(update: telegram.Update, bot: telegram.User) -> IncomingUpdate | None:
    """The message in an update; ``None`` if it is by a bot, an edit or talk among people."""
    sent = update.message
    if sent is None or sent.text is None or sent.from_user is None or _is_automatic(sent):
        return None
    text = _for_us(sent, sent.text, bot)
    if text is None:
        return None
    chat, user = str(sent.chat.id), str((sent.sender_chat or sent.from_user).id)
    topic = sent.message_thread_id if sent.is_topic_message else None
    private = sent.chat.type == ChatType.PRIVATE
    channel = f"{chat}:{topic}" if topic else chat
    message = Message(
        platform=Telegram.platform,
        channel=channel,
        conversation=channel if topic or private else f"{chat} {user}",
        user=user,
        event=str(update.update_id),
        text=text,
        language=_language(sent),
    )
    return IncomingUpdate(message, None if private else sent.message_id)


def _is_automatic(sent: telegram.Message) -> bool:
    """Whether no person wrote it here. An administrator may write in the group's name."""
    in_its_name = sent.sender_chat is not None and sent.sender_chat.id == sent.chat.id
    is_bot = sent.from_user is not None and sent.from_user.is_bot and not in_its_name
    return bool(is_bot or sent.via_bot or sent.is_automatic_forward)


def _for_us(sent: telegram.Message, text: str, bot: telegram.User) -> str | None:
    """The text without the bot's name or command; ``None`` if it is not addressed to the bot."""
    private = sent.chat.type == ChatType.PRIVATE
    command = _COMMAND.fullmatch(text.strip())
    if command:
        name, to, rest = command.groups(default="")
        if to and to.lower() != (bot.username or "").lower():
            return None
        if name.lower() in _SEARCHES:
            return rest
        return _help_in_the_language_of(sent) if private or name.lower() in _HELPS else None
    mention = re.compile(rf"(?<![\w@])@{re.escape(bot.username or '')}(?!\w)", re.IGNORECASE)
    before = sent.reply_to_message.from_user if sent.reply_to_message else None
    is_reply = before is not None and before.id == bot.id
    if private or is_reply or mention.search(text):
        return mention.sub(" ", text).strip()
    return None


def _help_in_the_language_of(sent: telegram.Message) -> str:
    return "help" if _language(sent) == "en" else "aiuto"


def _language(sent: telegram.Message) -> str:
    """The language of the person's Telegram ("en" of "en-GB"); empty if unknown."""
    code = (sent.from_user.language_code if sent.from_user else None) or ""
    return code.partition("-")[0]


def sending(channel: str, reply: Reply, replies_to: int | None = None) -> dict[str, Any]:
    """The arguments of sendMessage.

    Args:
        channel: A chat's id, or "CHAT:TOPIC".
        reply: What is sent.
        replies_to: The id of the message it replies to; ``None`` replies to none.
    """
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


class _InOrder(ext.BaseUpdateProcessor):
    """Answers many chats at once, and the messages of each chat in order."""

    def __init__(self) -> None:
        super().__init__(_AT_ONCE)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Wait for the earlier messages of the same chat."""
        chat = update.effective_chat if isinstance(update, telegram.Update) else None
        lock = self._locks.setdefault(chat.id if chat else 0, asyncio.Lock())
        async with lock:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to release."""


class Telegram:
    """The adapter: with a ``secret`` Telegram calls ``origin``, without one the bot polls."""

    platform = "telegram"

    def __init__(
        self,
        token: str,
        handler: MessageHandler,
        secret: str = "",
        origin: str = "",
        base_url: str = _API,
    ) -> None:
        hide_paths_of("httpx", "telegram.ext.ExtBot")  # paths contain the token
        builder = ext.ApplicationBuilder().token(token).base_url(base_url).job_queue(None)
        # One connection polls; another confirms the last messages when it is told to stop.
        builder = builder.concurrent_updates(_InOrder()).get_updates_connection_pool_size(2)
        self._application = (builder.updater(None) if secret else builder).build()
        self._application.add_handler(ext.TypeHandler(telegram.Update, self._answer))
        self._application.add_error_handler(_log_failure)
        self._bot = self._application.bot
        self._me: telegram.User | None = None
        self._handler = handler
        self._secret = secret
        self._origin = origin

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The webhook, if there is one."""
        return (Route(_PATH, self._called, methods=["POST"]),) if self._secret else ()

    @property
    def poster(self) -> Telegram:
        """Itself: a bot may write wherever it has been written to."""
        return self

    @property
    def bot(self) -> Callable[[], Awaitable[None]]:
        """The task that polls, or registers the webhook."""
        return self._run

    async def post(self, channel: str, reply: Reply) -> None:
        """Post without a question; raises DeliveryError."""
        try:
            await self._send(sending(channel, reply))
        except TelegramError as error:
            raise DeliveryError(
                f"Telegram did not take a message: {without_paths(str(error))}.",
                remedy="See that the bot is still in the chat and may write there.",
            ) from None

    async def _send(self, arguments: dict[str, Any]) -> None:
        try:
            await self._sent(arguments)
        except RetryAfter as error:  # too many requests: once more, when Telegram allows it
            await asyncio.sleep(_seconds(error))
            await self._sent(arguments)

    async def _sent(self, arguments: dict[str, Any]) -> None:
        try:
            await self._bot.send_message(**arguments)
        except ChatMigrated as moved:  # the group became a supergroup
            await self._bot.send_message(**{**arguments, "chat_id": moved.new_chat_id})

    async def _run(self) -> None:
        """Poll, or register the webhook, until cancelled; ends early if Telegram is unreachable."""
        try:
            async with self._application:
                await (self._register_webhook() if self._secret else self._poll())
        except InvalidToken:  # its message contains the token
            _log.error(
                "Telegram refuses the bot's token. Copy it again from @BotFather into "
                "COMPETENZE_TELEGRAM_TOKEN, and start the service again."
            )
            await asyncio.Event().wait()  # another attempt would not help
        except TelegramError as error:
            _log.warning("Telegram cannot be reached: %s", without_paths(str(error)))

    # --- polling ---------------------------------------------------------------------------

    async def _poll(self) -> None:
        updater = self._application.updater
        assert updater is not None
        await self._application.start()
        try:
            await updater.start_polling(
                timeout=_POLL,
                allowed_updates=_UPDATES,
                bootstrap_retries=-1,  # forever
                error_callback=_log_outage,
            )
            await asyncio.Event().wait()
        finally:
            if updater.running:
                await updater.stop()
            await self._application.stop()  # once the messages received are answered

    async def _answer(self, update: telegram.Update, _: object) -> None:
        incoming = parse(update, self._bot.bot)
        if incoming is None:
            return
        try:
            reply = await asyncio.to_thread(self._handler.reply, incoming.message)
            if reply is not None:
                await self._send(sending(incoming.message.channel, reply, incoming.replies_to))
        except BaseException:
            self._handler.allow_retry(incoming.message)
            raise

    # --- webhook ---------------------------------------------------------------------------

    async def _register_webhook(self) -> None:
        await self._bot.set_webhook(
            f"{self._origin}{_PATH}", secret_token=self._secret, allowed_updates=_UPDATES
        )
        await asyncio.Event().wait()

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
            self._me = self._me or await self._bot.get_me()
        except TelegramError as error:
            _log.warning("Telegram does not say who the bot is: %s", without_paths(str(error)))
            return Response(status_code=503)  # it will call again
        incoming = parse(update, self._me)
        reply = await asyncio.to_thread(self._handler.reply, incoming.message) if incoming else None
        if incoming is None or reply is None:
            return Response()
        arguments = sending(incoming.message.channel, reply, incoming.replies_to)
        return JSONResponse({"method": "sendMessage", **_as_json(arguments)})


async def _log_failure(_: object, context: ext.CallbackContext[Any, Any, Any, Any]) -> None:
    error = context.error
    if isinstance(error, TelegramError):
        _log.warning("Telegram did not accept an answer: %s", without_paths(str(error)))
    else:
        _log.error("a message of Telegram could not be answered", exc_info=error)


def _log_outage(error: TelegramError) -> None:
    _log.warning("Telegram cannot be reached, trying again: %s", without_paths(str(error)))


def _seconds(error: RetryAfter) -> float:
    """How long Telegram asks us to wait."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _update(body: bytes) -> telegram.Update:
    try:
        return telegram.Update.de_json(json.loads(body))
    except Exception as error:  # the library raises anything on a shape it does not know
        raise UnreadableError(
            f"it is no update of Telegram ({type(error).__name__}).",
            remedy="See who calls this address.",
        ) from None


def _as_json(arguments: dict[str, Any]) -> dict[str, object]:
    return {
        name: value.to_dict() if isinstance(value, telegram.TelegramObject) else value
        for name, value in arguments.items()
    }
