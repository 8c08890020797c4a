"""What a build reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem keeps something out of the index."""

    ERROR = "error"  # the file, or the row, is not in the index
    WARNING = "warning"  # it is in the index, but incomplete


class Reason(StrEnum):
    """Why a file, or part of it, could not be used."""

    ENCRYPTED = "encrypted"
    NO_TEXT = "no_text"
    CORRUPT = "corrupt"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    UNSUPPORTED = "unsupported"
    WRONG_TYPE = "wrong_type"
    UNREADABLE = "unreadable"
    EMPTY = "empty"
    BAD_METADATA = "bad_metadata"
    BAD_VOCABULARY = "bad_vocabulary"
    UNKNOWN_KIND = "unknown_kind"
    NO_NAME = "no_name"
    UNKNOWN_PLACE = "unknown_place"
    DUPLICATE_ID = "duplicate_id"
    ORPHAN_SIDECAR = "orphan_sidecar"
    FOLDER_NOTE = "folder_note"
    PARTIAL = "partial"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem with one file, and its remedy."""

    path: str
    severity: Severity
    reason: Reason
    detail: str
    remedy: str


@dataclass(frozen=True, slots=True)
class UnknownCompetence:
    """A competence that no concept of the vocabulary knows.

    ``written`` is how the first of the ``documents`` writes it; ``nearest`` is the most similar
    name of the vocabulary, of ``concept``, both empty where none is similar.
    """

    written: str
    documents: tuple[str, ...]
    nearest: str = ""
    concept: str = ""


@dataclass(frozen=True, slots=True)
class CooperativeSummary:
    """What was read of a cooperative, and what is missing of it.

    ``documents`` counts them by kind. ``missing`` are of "seat" (a comune), "competencies",
    "contacts", "proof" (a case study of its own) and "date" (of its profile).
    """

    name: str
    seat: str
    competencies: tuple[str, ...]
    documents: Mapping[str, int]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The outcome of a build or a check.

    ``seconds`` is the duration of each stage; ``embedded`` counts the passages the model encoded,
    ``reused`` those whose vectors came from the cache. ``unknown_competencies`` and what is missing
    of the ``cooperatives`` are looked for by a check only.
    """

    corpus: str
    generation: str
    published: bool
    files: int
    documents: int
    organisations: int
    passages: int
    embedded: int
    reused: int
    problems: tuple[Problem, ...]
    seconds: Mapping[str, float]
    unknown_competencies: tuple[UnknownCompetence, ...] = ()
    cooperatives: tuple[CooperativeSummary, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep something out of the index."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)
