"""What of the network fits a printed report of two pages: the beginning of each list. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")

# Characters. About 130 fit a line of the report, and 70 lines are left below its table where every
# family and every region has a row and a column.
SCARCE_ROOM = 5_500
GAPS_ROOM = 4_000
UNDECLARED_ROOM = 500


@dataclass(frozen=True, slots=True)
class Shortened(Generic[Item]):
    """The first items of a list, and how many are left out."""

    items: tuple[Item, ...]
    left: int


def shortened(items: Sequence[Item], room: float, length: Callable[[Item], int]) -> Shortened[Item]:
    """The first items of a list that fit, at least one.

    Args:
        items: All of them.
        room: How many characters there is room for.
        length: How many an item takes.
    """
    kept = used = 0
    for item in items:
        used += length(item)
        if kept and used > room:
            break
        kept += 1
    return Shortened(tuple(items[:kept]), len(items) - kept)


def sharing(
    lists: Sequence[Sequence[Item]], room: float, length: Callable[[Item], int]
) -> list[Shortened[Item]]:
    """The beginnings of several lists; what a short one does not need is left to the others.

    Args:
        lists: The lists.
        room: How many characters there is room for, in all.
        length: How many an item takes.
    """
    wanted = [sum(map(length, one)) for one in lists]
    shares = [0.0] * len(lists)
    order = sorted(range(len(lists)), key=lambda n: wanted[n])
    for done, n in enumerate(order):
        shares[n] = min(wanted[n], room / (len(lists) - done))
        room -= shares[n]
    return [shortened(one, share, length) for one, share in zip(lists, shares, strict=True)]
