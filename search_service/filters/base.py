"""What a filter is: from the words of a question, or a chosen value, to who may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from indexer.domain import Document, Organisation
from indexer.index.snapshot import Generation
from indexer.text.organisation_names import NameMention
from search_service.domain import (
    Evidence,
    ExplicitFilters,
    FacetValue,
    Mention,
    PlaceMatch,
    Proof,
    Query,
    RecognisedFilter,
)
from search_service.errors import QueryError, QueryProblem
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.presentation.labels import Words

if TYPE_CHECKING:
    from search_service.filters.passage_index import PassageIndex

Mask = NDArray[np.bool_]  # one truth value a passage, shape (passages,)
Votes = Mapping[str, Sequence[Evidence]]  # evidence by organisation
C = TypeVar("C")  # what a filter makes of its values: its condition in a query
E = TypeVar("E", bound=StrEnum)
EXCLUSION = "exclusion"  # the key of what is not wanted, which several filters recognise


@dataclass(frozen=True, slots=True)
class Parameter:
    """How a filter's values are given: in an address, the API and, as ``--name``, the shell.

    Attributes:
        name: In addresses, in the API and on the command line.
        argument: The name of MCP's argument.
        description: In Italian, marked for the catalogue.
        example: A value that makes sense.
        several: Whether more than one value may be given.
        values: All there are, where they are few.

    """

    name: str
    argument: str
    description: str
    example: str
    several: bool = True
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """Values of a filter to choose from: its name in JSON, its heading, its rank on the page."""

    name: str
    heading: str
    rank: int


class FacetKey(NamedTuple):
    """A value to choose, and its label, in Italian and, where it has another, in English."""

    value: str
    label: str
    english: str = ""


Holders = Mapping[FacetKey, Iterable[str]]  # the ids of who has each value


@dataclass(frozen=True, slots=True)
class FoldedQuestion:
    """A question, folded once for all filters.

    Attributes:
        text: The question as it was asked.
        folded: The same, folded letter by letter: an offset in one is an offset in the other.
        vocabulary: What the index knows.
        today: The day from which "last year" counts.
        names: The organisations that the question surely names.
        found: What the filters before have recognised.

    """

    text: str
    folded: str
    vocabulary: IndexVocabulary
    today: date
    names: Sequence[NameMention] = ()
    found: Sequence[Mention] = ()

    @property
    def taken(self) -> list[tuple[int, int]]:
        """The spans of what was already recognised."""
        return [(mention.start, mention.end) for mention in self.found]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What one filter lets through; ``None`` is no limit, an empty set lets nothing through.

    Attributes:
        rows: The passages, as a mask of shape (passages,).
        organisations: The ids of those that may answer.
        place_matches: The organisations in the place asked for, and how each is.
        proofs: What a passage must be worth to an organisation to speak for it.
        counts: Whether a document may speak for an organisation.
        speakers: By the row of a passage the organisations that it speaks for, in place of those
            that it documents.

    """

    rows: Mask | None = None
    organisations: frozenset[str] | None = None
    place_matches: Mapping[str, PlaceMatch] | None = None
    proofs: frozenset[Proof] | None = None
    counts: Callable[[Organisation, Document], bool] | None = None
    speakers: Mapping[int, frozenset[str]] | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers a question, and by what.

    Attributes:
        organisations: Those that are documented.
        confident: The evidence that documents each of them.
        if_asked: Also that which would, if its kind or its proof were asked for.

    """

    organisations: Sequence[Organisation]
    confident: Votes
    if_asked: Votes


class Filter(Generic[C]):
    """One thing that a search can be limited to. Stateless: what it knows is in the index.

    Attributes:
        key: Its name in ``off=…`` and in JSON.
        heading: What its chips begin with; in Italian, marked for the catalogue.
        turn: When it reads a question: those of a later turn see what the earlier have found.
        any_of: Whether any one of several chosen values will do, or all must be there.
        ignored_words_match: Whether the words of what is switched off are then matched.
        alone_is_question: Whether its words alone are a question, and no follow-up of another.
        follows: Whether a follow-up question may change it.

    """

    key: str
    heading: str
    parameters: tuple[Parameter, ...] = ()
    groups: tuple[Facet, ...] = ()
    turn: int = 1
    any_of: bool = True
    ignored_words_match: bool = False
    alone_is_question: bool = False
    follows: bool = True

    # --- from words and choices to a condition --------------------------------------------

    def learn(self, generation: Generation) -> object:
        """What of a generation helps to recognise and to apply it; kept in IndexVocabulary."""
        return None

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """Where the question says it, left to right."""
        return []

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """A chosen value, understood; raises QueryError where it is none."""
        raise NotImplementedError

    def chosen(
        self, explicit: ExplicitFilters, vocabulary: IndexVocabulary
    ) -> list[RecognisedFilter]:
        """The chosen values, understood; raises QueryError where one cannot be used."""
        values = (v for p in self.parameters for v in explicit.get(p.name))
        return [self.parse_choice(value, vocabulary) for value in values]

    def keys(self, item: RecognisedFilter) -> tuple[str, ...]:
        """What switches something recognised off, besides the filter's own key."""
        return (item.key,)

    def is_off(self, item: RecognisedFilter, explicit: ExplicitFilters) -> bool:
        """Whether something recognised is switched off."""
        return self.key in explicit.off or any(key in explicit.off for key in self.keys(item))

    def settle(
        self, said: Sequence[RecognisedFilter], chosen: Sequence[RecognisedFilter]
    ) -> list[RecognisedFilter]:
        """What holds of what was said and chosen: the question's words stand for both."""
        found: dict[str, RecognisedFilter] = {}
        for item in (*said, *chosen):
            found.setdefault(item.key, item)
        return list(found.values())

    def alone(self, items: Sequence[RecognisedFilter], folded: str) -> list[RecognisedFilter]:
        """What a question's items mean where it asks for nothing else.

        Args:
            items: What was recognised.
            folded: The question, folded letter by letter.
        """
        return list(items)

    def condition(self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary) -> C | None:
        """What a query asks by these, if not just their values; ``None`` is no filter."""
        return cast("C", tuple(item.value for item in items))

    def of(self, query: Query) -> C | None:
        """The condition of a query; ``None`` is no filter."""
        return cast("C | None", query.conditions.get(self.key))

    def on(self, query: Query, condition: C | None) -> Query:
        """The same query with another condition, or with none."""
        others = {key: value for key, value in query.conditions.items() if key != self.key}
        return replace(
            query, conditions=others if condition is None else {**others, self.key: condition}
        )

    # --- applying -------------------------------------------------------------------------

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """Which passages and organisations pass the query's condition; there is one."""
        raise NotImplementedError

    # --- what people read -----------------------------------------------------------------

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """Something recognised, in a few words."""
        return item.label

    def note(self, item: RecognisedFilter, query: Query, words: Words) -> str:
        """A consequence of a filter that the question does not ask for; mostly none.

        Args:
            item: What was recognised.
            query: What it is part of.
            words: The words of the reader's language.

        Returns:
            A sentence, or nothing.
        """
        return ""

    # --- what to choose next --------------------------------------------------------------

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """Who of those that answer has which value, by the name of the group."""
        return {}

    def inventory(self, index: PassageIndex) -> Mapping[str, Iterable[str]]:
        """Each value as often as the index holds it, by the name of the group."""
        return {}

    def value_label(self, value: FacetValue, words: Words) -> str:
        """A value to choose, as people read it."""
        return value.label

    def with_value(
        self, value: str, explicit: ExplicitFilters, said: Iterable[RecognisedFilter]
    ) -> ExplicitFilters:
        """The choices with one value more.

        Args:
            value: A value of a facet.
            explicit: What is chosen already.
            said: What the question itself says of this filter.

        Returns:
            Where any value will do, this one takes the place of the others, said ones included.

        """
        (parameter,) = self.parameters
        if not self.any_of:
            return explicit.having(parameter.name, *explicit.get(parameter.name), value)
        off = (item.key for item in said if item.words)
        return explicit.switched_off(*off).having(parameter.name, value)

    def without(
        self, item: RecognisedFilter, explicit: ExplicitFilters, vocabulary: IndexVocabulary
    ) -> ExplicitFilters:
        """The choices without something recognised, whether it was chosen, said, or both.

        Args:
            item: What to leave out.
            explicit: What is chosen, all of which can be read.
            vocabulary: What the index knows.

        """
        kept = explicit.switched_off(item.key) if item.words else explicit
        for parameter in self.parameters:
            left = (
                value
                for value in explicit.get(parameter.name)
                if self.parse_choice(value, vocabulary).value != item.value
            )
            kept = kept.having(parameter.name, *left)
        return kept


def member(
    members: type[E], value: str, what: str, problem: QueryProblem, among: Sequence[E] = ()
) -> E:
    """The member of an enumeration with a value.

    Args:
        members: The enumeration.
        value: The value, as it was chosen.
        what: What the value is, for the error.
        problem: The error's code.
        among: Those that may be chosen; all, where none are given.

    Raises:
        QueryError: There is no such member.

    """
    able = among or tuple(members)
    found = next((one for one in able if one.value == value), None)
    if found is None:
        message = f"The {what} {value!r} is unknown."
        raise QueryError(message, remedy=f"Choose among: {', '.join(able)}.", problem=problem)
    return found


def nobody_has(what: str, value: str) -> QueryError:
    """That no organisation of the index has a chosen value."""
    return QueryError(
        f"Nobody in the index has the {what} {value!r}.",
        remedy="See /api/v1/facets, or write it as part of the question.",
        problem=QueryProblem.UNKNOWN_FILTER,
    )
