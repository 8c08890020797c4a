"""The types of the domain. This module imports nothing else from the project; all values are
immutable.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class DocumentKind(StrEnum):
    """The kind of a document; it decides what the document can prove."""

    PROFILE = "profile"
    CASE_STUDY = "case_study"
    EVENT = "event"


class Role(StrEnum):
    """The part an organisation has in a document."""

    SUBJECT = "subject"  # the profile describes it
    AUTHOR = "author"  # it did the work of the case study
    ORGANISER = "organiser"
    PARTICIPANT = "participant"
    MENTION = "mention"  # only named in the text


class PlaceLevel(StrEnum):
    """Levels of ISTAT's list of places, smallest first."""

    COMUNE = "comune"
    PROVINCIA = "provincia"
    REGIONE = "regione"
    AREA = "area"
    COUNTRY = "country"


class PlaceRelation(StrEnum):
    """What a text says about a place."""

    IN = "in"
    NEAR = "near"
    BETWEEN = "between"
    OUTSIDE = "outside"


class Level(StrEnum):
    """Who may see something; each level includes those before it."""

    PUBLIC = "public"
    MEMBERS = "members"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Position among the levels; 0 is the public."""
        return list(Level).index(self)

    def sees(self, needed: Level) -> bool:
        """Whether this level may see something restricted to ``needed``."""
        return self.rank >= needed.rank


@dataclass(frozen=True, slots=True)
class Place:
    """A place of ISTAT's list.

    ``id`` is the level and ISTAT's code (``comune:037006``, ``provincia:037``, ``regione:08``,
    ``area:nord-est``, ``country:it``); ``name`` is the official Italian name; ``province`` is the
    car code of the province ("BO") for a comune or a provincia, empty above.
    """

    id: str
    level: PlaceLevel
    name: str
    province: str = ""

    @property
    def label(self) -> str:
        """The Italian label: "Bologna (BO)", "provincia di Bologna"."""
        if self.level is PlaceLevel.COMUNE:
            return f"{self.name} ({self.province})"
        if self.level is PlaceLevel.PROVINCIA:
            return f"provincia di {self.name}"
        return self.name


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """An expression in a text that names a place.

    ``start`` and ``end`` are character offsets, preposition included ("nella zona di Rimini").
    ``places`` holds one place; two for ``BETWEEN``; several, most likely first, if the name is
    shared and the text does not decide (``ambiguous``). ``radius_km`` is for ``NEAR`` only.
    """

    start: int
    end: int
    places: tuple[Place, ...]
    relation: PlaceRelation = PlaceRelation.IN
    radius_km: float | None = None
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """A range of days, both ends included; ``None`` is an open end."""

    start: date | None
    end: date | None

    @classmethod
    def parse(cls, text: str) -> Period:
        """Parse an ISO date, month or year ("2024-05-12", "2024-05", "2024"); raises ValueError."""
        numbers = text.strip().split("-")
        if len(numbers) > 3 or any(len(number) > 4 for number in numbers):
            raise ValueError(f"not a date: {text!r}")
        parts = [int(number) for number in numbers]
        if len(parts) == 1:
            return cls(date(parts[0], 1, 1), date(parts[0], 12, 31))
        if len(parts) == 2:
            first = date(parts[0], parts[1], 1)
            return cls(first, first.replace(day=calendar.monthrange(*parts)[1]))
        day = date(*parts)
        return cls(day, day)

    def overlaps(self, other: Period) -> bool:
        """Whether the two periods share at least one day."""
        starts_in_time = self.start is None or other.end is None or self.start <= other.end
        ends_in_time = self.end is None or other.start is None or other.start <= self.end
        return starts_in_time and ends_in_time

    def answers(self, asked: Period) -> bool:
        """Whether a document with this date matches a query for the period ``asked``.

        A bare year or month stands for an unknown day in it: it matches periods that overlap it
        and are at least as long ("2024" matches "nel 2024" and "dal 2023"), not narrower ones
        ("marzo 2024"). Any other date covers all its days and matches every overlapping period.
        """
        return self.overlaps(asked) and asked._days >= self._least_days

    @property
    def _days(self) -> float:
        if self.start is None or self.end is None:
            return math.inf
        return (self.end - self.start).days + 1

    @property
    def _least_days(self) -> int:
        """The fewest days in a bare year or month; 0 for other dates."""
        return {len("2024"): 365, len("2024-05"): 28}.get(len(str(self)), 0)

    def __str__(self) -> str:
        """The shortest ISO form: "2024", "2024-05", "2024-05-12", "2023-01-01/2024-06-30"."""
        if self.start is None or self.end is None:
            return f"{self.start or '..'}/{self.end or '..'}"
        for short in (str(self.start.year), f"{self.start:%Y-%m}", self.start.isoformat()):
            if Period.parse(short) == self:
                return short
        return f"{self.start}/{self.end}"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item or table row of a parsed file.

    ``headings`` is the path of headings above it, outermost first; ``page`` starts at 1.
    """

    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedText:
    """What a parser makes of a file, or of one row of a register.

    ``metadata`` is as written by people (front matter, or a row's cells by column name), not yet
    checked. ``title`` is the format's own title or the first heading. ``row`` is the row number
    of a register as a spreadsheet shows it, ``None`` for a document. ``asides`` are not its text
    (comments, a page's header), but may say who sees it.
    """

    blocks: tuple[Block, ...]
    metadata: Mapping[str, object] = field(default_factory=dict)
    title: str = ""
    warnings: tuple[str, ...] = ()
    pages: int | None = None
    row: int | None = None
    side_texts: tuple[str, ...] = ()


class Part(StrEnum):
    """What a sentence says of an organisation. Only doing proves a competence."""

    DOES = "does"
    SHARED = "shared"  # said of several authors together: proves nothing of one by itself
    SPEAKS = "speaks"
    ORGANISES = "organises"
    MODERATES = "moderates"
    HOSTS = "hosts"
    CLIENT = "client"
    ATTENDS = "attends"
    INTENDS = "intends"
    USES = "uses"
    FORMER = "former"
    DENIES = "denies"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Statement:
    """A stretch of a passage's text, and what it says of an organisation.

    ``start`` and ``end`` are character offsets. ``concepts`` are the ids of the competencies that
    it names, with those of the heading right above it.
    """

    start: int
    end: int
    organisation: str
    part: Part
    concepts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrganisationLink:
    """An organisation and its role in a document."""

    organisation: str
    role: Role


@dataclass(frozen=True, slots=True)
class Organisation:
    """A cooperative or consortium: what a search ranks.

    ``id`` is the VAT number if there is one ("it01234567890"), else the slug of the name; namesakes
    without a VAT number are distinguished by their seats ("luna--torino-to").
    ``seat`` is the registered office, ``works_in`` the areas served, ``remote`` whether it works
    remotely: three independent facts.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    vat: str = ""
    legal_form: str = ""
    seat: Place | None = None
    works_in: tuple[Place, ...] = ()
    remote: bool = False
    competencies: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    members: int | None = None
    employees: int | None = None
    website: str = ""
    contacts: tuple[str, ...] = ()
    fictional: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One source file, or one row of a register, with what its metadata says.

    ``id`` is the path inside the corpus (for a register, and the row's name, or its organisation's
    id where rows share a name); ``content_hash`` is the SHA-256 of the file's bytes, in hex, and
    empty where the file holds more than may be seen. ``visibility`` is who may see it at least.
    """

    id: str
    path: str
    kind: DocumentKind
    title: str
    language: str
    content_hash: str
    organisations: tuple[OrganisationLink, ...] = ()
    period: Period | None = None
    updated: date | None = None
    source: str = ""
    client: str = ""
    place: Place | None = None
    competencies: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    pages: int | None = None
    fictional: bool = False
    visibility: Level = Level.PUBLIC


@dataclass(frozen=True, slots=True)
class Passage:
    """A citable piece of a document: the unit that is embedded and shown as evidence.

    ``id`` is the document's id and ``ordinal``, its position from 0. ``context`` (title,
    organisation, place, headings) is embedded before ``text`` but never shown as the document's
    words. ``organisations`` are the ids of those it is evidence for, as its
    ``statements`` say.
    """

    id: str
    document: str
    ordinal: int
    text: str
    context: str
    headings: tuple[str, ...]
    page: int | None
    organisations: tuple[str, ...]
    language: str
    statements: tuple[Statement, ...] = ()

    @property
    def embedded_text(self) -> str:
        """The text the model encodes: the context, then the text."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class Encoded:
    """A text's embeddings, all of unit length.

    ``vector``, shape (dimension,), is of the whole text; ``tokens``, shape (tokens, dimension), of
    its tokens without prompt and special tokens; ``spans`` are the tokens' character offsets.
    """

    vector: Vectors
    tokens: Vectors
    spans: tuple[tuple[int, int], ...]


class Encoder(Protocol):
    """Encodes texts as vectors of unit length."""

    @property
    def fingerprint(self) -> str:
        """Identifies the model: it changes whenever a text could get another vector."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def max_tokens(self) -> int:
        """Longest input, in the model's tokens."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of tokens in each text, without special tokens."""

    def encode_passages(self, texts: Sequence[str]) -> list[Encoded]:
        """Encode passages."""

    def encode_query(self, text: str) -> Encoded:
        """Encode a question."""

    def passage_spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """The character offsets of a passage's tokens, without running the model."""


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
    UNKNOWN_KIND = "unknown_kind"
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
class BuildReport:
    """The outcome of a build or a check.

    ``seconds`` is the duration of each stage; ``embedded`` counts the passages the model encoded,
    ``reused`` those whose vectors came from the cache.
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

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep something out of the index."""
        return tuple(p for p in self.problems if p.severity is Severity.ERROR)
