"""Matrix events, read and written: from an event to a message, from a reply to content. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Message, Reply, ReplySection

PLATFORM = "matrix"
COMMAND = "!cerca"
MAX_CONTENT = 32 * 1024  # bytes: a server accepts events of 65,536, with what it adds
_MAX_ID = 255  # characters
_COMMAND = re.compile(rf"{re.escape(COMMAND)}(?!\S)", re.IGNORECASE)

Content = dict[str, object]


@dataclass(frozen=True, slots=True)
class Room:
    """The context that a message is read in.

    ``names`` are the bot's names in the room; ``threads`` maps the root of each thread that began
    with a question to the bot to the person who asked it.
    """

    id: str
    me: str
    is_direct: bool
    names: Sequence[str]
    threads: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message to the bot, and the root of the thread to answer in; empty for none."""

    message: Message
    thread: str


def parse(event: Mapping[str, object], room: Room) -> IncomingMessage | None:
    """The question in an event; ``None`` if it is no text, an edit, by a bot or not for us.

    In a direct chat every text is for the bot. Elsewhere a text is if it begins with the command
    or the bot's name, mentions the bot, or is in a thread that its sender opened with a question.
    """
    content = _mapping(event.get("content"))
    sender, id_ = _text(event.get("sender")), _text(event.get("event_id"))
    relation = _mapping(content.get("m.relates_to"))
    kind = relation.get("rel_type")
    if event.get("type") != "m.room.message" or content.get("msgtype") != "m.text":
        return None  # "m.notice" is for bots
    if not sender or not id_ or sender == room.me or kind == "m.replace":
        return None
    thread = _text(relation.get("event_id")) if kind == "m.thread" else ""
    thread = thread if len(thread) <= _MAX_ID else ""
    is_answer = bool(_mapping(relation.get("m.in_reply_to")))
    body = _text(content.get("body"))
    mentioned = _mapping(content.get("m.mentions")).get("user_ids")
    text = _for_us(
        _without_quote(body) if is_answer else body,
        mentioned if isinstance(mentioned, list) else [],
        room,
        continues=bool(thread) and room.threads.get(thread) == sender,
    )
    if text is None:
        return None
    thread = thread or ("" if room.is_direct else id_)
    conversation = f"{room.id} {thread or sender}"
    return IncomingMessage(Message(PLATFORM, room.id, conversation, sender, id_, text), thread)


def since_invited(
    events: Sequence[Mapping[str, object]], me: str
) -> Sequence[Mapping[str, object]]:
    """The events of a timeline since our invitation; a room just joined lists older ones too."""
    for n in range(len(events), 0, -1):
        event = events[n - 1]
        is_ours = event.get("type") == "m.room.member" and event.get("state_key") == me
        if is_ours and _mapping(event.get("content")).get("membership") == "invite":
            return events[n:]
    return events


def _for_us(text: str, mentioned: Sequence[object], room: Room, *, continues: bool) -> str | None:
    """The text without the bot's name or command; ``None`` if it is not addressed to the bot."""
    text = text.strip()
    command = _COMMAND.match(text)
    if command:
        return text[command.end() :].strip()
    known = sorted({room.me[1:], *room.names}, key=len, reverse=True)  # the longest first
    name = f"(?>@?(?:{'|'.join(re.escape(name) for name in known if name)}))"
    called = re.match(rf"{name}\s*[:,]", text, re.IGNORECASE)
    if called:
        return text[called.end() :].strip()
    if room.me in mentioned:
        first = re.match(rf"{name}(?!\w)", text, re.IGNORECASE)
        text = text[first.end() :] if first else text
        last = re.search(rf"(?<!\w){name}(?=\W*$)", text, re.IGNORECASE)
        text = text[: last.start()].rstrip(" ,:") + text[last.end() :] if last else text
        return text.strip(" ,:")
    is_ours = room.is_direct or (continues and not mentioned)
    return text if is_ours else None


def _without_quote(text: str) -> str:
    """A rich reply's own words: older clients put the quoted message first."""
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if not line.startswith("> ")), len(lines))
    return "\n".join(lines[start:])


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


# --- writing ---------------------------------------------------------------------------------


def render(reply: Reply) -> Content:
    """The content of a message, at most MAX_CONTENT bytes."""
    return written(truncate_reply(reply, fits))


def fits(reply: Reply) -> bool:
    """Whether a reply of one-line texts takes at most MAX_CONTENT bytes."""
    return size(written(reply)) <= MAX_CONTENT


def as_post(content: Content) -> Content:
    """The content for a post without a question.

    It is a text, not a notice: clients do not notify people of notices.
    """
    return {**content, "msgtype": "m.text"}


def in_answer(content: Content, incoming: IncomingMessage) -> Content:
    """The content as the answer to a message, in its thread."""
    relation: Content = {"m.in_reply_to": {"event_id": incoming.message.event}}
    if incoming.thread:
        thread = {"rel_type": "m.thread", "event_id": incoming.thread, "is_falling_back": True}
        relation = {**thread, **relation}
    return {**content, "m.relates_to": relation}


def size(content: Content) -> int:
    """The bytes of a content as it is sent."""
    return len(json.dumps(content, ensure_ascii=False).encode())


def written(reply: Reply) -> Content:
    """The content of a reply of one-line texts, however long."""
    return {
        "msgtype": "m.notice",  # bots do not answer notices, so two of them cannot talk forever
        "body": "\n".join(_plain(reply)),
        "format": "org.matrix.custom.html",
        "formatted_body": "".join(_formatted(reply)),
        "m.mentions": {},  # nobody is mentioned, whatever the text looks like
    }


def _plain(reply: Reply) -> Iterator[str]:
    """The lines for clients without formatting, bridges and notifications."""
    yield reply.heading
    yield from reply.notes
    for section in reply.sections:
        yield ""
        yield from [section.heading] if section.heading else []
        for number, item in section.numbered:
            first, *others = _lines(item, str, lambda link: link.label)
            yield f"{number}. {first}"
            yield from (f"   {line}" for line in others)
    if reply.hints or reply.more:
        yield ""
    yield from reply.hints
    if reply.more:
        yield ": ".join(filter(None, (reply.more.label, reply.more.url)))


def _formatted(reply: Reply) -> Iterator[str]:
    """The same lines in the HTML that Matrix allows."""
    yield f"<p><strong>{_escaped(reply.heading)}</strong></p>"
    yield from _paragraph([f"<em>{_escaped(note)}</em>" for note in reply.notes])
    for section in reply.sections:
        yield from _list(section)
    yield from _paragraph([_escaped(hint) for hint in reply.hints])
    yield from _paragraph([_anchor(reply.more)] if reply.more else [])


def _list(section: ReplySection) -> Iterator[str]:
    if section.heading:
        yield f"<p><strong>{_escaped(section.heading)}</strong></p>"
    yield f'<ol start="{section.first}">' if section.first > 1 else "<ol>"
    for item in section.items:
        lines = _lines(item, _escaped, _anchor, "<strong>{}</strong>", "<em>{}</em>")
        yield f"<li>{'<br>'.join(lines)}</li>"
    yield "</ol>"


def _lines(
    item: Item,
    escape: Callable[[str], str],
    linked: Callable[[Link], str],
    strong: str = "{}",
    soft: str = "{}",
) -> list[str]:
    """The lines of an item in one of the two formats: name and facts, quote, source and date."""
    name, proof = strong.format(linked(item.name)), soft.format(escape(item.proof))
    facts = (escape(fact) for fact in item.facts if fact)
    quote = ": ".join((proof, escape(item.quote)) if item.proof else (escape(item.quote),))
    source = " · ".join(filter(None, (linked(item.source), escape(item.date))))
    return [" · ".join((name, *facts)), *filter(None, (quote, source))]


def _paragraph(lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"<p>{'<br>'.join(lines)}</p>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _anchor(link: Link) -> str:
    label = _escaped(link.label)
    return f'<a href="{html.escape(link.url)}">{label}</a>' if link.url and label else label
