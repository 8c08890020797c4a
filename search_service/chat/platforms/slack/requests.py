"""Slack's requests: their signature, and the message in them. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from slack_sdk.signature import Clock, SignatureVerifier

from search_service.chat.errors import RefusedError, UnreadableError
from search_service.chat.types import Message

Fields = dict[str, object]

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_ENTITY = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")  # <@U1>, <#C1|name>, <https://…|label>
_REMEDY = "Check that the signing secret in the settings is that of the Slack app."


class _Instant(Clock):
    """A clock that stands still."""

    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Check that Slack signed a request within 300 s of ``now``.

    Slack's own code compares, in constant time. It sees only what has the documented form, as it
    breaks on other forms instead of rejecting them.

    Args:
        secret: The app's signing secret.
        headers: The request's headers, names in lower case.
        body: Its raw body.
        now: The current time, in seconds since 1970.

    Raises:
        RefusedError: The signature is missing, wrong or too old.
    """
    timestamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    if not _TIMESTAMP.fullmatch(timestamp) or not _SIGNATURE.fullmatch(signature):
        raise RefusedError("Its signature is missing or has another form.", remedy=_REMEDY)
    try:
        body.decode()
    except UnicodeDecodeError:
        raise RefusedError("Its body is no UTF-8.", remedy=_REMEDY) from None
    verifier = SignatureVerifier(secret, _Instant(now))
    if not verifier.is_valid(body, timestamp, signature):
        raise RefusedError("Its signature is wrong, or too old.", remedy=_REMEDY)


def read(body: bytes) -> Fields:
    """The fields of a verified request: a slash command is a form, an event is JSON; raises
    UnreadableError.
    """
    text = body.decode()
    try:
        fields = json.loads(text) if text.startswith("{") else dict(parse_qsl(text))
    except (ValueError, RecursionError):
        fields = {}
    if fields and isinstance(fields.get("event", {}), dict):
        return fields
    raise UnreadableError(
        "Slack sent what is neither a form nor an event.",
        remedy="Check that only slash commands and events are sent to this address.",
    )


def of_command(fields: Fields) -> Message:
    """A slash command's message. There are no threads: a follow-up belongs to the person."""
    channel, user = _said(fields, "channel_id"), _said(fields, "user_id")
    text = _plain(_said(fields, "text"))
    return Message("slack", channel, f"{channel} {user}", user, _said(fields, "trigger_id"), text)


def of_mention(fields: Fields) -> tuple[Message, str] | None:
    """The message that mentions the bot, and the thread to answer in; ``None`` for a bot's message
    or an edit.
    """
    event = fields.get("event")
    assert isinstance(event, dict)
    if any(event.get(key) for key in ("bot_id", "bot_profile", "app_id", "subtype", "edited")):
        return None
    channel, user = _said(event, "channel"), _said(event, "user")
    thread = _said(event, "thread_ts") or _said(event, "ts")
    if not channel or not user or user in _ours(fields):
        return None
    text = _plain(_said(event, "text"))
    conversation = f"{channel} {thread}"
    event_id = _said(fields, "event_id")
    return Message("slack", channel, conversation, user, event_id, text), thread


def is_response_url(url: str) -> bool:
    """Whether Slack accepts answers at this address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and port in (None, 443) and "@" not in parts.netloc
    return plain and host.endswith(".slack.com")


def _ours(fields: Fields) -> list[str]:
    """The ids of the bot's user, which Slack sends with each event."""
    found = fields.get("authorizations")
    people = found if isinstance(found, list) else []
    return [_said(one, "user_id") for one in people if isinstance(one, dict) and one.get("is_bot")]


def _plain(text: str) -> str:
    """A text as people see it: ids resolved, the three escaped characters restored.

    Mentions, above all of the bot, are left out: they are no part of a question.
    """

    def seen(entity: re.Match[str]) -> str:
        target, label = entity[1], entity[2] or ""
        if target[:1] in ("@", "!"):
            return ""
        return label or target.removeprefix("#")

    return html.unescape(_ENTITY.sub(seen, text)).strip()


def _said(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
