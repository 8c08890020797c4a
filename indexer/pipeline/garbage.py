"""Rarer looks for garbage while many objects are made that stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 50_000  # between two looks at the youngest; Python's own is 700


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for garbage cycles seldom within the block.

    A build makes millions of objects, few of them garbage and hardly any in cycles: to look through
    all of them again and again took a quarter of its time.
    """
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
