"""All filters, in the order in which what was recognised is shown. Everything reads them here."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from indexer.index.snapshot import Generation
from indexer.text.folding import fold
from search_service.domain import (
    ExplicitFilters,
    Facets,
    FacetValue,
    RecognisedFilter,
)
from search_service.filters.base import Answering, Facet, Filter, Holders, Parameter
from search_service.filters.certification import CERTIFICATION
from search_service.filters.client import CLIENT
from search_service.filters.competence import COMPETENCE
from search_service.filters.event_part import EVENT_PART
from search_service.filters.exclusion import EXCLUSIONS
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.kind import KIND
from search_service.filters.legal_form import LEGAL_FORM
from search_service.filters.organisation import ORGANISATION
from search_service.filters.passage_index import PassageIndex
from search_service.filters.period import PERIOD
from search_service.filters.place import PLACE
from search_service.filters.proof import PROOF
from search_service.filters.sector import SECTOR
from search_service.filters.size import SIZE

AnyFilter = Filter[Any]
FILTERS: tuple[AnyFilter, ...] = (
    PLACE,
    KIND,
    PERIOD,
    EXCLUSIONS,
    ORGANISATION,
    CERTIFICATION,
    SECTOR,
    CLIENT,
    EVENT_PART,
    LEGAL_FORM,
    SIZE,
    COMPETENCE,
    PROOF,
)
PARAMETERS: tuple[Parameter, ...] = tuple(p for f in FILTERS for p in f.parameters)
GROUPS: tuple[tuple[Facet, AnyFilter], ...] = tuple(
    sorted(((group, f) for f in FILTERS for group in f.groups), key=lambda pair: pair[0].rank)
)
TURNS: tuple[tuple[AnyFilter, ...], ...] = tuple(
    tuple(turn) for _, turn in groupby(sorted(FILTERS, key=lambda f: f.turn), lambda f: f.turn)
)
_BY_KEY = {f.key: f for f in FILTERS}


def filter_of(key: str) -> AnyFilter | None:
    """The filter of a key; ``None`` for what is recognised and no filter (a spelling)."""
    return _BY_KEY.get(key)


def index_of(generation: Generation) -> PassageIndex:
    """A generation, ready to be filtered; made once for it."""
    learnt = {f.key: f.learn(generation) for f in FILTERS}
    return PassageIndex(generation, IndexVocabulary.of(generation, learnt))


def without(
    item: RecognisedFilter, explicit: ExplicitFilters, vocabulary: IndexVocabulary
) -> ExplicitFilters:
    """The choices that leave out something recognised.

    Args:
        item: What was recognised: chosen, said in the question, or both.
        explicit: The choices as they are, all of which can be read.
        vocabulary: What the index knows.

    """
    found = filter_of(item.aspect)
    return found.without(item, explicit, vocabulary) if found else explicit.switched_off(item.key)


def facets(answering: Answering, index: PassageIndex) -> Facets:
    """What could be chosen next, and how many of those that answer have it.

    A count is what choosing the value gives, with these exceptions. A place is where the seat is,
    while a search in it also finds those that serve it or work at a distance. Where an aspect is
    filtered by already and any of its values will do, another value adds to what there is. In a
    large index the narrower search reaches passages that were no candidates of the wider one, and
    so may give more; and as the baseline moves with the candidates, a passage just at the threshold
    may stop or start to be among an organisation's best.
    """
    counted = [f.facet(answering, index) for f in FILTERS]
    return {name: _counted(holders) for found in counted for name, holders in found.items()}


def inventory(index: PassageIndex) -> dict[str, list[str]]:
    """What the index holds: each value as often as somebody has it, by the name of its group."""
    found = [f.inventory(index) for f in FILTERS]
    return {name: list(values) for one in found for name, values in one.items()}


def _counted(holders: Holders) -> tuple[FacetValue, ...]:
    """The values that somebody has, most first, then by label."""
    found = [
        FacetValue(key.value, key.label, len(set(who)), key.english) for key, who in holders.items()
    ]
    return tuple(
        sorted((f for f in found if f.count), key=lambda f: (-f.count, fold(f.label), f.value))
    )
