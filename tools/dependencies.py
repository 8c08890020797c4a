"""What the tools about dependencies read: pyproject.toml and the two lock files."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "torch.lock")


@dataclass(frozen=True, slots=True)
class Pin:
    """One entry of a lock file: the distribution it pins, and the hashes of its files."""

    requirement: Requirement
    hashes: tuple[str, ...]


def project() -> dict[str, Any]:
    """pyproject.toml as it stands."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def pins(text: str) -> list[Pin]:
    """The entries of a lock file's text, in its order.

    Raises packaging's InvalidRequirement for a line that is neither an entry nor a comment.
    """
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    entries = [
        entry.split(" --hash=") for entry in "\n".join(lines).replace(" \\\n   ", "").splitlines()
    ]
    return [Pin(Requirement(name), tuple(hashes)) for name, *hashes in entries]


def locked() -> list[Pin]:
    """The entries of both lock files."""
    return [pin for name in LOCKS for pin in pins((ROOT / name).read_text("utf-8"))]


def requirements(*, without: tuple[str, ...] = ()) -> list[Requirement]:
    """What pyproject.toml asks for, with every extra but those named."""
    table = project()["project"]
    extras = table["optional-dependencies"].items()
    asked = table["dependencies"] + [
        line for name, lines in extras if name not in without for line in lines
    ]
    return [Requirement(line) for line in asked]
