"""What the newest build restricts, recorded outside the generations: only a build lifts that.

``INDEX/restricted.json`` holds, for each document that not everybody may see, the least level that
sees it and those that see its fields. Documents are named by a hash of their id, so that the list
itself reveals nothing. The list carries its own hash; damaged, it is not used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from indexer.domain import Level
from indexer.errors import GenerationError
from indexer.index.manifest import Restrictions
from indexer.source.visibility import Visibility
from indexer.storage.durable import replace_synced

FILE = "restricted.json"
_NAMED = 3  # documents that an error names
REMEDY = (
    "Correct the corpus and run: python -m indexer build. To go back, first make it public "
    "again in the corpus, and build."
)


@dataclass(frozen=True, slots=True)
class _Sealed:
    """The list on disk; ``sha256`` is that of ``closed`` as it is written."""

    sha256: str
    closed: dict[str, dict[str, Level]]


_LISTS = TypeAdapter(dict[str, dict[str, Level]])
_FILES = TypeAdapter(_Sealed)


def restrictions(documents: Iterable[tuple[str, Visibility]]) -> dict[str, dict[str, Level]]:
    """The restrictions of documents, given by id."""
    return {document_hash(document): levels for document, v in documents if (levels := _levels(v))}


def document_hash(document: str) -> str:
    """The hash of a document's id, as administrators see it."""
    return hashlib.sha256(document.encode()).hexdigest()


def others(known: Restrictions, documents: Iterable[str]) -> dict[str, Mapping[str, Level]]:
    """The restrictions of documents other than these: a build without them lifts none."""
    held = set(map(document_hash, documents))
    return {one: known[one] for one in known if one not in held}


def opened(known: Restrictions, own: Restrictions, documents: Iterable[str]) -> list[str]:
    """The documents that a generation shows to people who may not see them.

    Args:
        known: The restrictions that hold.
        own: Those of the generation.
        documents: The ids of its documents.
    """
    return [
        document
        for document in documents
        if (wanted := known.get(key := document_hash(document)))
        and any(
            not _needed(own.get(key, {}), field).sees(_needed(wanted, field))
            for field in ("", *wanted)
        )
    ]


def merged_restrictions(*several: Restrictions) -> dict[str, Mapping[str, Level]]:
    """Everything that any of them restricts."""
    both: dict[str, Mapping[str, Level]] = {}
    for one in several:
        for key, levels in one.items():
            before = both.get(key, {})
            both[key] = {
                field: max(
                    before.get(field, Level.PUBLIC),
                    levels.get(field, Level.PUBLIC),
                    key=lambda level: level.rank,
                )
                for field in (*before, *levels)
            }
    return both


def first_few(documents: Iterable[str]) -> str:
    """A few ids of documents, for an error that only administrators see."""
    ordered = sorted(documents)
    more = len(ordered) - _NAMED
    return ", ".join(ordered[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def read(index: Path) -> dict[str, dict[str, Level]]:
    """Read what the newest build restricts. Raises GenerationError if the list is damaged."""
    path = index / FILE
    try:
        found = _FILES.validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise _damaged(path) from error
    if hashlib.sha256(_LISTS.dump_json(found.closed)).hexdigest() != found.sha256:
        raise _damaged(path)
    return found.closed


def write(index: Path, closed: Restrictions) -> None:
    """Replace the list, durably."""
    ordered = {key: dict(sorted(closed[key].items())) for key in sorted(closed)}
    digest = hashlib.sha256(_LISTS.dump_json(ordered)).hexdigest()
    replace_synced(index / FILE, _FILES.dump_json(_Sealed(digest, ordered)) + b"\n")


def _damaged(path: Path) -> GenerationError:
    return GenerationError(
        f"The list of restrictions, {path}, is missing or damaged.",
        remedy="Run: python -m indexer build; until then only the current generation is served.",
    )


def _levels(visibility: Visibility) -> dict[str, Level]:
    both: Iterator[tuple[str, Level]] = iter((("", visibility.document), *visibility.fields))
    return {field: level for field, level in both if level is not Level.PUBLIC}


def _needed(levels: Mapping[str, Level], field: str) -> Level:
    """The least level that sees a field (``""``: the document): it has to see the document too."""
    both = (levels.get(field, Level.PUBLIC), levels.get("", Level.PUBLIC))
    return max(both, key=lambda level: level.rank)
