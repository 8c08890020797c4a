"""The order in which an answer's organisations are shown, where relevance does not decide. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from indexer.domain import Place, PlaceLevel, PlaceRelation
from indexer.places import Gazetteer
from indexer.text.folding import fold
from search_service.domain import OrganisationHit, SearchArea, Sort
from search_service.search.expert_ranking import place_tier


def ordered(
    hits: tuple[OrganisationHit, ...], sort: Sort, gazetteer: Gazetteer
) -> tuple[OrganisationHit, ...]:
    """The organisations in another order; each keeps its rank.

    Those that only work in the place asked for stay behind those seated there, and those at a
    distance behind both.

    Args:
        hits: The organisations, by relevance.
        sort: The order.
        gazetteer: The list of places; by place they are sorted by region, then comune.
    """
    if sort is Sort.RELEVANCE:
        return hits
    keys: dict[Sort, Callable[[OrganisationHit], Any]] = {
        Sort.NAME: lambda hit: fold(hit.organisation.name),
        Sort.PLACE: lambda hit: _place(hit.organisation.seat, gazetteer),
        Sort.DATE: _age,
    }

    def order(hit: OrganisationHit) -> tuple[Any, ...]:
        return (place_tier(hit.place_match), keys[sort](hit), hit.organisation.id)

    return tuple(sorted(hits, key=order))


def nearest_first(
    hits: Iterable[OrganisationHit], area: SearchArea, gazetteer: Gazetteer
) -> tuple[OrganisationHit, ...]:
    """The organisations by the distance of their seat from a town or a province that was named.

    Those equally far, those without a seat (which come last), and all of them where something else
    was named, keep their order.

    Args:
        hits: The organisations, by relevance.
        area: The place that was named.
        gazetteer: Knows the distances.
    """
    asked = area.places[0]
    point = asked.level in (PlaceLevel.COMUNE, PlaceLevel.PROVINCIA)
    if not point or area.relation is PlaceRelation.BETWEEN or area.ambiguous:
        return tuple(hits)

    def distance(hit: OrganisationHit) -> float:
        seat = hit.organisation.seat
        km = gazetteer.distance_km(seat, asked) if seat is not None else None
        return math.inf if km is None else km

    return tuple(sorted(hits, key=distance))


def _place(seat: Place | None, gazetteer: Gazetteer) -> tuple[bool, str, str]:
    if seat is None:
        return (True, "", "")
    around = gazetteer.ancestors(seat)
    region = next((p.name for p in (seat, *around) if p.level is PlaceLevel.REGIONE), "")
    return (False, fold(region), fold(seat.name) if seat.name != region else "")


def _age(hit: OrganisationHit) -> int:
    """Days before the newest date of its evidence, counted so that a newer one is less."""
    periods = (e.document.period for e in hit.evidence)
    days = [d.toordinal() for p in periods if p and (d := p.end or p.start)]
    return -max(days, default=0)
