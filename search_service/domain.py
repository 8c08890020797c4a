"""The words of a search: Query → Hits → Answer. Imports only the indexer's model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from indexer.domain import (
    Document,
    Organisation,
    Part,
    Passage,
    Place,
    PlaceRelation,
)
from indexer.vocabulary import Concept

MAX_LENGTH = 2000  # characters of a question; a longer one is a pasted document


class PlaceMatch(StrEnum):
    """How an organisation is related to the place asked for: three different facts."""

    SEATED = "seated"
    SERVES = "serves"
    REMOTE = "remote"


class Proof(StrEnum):
    """What a piece of evidence is worth."""

    DECLARED = "declared"  # the organisation's own profile says so
    DEMONSTRATED = "demonstrated"  # a case study of its own, with a client or a date
    CORROBORATED = "corroborated"  # somebody else's document says that it did it
    MENTIONED = "mentioned"  # it spoke of it, held the event or is named beside it: proves nothing


class Band(StrEnum):
    """What an answer claims of an organisation."""

    DOCUMENTED = "documented"  # a sentence that people can check says that it does it
    CLOSE = "close"  # near by meaning only


class MatchReason(StrEnum):
    """How an organisation answers a question."""

    SAME = "same"  # it does the competence asked for
    NARROWER = "narrower"  # it does one that is part of it
    WORDS = "words"  # what it does is told in the question's words
    NAMED = "named"  # it was asked for by name
    FILTERS = "filters"  # nothing but filters was asked, and it passes them
    NEARBY = "nearby"  # close: it declares a competence beside the one asked for
    MEANING = "meaning"  # close: its evidence is near by meaning


class Sort(StrEnum):
    """In which order an answer's organisations are shown; ties are in the order of their ids."""

    RELEVANCE = "relevance"
    NAME = "name"
    PLACE = "place"  # region, then comune; organisations without a seat last
    DATE = "date"  # the newest dated evidence first; without any, last


@dataclass(frozen=True, slots=True)
class RecognisedFilter:
    """One thing understood of a question: shown to people, and it can be switched off.

    Attributes:
        aspect: The key of the filter it belongs to ("place").
        value: Its meaning ("regione:08").
        label: How it is shown, in Italian.
        words: Those of the question; empty for a filter that was chosen.
        meaning: The filter's own reading, if the value does not contain it all.

    """

    aspect: str
    value: str
    label: str
    words: str = ""
    meaning: object = None

    @property
    def key(self) -> str:
        """What switches it off: the aspect and the value."""
        return f"{self.aspect}:{self.value}"


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a question that is understood: character offsets, and its meaning."""

    start: int
    end: int
    understood: RecognisedFilter


@dataclass(frozen=True, slots=True)
class SearchArea:
    """Somewhere, as a question means it.

    Attributes:
        relation: How the text relates to the places.
        places: Those named; several for "between" and for a name that is ``ambiguous``.
        inside: The id of every place that lies wholly in it.
        around: The id of every place that it lies in.
        ambiguous: Whether several places share the name, and nothing decides.
        radius_km: The radius of "near", in kilometres.
        seat_only: Whether only a seat there will do, and no work there or at a distance.

    """

    relation: PlaceRelation
    places: tuple[Place, ...]
    inside: frozenset[str]
    around: frozenset[str]
    ambiguous: bool = False
    radius_km: float | None = None
    seat_only: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A question, understood.

    Attributes:
        question: As it was asked.
        text: The words to match, without those of filters.
        language: The code of the question's language.
        conditions: What each filter asks, by the filter's key (``search_service.filters``); a
            filter that is not there lets everything through.
        understood: The filters recognised or chosen, in the order in which they are shown.
        own_names_only: The concepts of the vocabulary that nothing narrower counts for.

    """

    question: str
    text: str
    language: str
    conditions: Mapping[str, object] = field(default_factory=dict)
    understood: tuple[RecognisedFilter, ...] = ()
    own_names_only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Components:
    """What a passage's score is made of; ``Weights`` has a weight of each name.

    ``late`` is the mean over the question's tokens of the best cosine in the passage, ``dense`` the
    cosine of the whole, ``lexical`` the share of the highest BM25 score possible. ``translated`` is
    how much higher these three, each with its weight, are for the names of the competencies asked
    for in the passage's language, times the share of the question that names them; 0 where the
    question is in that language.
    """

    late: float = 0.0
    dense: float = 0.0
    lexical: float = 0.0
    translated: float = 0.0


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
    """A passage that supports an organisation, its proof, and the organisation's part in it."""

    passage: Passage
    document: Document
    proof: Proof
    score: float
    row: int
    parts: Components
    highlights: tuple[Highlight, ...] = ()
    part: Part = Part.DOES


@dataclass(frozen=True, slots=True)
class ConceptMatch:
    """A competence that an organisation has: the one ``asked`` for, part of it, or beside it."""

    asked: Concept
    named: Concept


@dataclass(frozen=True, slots=True)
class Why:
    """Why an organisation is in an answer.

    Attributes:
        reason: How it answers.
        part: What the sentence says that it did.
        concepts: The competencies by which it answers.
        words: The question's words by which it answers, where no competence does.
        start: Where the sentence begins in the text of its first evidence, in characters.
        end: Where it ends; at ``start`` where no sentence is the reason.

    """

    reason: MatchReason
    part: Part = Part.DOES
    concepts: tuple[ConceptMatch, ...] = ()
    words: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class OrganisationHit:
    """An organisation in an answer.

    ``place_match`` is ``None`` when no place was asked for. ``confidence``, from 0 to 1, is how
    near its best passage is to the question, as a share of the nearest in the whole index.
    ``evidence`` is the best of what there is; ``proving`` are all the documents that document it,
    or that pass where only filters were asked, each once, the best first.
    """

    organisation: Organisation
    rank: int
    score: float
    place_match: PlaceMatch | None
    evidence: tuple[Evidence, ...]
    confidence: float = 1.0
    band: Band = Band.CLOSE
    why: Why = Why(MatchReason.MEANING)
    proving: tuple[Document, ...] = ()

    @property
    def sentence(self) -> str:
        """The sentence that is the reason, in the words of its first evidence; maybe none."""
        return self.evidence[0].passage.text[self.why.start : self.why.end]


@dataclass(frozen=True, slots=True)
class DocumentHit:
    """A document in an answer, with its best passage: ``row`` is that one's place in the index."""

    document: Document
    rank: int
    score: float
    passage: Passage
    row: int
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class Widening:
    """Nobody was found in ``asked``, so the search went on in ``searched``."""

    asked: Place
    searched: Place


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value to choose, as ``ExplicitFilters`` take it, its label, and how many have it.

    ``english`` is its label in English, where it has another.
    """

    value: str
    label: str
    count: int
    english: str = ""


Facets = Mapping[str, tuple[FacetValue, ...]]
"""By the name of a group of values: how many of those that answer have each, most first."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What every screen shows.

    ``documented`` is one page of ``total``, from ``offset``; empty means nobody. ``documents``
    answers a question for a kind of document ("eventi sul …"), or one that no organisation
    answers, and is empty for the others.
    ``close`` are the nearest of the others, best first, on the page that ends ``documented``.
    ``elsewhere`` are organisations outside the place asked for, if nobody is in it; the nearest
    first for a town or a province. They are shown apart, as they are no answer to the question.
    ``remote_only``: all who answer, on every page, work at a distance, and nobody is in the place
    asked for. ``by_place`` counts the documented by their relation to it: its counts add up to
    ``total``, and it is empty where no place was asked for. It and ``facets`` are counted over the
    whole answer, not over the page.
    """

    query: Query
    generation: str
    documented: tuple[OrganisationHit, ...]
    total: int
    offset: int = 0
    documents: tuple[DocumentHit, ...] = ()
    total_documents: int = 0
    widened: Widening | None = None
    close: tuple[OrganisationHit, ...] = ()
    elsewhere: tuple[OrganisationHit, ...] = ()
    remote_only: bool = False
    facets: Facets = field(default_factory=dict)
    by_place: Mapping[PlaceMatch, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassageAnswer:
    """Ranked passages, for developers and for evaluation."""

    query: Query
    generation: str
    passages: tuple[DocumentHit, ...]


@dataclass(frozen=True, slots=True)
class ExplicitFilters:
    """Filters that a person chose beside the question, and what of it to ignore.

    Attributes:
        values: The name of a parameter of a filter and a value, as an address writes them.
        off: What to ignore: keys of what was understood ("place:regione:08"), or of a filter
            ("place") for all of it.

    """

    values: tuple[tuple[str, str], ...] = ()
    off: tuple[str, ...] = ()

    @classmethod
    def of(cls, off: Iterable[str] = (), **values: str | Iterable[str]) -> ExplicitFilters:
        """The filters of some parameters, each with several values, or one that may be empty."""
        chosen = cls(off=tuple(off))
        for name, found in values.items():
            several = (found,) * bool(found) if isinstance(found, str) else found
            chosen = chosen.having(name, *several)
        return chosen

    def get(self, name: str) -> tuple[str, ...]:
        """The values of a parameter."""
        return tuple(value for own, value in self.values if own == name)

    def having(self, name: str, *values: str) -> ExplicitFilters:
        """The same with other values of a parameter, each once."""
        others = tuple(pair for pair in self.values if pair[0] != name)
        added = tuple((name, value) for value in dict.fromkeys(values))
        return replace(self, values=(*others, *added))

    def switched_off(self, *keys: str) -> ExplicitFilters:
        """The same without something understood of the question."""
        return replace(self, off=tuple(dict.fromkeys((*self.off, *keys))))

    def switched_on(self, key: str) -> ExplicitFilters:
        """The same with something understood again."""
        return replace(self, off=tuple(k for k in self.off if k != key))
