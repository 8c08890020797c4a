"""Matrix events, read and written: event → Asked, Reply → content. Pure."""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from search_service.chat.model import Item, Link, Message, Reply, Section
from search_service.languages import language_of

PLATFORM = "matrix"
COMMAND = "!cerca"
MAX_CONTENT = 32 * 1024  # bytes: a server takes 65,536 of the whole event, and adds what it needs
_MAX_ID = 255  # characters
_MAX_URL = 8_000  # bytes of an address: what is longer no browser or proxy surely takes
_MAX_TEXT = 4_000  # characters of a line when not even what always stays would fit
_COMMAND = re.compile(rf"{re.escape(COMMAND)}(?!\S)", re.IGNORECASE)
# What would show the rest of a line in another order, or not at all.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")

Content = dict[str, object]


@dataclass(frozen=True, slots=True)
class Room:
    """What a message is read against: ``names`` are those that the bot is called by in the room,
    ``threads`` who opened each thread that began with a question to the bot, by its root's id.
    """

    id: str
    me: str
    is_direct: bool
    names: Sequence[str]
    threads: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A message to the bot, and the root of the thread to answer in; empty for none."""

    message: Message
    thread: str


def parse(event: Mapping[str, object], room: Room) -> Asked | None:
    """What an event asks of the bot, or nothing: it is no text, a bot's, an edit, not for us.

    In a direct chat every text is for the bot. Elsewhere one that begins with the command or the
    bot's name, mentions it, or goes on in the thread that its sender opened with a question.
    """
    content = _mapping(event.get("content"))
    sender, id_ = _text(event.get("sender")), _text(event.get("event_id"))
    relation = _mapping(content.get("m.relates_to"))
    kind = relation.get("rel_type")
    if event.get("type") != "m.room.message" or content.get("msgtype") != "m.text":
        return None  # "m.notice" is what bots say
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
        goes_on=bool(thread) and room.threads.get(thread) == sender,
    )
    if text is None:
        return None
    thread = thread or ("" if room.is_direct else id_)
    conversation = f"{room.id} {thread or sender}"
    return Asked(Message(PLATFORM, room.id, conversation, sender, id_, text), thread)


def since_invited(
    events: Sequence[Mapping[str, object]], me: str
) -> Sequence[Mapping[str, object]]:
    """The events of a timeline that may be for us: in a room that we just joined it begins with
    what was said before we were invited.
    """
    for n in range(len(events), 0, -1):
        event = events[n - 1]
        is_ours = event.get("type") == "m.room.member" and event.get("state_key") == me
        if is_ours and _mapping(event.get("content")).get("membership") == "invite":
            return events[n:]
    return events


def _for_us(text: str, mentioned: Sequence[object], room: Room, *, goes_on: bool) -> str | None:
    """The text without what makes it ours; nothing where nothing does."""
    text = text.strip()
    command = _COMMAND.match(text)
    if command:
        return text[command.end() :].strip()
    known = sorted({room.me[1:], *room.names}, key=len, reverse=True)  # the longest is tried first
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
    is_ours = room.is_direct or (goes_on and not mentioned)
    return text if is_ours else None


def _without_quote(text: str) -> str:
    """A rich reply's own words: older clients begin it with what it replies to."""
    lines = text.split("\n")
    start = next((n for n, line in enumerate(lines) if not line.startswith("> ")), len(lines))
    return "\n".join(lines[start:])


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


# --- writing ---------------------------------------------------------------------------------


def render(reply: Reply) -> Content:
    """The content of a message, of MAX_CONTENT bytes at most: items that do not fit are left out
    from the end, and counted; lines are shortened only where what always stays would not fit.
    """
    content = _content(reply)
    if size(content) <= MAX_CONTENT:
        return content
    count = sum(len(section.items) for section in reply.sections)
    fits = bisect_right(
        range(count), MAX_CONTENT, key=lambda kept: size(_content(_first(reply, kept, count)))
    )
    bare = _first(reply, max(fits - 1, 0), count)
    content, longest = _content(bare), _MAX_TEXT
    while size(content) > MAX_CONTENT and longest > 1:
        content = _content(_shortened(bare, longest))
        longest //= 2
    return content


def as_news(content: Content) -> Content:
    """The same, said unasked: clients notify nobody of a notice, and news are to be noticed."""
    return {**content, "msgtype": "m.text"}


def in_answer(content: Content, asked: Asked) -> Content:
    """The same, as the answer to a message, in its thread."""
    relation: Content = {"m.in_reply_to": {"event_id": asked.message.event}}
    if asked.thread:
        thread = {"rel_type": "m.thread", "event_id": asked.thread, "is_falling_back": True}
        relation = {**thread, **relation}
    return {**content, "m.relates_to": relation}


def size(content: Content) -> int:
    """Bytes of a content as it is sent."""
    return len(json.dumps(content, ensure_ascii=False).encode())


def _content(reply: Reply) -> Content:
    return {
        "msgtype": "m.notice",  # bots answer no notice, so no two of them talk for ever
        "body": "\n".join(_plain(reply)),
        "format": "org.matrix.custom.html",
        "formatted_body": "".join(_formatted(reply)),
        "m.mentions": {},  # whatever the text looks like, it mentions nobody
    }


def _first(reply: Reply, kept: int, count: int) -> Reply:
    """The reply with its first items only, and how many more there were."""
    if kept == count:
        return reply
    sections, left = [], kept
    for section in reply.sections:
        items = section.items[:left]
        sections += [replace(section, items=items)] if items else []
        left -= len(items)
    said = language_of(reply.language).plural(
        "Un altro non sta in questo messaggio.",
        "Altri %(n)s non stanno in questo messaggio.",
        count - kept,
    )
    return replace(reply, sections=tuple(sections), hints=(said, *reply.hints))


def _shortened(reply: Reply, longest: int) -> Reply:
    """A reply without items whose lines have ``longest`` characters at most."""

    def cut(text: str) -> str:
        return text if len(text) <= longest else f"{text[: longest - 1]}…"

    more = replace(reply.more, label=cut(reply.more.label)) if reply.more else None
    notes, hints = tuple(map(cut, reply.notes)), tuple(map(cut, reply.hints))
    return replace(reply, heading=cut(reply.heading), notes=notes, hints=hints, more=more)


def _line(text: str) -> str:
    """A text as one line, without what could disturb the others."""
    return " ".join(_UNSAFE.sub(" ", text).split())


def _plain(reply: Reply) -> Iterator[str]:
    """The lines for clients that show no format, bridges and notifications."""
    yield _line(reply.heading)
    yield from map(_line, reply.notes)
    for section in reply.sections:
        yield ""
        yield from [_line(section.heading)] if section.heading else []
        for number, item in enumerate(section.items, 1):
            first, *others = _lines(item, _line, lambda link: _line(link.label))
            yield f"{number}. {first}"
            yield from (f"   {line}" for line in others)
    if reply.hints or reply.more:
        yield ""
    yield from map(_line, reply.hints)
    if reply.more:
        yield ": ".join(filter(None, (_line(reply.more.label), _url(reply.more))))


def _formatted(reply: Reply) -> Iterator[str]:
    """The parts of the same in the HTML that Matrix allows."""
    yield f"<p><strong>{_escaped(reply.heading)}</strong></p>"
    yield from _paragraph(f"<em>{_escaped(note)}</em>" for note in reply.notes)
    for section in reply.sections:
        yield from _list(section)
    yield from _paragraph(_escaped(hint) for hint in reply.hints)
    yield from _paragraph([_anchor(reply.more)] if reply.more else [])


def _list(section: Section) -> Iterator[str]:
    if section.heading:
        yield f"<p><strong>{_escaped(section.heading)}</strong></p>"
    yield "<ol>"
    for item in section.items:
        lines = _lines(item, _escaped, _anchor, "<strong>{}</strong>", "<em>{}</em>")
        yield f"<li>{'<br>'.join(lines)}</li>"
    yield "</ol>"


def _lines(
    item: Item,
    said: Callable[[str], str],
    linked: Callable[[Link], str],
    strong: str = "{}",
    soft: str = "{}",
) -> list[str]:
    """The lines of an item in one of the two formats: name and facts, quote, source and date."""
    proof = soft.format(said(item.proof)) if item.proof else ""
    source = linked(item.source) if item.source.label else ""
    name = strong.format(linked(item.name))
    lines = (
        " · ".join((name, *map(said, item.facts))),
        ": ".join(filter(None, (proof, said(item.quote)))),
        " · ".join(filter(None, (source, said(item.date)))),
    )
    return [line for line in lines if line]


def _paragraph(lines: Iterable[str]) -> Iterator[str]:
    joined = "<br>".join(lines)
    if joined:
        yield f"<p>{joined}</p>"


def _escaped(text: str) -> str:
    return html.escape(_line(text), quote=False)


def _anchor(link: Link) -> str:
    url = _url(link)
    label = _escaped(link.label)
    return f'<a href="{html.escape(url)}">{label}</a>' if url else label


def _url(link: Link) -> str:
    return link.url if len(link.url.encode()) <= _MAX_URL else ""
