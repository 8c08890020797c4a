"""Query → Answer over one generation: filter, retrieve, join, vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.errors import GenerationError
from indexer.generation import Generation
from indexer.model import Encoder, Place, PlaceLevel, PlaceMention, PlaceRelation
from indexer.places import Gazetteer
from search_service import aggregation
from search_service.fusion import ranked
from search_service.model import (
    Answer,
    Choices,
    Components,
    DocumentHit,
    Hit,
    OrganisationHit,
    PassageAnswer,
    Query,
    Widening,
)
from search_service.query import parse_query, place_filter
from search_service.retrieval import retrieve
from search_service.shelves import Allowed, Shelves
from search_service.weights import WEIGHTS, Weights

PAGE = 10
MAX_PAGE = 100


class Searcher:
    """Answers questions from one generation, from start to end.

    Raises GenerationError for an index made with another model than ``encoder``.
    """

    def __init__(
        self, generation: Generation, encoder: Encoder, weights: Weights = WEIGHTS
    ) -> None:
        if generation.manifest.recipe.model_fingerprint != encoder.fingerprint:
            raise GenerationError(
                "The index was made with another embedding model than the configured one.",
                remedy="Run: python -m indexer build, or set COMPETENZE_MODEL as it was.",
            )
        self.generation = generation
        self.shelves = Shelves(generation)
        self.gazetteer = Gazetteer.load()
        self._encoder = encoder
        self._weights = weights
        self._names = tuple(
            name for o in generation.organisations.values() for name in (o.name, *o.aliases)
        )

    def understand(self, question: str, choices: Choices = Choices()) -> Query:  # noqa: B008
        """The question as a Query; raises QueryError when it cannot be used."""
        return parse_query(question, self.gazetteer, names=self._names, choices=choices)

    def search(self, query: Query, limit: int = PAGE, offset: int = 0) -> Answer:
        """The organisations that answer, each with evidence; none when nobody does."""
        found, hits, widened = self._in_widening_places(query)
        wants_documents = query.kinds is not None
        return Answer(
            query=query,
            generation=self.generation.id,
            organisations=found[offset : offset + limit],
            total=len(found),
            offset=offset,
            documents=aggregation.documents(hits, self.generation)[:limit]
            if wants_documents
            else (),
            widened=widened,
        )

    def passages(self, query: Query, limit: int = PAGE) -> PassageAnswer:
        """The best passages, whoever they speak for."""
        hits = self._retrieve(query, self.shelves.allowed(query))[:limit]
        rows = (self.generation.passages[hit.row] for hit in hits)
        return PassageAnswer(
            query,
            self.generation.id,
            tuple(
                DocumentHit(self.generation.documents[p.document], hit.rank, hit.score, p)
                for hit, p in zip(hits, rows, strict=True)
            ),
        )

    def _in_widening_places(
        self, query: Query
    ) -> tuple[tuple[OrganisationHit, ...], Sequence[Hit], Widening | None]:
        """The organisations in the place asked for or, where there are none, around it."""
        found, hits = self._vote(query)
        if found or len(query.places) != 1 or query.places[0].relation is not PlaceRelation.IN:
            return found, hits, None
        asked = query.places[0].places[0]
        for larger in self._wider(asked):
            filtered = place_filter(PlaceMention(0, 0, (larger,)), self.gazetteer)
            found, hits = self._vote(replace(query, places=(filtered,)))
            if found:
                return found, hits, Widening(asked, larger)
        return (), (), None

    def _wider(self, place: Place) -> list[Place]:
        """The province and the region around a place, the smaller first."""
        levels = (PlaceLevel.PROVINCIA, PlaceLevel.REGIONE)
        return [p for p in self.gazetteer.ancestors(place) if p.level in levels]

    def _vote(self, query: Query) -> tuple[tuple[OrganisationHit, ...], Sequence[Hit]]:
        allowed = self.shelves.allowed(query)
        hits = self._retrieve(query, allowed)
        found = aggregation.organisations(hits, self.generation, allowed.standings, self._weights)
        return found, hits

    def _retrieve(self, query: Query, allowed: Allowed) -> tuple[Hit, ...]:
        rows = None if allowed.rows is None else allowed.rows.nonzero()[0]
        if not query.text:  # only filters: everything they let through, in the index's order
            everything = range(len(self.generation.passages)) if rows is None else rows.tolist()
            return ranked((row, 0.0, Components()) for row in everything)
        encoded = self._encoder.encode_query(query.text)
        return retrieve(query.text, encoded, rows, self.generation, self._weights)
