"""Query → Answer over one generation: filter, retrieve, join, vote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache, partial

from indexer.errors import GenerationError
from indexer.generation import Generation
from indexer.model import DocumentKind, Encoder, Place, PlaceLevel, PlaceMention, PlaceRelation
from indexer.places import Gazetteer
from search_service import aggregation
from search_service.explain import Explanation, explain
from search_service.fusion import ranked
from search_service.highlight import Highlighter
from search_service.known import Known
from search_service.model import (
    Answer,
    Choices,
    Components,
    DocumentHit,
    Evidence,
    Hit,
    OrganisationHit,
    PassageAnswer,
    Proof,
    Query,
    Standing,
    Widening,
)
from search_service.neighbours import Neighbourhood
from search_service.query import parse_query, place_filter
from search_service.relevance import Background, background, confidence
from search_service.retrieval import retrieve
from search_service.shelves import Allowed, Mask, Shelves
from search_service.weights import WEIGHTS, Calibration, Weights, calibration_of

PAGE = 10
MAX_PAGE = 100
# What is offered where nobody answers: a profile that does would have named its organisation.
_READ = frozenset({DocumentKind.CASE_STUDY, DocumentKind.EVENT})
MAX_ELSEWHERE = 3  # organisations named outside the place that was asked for


class Searcher:
    """Answers questions from one generation, from start to end.

    Raises GenerationError for an index made with another model than ``encoder``.
    """

    def __init__(
        self,
        generation: Generation,
        encoder: Encoder,
        weights: Weights = WEIGHTS,
        calibration: Calibration | None = None,
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
        # One question is encoded once: to search, to widen the search, to highlight its answer.
        self._encode = lru_cache(maxsize=32)(encoder.encode_query)
        self._background = lru_cache(maxsize=32)(self._about)
        self._weights = weights
        self._calibration = calibration or calibration_of(
            generation.manifest.recipe.model, len(generation.passages)
        )
        self._known = Known.of(generation, encoder)

    def understand(self, question: str, choices: Choices = Choices()) -> Query:  # noqa: B008
        """The question as a Query; raises QueryError when it cannot be used."""
        return parse_query(question, self.gazetteer, known=self._known, choices=choices)

    def search(self, query: Query, limit: int = PAGE, offset: int = 0) -> Answer:
        """The organisations that answer, each with evidence; none when nobody does.

        Where nobody is in the place asked for, nor around it, ``elsewhere`` names who does it in
        other places. Where nobody answers, ``documents`` holds those that do.
        """
        found, hits, widened = self._in_widening_places(query)
        sure = tuple(hit for hit in found if hit.sure)
        last = offset + limit >= len(sure)
        nobody_there = not sure and bool(query.places) and bool(query.text)
        elsewhere = self._vote(replace(query, places=()))[0] if nobody_there else ()
        if not sure and not query.kinds:
            hits = self._answering(replace(query, kinds=_READ, documents_there=True))
        shown = hits if query.kinds or not sure else ()
        documents = aggregation.documents(shown, self.generation)
        return Answer(
            query=query,
            generation=self.generation.id,
            organisations=sure[offset : offset + limit],
            total=len(sure),
            offset=offset,
            documents=documents[offset : offset + limit],
            total_documents=len(documents),
            widened=widened,
            unsure=found[len(sure) : len(sure) + limit] if last else (),
            elsewhere=tuple(hit for hit in elsewhere if hit.sure)[:MAX_ELSEWHERE],
        )

    def highlighted(self, answer: Answer) -> Answer:
        """The answer with the words of its evidence that answer the question's words."""
        text = answer.query.text
        if not text:
            return answer
        spans = self._encoder.passage_spans
        return Highlighter(text, self._encode(text), self.generation, spans).answer(answer)

    def explained(self, answer: Answer) -> Explanation:
        """How the answer came about; it searches once more to tell."""
        query = answer.query
        if answer.widened is not None:
            query = self._in_place(query, answer.widened.searched)
        hits = self._retrieve(query, self.shelves.speaking(self.shelves.allowed(query)))
        return explain(answer, query, hits, self.generation, self.shelves, self._weights)

    @cached_property
    def neighbourhood(self) -> Neighbourhood:
        """Who is near whom; made at the first question about it."""
        return Neighbourhood(self.generation, self.shelves)

    def passages(self, query: Query, limit: int = PAGE) -> PassageAnswer:
        """The best passages, whoever they speak for."""
        hits = self._retrieve(query, self.shelves.allowed(query).rows)[:limit]
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
        one = len(query.places) == 1 and query.places[0].relation is PlaceRelation.IN
        if not one or any(hit.sure and hit.standing is Standing.SEATED for hit in found) or hits:
            return found, hits, None
        asked = query.places[0].places[0]
        for larger in self._wider(asked):
            wider, wider_hits = self._vote(self._in_place(query, larger))
            if any(hit.sure and hit.standing is Standing.SEATED for hit in wider):
                return wider, wider_hits, Widening(asked, larger)
        return found, hits, None

    def _in_place(self, query: Query, place: Place) -> Query:
        """The same question, asked of another place."""
        filtered = place_filter(PlaceMention(0, 0, (place,)), self.gazetteer)
        return replace(query, places=(filtered,))

    def _wider(self, place: Place) -> list[Place]:
        """The province and the region around a place, the smaller first."""
        levels = (PlaceLevel.PROVINCIA, PlaceLevel.REGIONE)
        return [p for p in self.gazetteer.ancestors(place) if p.level in levels]

    def _vote(self, query: Query) -> tuple[tuple[OrganisationHit, ...], Sequence[Hit]]:
        """The organisations, and the passages that answer by themselves where a kind is asked."""
        allowed = self.shelves.allowed(query)
        hits = self._retrieve(query, self.shelves.speaking(allowed))
        confident = self._judge(query)
        found = aggregation.organisations(
            hits,
            self.generation,
            allowed.standings,
            self._weights,
            allowed.organisations,
            lambda evidence: confident(evidence.parts) * self._trust(evidence, query),
            self._bar(query),
        )
        return found, self._answering(query) if query.kinds else ()

    def _answering(self, query: Query) -> tuple[Hit, ...]:
        """The passages that answer, whoever they speak for."""
        hits = self._retrieve(query, self.shelves.allowed(query).rows)
        confident, bar = self._judge(query), self._bar(query)
        return tuple(hit for hit in hits if confident(hit.parts) >= bar)

    def _bar(self, query: Query) -> float:
        """From where on it is sure; who is asked for by name is shown, whatever is asked of it."""
        return self._calibration.bar if query.organisations is None else 0.0

    def _trust(self, evidence: Evidence, query: Query) -> float:
        """What a piece of evidence counts: to be named by others is little, unless asked for."""
        named_by_others = evidence.proof is Proof.CORROBORATED and not query.kinds
        return self._calibration.corroborated if named_by_others else 1.0

    def _judge(self, query: Query) -> Callable[[Components], float]:
        """Who says how likely a passage answers the question."""
        if not query.text:
            return lambda _: 1.0
        return partial(
            confidence, about=self._background(query.text), calibration=self._calibration
        )

    def _about(self, text: str) -> Background:
        """What the text gets from passages at large, and the best of those that may answer."""
        everyone = self.shelves.speaking(Allowed(None, None)).nonzero()[0]
        encoded = self._encode(text)
        hits = retrieve(text, encoded, everyone, self.generation, self._weights)
        best = max((hit.parts.late for hit in hits), default=0.0)
        sample = self._calibration.sample
        return background(text, encoded, self.generation, self._weights, sample, best)

    def _retrieve(self, query: Query, mask: Mask | None) -> tuple[Hit, ...]:
        rows = None if mask is None else mask.nonzero()[0]
        if not query.text:  # only filters: all they let through, what speaks of them first
            everything = range(len(self.generation.passages)) if rows is None else rows.tolist()
            telling = self.shelves.telling(query)
            return ranked((row, float(row in telling), Components()) for row in everything)
        encoded = self._encode(query.text)
        return retrieve(query.text, encoded, rows, self.generation, self._weights)
