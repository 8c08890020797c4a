"""Merges place candidates into mentions: nested names, lists, shared names, "between"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from indexer.domain import Place, PlaceLevel, PlaceMention, PlaceRelation
from indexer.places.gazetteer import Gazetteer
from indexer.places.prepositions import DEFAULT_RADIUS_KM
from indexer.places.resolve_name import at_level
from indexer.places.tokens import Token

_AND = frozenset({"e", "ed", "and"})
LISTING = _AND | {"o", "od", "oppure", "or", "ne", "nor"}
_NEITHER = frozenset({"ne", "nor"})
_NARROWING = frozenset({"", "in", "of"})  # "Castro Puglia", "Castro in Puglia", "della Puglia"
_COMMA = re.compile(r"\s*,\s*")
_OPENING = re.compile(r"\s*\(\s*")
_SIZES = {
    PlaceLevel.COMUNE: 0,
    PlaceLevel.PROVINCIA: 1,
    PlaceLevel.REGIONE: 2,
    PlaceLevel.AREA: 3,
    PlaceLevel.COUNTRY: 4,
}


@dataclass(frozen=True, slots=True)
class PlaceCandidate:
    """A place name in its context, before it is merged with its neighbours.

    Attributes:
        start: index of the expression's first token.
        end: index after its last token.
        places: the places it can mean, most likely first.
        kind: the kind of preposition before it (see ``prepositions.LeftContext``).
        relation: what the text says about the place.
        radius_km: for ``NEAR``.
        adjective: whether it is an adjective ("toscane").
        weak: a place only next to another one.
        ordinary: also an ordinary word; if weak, the other place must be set off by a comma or
            brackets: "Magenta (Lombardia)".
        provinces: whether the names listed after it are provinces, too.
    """

    start: int
    end: int
    places: tuple[Place, ...]
    kind: str = ""
    relation: PlaceRelation = PlaceRelation.IN
    radius_km: float = DEFAULT_RADIUS_KM
    adjective: bool = False
    weak: bool = False
    ordinary: bool = False
    provinces: bool = False

    @property
    def size(self) -> int:
        """The level's rank, from 0 for a comune."""
        return _SIZES[self.places[0].level]


def merge_candidates(
    found: Sequence[PlaceCandidate], tokens: Sequence[Token], text: str, gazetteer: Gazetteer
) -> tuple[PlaceMention, ...]:
    """Merge the candidates of one text into mentions.

    Args:
        found: the candidates, left to right.
        tokens: the text's tokens.
        text: the text.
        gazetteer: the known places.
    """
    joined = _fold_all(found, tokens, gazetteer)
    sure = _without_weak(joined, tokens)
    shared = _inherit(sure, tokens, gazetteer)
    narrowed = [_narrow(at, shared, gazetteer) for at in range(len(shared))]
    return _mentions(narrowed, tokens, text, gazetteer)


# One place inside another: "Castro in Puglia", "Samone, Trento"


def _fold_all(
    found: Sequence[PlaceCandidate], tokens: Sequence[Token], gazetteer: Gazetteer
) -> list[PlaceCandidate]:
    kept: list[PlaceCandidate] = []
    for at, item in enumerate(found):
        listed = at + 1 < len(found) and _listed(item, found[at + 1], tokens)
        folded = kept and _fold(kept[-1], item, tokens, gazetteer, listed=listed)
        if folded:
            kept[-1] = folded
        else:
            kept.append(item)
    return kept


def _fold(
    inner: PlaceCandidate,
    outer: PlaceCandidate,
    tokens: Sequence[Token],
    gazetteer: Gazetteer,
    *,
    listed: bool,
) -> PlaceCandidate | None:
    """Both as one mention of the inner place, if the outer one only locates it."""
    if inner.end != outer.start or outer.kind not in _NARROWING or inner.adjective:
        return None
    if outer.weak and outer.places[0].level is not PlaceLevel.COUNTRY:
        return None
    gap = tokens[outer.start]
    comma = _COMMA.fullmatch(gap.gap) is not None
    opening = _OPENING.fullmatch(gap.gap) is not None
    if not (comma or opening or (gap.joined and not inner.ordinary)):
        return None
    if comma and listed and len(inner.places) == 1 and not inner.weak:
        return None
    # A bare town behind a comma is the next of a list, unless the first one needs it.
    as_province = opening or (comma and (inner.weak or len(inner.places) > 1))
    around = _around(inner, outer, gazetteer, as_province=as_province)
    if not around:
        return None
    return replace(inner, end=outer.end, places=around, weak=False)


def _around(
    inner: PlaceCandidate, outer: PlaceCandidate, gazetteer: Gazetteer, *, as_province: bool
) -> tuple[Place, ...]:
    """The inner places that lie in a larger outer one."""
    limits = [place for place in outer.places if _SIZES[place.level] > inner.size]
    if as_province:
        towns = (place for place in outer.places if place.level is PlaceLevel.COMUNE)
        limits.extend(above for town in towns if (above := gazetteer.parent(town)))
    same = {place.id for place in outer.places}
    return tuple(
        place
        for place in inner.places
        if place.id not in same and any(gazetteer.within(place, limit) for limit in limits)
    )


def _listed(first: PlaceCandidate, second: PlaceCandidate, tokens: Sequence[Token]) -> bool:
    """Whether two names belong to one list: "Modena, Reggio e Parma", "Modena Reggio"."""
    between = tokens[first.end : second.start]
    if not between:
        token = tokens[second.start]
        return token.joined or _COMMA.fullmatch(token.gap) is not None
    return len(between) == 1 and between[0].word in LISTING


def _without_weak(found: Sequence[PlaceCandidate], tokens: Sequence[Token]) -> list[PlaceCandidate]:
    """Drop weak candidates without a neighbouring place, as "Parma" supports "Reggio"."""
    kept: list[PlaceCandidate] = []
    for item in found:
        town = item.places[0].level is PlaceLevel.COMUNE and not item.ordinary
        leans = town and kept and _listed(kept[-1], item, tokens)
        if leans or not item.weak:
            kept.append(replace(item, weak=False))
    return kept


# Lists: "fuori da Modena e Reggio", "vicino a Modena o a Bologna"

_SAME_SORT = {
    PlaceRelation.OUTSIDE: frozenset({"", "article", "from", "in", "of"}),
    PlaceRelation.NEAR: frozenset({"", "article", "to", "from", "of"}),
}


def _inherit(
    found: Sequence[PlaceCandidate], tokens: Sequence[Token], gazetteer: Gazetteer
) -> list[PlaceCandidate]:
    """Pass the relation of a list's first name on to the names that state none."""
    shared: list[PlaceCandidate] = []
    for item in found:
        if shared and _listed(shared[-1], item, tokens):
            between = {token.word for token in tokens[shared[-1].end : item.start]}
            neither = not between.isdisjoint(_NEITHER)
            shared.append(_like(shared[-1], item, gazetteer, neither=neither))
        else:
            shared.append(item)
    return shared


def _like(
    before: PlaceCandidate, item: PlaceCandidate, gazetteer: Gazetteer, *, neither: bool
) -> PlaceCandidate:
    """The next of a list, with the relation of the one before; "né a Milano" always has it."""
    alike = item
    same_sort = neither or item.kind in _SAME_SORT.get(before.relation, ())
    if item.relation is PlaceRelation.IN and same_sort:
        alike = replace(alike, relation=before.relation, radius_km=before.radius_km)
    if before.provinces and item.kind in {"", "article", "of"}:
        places = at_level(item.places, PlaceLevel.PROVINCIA, gazetteer)
        alike = replace(alike, places=places, provinces=True)
    return alike


# Shared names: "a Modena e Reggio"


def _narrow(at: int, found: Sequence[PlaceCandidate], gazetteer: Gazetteer) -> PlaceCandidate:
    """Choose among places that share a name by the nearest other place in the text."""
    item = found[at]
    if len(item.places) == 1:
        return item
    others = sorted(range(len(found)), key=lambda other: abs(other - at))
    for other in others[1:]:
        for limit in _limits(found[other], gazetteer):
            inside = tuple(place for place in item.places if gazetteer.within(place, limit))
            if inside:
                return replace(item, places=inside)
    return item


def _limits(other: PlaceCandidate, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The province and region of another name, if it is unambiguous and not "outside"."""
    if len(other.places) > 1 or other.relation is PlaceRelation.OUTSIDE:
        return ()
    around = (other.places[0], *gazetteer.ancestors(other.places[0]))
    return tuple(p for p in around if p.level in {PlaceLevel.PROVINCIA, PlaceLevel.REGIONE})


# The way between two places: "tra Parma e Reggio"


def _mentions(
    found: Sequence[PlaceCandidate], tokens: Sequence[Token], text: str, gazetteer: Gazetteer
) -> tuple[PlaceMention, ...]:
    mentions: list[PlaceMention] = []
    at = 0
    while at < len(found):
        item = found[at]
        after = found[at + 1] if at + 1 < len(found) else None
        if after and _is_between(item, after, tokens) and not _goes_on(found, at + 1, tokens):
            mentions.append(_between(item, after, tokens, text, gazetteer))
            at += 2
        else:
            mentions.append(_mention(item, tokens, text))
            at += 1
    return tuple(mentions)


def _is_between(first: PlaceCandidate, second: PlaceCandidate, tokens: Sequence[Token]) -> bool:
    link = tokens[first.end : second.start]
    return (
        first.kind == "among"
        and len(link) == 1
        and link[0].word in _AND
        and second.kind in {"", "article"}
        and first.places[0] != second.places[0]
    )


def _goes_on(found: Sequence[PlaceCandidate], at: int, tokens: Sequence[Token]) -> bool:
    """Whether the list continues: "tra Parma e Reggio e Modena" has more than two ends."""
    return at + 1 < len(found) and _listed(found[at], found[at + 1], tokens)


def _between(
    first: PlaceCandidate,
    second: PlaceCandidate,
    tokens: Sequence[Token],
    text: str,
    gazetteer: Gazetteer,
) -> PlaceMention:
    """A "between" mention; among ends with shared names, the closest pair."""
    ways = [(a, b) for a in first.places for b in second.places]
    nearest = min(ways, key=lambda way: gazetteer.distance_km(*way) or 0.0)
    start, end = _span(first.start, second.end, tokens, text)
    return PlaceMention(start, end, nearest, PlaceRelation.BETWEEN)


def _mention(item: PlaceCandidate, tokens: Sequence[Token], text: str) -> PlaceMention:
    start, end = _span(item.start, item.end, tokens, text)
    return PlaceMention(
        start=start,
        end=end,
        places=item.places,
        relation=item.relation,
        radius_km=item.radius_km if item.relation is PlaceRelation.NEAR else None,
        ambiguous=len(item.places) > 1,
    )


def _span(first: int, last: int, tokens: Sequence[Token], text: str) -> tuple[int, int]:
    """The offsets of an expression, including its closing bracket or the pair around it."""
    start, end = tokens[first].start, tokens[last - 1].end
    if text[end : end + 1] == ")":
        if start and text[start - 1] == "(":
            return start - 1, end + 1
        if "(" in text[start:end]:
            return start, end + 1
    return start, end
