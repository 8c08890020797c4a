"""Query → Answer over one generation: filter, retrieve, join, vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from indexer.domain import DocumentKind, Encoder, Place, PlaceLevel, PlaceMention, PlaceRelation
from indexer.errors import GenerationError
from indexer.index.snapshot import Generation
from indexer.places import Gazetteer
from search_service.domain import (
    Answer,
    DocumentHit,
    ExplicitFilters,
    OrganisationHit,
    PassageAnswer,
    PlaceMatch,
    Query,
    RecognisedFilter,
    Sort,
    Widening,
)
from search_service.errors import QueryError
from search_service.observability import trace
from search_service.query import explicit_filters
from search_service.query.index_vocabulary import IndexVocabulary
from search_service.query.parser import parse_query, place_filter
from search_service.search import expert_ranking
from search_service.search.explain import Explanation, explain
from search_service.search.facets import facets
from search_service.search.filters import PassageFilters
from search_service.search.highlight import Highlighter
from search_service.search.ranker import OrganisationRanker, RankedOrganisations
from search_service.search.sorting import nearest_first, ordered
from search_service.search.weights import WEIGHTS, Calibration, Weights, calibration_of

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
        if generation.manifest.build_fingerprint.model_fingerprint != encoder.fingerprint:
            raise GenerationError(
                "The index was made with another embedding model than the configured one.",
                remedy="Run: python -m indexer build, or set COMPETENZE_MODEL as it was.",
            )
        self.generation = generation
        self.filters = PassageFilters(generation)
        self.gazetteer = Gazetteer.load()
        self._encoder = encoder
        # One question is encoded once: to search, to widen the search, to highlight its answer.
        self._encode = lru_cache(maxsize=32)(trace.stage("encode")(encoder.encode_query))
        self._weights = weights
        calibration = calibration or calibration_of(
            generation.manifest.build_fingerprint.model, len(generation.passages)
        )
        self._voter = OrganisationRanker(
            generation, self.filters, self._encode, weights, calibration
        )
        self._known = IndexVocabulary.of(generation, encoder)

    @trace.stage("understand")
    def understand(self, question: str, choices: ExplicitFilters = ExplicitFilters()) -> Query:  # noqa: B008
        """The question as a Query; raises QueryError when it cannot be used."""
        trace.note_question(question)
        return parse_query(question, self.gazetteer, known=self._known, choices=choices)

    def search(
        self, query: Query, limit: int = PAGE, offset: int = 0, sort: Sort = Sort.RELEVANCE
    ) -> Answer:
        """The organisations that answer, each with evidence; none when nobody does.

        Where nobody is in the place asked for, nor around it, ``elsewhere`` names who does it in
        other places; ``documents`` then holds those that do answer. ``sort`` orders those that are
        sure; each keeps its rank by relevance.
        """
        found, widened = self._in_widening_places(query)
        sure = tuple(hit for hit in found.organisations if hit.sure)
        shown = ordered(sure, sort, self.gazetteer)[offset : offset + limit]
        last = offset + limit >= len(sure)
        read = found.readable
        if not sure and not query.kinds:
            read = self._voter.answering(replace(query, kinds=_READ, documents_there=True))
        documents = expert_ranking.documents(read, self.generation)
        trace.note_result(bool(sure or documents))
        return Answer(
            query=query,
            generation=self.generation.id,
            organisations=shown,
            total=len(sure),
            offset=offset,
            documents=documents[offset : offset + limit],
            total_documents=len(documents),
            widened=widened,
            unsure=found.organisations[len(sure) : len(sure) + limit] if last else (),
            elsewhere=() if sure else self._elsewhere(query),
            remote_only=_is_remote_only(query, sure),
            facets=facets(
                [hit.organisation for hit in sure],
                *self._voter.confident_evidence(found, query),
                self.filters.able,
                self._known,
                self.gazetteer,
            ),
        )

    def without(self, item: RecognisedFilter, choices: ExplicitFilters) -> ExplicitFilters:
        """The choices that leave out something understood."""
        return explicit_filters.without(item, choices, self.gazetteer, self._known)

    def counts_without(
        self, question: str, choices: ExplicitFilters, query: Query
    ) -> tuple[tuple[RecognisedFilter, int], ...]:
        """How many surely answer when one thing understood is left out, for each in turn.

        ``query`` is what ``question`` and ``choices`` gave. What leaves nothing to ask is missing.
        """
        counts = []
        for item in query.understood:
            try:
                asked = self.understand(question, self.without(item, choices))
            except QueryError:  # there was nothing else
                continue
            found, _ = self._in_widening_places(asked)
            counts.append((item, sum(hit.sure for hit in found.organisations)))
        return tuple(counts)

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
        hits = self._voter.retrieve(
            query, self.filters.rows_of_eligible(self.filters.allowed(query))
        )
        return explain(answer, query, hits, self.generation, self.filters, self._weights)

    def passages(self, query: Query, limit: int = PAGE) -> PassageAnswer:
        """The best passages, whoever they speak for."""
        hits = self._voter.retrieve(query, self.filters.allowed(query).rows)[:limit]
        rows = (self.generation.passages[hit.row] for hit in hits)
        return PassageAnswer(
            query,
            self.generation.id,
            tuple(
                DocumentHit(self.generation.documents[p.document], hit.rank, hit.score, p)
                for hit, p in zip(hits, rows, strict=True)
            ),
        )

    def _in_widening_places(self, query: Query) -> tuple[RankedOrganisations, Widening | None]:
        """Who answers in the place asked for or, where there are none, around it."""
        found = self._voter.vote(query)
        one = len(query.places) == 1 and query.places[0].relation is PlaceRelation.IN
        if not one or found.somebody_seated or found.readable:
            return found, None
        asked = query.places[0].places[0]
        for larger in self._wider(asked):
            wider = self._voter.vote(self._in_place(query, larger))
            if wider.somebody_seated:
                return wider, Widening(asked, larger)
        return found, None

    def _elsewhere(self, query: Query) -> tuple[OrganisationHit, ...]:
        """Who answers outside the place asked for, the nearest first."""
        if not query.places or not query.text:
            return ()
        found = self._voter.vote(replace(query, places=())).organisations
        sure = (hit for hit in found if hit.sure)
        return nearest_first(sure, query.places[0], self.gazetteer)[:MAX_ELSEWHERE]

    def _in_place(self, query: Query, place: Place) -> Query:
        """The same question, asked of another place."""
        filtered = place_filter(PlaceMention(0, 0, (place,)), self.gazetteer)
        return replace(query, places=(filtered,))

    def _wider(self, place: Place) -> list[Place]:
        """The province and the region around a place, the smaller first."""
        levels = (PlaceLevel.PROVINCIA, PlaceLevel.REGIONE)
        return [p for p in self.gazetteer.ancestors(place) if p.level in levels]


def _is_remote_only(query: Query, sure: Sequence[OrganisationHit]) -> bool:
    """Whether all who answer only work at a distance from the place asked for.

    Not of who is asked for by name: they are the answer, wherever they are.
    """
    if not (query.places and sure) or query.organisations is not None:
        return False
    return all(hit.standing is PlaceMatch.REMOTE for hit in sure)
