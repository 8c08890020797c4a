"""Slack: a slash command, mentions answered in their thread, alerts.

Bolt routes each request to its listener, and sends late answers to the request's ``response_url``.
It does not parse the requests: its parser loses every command that contains the word "payload".
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from slack_bolt import Ack, App, BoltContext, BoltRequest, Respond
from slack_bolt.adapter.starlette.handler import to_starlette_response
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from search_service.chat.adapter import received
from search_service.chat.errors import DeliveryError
from search_service.chat.handler import MessageHandler
from search_service.chat.platforms.slack import blocks, requests
from search_service.chat.platforms.slack.requests import Fields
from search_service.chat.types import Message, Reply
from search_service.settings import ServiceSettings

API = "https://slack.com/api/"
PATIENCE = 2.0  # seconds for an answer in the response itself; Slack waits 3 s
_THREADS = 16
_TIMEOUT = 10  # seconds
_WAITING = {"response_type": "ephemeral", "text": "Cerco…"}
_log = logging.getLogger(__name__)
# Bolt logs whole requests, and the SDK response_urls, where anybody who knows them can post.
_bolt_log = logging.getLogger(f"{__name__}.bolt")
_bolt_log.setLevel(logging.ERROR)


def create(settings: ServiceSettings, handler: MessageHandler) -> Slack:
    """Slack as configured."""
    secret, token = settings.slack_signing_secret, settings.slack_bot_token
    return Slack(
        secret.get_secret_value() if secret else "",
        token.get_secret_value() if token else "",
        handler,
    )


class SlackPoster:
    """Posts with the bot's token; ``api`` is the address of Slack's Web API."""

    platform = "slack"

    def __init__(self, token: str, api: str) -> None:
        self._token, self._api = token, api

    async def post(self, channel: str, reply: Reply) -> None:
        """Post into a channel, given by its id; raises DeliveryError."""
        await asyncio.to_thread(self.send, channel, reply)

    def send(self, channel: str, reply: Reply, thread: str = "") -> None:
        """Post a message and wait until Slack accepts it.

        Args:
            channel: The channel's id.
            reply: What is posted.
            thread: The timestamp of the message that heads the thread; empty posts outside threads.

        Raises:
            DeliveryError: Slack is unreachable or rejects the message.
        """
        client = WebClient(self._token, self._api, timeout=_TIMEOUT, logger=_bolt_log)
        message = blocks.render(reply)
        try:
            client.api_call(
                "chat.postMessage",
                json={"channel": channel, **message, **({"thread_ts": thread} if thread else {})},
            )
        except SlackApiError as error:
            why = error.response.get("error", "no reason given")
            raise DeliveryError(
                f"Slack did not take a message: {why}.",
                remedy="Check the bot's token and scopes, and invite the app to the channel.",
            ) from None
        except (SlackClientError, OSError) as error:
            raise DeliveryError(
                f"Slack cannot be reached ({type(error).__name__}).",
                remedy="Check that this machine can reach slack.com.",
            ) from None


class Slack:
    """The adapter. Without a ``token`` it only answers slash commands.

    Tests replace ``api``, ``patience`` (in seconds), ``clock`` and the check of response_urls.
    """

    platform = "slack"
    bot = None

    def __init__(
        self,
        secret: str,
        token: str,
        handler: MessageHandler,
        *,
        api: str = API,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.time,
        is_response_url: Callable[[str], bool] = requests.is_response_url,
    ) -> None:
        self._secret, self._handler = secret, handler
        self._patience, self._clock, self._is_response_url = patience, clock, is_response_url
        self.poster = SlackPoster(token, api) if token else None
        # Separate pools: those that wait for the handler must not occupy its threads.
        self._requests = ThreadPoolExecutor(_THREADS, "slack")
        self._answers = ThreadPoolExecutor(_THREADS, "slack-answer")
        self._app = self._bolt()

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The route that Slack calls with commands and events."""
        return (Route("/chat/slack", self._receive, methods=["POST"]),)

    def _bolt(self) -> App:
        def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            # Bolt would call auth.test for it; only the poster needs the token.
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id)

        app = App(
            logger=_bolt_log,
            name="competenze",
            signing_secret=self._secret,
            authorize=authorize,
            process_before_response=True,  # listeners run in the thread of their request
            request_verification_enabled=False,  # done on the raw body before Bolt is called
            ssl_check_enabled=False,  # it is answered before Bolt is called
            ignoring_self_events_enabled=False,  # by ids that we do not request: see of_mention
            attaching_function_token_enabled=False,
        )
        app.command(re.compile(".*"))(self._on_command)  # whatever the administrator names it
        app.event("app_mention")(self._on_mention)
        return app

    async def _receive(self, request: Request) -> Response:
        fields = await received(request, self.platform, self._read)
        if isinstance(fields, Response):
            return fields
        loop = asyncio.get_running_loop()
        until = {"until": time.monotonic() + self._patience}
        bolt_request = BoltRequest(body=json.dumps(fields), context=until)
        answered = await loop.run_in_executor(self._requests, self._app.dispatch, bolt_request)
        return to_starlette_response(answered)

    def _read(self, headers: Mapping[str, str], body: bytes) -> Fields:
        requests.verify(self._secret, headers, body, self._clock())
        return requests.read(body)

    def _on_command(self, ack: Ack, respond: Respond, body: Fields, context: BoltContext) -> None:
        message = requests.of_command(body)
        answer = self._answers.submit(self._answer, message)
        try:
            ack(answer.result(max(0.0, context["until"] - time.monotonic())))
        except TimeoutError:
            ack(dict(_WAITING))
            answer.add_done_callback(lambda done: self._answer_late(respond, done))

    def _answer(self, message: Message) -> blocks.Payload | str:
        reply = self._handler.reply(message)
        return blocks.in_slash_command(reply) if reply else ""

    def _answer_late(self, respond: Respond, answer: Future[blocks.Payload | str]) -> None:
        payload = answer.result()
        if not payload:
            return
        if not self._is_response_url(respond.response_url or ""):
            _log.warning("slack: a late answer was dropped: its response_url is not Slack's")
            return
        taken = respond(payload)
        if taken.status_code != 200:
            _log.warning("slack: a late answer was not taken: status %d", taken.status_code)

    def _on_mention(self, body: Fields) -> None:
        """Acknowledged at once; the answer follows in the thread."""
        mention = requests.of_mention(body)
        if mention is not None and self.poster is not None:
            self._answers.submit(self._answer_in_thread, self.poster, *mention)

    def _answer_in_thread(self, poster: SlackPoster, message: Message, thread: str) -> None:
        try:
            reply = self._handler.reply(message)
            if reply is not None:
                poster.send(message.channel, reply, thread)
        except DeliveryError as error:
            self._handler.allow_retry(message)
            _log.warning("slack: a mention was not answered: %s", error)
        except Exception:
            _log.exception("slack: a mention could not be answered")
