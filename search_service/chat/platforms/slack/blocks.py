"""A Reply in Slack's Block Kit. Pure.

Everything is rich text, whose text elements are plain: no name, quote or title can become
formatting, a link or a mention (those are elements of other types), so nothing is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Reply

MAX_BLOCKS = 50
MAX_SECTION = 3_000  # characters of a block; documented for sections, applied to every block
MAX_MESSAGE = 12_000  # characters of all blocks; undocumented, Slack's own limit is slightly higher
_JOINER = "\u2060"  # invisible; separates an @ from the name after it

Element = Mapping[str, object]
Line = Sequence[Element]
Payload = dict[str, object]


def render(reply: Reply) -> Payload:
    """A message: ``blocks``, and ``text`` for notifications and screen readers."""
    some = truncate_reply(reply, lambda one: _fit(_blocks(one)))
    return {
        "text": _fallback(some.heading),
        "blocks": _blocks(some),
        "unfurl_links": False,
        "unfurl_media": False,
    }


def in_slash_command(reply: Reply) -> Payload:
    """The same as the answer to a slash command.

    An answer is visible to the whole channel, so that colleagues see it and can continue in a
    thread; anything else (an error, the list of alerts) only to the person who wrote.
    """
    return {**render(reply), "response_type": "in_channel" if reply.is_answer else "ephemeral"}


def _fit(blocks: list[Payload]) -> bool:
    sizes = [_size(block, "text") for block in blocks]
    whole = sum(sizes) + _size(blocks, "url")
    return len(blocks) <= MAX_BLOCKS and max(sizes) <= MAX_SECTION and whole <= MAX_MESSAGE


def _size(value: object, of: str) -> int:
    """The number of characters of all texts, or urls, in blocks or elements."""
    if isinstance(value, Mapping):
        return len(str(value.get(of, ""))) + _size(value.get("elements", ()), of)
    return sum(_size(one, of) for one in value) if isinstance(value, list) else 0


def _blocks(reply: Reply) -> list[Payload]:
    blocks = [_paragraph([[_text(reply.heading, "bold")]])]
    blocks += _paragraphs([_text(note, "italic")] for note in reply.notes)
    for section in reply.sections:
        blocks += _paragraphs([[_text(section.heading, "bold")]] if section.heading else [])
        # One block for each item, as blocks are limited; the offset continues the numbering.
        blocks += [_numbered(number, item) for number, item in section.numbered]
    last = [[_text(hint)] for hint in reply.hints]
    return blocks + _paragraphs([*last, [_link(reply.more)]] if reply.more else last)


def _paragraphs(lines: Iterable[Line]) -> list[Payload]:
    """Lines in as few blocks as possible."""
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and _size([*_elements(blocks[-1]), *line], "text") < MAX_SECTION:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return [_paragraph(block) for block in blocks]


def _paragraph(lines: Sequence[Line]) -> Payload:
    section = {"type": "rich_text_section", "elements": _elements(lines)}
    return {"type": "rich_text", "elements": [section]}


def _numbered(number: int, item: Item) -> Payload:
    section = {"type": "rich_text_section", "elements": _elements(_lines(item))}
    numbers = {"type": "rich_text_list", "style": "ordered", "elements": [section]}
    return {
        "type": "rich_text",
        "elements": [{**numbers, **({"offset": number - 1} if number > 1 else {})}],
    }


def _lines(item: Item) -> list[Line]:
    """An item: name with facts, quote with its proof, source."""
    name = [_link(item.name, "bold")]
    facts = [_text(f" · {fact}") for fact in item.facts if fact]
    proof = [_text(f"{item.proof}: ")] if item.proof else []
    quote = [_text(item.quote, "italic")] if item.quote else []
    source = [_link(item.source)] if item.source.label else []
    dated = f" · {item.date}" if source else item.date
    date = [_text(dated)] if item.date else []
    return [line for line in ([*name, *facts], [*proof, *quote], [*source, *date]) if line]


def _elements(lines: Iterable[Line]) -> list[Element]:
    elements: list[Element] = []
    for line in lines:
        elements += [_text("\n"), *line] if elements else line
    return elements


def _text(text: str, style: str = "") -> Payload:
    return {"type": "text", "text": text or "—", **_styled(style)}  # Slack rejects an empty one


def _link(link: Link, style: str = "") -> Payload:
    if not link.url:
        return _text(link.label, style)
    return {"type": "link", "url": link.url, "text": link.label or link.url, **_styled(style)}


def _styled(style: str) -> Payload:
    return {"style": {style: True}} if style else {}


def _fallback(text: str) -> str:
    """The plain text, escaped: Slack reads three characters and mentions in it as markup."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("@", f"@{_JOINER}")
