"""Check the licence of every installed distribution: python -m tools.licences.

pip-licenses finds what a distribution says of itself; [tool.licences] of pyproject.toml holds which
licences are allowed, what older ways of naming one mean, and what was read by hand where nothing is
said. Whatever else there is, is named, and the status is 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Self

from license_expression import Licensing
from packaging.utils import canonicalize_name

from tools.dependencies import project

_LICENSING = Licensing()


@dataclass(frozen=True, slots=True)
class ByHand:
    """What was read in the files of distributions whose metadata is of no use.

    Attributes:
        name: a pattern of canonical names.
        said: a pattern of what the metadata said then; where it says something else, read again.
        licence: the SPDX expression.
    """

    name: str
    said: str
    licence: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What pyproject.toml says of licences, each by its SPDX identifier.

    Attributes:
        allowed: the licences that may be used.
        means: the SPDX expression that an older name of a licence stands for.
        by_hand: what was read by hand.
    """

    allowed: frozenset[str]
    means: Mapping[str, str]
    by_hand: tuple[ByHand, ...]

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Self:
        """The policy in a table [tool.licences]."""
        by_hand = (
            ByHand(name, entry["said"], entry["licence"])
            for name, entry in table["by-hand"].items()
        )
        return cls(frozenset(table["allowed"]), table["means"], tuple(by_hand))

    def complaint(self, name: str, said: str) -> str:
        """Why a distribution that says this of its licence may not be used; "" where it may."""
        parts = self._read_by_hand(name, said) or said.split("; ")
        refused = [part for part in parts if not self._allows(self.means.get(part, part))]
        return f"{name}: not allowed, or not known: {refused[0][:80]!r}" if refused else ""

    def _read_by_hand(self, name: str, said: str) -> list[str]:
        name = canonicalize_name(name)
        return [
            each.licence
            for each in self.by_hand
            if fnmatchcase(name, each.name) and fnmatchcase(said, each.said)
        ]

    def _allows(self, text: str) -> bool:
        """Whether an expression holds with the allowed licences for true: all of AND, one of OR."""
        try:
            expression = _LICENSING.parse(text)
        except Exception:  # the library fails in many ways at a sentence or a whole text
            return False
        if expression is None:
            return False
        values = {
            symbol: _LICENSING.TRUE if str(symbol) in self.allowed else _LICENSING.FALSE
            for symbol in expression.get_symbols()
        }
        return expression.subs(values).simplify() == _LICENSING.TRUE


def installed(python: str = sys.executable) -> list[tuple[str, str]]:
    """Name and licence, as it is said, of all that is installed beside an interpreter."""
    command = [sys.executable, "-m", "piplicenses", "--python", python]
    command += ["--from", "mixed", "--with-system", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [(entry["Name"], entry["License"]) for entry in json.loads(done.stdout)]


def complaints(policy: Policy, distributions: Iterable[tuple[str, str]]) -> list[str]:
    """Every complaint about the distributions, in their order."""
    return [text for name, said in distributions if (text := policy.complaint(name, said))]


def main() -> int:
    """Print what is wrong with the licences of this environment and return the status."""
    table = project()["tool"]["licences"]
    distributions = installed()
    wrong = complaints(Policy.read(table), distributions)
    for line in wrong:
        print(line)
    if wrong:
        print("Read its licence, then say in [tool.licences] of pyproject.toml what it is, or do")
        print("without it: a licence that binds who uses the service (GPL, AGPL) is not allowed.")
        return 1
    print(f"{len(distributions)} distributions, each of a licence that is allowed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
