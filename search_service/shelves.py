"""Which passages a query may use: sets of rows prepared once for a generation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.generation import Generation
from indexer.model import Organisation
from search_service.model import PlaceFilter, Query, Standing

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may answer.

    ``rows`` is a mask (``None``: all of them); ``standings`` says how each organisation stands to
    the place (``None``: no place was asked for).
    """

    rows: Mask | None
    standings: dict[str, Standing] | None


class Shelves:
    """The rows of each document, organisation and kind of a generation."""

    def __init__(self, generation: Generation) -> None:
        self._generation = generation
        self._size = len(generation.passages)
        by_organisation: dict[str, list[int]] = defaultdict(list)
        by_document: dict[str, list[int]] = defaultdict(list)
        for row, passage in enumerate(generation.passages):
            by_document[passage.document].append(row)
            for organisation in passage.organisations:
                by_organisation[organisation].append(row)
        self._by_organisation = {o: np.array(rows) for o, rows in by_organisation.items()}
        self._by_document = {d: np.array(rows) for d, rows in by_document.items()}

    def rows_of_organisation(self, organisation: str) -> NDArray[np.int64]:
        """The rows of the passages that speak for an organisation."""
        return self._by_organisation.get(organisation, np.zeros(0, np.int64))

    def rows_of_document(self, document: str) -> NDArray[np.int64]:
        """The rows of a document's passages, in reading order."""
        return self._by_document.get(document, np.zeros(0, np.int64))

    def allowed(self, query: Query) -> Allowed:
        """The rows that pass every filter of the query."""
        documents = self._documents(query)
        standings = self._standings(query)
        if standings is None:
            return Allowed(documents, None)
        places = np.zeros(self._size, bool)
        for organisation in standings:
            places[self.rows_of_organisation(organisation)] = True
        for document in self._generation.documents.values():
            if document.place is not None and _passes(document.place.id, query):
                places[self.rows_of_document(document.id)] = True
        return Allowed(places if documents is None else places & documents, standings)

    def _documents(self, query: Query) -> Mask | None:
        """Rows of the documents of the right kind and time; ``None`` when neither was asked."""
        if query.kinds is None and query.period is None:
            return None
        mask = np.zeros(self._size, bool)
        for document in self._generation.documents.values():
            if query.kinds is not None and document.kind not in query.kinds:
                continue
            if query.period is not None and not (
                document.period is not None and document.period.overlaps(query.period)
            ):
                continue
            mask[self.rows_of_document(document.id)] = True
        return mask

    def _standings(self, query: Query) -> dict[str, Standing] | None:
        if not query.places and not query.excluded_places:
            return None
        found: dict[str, Standing] = {}
        for organisation in self._generation.organisations.values():
            standing = _standing(organisation, query)
            if standing is not None:
                found[organisation.id] = standing
        return found


def _standing(organisation: Organisation, query: Query) -> Standing | None:
    """How an organisation stands to the places of a query; ``None`` when it is elsewhere."""
    seat = organisation.seat.id if organisation.seat is not None else None
    if seat is not None and any(seat in f.inside for f in query.excluded_places):
        return None
    if not query.places:
        return Standing.SEATED if seat is not None else None
    if seat is not None and any(seat in f.inside for f in query.places):
        return Standing.SEATED
    if any(_serves(organisation, f) for f in query.places):
        return Standing.SERVES
    return Standing.REMOTE if organisation.remote else None


def _serves(organisation: Organisation, place: PlaceFilter) -> bool:
    return any(area.id in place.inside or area.id in place.around for area in organisation.works_in)


def _passes(place: str, query: Query) -> bool:
    if any(place in f.inside for f in query.excluded_places):
        return False
    return not query.places or any(place in f.inside for f in query.places)
