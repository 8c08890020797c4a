"""A Reply in Slack's Block Kit. Pure.

All of it is rich text, whose elements are plain text by themselves: no name, quote or title can be
formatting, a link or a mention (those are elements of other types), so nothing has to be escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from search_service.chat.truncate import truncate_reply
from search_service.chat.types import Item, Link, Reply

MAX_BLOCKS = 50
MAX_SECTION = 3_000  # characters of a block; documented for a section, kept for each block
MAX_MESSAGE = 12_000  # characters of all blocks: Slack refuses somewhat more, undocumented
_JOINER = "\u2060"  # takes no room, and parts an @ from the name behind it

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

    An answer is for the whole channel, so that colleagues see it and can go on from it in a
    thread; what is no answer (a refusal, an error, the alerts) is for who asked.
    """
    return {**render(reply), "response_type": "in_channel" if reply.is_answer else "ephemeral"}


def _fit(blocks: list[Payload]) -> bool:
    sizes = [_size(block, "text") for block in blocks]
    whole = sum(sizes) + _size(blocks, "url")
    return len(blocks) <= MAX_BLOCKS and max(sizes) <= MAX_SECTION and whole <= MAX_MESSAGE


def _size(value: object, of: str) -> int:
    """The characters of all the texts, or the urls, in blocks or elements."""
    if isinstance(value, Mapping):
        return len(str(value.get(of, ""))) + _size(value.get("elements", ()), of)
    return sum(_size(one, of) for one in value) if isinstance(value, list) else 0


def _blocks(reply: Reply) -> list[Payload]:
    blocks = [_paragraph([[_text(reply.heading, "bold")]])]
    blocks += _paragraphs([_text(note, "italic")] for note in reply.notes)
    for section in reply.sections:
        blocks += _paragraphs([[_text(section.heading, "bold")]] if section.heading else [])
        # A block for each item, as a block is limited: the list goes on by its offset.
        blocks += [_numbered(number, item) for number, item in section.numbered]
    last = [[_text(hint)] for hint in reply.hints]
    return blocks + _paragraphs([*last, [_link(reply.more)]] if reply.more else last)


def _paragraphs(lines: Iterable[Line]) -> list[Payload]:
    """Lines in as few blocks as hold them."""
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
    """An item's name with its facts, its quote with what it is worth, and where that is from."""
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
    return {"type": "text", "text": text or "—", **_styled(style)}  # Slack refuses an empty one


def _link(link: Link, style: str = "") -> Payload:
    if not link.url:
        return _text(link.label, style)
    return {"type": "link", "url": link.url, "text": link.label or link.url, **_styled(style)}


def _styled(style: str) -> Payload:
    return {"style": {style: True}} if style else {}


def _fallback(text: str) -> str:
    """The one text that Slack reads as markup, as its three characters and mentions go."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("@", f"@{_JOINER}")
