"""The outcome of an erasure: what it did, and what it could not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.maintenance.erase_search import Kind


@dataclass(frozen=True, slots=True)
class HeldBackup:
    """A backup that still holds the target.

    Attributes:
        file: Where it was written.
        created: When, in UTC.
        note: The file in the index that records it.
        certain: Whether it was searched; otherwise it may hold the target.

    """

    file: str
    created: str
    note: str
    certain: bool


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What was removed (in a ``dry_run``: would be), and what still contains the target.

    Attributes:
        what: The target as it was given.
        kind: How it was understood.
        dry_run: Whether nothing was changed.
        documents: Those that leave the index, with those that share a file with them.
        others: Names of other organisations whose own profiles are among them.
        generations: The generations that held it.
        originals: How many kept files.
        embeddings: How many cached embeddings.
        elsewhere: How many entries in the data of other programs, by eraser.
        corpus: Files of the corpus that hold it: to be deleted or edited.
        unsearched: Files of the corpus that could not be searched, or not all of them: why.
        backups: Backups that hold it, or may.

    """

    what: str
    kind: Kind
    dry_run: bool
    documents: tuple[str, ...]
    others: tuple[str, ...]
    generations: tuple[str, ...]
    originals: int
    embeddings: int
    elsewhere: Mapping[str, int]
    corpus: tuple[str, ...]
    unsearched: Mapping[str, str]
    backups: tuple[HeldBackup, ...]

    @property
    def remains(self) -> bool:
        """Whether something still holds it, or may."""
        return bool(self.corpus or self.unsearched or self.backups)
