"""What of a reply fits into one message of a platform. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

from search_service.chat.model import Item, Link, Reply, Section
from search_service.languages import language_of

_LONGEST = (500, 120, 30)  # characters of one text: the first of these that lets items fit
MAX_URL = 2_000  # characters; browsers and platforms take no much longer ones


def fitted(reply: Reply, fits: Callable[[Reply], bool]) -> Reply:
    """The reply with every text on one line, and as many items, from the first, as fit.

    How many are left out is said among its hints; the heading, the notes and the link stay. Only
    where not even one item fits are texts cut short.
    """
    items = sum(len(section.items) for section in reply.sections)
    short, count = reply, 0
    for longest in _LONGEST:
        short = _short(reply, longest)
        count = _most(short, items, fits)
        if count or (not items and fits(short)):
            break
    return _first(short, count, items - count)


def _most(reply: Reply, items: int, fits: Callable[[Reply], bool]) -> int:
    """How many of its items fit: the more, the longer."""

    def too_many(count: int) -> bool:
        return not fits(_first(reply, count, items - count))

    return bisect_left(range(1, items + 1), True, key=too_many)


def one_line(text: str, longest: int) -> str:
    """The text without line breaks, cut to ``longest`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _short(reply: Reply, longest: int) -> Reply:
    def cut(text: str) -> str:
        return one_line(text, longest)

    def link(where: Link) -> Link:
        return Link(cut(where.label), where.url if len(where.url) <= MAX_URL else "")

    def item(whole: Item) -> Item:
        return Item(
            link(whole.name),
            cut(whole.quote),
            link(whole.source),
            tuple(map(cut, whole.facts)),
            cut(whole.proof),
            cut(whole.date),
        )

    return Reply(
        reply.language,
        cut(reply.heading),
        tuple(map(cut, reply.notes)),
        tuple(Section(cut(s.heading), tuple(map(item, s.items))) for s in reply.sections),
        tuple(map(cut, reply.hints)),
        link(reply.more) if reply.more else None,
    )


def _first(reply: Reply, count: int, left_out: int) -> Reply:
    """The reply with its first ``count`` items, and a hint that says how many there are not."""
    sections = []
    for section in reply.sections:
        items = section.items[:count]
        count -= len(items)
        sections += [replace(section, items=items)] if items else []
    hints = reply.hints
    if left_out:
        said = language_of(reply.language).plural(
            "Un altro risultato non ci sta in questo messaggio.",
            "Altri %(n)s risultati non ci stanno in questo messaggio.",
            left_out,
        )
        hints = (said, *hints)
    return replace(reply, sections=tuple(sections), hints=hints)
