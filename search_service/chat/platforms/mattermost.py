"""Mattermost: a slash command answered in Markdown; alerts through an incoming webhook."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, quote

from starlette.routing import BaseRoute

from search_service.chat.adapter import webhook_route
from search_service.chat.errors import RefusedError, UnreadableError
from search_service.chat.handler import MessageHandler
from search_service.chat.platform import Platform
from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Message, Poster, Reply
from search_service.chat.webhook_client import checked_url, post_json
from search_service.settings import ServiceSettings

MAX_TEXT = 16_383  # characters of a post
_JOINER = "\u2060"  # invisible; separates what would be read as one
# Marks that every Markdown reader unescapes.
_MARKS = re.compile(r"[\\`*_\[\]~|]")
# Recognised in any text (mentions, hashtags, channels, emoji, smileys, addresses, Slack's
# <!channel>), HTML and entities: a joiner goes after their first character.
_FOUND = re.compile(r"[@#~:;<&](?=\S)|www(?=\d{0,3}\.)", re.IGNORECASE)

_IN_ADDRESSES = "%:/?#&=+,;~"  # not encoded; brackets are, as they would end the address


def create(settings: ServiceSettings, handler: MessageHandler) -> Mattermost:
    """Mattermost as configured."""
    token, webhook = settings.mattermost_token, settings.mattermost_webhook
    return Mattermost(
        token.get_secret_value() if token else "",
        checked_url(webhook.get_secret_value() if webhook else "", "COMPETENZE_MATTERMOST_WEBHOOK"),
        handler,
    )


class MattermostPoster:
    """Posts through an incoming webhook that is not locked to a channel."""

    platform = "mattermost"

    def __init__(self, webhook: str) -> None:
        self._webhook = webhook

    async def post(self, channel: str, reply: Reply) -> None:
        """Post into a channel, given by its name as in addresses; raises DeliveryError."""
        await post_json(self._webhook, {"channel": channel, "text": render(reply)})


class Mattermost:
    """The adapter; ``webhook`` is empty if nothing is posted without a question."""

    platform = "mattermost"
    bot = None

    def __init__(self, token: str, webhook: str, handler: MessageHandler) -> None:
        self._token = token
        self.poster: Poster | None = MattermostPoster(webhook) if webhook else None
        self.routes: Sequence[BaseRoute] = (webhook_route(self, handler),)

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Check the slash command's token in the form, in the header, or in both if both have one.

        Args:
            headers: The request's headers, names in lower case.
            body: Its raw body, a form.
            now: Not used: Mattermost signs nothing and sends no time.

        Raises:
            RefusedError: The token is missing or wrong.
        """
        scheme, _, in_header = headers.get("authorization", "").partition(" ")
        given = [token for name, token in _form(body) if name == "token"]
        given += [in_header] if scheme.lower() == "token" else []
        right = [hmac.compare_digest(token.encode(), self._token.encode()) for token in given]
        if not right or not all(right):
            raise RefusedError(
                "Its token is missing or wrong.",
                remedy="Check that the token in the settings is that of the slash command.",
            )

    def parse(self, body: bytes) -> Message | None:
        """The message of a slash command. A follow-up belongs to its thread, outside threads to the
        person.
        """
        form = dict(_form(body))
        channel, user = form.get("channel_name", ""), form.get("user_id", "")
        if not channel or not user or "command" not in form:
            raise UnreadableError(
                "Mattermost sent what is no slash command.",
                remedy="Check that the slash command's method is POST.",
            )
        place = form.get("root_id") or user
        return Message(
            platform=self.platform,
            channel=channel,  # a webhook knows channels only by name
            conversation=f"{form.get('channel_id', channel)} {place}",
            user=user,
            event=form.get("trigger_id", ""),
            text=form.get("text", ""),
        )

    def render(self, reply: Reply) -> Mapping[str, object]:
        """An answer is visible to the whole channel, so that colleagues see it; anything else (an
        error, the list of alerts) only to the person who wrote.
        """
        return {
            "response_type": "in_channel" if reply.is_answer else "ephemeral",
            "text": render(reply),
            "skip_slack_parsing": True,
        }


def render(reply: Reply) -> str:
    """The reply in Markdown, at most MAX_TEXT characters, mentioning nobody."""
    return _markdown(truncate_reply(reply, lambda some: len(_markdown(some)) <= MAX_TEXT))


def escaped(text: str) -> str:
    """Markdown that shows exactly this one-line text, wherever in a line it is."""
    marked = _FOUND.sub(lambda found: f"{found[0]}{_JOINER}", text)
    return _MARKS.sub(lambda mark: f"\\{mark[0]}", marked)


def _form(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form; none if the body is not a form."""
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return []


def _markdown(reply: Reply) -> str:
    """Paragraphs separated by empty lines, so that none continues in the next."""
    parts = [_bold(reply.heading), *map(_italic, reply.notes)]
    for section in reply.sections:
        parts += [_bold(section.heading)] if section.heading else []
        parts += ["\n".join(_numbered(n, item)) for n, item in section.numbered]
    parts += map(_plain, reply.hints)
    parts += [_link(reply.more)] if reply.more else []
    return "\n\n".join(filter(None, parts))


def _numbered(number: int, item: Item) -> Iterator[str]:
    """An item: name with facts, quote with its proof, source."""
    name = Link(item.name.label or "—", item.name.url)
    yield " · ".join((f"{number}. **{_link(name)}**", *map(escaped, filter(None, item.facts))))
    proof = f"{_plain(item.proof)}:" if item.proof else ""
    source = _link(item.source) if item.source.label else ""
    indent = " " * len(f"{number}. ")
    for line in (
        " ".join(filter(None, (proof, _italic(item.quote)))),
        " · ".join(filter(None, (source, _plain(item.date)))),
    ):
        if line:
            yield f"{indent}{line}"


def _bold(text: str) -> str:
    return f"**{escaped(text)}**" if text else ""


def _italic(text: str) -> str:
    """In italics, if nothing in it could end them: readers differ about escaped marks."""
    if not text or "*" in text or "_" in text:
        return _plain(text)
    return f"_{escaped(text)}_"


def _plain(text: str) -> str:
    """A text at the start of a line, escaped where it could be a heading, a list or a quotation."""
    return f"{_JOINER}{escaped(text)}" if text else ""


def _link(link: Link) -> str:
    if not link.url:
        return _plain(link.label)
    return f"[{escaped(link.label)}]({quote(link.url, safe=_IN_ADDRESSES)})"


PLATFORM = Platform(
    name="mattermost",
    required=("mattermost_token",),
    create=create,
    posts_with="mattermost_webhook",
    called_with="mattermost_token",
)
