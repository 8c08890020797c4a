"""The last stage: what was found, as one page of an answer. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from search_service.domain import Answer, OrganisationHit, PlaceMatch, Query, Sort
from search_service.filters.organisation import ORGANISATION
from search_service.filters.passage_index import PassageIndex
from search_service.filters.place import wanted_areas
from search_service.filters.registry import facets
from search_service.search import expert_ranking
from search_service.search.sorting import ordered
from search_service.search.stages import Findings


def present(found: Findings, index: PassageIndex, *, limit: int, offset: int, sort: Sort) -> Answer:
    """One page of an answer.

    Args:
        found: What the stages before have found.
        index: The passages that were searched.
        limit: How many organisations, and documents, a page has.
        offset: How many come before it.
        sort: The order of those that are documented; each keeps its rank by relevance.

    """
    judged, gazetteer = found.stages.judged, index.vocabulary.gazetteer
    documented = judged.documented
    documents = expert_ranking.documents(found.readable, index.generation)
    ends_here = offset < max(1, len(documented)) <= offset + limit
    return Answer(
        query=found.query,
        generation=index.generation.id,
        documented=ordered(documented, sort, gazetteer)[offset : offset + limit],
        total=len(documented),
        offset=offset,
        documents=documents[offset : offset + limit],
        total_documents=len(documents),
        widened=found.widened,
        close=judged.close[:limit] if ends_here else (),
        elsewhere=found.elsewhere,
        remote_only=_is_remote_only(found.query, documented),
        facets=facets(found.answering, index),
        by_place=_by_place(documented),
    )


def _by_place(documented: Sequence[OrganisationHit]) -> Mapping[PlaceMatch, int]:
    """How many are related to the place asked for in each way, those seated there first."""
    found = Counter(hit.place_match for hit in documented)
    return {match: found[match] for match in PlaceMatch if found[match]}


def _is_remote_only(query: Query, documented: Sequence[OrganisationHit]) -> bool:
    """Whether all who answer only work at a distance from the place asked for.

    Not of who is asked for by name: they are the answer, wherever they are.
    """
    if not (wanted_areas(query) and documented) or ORGANISATION.of(query) is not None:
        return False
    return all(hit.place_match is PlaceMatch.REMOTE for hit in documented)
