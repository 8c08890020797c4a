"""The words of a search: Query → Hits → Answer. Imports only the indexer's model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from indexer.domain import (
    Document,
    DocumentKind,
    Organisation,
    Passage,
    Period,
    Place,
    PlaceRelation,
    Role,
)


class Aspect(StrEnum):
    """What there is to understand in a question, besides the words to match."""

    PLACE = "place"
    KIND = "kind"
    PERIOD = "period"
    CERTIFICATION = "certification"
    SECTOR = "sector"
    COMPETENCE = "competence"
    PROOF = "proof"
    ORGANISATION = "organisation"
    EXCLUSION = "exclusion"
    SPELLING = "spelling"  # no filter: a word of the text, put right
    LEGAL_FORM = "legal_form"


class PlaceMatch(StrEnum):
    """How an organisation stands to the place that was asked for: three different facts."""

    SEATED = "seated"
    SERVES = "serves"
    REMOTE = "remote"


class Proof(StrEnum):
    """What a piece of evidence is worth."""

    DECLARED = "declared"  # the organisation's own profile says so
    DEMONSTRATED = "demonstrated"  # a case study of its own, with a client or a date
    CORROBORATED = "corroborated"  # somebody else's document says so


class Sort(StrEnum):
    """In which order an answer's organisations are shown; ties are in the order of their ids."""

    RELEVANCE = "relevance"
    NAME = "name"
    PLACE = "place"  # region, then comune; who has no seat comes last
    DATE = "date"  # the newest dated evidence first; who has none comes last


@dataclass(frozen=True, slots=True)
class RecognisedFilter:
    """One thing understood of a question: shown to people, and it can be switched off.

    ``words`` are those of the question, empty for a filter that was chosen; ``value`` is the
    meaning ("regione:08").
    """

    aspect: Aspect
    value: str
    label: str
    words: str = ""

    @property
    def key(self) -> str:
        """What switches it off: the aspect and the value."""
        return f"{self.aspect}:{self.value}"


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a question says something that is understood: character offsets, and what."""

    start: int
    end: int
    understood: RecognisedFilter


@dataclass(frozen=True, slots=True)
class PlaceFilter:
    """Somewhere: ``inside`` holds the id of every place that lies wholly in it, ``around`` of
    every place that it lies in.

    ``places`` are those named; several for "between" and for a name that is ``ambiguous``.
    ``radius_km`` is that of "near".
    """

    relation: PlaceRelation
    places: tuple[Place, ...]
    inside: frozenset[str]
    around: frozenset[str]
    ambiguous: bool = False
    radius_km: float | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question, understood.

    ``text`` is what is left to match. Filters: an organisation passes ``places`` when it stands
    in any of them, ``certifications`` when it holds one of each set, ``sectors`` (ATECO codes)
    when it, or its document, is in any, ``legal_forms`` when it has any, ``competencies`` (keys)
    when it has them all, ``excluded_certifications`` when it holds none. Only passages that are
    any of ``proofs`` for it are evidence, and none with all words of one of ``excluded_terms``.
    With ``documents_there`` the places are those of the documents ("eventi a Roma"), not of the
    organisations. ``None`` and ``()`` are no filter, an empty set lets nothing through.
    """

    question: str
    text: str
    language: str
    places: tuple[PlaceFilter, ...] = ()
    excluded_places: tuple[PlaceFilter, ...] = ()
    kinds: frozenset[DocumentKind] | None = None
    documents_there: bool = False
    period: Period | None = None
    certifications: tuple[frozenset[str], ...] = ()
    sectors: tuple[str, ...] = ()
    competencies: tuple[tuple[str, ...], ...] = ()
    proofs: frozenset[Proof] | None = None
    organisations: frozenset[str] | None = None
    excluded_organisations: tuple[str, ...] = ()
    excluded_certifications: tuple[str, ...] = ()
    excluded_terms: tuple[str, ...] = ()
    understood: tuple[RecognisedFilter, ...] = ()
    legal_forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Components:
    """What a passage's score is made of.

    ``late`` is the mean over the question's tokens of the best cosine in the passage, ``dense``
    the cosine of the whole, ``lexical`` the share of the
    highest BM25 score possible.
    """

    late: float = 0.0
    dense: float = 0.0
    lexical: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage in a ranking: ``row`` is its place in the index, ranks start at 1."""

    row: int
    score: float
    rank: int
    parts: Components = Components()


@dataclass(frozen=True, slots=True)
class Highlight:
    """A word of a passage's text that answers ``words`` of the question.

    ``start`` and ``end`` are character offsets in the text. ``exact``: the same word or stem;
    else one that the model holds for the same, perhaps in another language.
    """

    start: int
    end: int
    words: tuple[str, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that supports an organisation, and what it is worth."""

    passage: Passage
    document: Document
    proof: Proof
    score: float
    row: int
    parts: Components
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class OrganisationHit:
    """An organisation in an answer.

    ``standing`` is ``None`` when no place was asked for. ``confidence``, from 0 to 1, is how likely
    its best passage answers the question; below the threshold it is shown as less sure.
    """

    organisation: Organisation
    rank: int
    score: float
    standing: PlaceMatch | None
    evidence: tuple[Evidence, ...]
    confidence: float = 1.0
    sure: bool = True


@dataclass(frozen=True, slots=True)
class DocumentHit:
    """A document in an answer, with its best passage."""

    document: Document
    rank: int
    score: float
    passage: Passage
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class Widening:
    """Nobody was found in ``asked``, so the search went on in ``searched``."""

    asked: Place
    searched: Place


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value to choose, as ``ExplicitFilters`` take it, its label, and how many have it."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """How many organisations of an answer have what could be chosen next, most first."""

    regions: tuple[FacetValue, ...]
    provinces: tuple[FacetValue, ...]
    competencies: tuple[FacetValue, ...]
    sectors: tuple[FacetValue, ...]
    certifications: tuple[FacetValue, ...]
    kinds: tuple[FacetValue, ...]
    years: tuple[FacetValue, ...]
    proofs: tuple[FacetValue, ...]


NO_FACETS = Facets((), (), (), (), (), (), (), ())


@dataclass(frozen=True, slots=True)
class Answer:
    """What every screen shows.

    ``organisations`` is one page of ``total``, from ``offset``; empty means nobody. ``documents``
    answers a question for a kind of document ("eventi sul …"), or one that no organisation
    answers, and is empty for the others.
    ``unsure`` are the next best, whose evidence may not answer; given after the last sure one.
    ``elsewhere`` are organisations outside the place asked for, where nobody is in it, the nearest
    first where it is a town or a province: shown apart, as no answer to the question.
    ``remote_only``: somebody answers, but nobody in the place asked for, as all of them, whatever
    the page, work at a distance. ``facets`` are counted over all that answer, not over the page.
    """

    query: Query
    generation: str
    organisations: tuple[OrganisationHit, ...]
    total: int
    offset: int = 0
    documents: tuple[DocumentHit, ...] = ()
    total_documents: int = 0
    widened: Widening | None = None
    unsure: tuple[OrganisationHit, ...] = ()
    elsewhere: tuple[OrganisationHit, ...] = ()
    remote_only: bool = False
    facets: Facets = NO_FACETS


@dataclass(frozen=True, slots=True)
class PassageAnswer:
    """Ranked passages, for developers and for evaluation."""

    query: Query
    generation: str
    passages: tuple[DocumentHit, ...]


@dataclass(frozen=True, slots=True)
class ExplicitFilters:
    """Filters that a person chose besides the question, and what of it to ignore.

    ``off`` holds keys of what was understood ("place:regione:08", or "place" for every place).
    Any of the ``places``, ``kinds``, ``sectors`` (ATECO codes, or as organisations write them) and
    ``proofs`` will do; ``competencies`` and ``certifications`` must all be there.
    """

    places: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    off: frozenset[str] = frozenset()
    today: date | None = None
    competencies: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()


def proof(document: Document, organisation: Organisation) -> Proof:
    """What a document proves of an organisation, by whose document it is.

    Its own profile declares, and so does an event that it held; a case study of its own with a
    client or a date demonstrates; anything else is somebody else's word.
    """
    role = next(
        (link.role for link in document.organisations if link.organisation == organisation.id),
        Role.MENTION,
    )
    if role in (Role.SUBJECT, Role.ORGANISER):
        return Proof.DECLARED
    if role is Role.AUTHOR and document.kind is DocumentKind.CASE_STUDY:
        dated = document.client or document.period is not None
        return Proof.DEMONSTRATED if dated else Proof.DECLARED
    return Proof.CORROBORATED


MAX_LENGTH = 2000  # characters of a question; a longer one is a pasted document
