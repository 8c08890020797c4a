"""The erasers of other programs that keep data about the corpus, found by entry point.

A program that stores what ``forget`` must erase registers, in the group ``competenze.erasers``, a
function that returns its Eraser. The entry point's name is the key of its count in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from indexer.maintenance.erase_search import ErasureTarget
from indexer.settings import registered

ENTRY_POINTS = "competenze.erasers"

# Erases a target (for a dry run: counts only) and returns how many entries held it.
Eraser = Callable[[ErasureTarget, bool], int]


def installed_erasers() -> Mapping[str, Eraser]:
    """Every registered eraser by its name.

    Raises:
        SettingsError: The settings of an eraser's program cannot be used.
    """
    return {name: eraser() for name, eraser in registered(ENTRY_POINTS).items()}
