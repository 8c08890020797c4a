"""Where the organisation sought is, or works: "in Toscana", "vicino a Bologna", "fuori da Roma"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from indexer.domain import Organisation, Place, PlaceLevel, PlaceMention, PlaceRelation
from indexer.errors import CompetenzeError
from indexer.places import Gazetteer, recognise_places, resolve_place
from indexer.text.folding import fold
from search_service.domain import (
    FacetValue,
    Mention,
    PlaceMatch,
    Query,
    RecognisedFilter,
    SearchArea,
)
from search_service.errors import QueryError, QueryProblem
from search_service.filters.base import (
    Answering,
    Eligibility,
    Facet,
    FacetKey,
    Filter,
    FoldedQuestion,
    Holders,
    Mask,
    Parameter,
)
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.kind import asks_for_documents
from search_service.filters.passage_index import PassageIndex
from search_service.filters.seat import asks_for_work, seat_mentions
from search_service.presentation.labels import Words, words_in
from search_service.presentation.languages import ITALIAN
from search_service.presentation.languages import marked as _

SEATED = "sede:"  # what such a choice begins with


@dataclass(frozen=True, slots=True)
class PlaceCondition:
    """Any of the ``wanted`` areas will do, and none of the ``excluded``."""

    wanted: tuple[SearchArea, ...] = ()
    excluded: tuple[SearchArea, ...] = ()


class PlaceFilter(Filter[PlaceCondition]):
    """Seat, areas served and work at a distance; of documents, where they are set.

    Where the question asks for a seat ("con sede a …", "solo in …") only that counts. Where it is
    for documents ("eventi a Roma") the places are theirs.
    """

    key = "place"
    heading = _("dove")
    parameters = (
        Parameter(
            "place",
            "places",
            _("Solo in questi luoghi: nomi («Toscana») o id («regione:09»)."),
            "Toscana",
        ),
    )
    groups = (
        Facet("regions", _("Regione della sede"), 10),
        Facet("provinces", _("Provincia della sede"), 11),
    )
    turn = 0

    def recognise(self, question: FoldedQuestion) -> list[Mention]:
        """The places that the question names."""
        vocabulary = question.vocabulary
        found = recognise_places(question.text, vocabulary.gazetteer, names=vocabulary.spellings)
        return [
            Mention(m.start, m.end, _recognised(m, question.text, vocabulary.gazetteer, seat=seat))
            for m, seat in seat_mentions(question.folded, found)
        ]

    def parse_choice(self, value: str, vocabulary: IndexVocabulary) -> RecognisedFilter:
        """The place of an id or a name; namesakes are all meant. See ``seated_in``."""
        gazetteer = vocabulary.gazetteer
        place = value.removeprefix(SEATED).strip()
        chosen = _chosen_place(place, gazetteer)
        return _recognised(chosen, "", gazetteer, seat=value.startswith(SEATED))

    def keys(self, item: RecognisedFilter) -> tuple[str, ...]:
        """Each of the places that share a name switches the name off."""
        return tuple(f"{self.key}:{place.id}" for place in area_of(item).places)

    def settle(
        self, said: Sequence[RecognisedFilter], chosen: Sequence[RecognisedFilter]
    ) -> list[RecognisedFilter]:
        """Each mention is shown, as one place may be meant in several ways."""
        return [*said, *chosen]

    def alone(self, items: Sequence[RecognisedFilter], folded: str) -> list[RecognisedFilter]:
        """The seats there, unless it asks who works there: else all that work anywhere answer."""
        return [*items] if asks_for_work(folded) else [_seats(item) for item in items]

    def condition(
        self, items: Sequence[RecognisedFilter], vocabulary: IndexVocabulary
    ) -> PlaceCondition | None:
        """Wanted and excluded areas."""
        areas = [area_of(item) for item in items]
        outside = PlaceRelation.OUTSIDE
        return PlaceCondition(
            tuple(area for area in areas if area.relation is not outside),
            tuple(area for area in areas if area.relation is outside),
        )

    def applies(self, query: Query, index: PassageIndex) -> Eligibility:
        """The organisations in the places, and the passages of the documents that are."""
        condition = self.of(query) or PlaceCondition()
        matches = _matches(condition, index)
        if asks_for_documents(query):
            return Eligibility(rows=_documents_there(condition, matches, index))
        return Eligibility(rows=_rows(condition, matches, index), place_matches=matches)

    def label(self, item: RecognisedFilter, words: Words) -> str:
        """The area, in words."""
        return words.area(area_of(item))

    def facet(self, answering: Answering, index: PassageIndex) -> Mapping[str, Holders]:
        """The regions and the provinces of the seats."""
        regions: dict[FacetKey, list[str]] = defaultdict(list)
        provinces: dict[FacetKey, list[str]] = defaultdict(list)
        for organisation in answering.organisations:
            for place in _around_seat(organisation, index.vocabulary.gazetteer):
                if place.level is PlaceLevel.REGIONE:
                    regions[FacetKey(place.id, place.name)].append(organisation.id)
                elif place.level is PlaceLevel.PROVINCIA:
                    provinces[FacetKey(place.id, place.label)].append(organisation.id)
        return {"regions": regions, "provinces": provinces}

    def inventory(self, index: PassageIndex) -> Mapping[str, Iterable[str]]:
        """The region of each seat, by name."""
        gazetteer = index.vocabulary.gazetteer
        chains = (_around_seat(o, gazetteer) for o in index.generation.organisations.values())
        return {
            "regions": (
                next((p.name for p in chain if p.level is PlaceLevel.REGIONE), chain[0].name)
                for chain in chains
                if chain
            )
        }

    def value_label(self, value: FacetValue, words: Words) -> str:
        """The place's name."""
        return words.place_label(value.value, value.label)


PLACE = PlaceFilter()


def seated_in(place: str) -> str:
    """The choice of a place, an id or a name, in which only a seat will do."""
    return f"{SEATED} {place}"


def area_of(item: RecognisedFilter) -> SearchArea:
    """The area that a recognised place means."""
    assert isinstance(item.meaning, SearchArea)
    return item.meaning


def wanted_areas(query: Query) -> tuple[SearchArea, ...]:
    """The areas asked for, any of which will do; empty where none is."""
    condition = PLACE.of(query)
    return condition.wanted if condition else ()


def within(query: Query, place: Place, gazetteer: Gazetteer) -> Query:
    """The same question, asked of one place instead of those wanted.

    Args:
        query: The question.
        place: Replaces the places wanted; those excluded stay so.
        gazetteer: The list of places.
    """
    condition = PLACE.of(query) or PlaceCondition()
    area = search_area(PlaceMention(0, 0, (place,)), gazetteer)
    return PLACE.on(query, PlaceCondition((area,), condition.excluded))


def anywhere(query: Query) -> Query:
    """The same question without the places wanted; those excluded stay so."""
    condition = PLACE.of(query)
    excluded = condition.excluded if condition else ()
    return PLACE.on(query, PlaceCondition((), excluded) if excluded else None)


def search_area(
    mention: PlaceMention, gazetteer: Gazetteer, *, seat_only: bool = False
) -> SearchArea:
    """The comuni, and the larger places, that a mention means.

    Args:
        mention: The places, and what is said of them.
        gazetteer: The list of places.
        seat_only: Whether only a seat there will do.

    """
    if mention.relation is PlaceRelation.NEAR:
        centre = mention.places[0]
        inside = gazetteer.near(centre, mention.radius_km or 0.0) | {centre.id}
    elif mention.relation is PlaceRelation.BETWEEN:
        first, second = mention.places
        inside = gazetteer.between(first, second) | {first.id, second.id}
    else:
        inside = frozenset().union(*(_inside(place, gazetteer) for place in mention.places))
    around = {a.id for place in mention.places for a in gazetteer.ancestors(place)}
    return SearchArea(
        mention.relation,
        mention.places,
        inside,
        frozenset(around),
        mention.ambiguous,
        mention.radius_km,
        seat_only,
    )


@lru_cache(maxsize=256)  # a region's four hundred comuni are asked for again and again
def _inside(place: Place, gazetteer: Gazetteer) -> frozenset[str]:
    """The ids of all places that lie in a place, itself included."""
    comuni = gazetteer.comuni(place)
    around = {a for comune in comuni for a in gazetteer.ancestors(gazetteer.get(comune))}
    return frozenset({place.id, *comuni, *(a.id for a in around if gazetteer.within(a, place))})


def _chosen_place(value: str, gazetteer: Gazetteer) -> PlaceMention:
    try:
        return PlaceMention(0, 0, (gazetteer.get(value),))
    except CompetenzeError:
        found = resolve_place(value, gazetteer)
    if not found:
        close = tuple(gazetteer.suggest(value))
        hint = f"Did you mean {close[0].label!r}?" if close else "See /api/v1/facets."
        raise QueryError(
            f"The place {value!r} is unknown.",
            remedy=hint,
            problem=QueryProblem.UNKNOWN_PLACE,
            places=close,
        )
    # "Bologna" is also a province and "Molise" also a comune: the label as shown decides, then
    # the likeliest; only namesakes of one level are a question to ask.
    exact = [place for place in found if fold(place.label) == fold(value)]
    best = (exact or found)[0]
    namesakes = tuple(p for p in found if p.level is best.level) if not exact else (best,)
    return PlaceMention(0, 0, namesakes, ambiguous=len(namesakes) > 1)


def _recognised(
    mention: PlaceMention, question: str, gazetteer: Gazetteer, *, seat: bool = False
) -> RecognisedFilter:
    words = question[mention.start : mention.end]
    area = search_area(mention, gazetteer, seat_only=seat)
    label = words_in(ITALIAN).area(area)
    return RecognisedFilter(PlaceFilter.key, mention.places[0].id, label, words, area)


def _seats(item: RecognisedFilter) -> RecognisedFilter:
    area = replace(area_of(item), seat_only=True)
    return replace(item, label=words_in(ITALIAN).area(area), meaning=area)


# --- organisations in a place ----------------------------------------------------------------


def _matches(condition: PlaceCondition, index: PassageIndex) -> dict[str, PlaceMatch]:
    """The organisations that are not elsewhere, and how each is there."""
    served = [area for area in condition.wanted if not area.seat_only]
    serving = frozenset[str]().union(*(area.inside | area.around for area in served))
    found = {
        organisation.id: _match(organisation, condition, serving if served else None)
        for organisation in index.generation.organisations.values()
    }
    return {name: match for name, match in found.items() if match is not None}


def _match(
    organisation: Organisation, condition: PlaceCondition, serving: frozenset[str] | None
) -> PlaceMatch | None:
    """How an organisation is in the places.

    Args:
        organisation: The organisation.
        condition: The places.
        serving: The ids of the places in which work is work there; ``None``: only a seat will do.

    """
    seat = organisation.seat.id if organisation.seat is not None else None
    if seat is not None and _passes(seat, condition):
        return PlaceMatch.SEATED
    if serving is None or (seat is not None and _is_excluded(seat, condition)):
        return None
    if any(place.id in serving for place in organisation.works_in):
        return PlaceMatch.SERVES
    return PlaceMatch.REMOTE if organisation.remote else None


def _passes(place: str, condition: PlaceCondition) -> bool:
    if _is_excluded(place, condition):
        return False
    return not condition.wanted or any(place in area.inside for area in condition.wanted)


def _is_excluded(place: str, condition: PlaceCondition) -> bool:
    return any(place in area.inside for area in condition.excluded)


def _rows(condition: PlaceCondition, matches: Iterable[str], index: PassageIndex) -> Mask:
    """The rows of those in the places, and of the documents that are."""
    mask = index.rows_of(matches)
    for document in index.generation.documents.values():
        if document.place is not None and _passes(document.place.id, condition):
            mask[index.rows_of_document(document.id)] = True
    return mask


def _documents_there(
    condition: PlaceCondition, matches: Mapping[str, PlaceMatch], index: PassageIndex
) -> Mask:
    """The rows of the documents in the places; one that has no place is where its people are."""
    mask = np.zeros(len(index.generation.passages), bool)
    for document in index.generation.documents.values():
        if document.place is not None:
            there = _passes(document.place.id, condition)
        else:
            there = any(
                matches.get(link.organisation) is PlaceMatch.SEATED
                for link in document.organisations
            )
        if there:
            mask[index.rows_of_document(document.id)] = True
    return mask


def _around_seat(organisation: Organisation, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """The seat and the places around it, the smallest first; empty where it is not known."""
    seat = organisation.seat
    return () if seat is None else (seat, *gazetteer.ancestors(seat))
