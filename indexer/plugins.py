"""What packages register in entry point groups, so that one program finds what another offers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).parents[1] / "pyproject.toml"


def registered(group: str) -> Mapping[str, Any]:
    """The objects that are registered in a group, by name.

    They are those of the installed packages, and those of this one where it runs from a checkout.
    """
    points = {point.name: point for point in (*entry_points(group=group), *_of_checkout(group))}
    return {name: points[name].load() for name in sorted(points)}


def _of_checkout(group: str) -> tuple[EntryPoint, ...]:
    if not _CHECKOUT.is_file():  # it is installed
        return ()
    groups = tomllib.loads(_CHECKOUT.read_text("utf-8"))["project"]["entry-points"]
    return tuple(EntryPoint(name, value, group) for name, value in groups.get(group, {}).items())
