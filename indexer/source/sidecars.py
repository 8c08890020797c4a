"""Which sidecar is whose, by name. Pure.

A sidecar may say who sees its document. So a name that is nearly right is taken for right, and one
that may be meant for a document closes it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

_SUFFIX = re.compile(r"\.ya?ml(?:\.txt)?$", re.IGNORECASE)  # the last as Windows may hide it


@dataclass(frozen=True, slots=True)
class Pairing:
    """The sidecars of each document, and those without any.

    ``misnamed`` gives the documents that a sidecar of no document is named after without their
    suffix; ``lost`` the sidecars of each document that cannot be read.
    """

    sidecars: dict[str, list[str]]
    misnamed: dict[str, list[str]]
    lost: dict[str, list[str]]
    orphans: list[str]


def is_sidecar(path: str) -> bool:
    """Whether a file is named as one; capitals do not matter."""
    return _SUFFIX.search(path) is not None


def document_of(sidecar: str) -> str:
    """The path of the document that a sidecar is named after."""
    return _SUFFIX.sub("", sidecar)


def pair(documents: Iterable[str], sidecars: Iterable[str], refused: Iterable[str]) -> Pairing:
    """Find whose each sidecar is, among paths with slashes; ``refused`` are files not to be read.

    It is the document's of exactly its name (without ``.yaml``) or, where there is none, of those
    that differ in capitals, or a space at the end, only.
    """
    known = _Names(documents)
    not_read = list(refused)
    unread = _Names(path for path in not_read if not is_sidecar(path))
    made = Pairing(defaultdict(list), {}, defaultdict(list), [])
    for path in sorted(sidecars):
        for document in (owners := known.named(document_of(path))):
            made.sidecars[document].append(path)
        if owners or unread.named(document_of(path)):
            continue
        if near := known.without_suffix(document_of(path)):
            made.misnamed[path] = near
        else:
            made.orphans.append(path)
    for path in filter(is_sidecar, sorted(set(not_read))):
        for document in known.named(document_of(path)) or known.without_suffix(document_of(path)):
            made.lost[document].append(path)
    return made


class _Names:
    """Paths, found by names that are nearly theirs."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._exact = set(paths)
        self._alike: dict[str, list[str]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._exact):
            self._alike[_plain(path)].append(path)
            self._stems[_plain(str(PurePosixPath(path).with_suffix("")))].append(path)

    def named(self, path: str) -> list[str]:
        return [path] if path in self._exact else self._alike.get(_plain(path), [])

    def without_suffix(self, path: str) -> list[str]:
        return self._stems.get(_plain(path), [])


def _plain(path: str) -> str:
    return path.strip().casefold()
