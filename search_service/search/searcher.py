"""A question's way through its stages, over one generation.

``parse → Query · filter → EligiblePassages · retrieve → ScoredPassages · rank → RankedOrganisations
· judge → JudgedOrganisations · present → Answer``
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from indexer.domain import DocumentKind, Encoder, Place, PlaceLevel, PlaceRelation
from indexer.errors import GenerationError
from indexer.index.snapshot import Generation
from search_service.domain import (
    Answer,
    DocumentHit,
    ExplicitFilters,
    Hit,
    OrganisationHit,
    PassageAnswer,
    Query,
    RecognisedFilter,
    Sort,
    Widening,
)
from search_service.errors import QueryError
from search_service.filters import registry
from search_service.filters.kind import KIND, KindCondition
from search_service.filters.place import anywhere, wanted_areas, within
from search_service.observability import trace
from search_service.query.narrower import NARROWER
from search_service.query.parser import parse_query
from search_service.query.spelling import QuestionSpeller
from search_service.search.calibration import Calibration, calibration_of
from search_service.search.closeness import Closeness
from search_service.search.confidence import QueryBaseline
from search_service.search.eligibility import eligible_passages
from search_service.search.explain import Explanation, explain
from search_service.search.highlight import Highlighter
from search_service.search.judge import Judge
from search_service.search.narrower import NarrowerConcepts
from search_service.search.presenting import present
from search_service.search.ranker import rank
from search_service.search.reranker import Reranker, RerankingRetriever
from search_service.search.retrieval import Retriever
from search_service.search.sorting import nearest_first
from search_service.search.stages import Findings, SearchRun, Stages
from search_service.search.weights import WEIGHTS, Weights

PAGE = 10
MAX_PAGE = 100
MAX_ELSEWHERE = 3  # organisations named outside the place that was asked for
# What is offered where nobody answers: a profile that does would have named its organisation.
_READ = KindCondition(frozenset({DocumentKind.CASE_STUDY, DocumentKind.EVENT}), for_documents=True)


class Searcher:
    """Answers questions from one generation, from start to end."""

    def __init__(
        self,
        generation: Generation,
        encoder: Encoder,
        weights: Weights = WEIGHTS,
        calibration: Calibration | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """Prepare a generation; takes a while, so make it once.

        Args:
            generation: The index to answer from.
            encoder: The embedding model that the index was made with.
            weights: What each component of the ranking counts.
            calibration: When somebody surely answers; by default the one made for the model.
            reranker: Orders the best passages anew; by default nothing does.

        Raises:
            GenerationError: The index was made with another model.

        """
        made_with = generation.manifest.build_fingerprint
        if made_with.model_fingerprint != encoder.fingerprint:
            raise GenerationError(
                "The index was made with another embedding model than the configured one.",
                remedy="Run: python -m indexer build, or set COMPETENZE_MODEL as it was.",
            )
        self.generation = generation
        self.index = registry.index_of(generation)
        self.gazetteer = self.index.vocabulary.gazetteer
        self._speller = QuestionSpeller(
            generation.lexical,
            generation.passages,
            encoder.count_tokens,
            generation.linker.compounds,
        )
        # One question is encoded once: to search, to widen the search, to highlight its answer.
        self._encode = lru_cache(maxsize=32)(trace.stage("encode")(encoder.encode_query))
        # Those of a page are read to say why they are close, and to highlight them.
        self._passage_spans = lru_cache(maxsize=128)(encoder.passage_spans)
        self._retriever = (
            Retriever(generation, self._encode, weights)
            if reranker is None
            else RerankingRetriever(generation, self._encode, weights, reranker)
        )
        calibration = calibration or calibration_of(made_with.model, len(generation.passages))
        self._narrower = NarrowerConcepts(generation)
        self._judge = Judge(self.index, self._retriever, calibration)
        self._closeness = Closeness(
            generation,
            self._judge.statements,
            calibration,
            self._encode,
            self._passage_spans,
        )

    @trace.stage("understand")
    def understand(self, question: str, explicit: ExplicitFilters = ExplicitFilters()) -> Query:  # noqa: B008
        """The question as a Query; raises QueryError when it cannot be used."""
        trace.note_question(question)
        query = parse_query(question, self.index.vocabulary, explicit, speller=self._speller)
        return self._narrower.understood(query, explicit)

    def search(
        self, query: Query, limit: int = PAGE, offset: int = 0, sort: Sort = Sort.RELEVANCE
    ) -> Answer:
        """The organisations that answer, each with evidence; see ``run``.

        Args:
            query: The question, understood.
            limit: How many organisations, and documents, a page has; and how many close ones
                follow the last that is documented.
            offset: How many come before it.
            sort: The order of those that are documented; each keeps its rank by relevance.
        """
        return self.run(query, limit, offset, sort).answer

    def run(
        self, query: Query, limit: int = PAGE, offset: int = 0, sort: Sort = Sort.RELEVANCE
    ) -> SearchRun:
        """The organisations that answer, each with evidence, and how they were found.

        Where nobody is in the place asked for, nor around it, ``elsewhere`` names who does it in
        other places; ``documents`` then holds those that do answer.

        Args:
            query: The question, understood.
            limit: How many organisations, and documents, a page has; and how many close ones
                follow the last that is documented.
            offset: How many come before it.
            sort: The order of those that are documented; each keeps its rank by relevance.

        """
        stages, widened = self._stages_in_widening_places(query)
        judged, readable = stages.judged, stages.readable
        if not judged.documented and KIND.of(query) is None:
            readable = self._readable(KIND.on(query, _READ))
        found = Findings(
            query,
            stages,
            self._judge.answering(judged, query),
            widened,
            readable,
            () if judged.documented else self._elsewhere(query),
        )
        trace.note_result(bool(judged.documented or readable))
        answer = present(found, self.index, limit=limit, offset=offset, sort=sort)
        return SearchRun(replace(answer, close=self.close(answer.close, query)), stages)

    def baseline(self, text: str) -> QueryBaseline:
        """What the judgement compares the passages found for a text with."""
        return self._judge.query_baseline(text)

    def close(self, hits: Sequence[OrganisationHit], query: Query) -> tuple[OrganisationHit, ...]:
        """The organisations in the band of the close, each with its reason."""
        return self._closeness.of(hits, query.text) if hits and query.text else tuple(hits)

    def without(self, item: RecognisedFilter, explicit: ExplicitFilters) -> ExplicitFilters:
        """The choices that leave out something understood."""
        return registry.without(item, explicit, self.index.vocabulary)

    def counts_without(
        self, question: str, explicit: ExplicitFilters, query: Query
    ) -> tuple[tuple[RecognisedFilter, int], ...]:
        """How many are documented when one thing understood is left out, for each in turn.

        Args:
            question: The question.
            explicit: What was chosen beside it.
            query: What both gave.

        Returns:
            What was understood, with its count; what leaves nothing to ask is missing.

        """
        counts = []
        for item in query.understood:
            if item.aspect == NARROWER:  # without it, there are only fewer
                continue
            try:
                asked = self.understand(question, self.without(item, explicit))
            except QueryError:  # there was nothing else
                continue
            counts.append((item, self.count(asked)))
        return tuple(counts)

    def count(self, query: Query) -> int:
        """How many organisations are documented for a query; cheap where no statement fits."""
        around = (there for _, there in self._in_wider_places(query))
        if not any(map(self._may_document, (query, *around))):
            return 0
        stages, _ = self._stages_in_widening_places(query)
        return len(stages.judged.documented)

    def highlighted(self, answer: Answer) -> Answer:
        """The answer with the words of its evidence that answer the question's words."""
        text = answer.query.text
        if not text:
            return answer
        encoded, spans = self._encode(text), self._passage_spans
        return Highlighter(text, encoded, self.generation, spans).answer(answer)

    def explained(self, run: SearchRun) -> Explanation:
        """How an answer came about, told from the stages that made it."""
        return explain(run, self.index, self._retriever.weights)

    def passages(self, query: Query, limit: int = PAGE) -> PassageAnswer:
        """The best passages, whoever they speak for."""
        eligible = eligible_passages(query, self.index)
        hits = self._retriever.retrieve(query, eligible.rows).hits[:limit]
        found = (self.generation.passages[hit.row] for hit in hits)
        return PassageAnswer(
            query,
            self.generation.id,
            tuple(
                DocumentHit(self.generation.documents[p.document], hit.rank, hit.score, p, hit.row)
                for hit, p in zip(hits, found, strict=True)
            ),
        )

    def _stages(self, query: Query) -> Stages:
        """Filter, retrieve, rank, judge."""
        eligible = eligible_passages(query, self.index)
        scored = self._retriever.retrieve(query, eligible.speaking)
        ranked = rank(scored, eligible, self.generation, self._retriever.weights)
        judged = self._judge.judge(ranked, query)
        readable = self._readable(query) if KIND.of(query) is not None else ()
        return Stages(query, eligible, scored, judged, readable)

    def _readable(self, query: Query) -> tuple[Hit, ...]:
        """The passages that answer by themselves, whoever they speak for."""
        found = self._retriever.retrieve(query, eligible_passages(query, self.index).rows)
        return self._judge.answering_passages(found, query)

    def _stages_in_widening_places(self, query: Query) -> tuple[Stages, Widening | None]:
        """Who answers in the place asked for or, where there are none, around it."""
        found = self._stages(query)
        if found.judged.somebody_seated or found.readable:
            return found, None
        for larger, there in self._in_wider_places(query):
            if not self._may_document(there):
                continue
            wider = self._stages(there)
            if wider.judged.somebody_seated:
                return wider, Widening(wanted_areas(query)[0].places[0], larger)
        return found, None

    def _in_wider_places(self, query: Query) -> list[tuple[Place, Query]]:
        """The query around the one place asked for, if there is one that may be widened."""
        areas = wanted_areas(query)
        if len(areas) != 1 or areas[0].relation is not PlaceRelation.IN or areas[0].seat_only:
            return []
        wider = self._wider(areas[0].places[0])
        return [(place, within(query, place, self.gazetteer)) for place in wider]

    def _may_document(self, query: Query) -> bool:
        """Whether a search can document anybody: it takes a tenth of the time of one."""
        return self._judge.may_document(query, eligible_passages(query, self.index))

    def _elsewhere(self, query: Query) -> tuple[OrganisationHit, ...]:
        """Who answers outside the place asked for, the nearest first."""
        areas = wanted_areas(query)
        if not areas or not query.text:
            return ()
        everywhere = anywhere(query)
        if not self._may_document(everywhere):
            return ()
        found = self._stages(everywhere).judged
        return nearest_first(found.documented, areas[0], self.gazetteer)[:MAX_ELSEWHERE]

    def _wider(self, place: Place) -> list[Place]:
        """The province and the region around a place, the smaller first."""
        levels = (PlaceLevel.PROVINCIA, PlaceLevel.REGIONE)
        return [p for p in self.gazetteer.ancestors(place) if p.level in levels]
