"""Documents, their passages, and the organisations they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from indexer.domain.period import Period
from indexer.domain.places import Place


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
    of a register as a spreadsheet shows it, ``None`` for a document. ``side_texts`` are not its
    text (comments, a page's header), but may say who sees it.
    """

    blocks: Sequence[Block]
    metadata: Mapping[str, object] = field(default_factory=dict)
    title: str = ""
    warnings: tuple[str, ...] = ()
    pages: int | None = None
    row: int | None = None
    side_texts: tuple[str, ...] = ()


# What the metadata declares is a first block of its document, under this heading.
CARD = "Scheda"
DECLARES = "Competenze:"  # how its line of competencies begins


class Part(StrEnum):
    """What a sentence says of an organisation. Only doing proves a competence."""

    DOES = "does"
    SHARED = "shared"  # of several authors together: proves nothing of one alone
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
    contact_people: tuple[str, ...] = ()
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
