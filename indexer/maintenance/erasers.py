"""The erasers of other programs that keep data about the corpus, found by entry point.

A program that stores what ``forget`` must erase registers, in the group ``competenze.erasers``, a
function that returns its Eraser. The entry point's name is the key of its count in the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points

from indexer.errors import ForgetError
from indexer.maintenance.erase_search import ErasureTarget

ENTRY_POINTS = "competenze.erasers"

# Erases a target (for a dry run: counts only) and returns how many entries held it.
Eraser = Callable[[ErasureTarget, bool], int]


def installed_erasers() -> Mapping[str, Eraser]:
    """Every registered eraser by its name.

    Raises:
        ForgetError: There is none: the service's own is registered when the package is installed.
        SettingsError: The settings of an eraser's program cannot be used.
    """
    found = {point.name: point.load()() for point in entry_points(group=ENTRY_POINTS)}
    if not found:
        raise ForgetError(
            "The service's data cannot be erased: this package is not installed.",
            remedy="Run, in the project's folder: pip install --no-deps -e .",
        )
    return found
