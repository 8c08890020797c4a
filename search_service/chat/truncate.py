"""Makes a reply fit into a message: whole items are left out, the last first, and counted. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

from search_service.chat.types import Item, Link, Reply
from search_service.presentation.languages import language_of

_LONGEST = (300, 100, 30)  # characters of one text, so that what always stays fits
_MOST_FACTS = 4
_LONGEST_URL = 2_000  # characters; clients cut or reject longer ones
# Embedded directions and overrides: an unclosed one reverses the rest of a message.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def truncate_reply(reply: Reply, fits: Callable[[Reply], bool]) -> Reply:
    """The reply in one-line texts, with as many of its first items as fit.

    Heading, notes, hints and the last link always stay, and a hint counts the items left out. If
    even those do not fit, every text is shortened.
    """
    for longest in _LONGEST:
        short = _short(reply, longest)
        if fits(_first(short, 0)):
            break
    count = sum(len(section.items) for section in short.sections)
    some = (_first(short, kept) for kept in range(count, 0, -1))
    return next(filter(fits, some), _first(short, 0))


def one_line(text: str, longest: int) -> str:
    """A text on one line of at most ``longest`` characters, without marks that disturb the line."""
    beginning = text[: 4 * longest]  # enough, and a very long text takes no time
    shown = "".join(c for c in beginning if c.isspace() or _is_shown(c))
    line = " ".join(shown.split())
    is_whole = len(line) <= longest and len(text) == len(beginning)
    return line if is_whole else f"{line[: longest - 1].rstrip()}…"


def _is_shown(character: str) -> bool:
    return character not in _TURNS and unicodedata.category(character) not in ("Cc", "Cs")


def _first(reply: Reply, kept: int) -> Reply:
    """The reply with its first ``kept`` items, and how many more there were."""
    sections, left = [], kept
    for section in reply.sections:
        items = section.items[:left]
        left -= len(items)
        sections += [replace(section, items=items)] if items else []
    cut = sum(len(section.items) for section in reply.sections) - kept
    if not cut:
        return reply
    omitted = language_of(reply.language).plural(
        "Un altro risultato non entra in questo messaggio.",
        "Altri %(n)s risultati non entrano in questo messaggio.",
        cut,
    )
    return replace(reply, sections=tuple(sections), hints=(omitted, *reply.hints))


def _short(reply: Reply, longest: int) -> Reply:
    def short(text: str) -> str:
        return one_line(text, longest)

    def link(one: Link) -> Link:
        return Link(short(one.label), one.url if len(one.url) <= _LONGEST_URL else "")

    def item(one: Item) -> Item:
        facts = tuple(one_line(fact, longest // 2) for fact in one.facts[:_MOST_FACTS])
        return Item(
            link(one.name),
            short(one.quote),
            link(one.source),
            facts,
            short(one.proof),
            short(one.date),
        )

    return replace(
        reply,
        heading=short(reply.heading),
        notes=tuple(filter(None, map(short, reply.notes))),
        sections=tuple(
            replace(s, heading=short(s.heading), items=tuple(map(item, s.items)))
            for s in reply.sections
        ),
        hints=tuple(filter(None, map(short, reply.hints))),
        more=link(reply.more) if reply.more else None,
    )
