"""Whether a question means the seat alone: "con sede a Bologna", "solo in Toscana". Pure.

A place that is asked for so is not widened, and who only works there, or at a distance, is not in
it. Only the words around the place's name tell, which are then part of its mention.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from indexer.domain import PlaceMention

_SEAT = re.compile(
    r"\b(?:sed[ei]|base|basat[aeio]|situat[aeio]|ubicat[aeio]|localizzat[aeio]|domiciliat[aeio]"
    r"|based|located|headquartered|situated|registered)\b"
)
_ONLY = r"(?:solo|soltanto|solamente|esclusivamente|unicamente|only|exclusively|strictly)"
_WHO = r"(?:(?:le|i|gli|the)\s+)?(?:cooperativ[ae]|cooperatives?|coop|aziend[ae]|realta|companies)"
_BEFORE = re.compile(
    r"(?<!\w)(?:"
    rf"(?<!non\s)(?<!not\s){_ONLY}\s+(?:{_WHO}\s+)?"
    r"|(?:(?:con|la\s+cui|che\s+(?:ha|hanno)|with|whose)\s+)?(?:(?:la|una|a|the|its|their)\s+)?"
    r"(?:sede(?:\s+(?:legale|operativa|principale))?|(?:registered|head)\s+(?:office|seat)|seat)"
    r"\s*(?:(?:e|sia|is|deve\s+essere|:|=)\s*)?"
    r")$"
)
_AFTER = re.compile(
    r"(?:-|\s+)based\b|\s+e\s+(?:basta|non\s+altrove|da\s+nessun'altra\s+parte)\b"
    r"|\s+(?:only|soltanto|solamente|esclusivamente)(?=\s*(?:$|[,;:.?!]))"
    r"|\s+and\s+nowhere\s+else\b"
    r"|\s*,?\s+(?:e\s+|and\s+|ma\s+|but\s+)?(?:not?\s+remote(?:ly)?|non\s+(?:da\s+remoto|a\s+distanza))\b"
)
_WORK = re.compile(r"\b(?:lavor|oper|serv|copr|remot|distan|work|cover)")
_JOINT = re.compile(r"\s*(?:,|/|\b(?:e|ed|o|od|oppure|ne|and|or|nor)\b)?\s*")


def asks_for_work(folded: str) -> bool:
    """Whether a question, folded letter by letter, asks who works somewhere."""
    return _WORK.search(folded) is not None


def seat_mentions(
    folded: str, mentions: Sequence[PlaceMention]
) -> Iterator[tuple[PlaceMention, bool]]:
    """The places that a question names, each with whether only a seat there will do.

    Args:
        folded: The question, folded letter by letter.
        mentions: The places that were recognised, left to right.

    """
    end, seat = 0, False
    for mention in mentions:
        listed = bool(end) and _JOINT.fullmatch(folded, end, mention.start) is not None
        before = _BEFORE.search(folded, end, mention.start)
        after = _AFTER.match(folded, mention.end)
        told = bool(before or after or _SEAT.search(folded, mention.start, mention.end))
        seat = told or (listed and seat)
        start = end if listed else before.start() if before else mention.start
        end = after.end() if after else mention.end
        yield replace(mention, start=start, end=end), seat
