"""The interface of a platform's adapter, and the common route of platforms that call us by HTTP."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from search_service.chat.errors import RefusedError, UnreadableError
from search_service.chat.handler import MessageHandler
from search_service.chat.types import Message, Poster, Reply

MAX_BODY = 64 * 1024  # bytes of a request: platforms send a few hundred
T = TypeVar("T")
_log = logging.getLogger(__name__)


class Adapter(Protocol):
    """One platform: routes that it calls, a bot to run, a way to post; any may be missing."""

    platform: str

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The routes that the service serves for it."""

    @property
    def poster(self) -> Poster | None:
        """Posts without a question, if that is configured."""

    @property
    def bot(self) -> Callable[[], Awaitable[None]] | None:
        """A task to run beside the service until it is cancelled; in one process only."""


class Webhook(Protocol):
    """A platform that calls us and shows our response at once. The three steps are pure."""

    platform: str

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Check that the platform itself sent the request.

        Args:
            headers: The request's headers, names in lower case.
            body: Its raw body.
            now: The current time, in seconds since 1970.

        Raises:
            RefusedError: It did not.
        """

    def parse(self, body: bytes) -> Message | None:
        """The message; ``None`` if there is nothing to answer (a bot's message, or our own); raises
        UnreadableError.
        """

    def render(self, reply: Reply) -> Mapping[str, object]:
        """The reply in the platform's JSON, within its limits."""


def webhook_route(
    webhook: Webhook,
    handler: MessageHandler,
    clock: Callable[[], float] = time.time,
    seconds: float | None = None,
) -> BaseRoute:
    """The route ``/chat/PLATFORM`` that a platform calls.

    Args:
        webhook: The platform: how its requests are checked and read, and how a reply is written.
        handler: Answers a message.
        clock: Gives the current time, in seconds since 1970.
        seconds: How long the platform waits. If the answer takes longer the reply asks the person
            to try again; ``None`` waits for the answer.
    """

    def read(headers: Mapping[str, str], body: bytes) -> Message | None:
        webhook.verify(headers, body, clock())
        return webhook.parse(body)

    async def answer(request: Request) -> Response:
        message = await received(request, webhook.platform, read)
        if isinstance(message, Response):
            return message
        reply = await _within(seconds, handler, message) if message else None
        return Response() if reply is None else JSONResponse(webhook.render(reply))

    return Route(f"/chat/{webhook.platform}", answer, methods=["POST"])


async def received(
    request: Request, platform: str, read: Callable[[Mapping[str, str], bytes], T]
) -> T | Response:
    """Read a request, or make the response that rejects it.

    Args:
        request: The platform's request.
        platform: The platform's name, for the log.
        read: Makes something of the headers and the raw body. It raises RefusedError if the
            platform did not send them, UnreadableError if they are not of its documented shape.
    """
    body = await _raw_body(request)
    if body is None:
        return Response(status_code=413)
    try:
        return read(request.headers, body)
    except RefusedError as error:
        # The reason is for our log, not for the sender.
        _log.warning("%s: a request was refused: %s", platform, error.message)
        return Response(status_code=401)
    except UnreadableError as error:
        _log.warning("%s: a request cannot be read: %s", platform, error.message)
        return Response(status_code=400)


async def _within(seconds: float | None, handler: MessageHandler, message: Message) -> Reply | None:
    try:
        return await asyncio.wait_for(asyncio.to_thread(handler.reply, message), seconds)
    except TimeoutError:
        return handler.late(message)


async def _raw_body(request: Request) -> bytes | None:
    """The body as it was sent, which signatures cover; ``None`` if it is too large."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)
