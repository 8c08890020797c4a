"""Which profiles describe the same organisation, and its id. Pure.

The VAT number decides. Without one the name or an alias does, unless the seats contradict it: two
cooperatives may have the same name. Doubtful cases stay apart, since a wrong merge would credit
one cooperative with another's work.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from indexer.domain import Place, PlaceLevel
from indexer.source.metadata import Fields
from indexer.text.organisation_names import ascii_slug, name_key, organisation_slug

Within = Callable[[Place, Place], bool]
_LEVELS = (*PlaceLevel, None)  # of a seat, the most specific first; None: no seat


@dataclass(eq=False, slots=True)
class _Group:
    """Profiles of one organisation: their VAT numbers, names and seats."""

    vat: str = ""
    members: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # their keys, without the aliases'
    keys: set[str] = field(default_factory=set)
    seats: list[Place] = field(default_factory=list)  # without repetition, the most specific first

    def add(self, number: int, profile: Fields) -> None:
        self.members.append(number)
        self.names |= {name_key(profile.name)} if profile.name else set()
        self.keys |= _keys(profile)
        self.seats += [profile.seat] if profile.seat and profile.seat not in self.seats else []

    def absorb(self, other: _Group) -> None:
        self.members += other.members
        self.names |= other.names
        self.keys |= other.keys
        self.seats += [seat for seat in other.seats if seat not in self.seats]


def organisation_ids(profiles: Sequence[Fields], within: Within) -> tuple[str, ...]:
    """The id of the organisation behind each profile; it does not depend on their order.

    It is the VAT number ("it01234567890"), else the slug of the name ("luna"). If several without
    a VAT number share a slug, those with a seat have it in the id ("luna--torino-to"). If ids are
    still equal, as for names without a Latin letter, they have a hash of the name. No slug of a
    name contains two hyphens, so these ids cannot collide with others. ``within`` says whether a
    place lies in another.
    """
    groups = _with_vat(profiles)
    for level in _LEVELS:
        groups = _merged(groups, _without_vat(profiles, level), within)
    bases = Counter(organisation_slug(_first_name(group)) for group in groups if not group.vat)
    ids = [_id(group, bases) for group in groups]
    shared = Counter(ids)
    found = {
        n: _with_hash(one, _first_name(group)) if shared[one] > 1 else one
        for group, one in zip(groups, ids, strict=True)
        for n in group.members
    }
    return tuple(found[n] for n in range(len(profiles)))


def ids_of_named(keys: Collection[str], taken: Collection[str]) -> dict[str, str]:
    """The ids of organisations known only by name, by the names' keys; none is in use already."""
    slugs = {key: organisation_slug(key) for key in keys}
    bases = Counter(slugs.values())
    return {
        key: _with_hash(base, key) if bases[base] > 1 or base in taken else base
        for key, base in slugs.items()
    }


def _id(group: _Group, bases: Counter[str]) -> str:
    if group.vat:
        return f"it{group.vat}"
    base = organisation_slug(_first_name(group))
    if bases[base] == 1 or not group.seats:
        return base
    return f"{base}--{ascii_slug(group.seats[0].label)}"


def _first_name(group: _Group) -> str:
    """The key of the name that the id is made from."""
    return min(group.names, key=lambda name: (organisation_slug(name), name))


def _with_hash(identity: str, key: str) -> str:
    return f"{identity}--{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def _keys(profile: Fields) -> set[str]:
    keys = {name_key(name) for name in (profile.name, *profile.aliases)} - {""}
    return keys or ({organisation_slug(profile.name)} if profile.name else set())


def _with_vat(profiles: Sequence[Fields]) -> list[_Group]:
    groups: dict[str, _Group] = {}
    for n, profile in enumerate(profiles):
        if profile.vat:
            groups.setdefault(profile.vat, _Group(profile.vat)).add(n, profile)
    return list(groups.values())


def _without_vat(profiles: Sequence[Fields], level: PlaceLevel | None) -> list[_Group]:
    """The profiles without a VAT number whose seat has this level, joined by name and seat."""
    by_key: dict[tuple[Place | None, str], _Group] = {}
    for n, profile in enumerate(profiles):
        seat = profile.seat
        if profile.vat or (seat.level if seat else None) is not level:
            continue
        group = _Group()
        group.add(n, profile)
        known = [by_key[seat, key] for key in group.keys if (seat, key) in by_key]
        for other in dict.fromkeys(known):
            group.absorb(other)
        by_key |= {(seat, key): group for key in group.keys}
    return list(dict.fromkeys(by_key.values()))


def _merged(groups: list[_Group], others: Iterable[_Group], within: Within) -> list[_Group]:
    """The groups, each of the others merged into the only one that fits; else it stays alone.

    Others with different seats that the group does not have contradict one another: all of them
    stay alone.
    """
    by_key: dict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        for key in group.keys:
            by_key[key].append(group)
    fitting: dict[_Group, list[_Group]] = defaultdict(list)
    alone: list[_Group] = []
    for other in others:
        namesakes = dict.fromkeys(group for key in other.keys for group in by_key[key])
        agreeing = [group for group in namesakes if _agree(group, other, within)]
        if len(agreeing) == 1:
            fitting[agreeing[0]].append(other)
        else:
            alone.append(other)
    for group, found in fitting.items():
        elsewhere = [other for other in found if not set(other.seats) <= set(group.seats)]
        if len({other.seats[0] for other in elsewhere}) > 1:
            alone += elsewhere
            found = [other for other in found if other not in elsewhere]
        for other in found:
            group.absorb(other)
    return [*groups, *alone]


def _agree(group: _Group, other: _Group, within: Within) -> bool:
    """Whether their seats allow both to be one: one is unknown, or a place contains another."""
    if not group.seats or not other.seats:
        return True
    return any(within(a, b) or within(b, a) for a in group.seats for b in other.seats)
