"""Microsoft Teams: an outgoing webhook sends questions, Adaptive Cards answer, a workflow posts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from html.parser import HTMLParser

from pydantic import BaseModel, Field, ValidationError
from starlette.routing import BaseRoute

from indexer.errors import SettingsError
from search_service.chat.adapter import webhook_route
from search_service.chat.commands import MAX_TEXT
from search_service.chat.errors import RefusedError, UnreadableError
from search_service.chat.handler import MessageHandler
from search_service.chat.platform import Platform
from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Message, Poster, Reply
from search_service.chat.webhook_client import checked_url, post_json
from search_service.settings import ServiceSettings

MAX_BYTES = 28_000  # of a message's JSON with every character escaped; Teams accepts 28 KB
_SECONDS = 4.5  # Teams waits 5 s
_BOT = "28:"  # the prefix of bots' ids
_CARD = "application/vnd.microsoft.card.adaptive"

Element = dict[str, object]


def create(settings: ServiceSettings, handler: MessageHandler) -> Teams:
    """The adapter; raises SettingsError if the security token is not valid base64."""
    secret = settings.teams_secret.get_secret_value() if settings.teams_secret else ""
    webhook = settings.teams_webhook.get_secret_value() if settings.teams_webhook else ""
    try:
        key = base64.b64decode(secret, validate=True)
    except binascii.Error:
        raise SettingsError(
            "COMPETENZE_TEAMS_SECRET is no security token of an outgoing webhook.",
            remedy="Copy it whole, as Teams shows it once when the webhook is made.",
        ) from None
    return Teams(key, handler, checked_url(webhook, "COMPETENZE_TEAMS_WEBHOOK"))


class _Account(BaseModel):
    id: str
    role: str = ""


class _Conversation(BaseModel):
    id: str


class _Activity(BaseModel):
    """The fields that we read of the Bot Framework's Activity."""

    type: str
    id: str
    text: str = ""
    sender: _Account = Field(alias="from")
    conversation: _Conversation


class _Words(HTMLParser):
    """The text of a message's HTML, without mentions."""

    def __init__(self) -> None:
        super().__init__()
        self._mentions = 0
        self._pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Skip the inside of a mention; other elements separate words."""
        self._mentions += tag == "at"
        self._pieces.append(" " if tag in {"p", "br", "div", "li"} else "")

    def handle_endtag(self, tag: str) -> None:
        """Continue after a mention."""
        self._mentions = max(0, self._mentions - (tag == "at"))

    def handle_data(self, data: str) -> None:
        """Collect text."""
        self._pieces.append("" if self._mentions else data)

    def of(self, html: str) -> str:
        """The words of ``html`` on one line."""
        self.feed(html)
        self.close()
        return " ".join("".join(self._pieces).split())


def _words(html: str) -> str:
    """The words of a message; only its beginning, as the parser's time is quadratic."""
    try:
        return _Words().of(html[:MAX_TEXT])
    except AssertionError:  # Python's parser raises it for a broken declaration
        raise UnreadableError("its text is broken HTML.", remedy="See who calls this.") from None


class Teams:
    """The adapter; ``key`` is the outgoing webhook's, ``webhook`` the address of a workflow."""

    platform = "teams"

    def __init__(self, key: bytes, handler: MessageHandler, webhook: str = "") -> None:
        self._key = key
        self._handler = handler
        self._webhook = webhook

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The route that Teams calls."""
        return (webhook_route(self, self._handler, seconds=_SECONDS),)

    @property
    def poster(self) -> Poster | None:
        """Posts through the workflow, if one is configured."""
        return self if self._webhook else None

    @property
    def bot(self) -> Callable[[], Awaitable[None]] | None:
        """None: Teams calls us."""
        return None

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Check that the body is signed with the webhook's key.

        The signature is compared as text: one digest can be written in several ways in base64.

        Args:
            headers: The request's headers, names in lower case.
            body: Its raw body.
            now: Not used: the signature covers no time.

        Raises:
            RefusedError: The signature is missing or wrong.
        """
        digest = hmac.new(self._key, body, hashlib.sha256).digest()
        expected = b"HMAC " + base64.b64encode(digest)
        if not hmac.compare_digest(headers.get("authorization", "").encode(), expected):
            raise RefusedError(
                "its signature is not Teams'.",
                remedy="See that COMPETENZE_TEAMS_SECRET is the outgoing webhook's token.",
            )

    def parse(self, body: bytes) -> Message | None:
        """The question of a person; raises UnreadableError."""
        try:
            activity = _Activity.model_validate_json(body)
        except ValidationError as error:
            raise UnreadableError(
                f"it is no activity: {error.error_count()} fields are not as documented.",
                remedy="See who calls this address.",
            ) from None
        sender = activity.sender
        is_bot = sender.id.startswith(_BOT) or sender.role == "bot"
        if activity.type != "message" or is_bot:
            return None
        thread = activity.conversation.id  # "CHANNEL;messageid=FIRST"
        return Message(
            platform=self.platform,
            channel=thread.partition(";")[0],
            conversation=thread,
            user=sender.id,
            event=f"{thread} {activity.id}",  # ids are times: two channels may share one
            text=_words(activity.text),
        )

    def render(self, reply: Reply) -> Mapping[str, object]:
        """The reply as a message with one card."""
        return render(reply)

    async def post(self, channel: str, reply: Reply) -> None:
        """Post into the workflow's channel, the only one it knows; raises DeliveryError."""
        await post_json(self._webhook, render(reply))


def render(reply: Reply) -> dict[str, object]:
    """The reply as a message with one card, within MAX_BYTES."""
    return _message(
        truncate_reply(reply, lambda part: len(json.dumps(_message(part))) <= MAX_BYTES)
    )


def _message(reply: Reply) -> dict[str, object]:
    return {"type": "message", "attachments": [{"contentType": _CARD, "content": _card(reply)}]}


def _card(reply: Reply) -> Element:
    body = [_block(_run(reply.heading or "…", weight="Bolder", size="Medium"))]
    body += [
        _block(_run(note, isSubtle=True, italic=True, size="Small"), spacing="Small")
        for note in reply.notes
    ]
    for section in reply.sections:
        if section.heading:
            body.append(_block(_run(section.heading, weight="Bolder"), separator=True))
        for number, item in section.numbered:
            body += _item(number, item)
    body += [_block(_run(hint, isSubtle=True)) for hint in reply.hints]
    card: Element = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "lang": reply.language,
        "msteams": {"width": "Full"},
        "body": body,
    }
    if reply.more and reply.more.url and reply.more.label:
        card["actions"] = [_open(reply.more) | {"title": reply.more.label}]
    elif reply.more:
        body.append(_block(_run(reply.more.label)))
    return card | {"body": [block for block in body if block["inlines"]]}


def _item(number: int, item: Item) -> list[Element]:
    """Two blocks: the cooperative, and the line of evidence."""
    name = [_run(f"{number}. "), *_linked(item.name, weight="Bolder")]
    name += [_run(f" · {fact}") for fact in item.facts if fact]
    line = [_run(item.proof, italic=True)] if item.proof else []
    if item.quote:
        line += [_run(f": {item.quote}" if line else item.quote)]
    source = [*_linked(item.source), *([_run(item.date)] if item.date else [])]
    for part in source:
        line += [_run(" · ")] if line else []
        line.append(part)
    return [_block(*name), _block(*line, spacing="None")]


def _linked(link: Link, **looks: object) -> list[Element]:
    action = {"selectAction": _open(link)} if link.url else {}
    return [_run(link.label, **looks, **action)] if link.label else []


def _open(link: Link) -> Element:
    return {"type": "Action.OpenUrl", "url": link.url}


def _run(text: str, **looks: object) -> Element:
    """A run of plain text: unlike a TextBlock's, it is never read as Markdown."""
    return {"type": "TextRun", "text": text, **looks}


def _block(*runs: Element, **looks: object) -> Element:
    return {"type": "RichTextBlock", "inlines": [r for r in runs if r["text"]], **looks}


PLATFORM = Platform(
    name="teams",
    required=("teams_secret",),
    create=create,
    posts_with="teams_webhook",
    called_with="teams_secret",
)
