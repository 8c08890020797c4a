"""Which FAISS index holds the vectors of a generation: a ladder of three, by their number. Pure.

    up to 300,000     flat       32-bit floats, exact
    up to 2,000,000   flat-sq8   8 bits a number, every row compared
    above             ivf-sq8    8 bits a number, in lists of which the nearest are compared

No graph (HNSW) and no product quantiser: under a filter they find .17 to .5 of what is nearest.
What each finds and takes is in docs/decisions/0018-a-ladder-of-indexes.md.
"""

from __future__ import annotations

import math
from enum import StrEnum


class DenseKind(StrEnum):
    """A rung of the ladder, as the manifest names it."""

    FLAT = "flat"
    SQ8 = "flat-sq8"
    IVF_SQ8 = "ivf-sq8"


# Passages up to which every row is compared in floats: 460 MB, read whole for each question.
MOST_FLAT = 300_000
# Passages up to which every row is compared at all: 770 MB of 8-bit numbers.
MOST_SQ8 = 2_000_000
# Lists a square root of passages. FAISS's guideline is 4 to 16, for searches of a few lists; here a
# quarter of them at least is compared, and learning more of them takes minutes.
_LISTS_A_ROOT = 2
# The least share of the lists that is compared, and the least number of rows that pass the filter
# for each that is wanted: together they find .97 of the nearest hundred (decision 18).
_LEAST_SHARE = 1 / 4
_COMPARED_A_HIT = 150


def kind_for(passages: int) -> DenseKind:
    """The index for this many passages."""
    if passages <= MOST_FLAT:
        return DenseKind.FLAT
    return DenseKind.SQ8 if passages <= MOST_SQ8 else DenseKind.IVF_SQ8


def lists_for(passages: int) -> int:
    """How many lists the passages are divided into."""
    return max(1, round(_LISTS_A_ROOT * math.sqrt(passages)))


def probes(lists: int, allowed: int, k: int) -> int:
    """How many lists a search compares; where few rows pass the filter, all.

    Args:
        lists: How many there are.
        allowed: The rows that pass the filter.
        k: The rows that are wanted.
    """
    share = max(_LEAST_SHARE, _COMPARED_A_HIT * k / max(1, allowed))
    return min(lists, math.ceil(lists * share))
