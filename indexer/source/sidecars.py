"""Which sidecar is whose, by name. Pure.

A sidecar is of the document that it is named after, ``NAME.ext.yaml`` of ``NAME.ext``. It may say
who sees that document; so one whose name is only nearly that of a document closes it until the name
is put right.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

_SUFFIX = re.compile(r"\.ya?ml(?:\.txt)?$", re.IGNORECASE)  # the last as Windows may hide it


@dataclass(frozen=True, slots=True)
class Pairing:
    """The sidecars of each document, and those of none.

    Attributes:
        sidecars: Those of each document.
        misnamed: For each sidecar of none, the documents that it may be meant for.
        lost: For each document, its sidecars that cannot be read.
        orphans: Sidecars that have nothing to do with any document.

    """

    sidecars: dict[str, list[str]]
    misnamed: dict[str, list[str]]
    lost: dict[str, list[str]]
    orphans: list[str]


def is_sidecar(path: str) -> bool:
    """Whether a file is named as one; capitals of its own suffix do not matter."""
    return _SUFFIX.search(path) is not None


def document_of(sidecar: str) -> str:
    """The path of the document that a sidecar is named after."""
    return _SUFFIX.sub("", sidecar)


def pair(documents: Iterable[str], sidecars: Collection[str], refused: Iterable[str]) -> Pairing:
    """Find whose each sidecar is.

    Args:
        documents: Paths with slashes, as all here.
        sidecars: Those that can be read.
        refused: Files that cannot be read, documents and sidecars.

    """
    exact, unread = set(documents), set(refused)
    of_none = {one for one in sidecars if document_of(one) not in exact}
    similar = _similar(exact) if of_none or any(map(is_sidecar, unread)) else {}
    made = Pairing(defaultdict(list), {}, defaultdict(list), [])
    for sidecar in sorted(sidecars):
        document = document_of(sidecar)
        if document in exact:
            made.sidecars[document].append(sidecar)
        elif document in unread:
            continue  # reported with it
        elif near := similar.get(_plain(document)):
            made.misnamed[sidecar] = near
        else:
            made.orphans.append(sidecar)
    for sidecar in sorted(filter(is_sidecar, unread)):
        document = document_of(sidecar)
        for path in [document] if document in exact else similar.get(_plain(document), []):
            made.lost[path].append(sidecar)
    return made


def _similar(documents: Iterable[str]) -> dict[str, list[str]]:
    """Documents by what a sidecar is nearly named after."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(documents):
        for name in {_plain(path), _plain(str(PurePosixPath(path).with_suffix("")))}:
            found[name].append(path)
    return found


def _plain(path: str) -> str:
    return path.strip().casefold()
