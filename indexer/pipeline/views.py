"""What each level sees of a corpus: the drafts that a lower level's index is made of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from indexer.domain import Level
from indexer.source.drafts import Draft


def access_view(drafts: Sequence[Draft], level: Level) -> list[Draft]:
    """The drafts, and their fields, that a level may see.

    Where it may not see all of a file (of a register, each row) it has no original to open.
    """
    partly = {
        d.path
        for d in drafts
        if d.fields.visibility.hidden_from(level) or not level.sees(d.fields.visibility.document)
    }
    return [
        replace(
            d,
            fields=d.fields.seen_by(level),
            content_hash="" if d.path in partly else d.content_hash,
        )
        for d in drafts
        if level.sees(d.fields.visibility.document)
    ]


def lower_levels(drafts: Iterable[Draft]) -> list[Level]:
    """The levels that see less than the next one does: what they see has to be made for them.

    The others see as much as the first above them that is here or, where there is none, all.
    """
    needed = set[Level]()
    for d in drafts:
        needed |= {d.fields.visibility.document, *(n for _, n in d.fields.visibility.fields)}
    return [lower for lower, next_one in pairwise(Level) if next_one in needed]
