"""A reply as Telegram shows it: MarkdownV2. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from telegram.helpers import escape_markdown

from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Reply

MAX_UNITS = 4_096  # of UTF-16; Telegram counts them without the markup, we with it
_BREAK = "\u2060"  # a word joiner: invisible, and prevents mentions
_MENTION = re.compile(r"(?<![A-Za-z0-9])@")


def render(reply: Reply) -> str:
    """The reply in MarkdownV2; never empty, never over MAX_UNITS."""
    return _markup(truncate_reply(reply, lambda part: _units(_markup(part)) <= MAX_UNITS))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _markup(reply: Reply) -> str:
    head = [_bold(reply.heading or "…"), *map(_italic, reply.notes)]
    blocks = [_lines(head)]
    for section in reply.sections:
        blocks.append(_bold(section.heading))
        numbered = section.numbered
        blocks += [_lines(_item(number, item)) for number, item in numbered]
    blocks.append(_lines(map(_plain, reply.hints)))
    blocks.append(_link(reply.more) if reply.more else "")
    return "\n\n".join(filter(None, blocks))


def _item(number: int, item: Item) -> Iterator[str]:
    name = _link(item.name)
    yield " · ".join(
        filter(None, (f"{number}\\. {f'*{name}*' if name else ''}", *map(_plain, item.facts)))
    )
    yield ": ".join(filter(None, (_italic(item.proof), _plain(item.quote))))
    yield " · ".join(filter(None, (_link(item.source), _plain(item.date))))


def _lines(lines: Iterator[str] | list[str] | map[str]) -> str:
    return "\n".join(filter(None, lines))


def _plain(text: str) -> str:
    return escape_markdown(_MENTION.sub(f"@{_BREAK}", text), version=2)


def _bold(text: str) -> str:
    return f"*{_plain(text)}*" if text else ""


def _italic(text: str) -> str:
    return f"_{_plain(text)}_" if text else ""


def _link(link: Link) -> str:
    if not (link.url and link.label):
        return _plain(link.label)
    url = escape_markdown(link.url, version=2, entity_type="text_link")
    return f"[{_plain(link.label)}]({url})"
