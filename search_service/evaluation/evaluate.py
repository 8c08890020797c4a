"""How well the search finds: topics, run, measures, through the product's own build and search.

Test collections are in BEIR's layout; the project's own topics are judged by organisation name.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import numpy as np

from indexer.domain import Encoder
from indexer.index.snapshot import Generation, load_current
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from search_service.domain import Answer, OrganisationHit, Query
from search_service.evaluation.bands import BandMeasures, Judged, band_measures
from search_service.evaluation.collections import (
    Collection,
    CollectionTopic,
    EvaluationError,
    JudgedTopic,
    write_corpus,
)
from search_service.evaluation.measures import Run, compute_measures, ratio_interval
from search_service.query.language import language_of_question
from search_service.search.configured import SearcherFactory
from search_service.search.searcher import Searcher
from search_service.search.weights import WEIGHTS, Weights

DEPTH = 100  # how many results of a question are judged

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome: measures are in 0–1, latencies in milliseconds."""

    collection: str
    measures: Mapping[str, float]
    per_query: Mapping[str, Mapping[str, float]]
    latencies: Sequence[float]
    index_seconds: float
    passages: int
    run: Run
    nobody: Mapping[str, float] | None = None
    nobody_there: Mapping[str, float] | None = None
    bands: BandMeasures | None = None
    groups: Mapping[str, BandMeasures] | None = None

    def as_json(self) -> dict[str, object]:
        """A JSON object for scripts."""
        p50, p95 = np.percentile(self.latencies, [50, 95]) if len(self.latencies) else (0, 0)
        return {
            "set": self.collection,
            "queries": len(self.per_query),
            **{name: round(value, 4) for name, value in self.measures.items()},
            "latency_ms": {"p50": round(float(p50), 2), "p95": round(float(p95), 2)},
            "index_seconds": round(self.index_seconds, 1),
            "passages": self.passages,
            **({"bands": self.bands.as_json()} if self.bands is not None else {}),
            **({"groups": {g: b.as_json() for g, b in self.groups.items()}} if self.groups else {}),
            **({"nobody": dict(self.nobody)} if self.nobody is not None else {}),
            **({"nobody_there": dict(self.nobody_there)} if self.nobody_there is not None else {}),
        }


def evaluate_collection(
    collection: Collection,
    settings: Settings,
    encoder: Encoder,
    variants: Mapping[str, Weights] | None = None,
    unanswerable: Sequence[JudgedTopic] = (),
    make_searcher: SearcherFactory = Searcher,
) -> dict[str, Evaluation]:
    """Index a collection in a temporary folder as a build does, and run all its queries.

    Args:
        collection: Documents, queries and judgements.
        settings: The passage size and the model; corpus and index are replaced.
        encoder: The embedding model.
        variants: Weights to compare on the one index, by name; ``None`` runs the product's own,
            named "all".
        unanswerable: Questions that no organisation of the collection answers, asked as well.
        make_searcher: Makes the searcher of the index.

    Raises:
        EvaluationError: There are such questions, and the collection ranks documents.
    """
    if unanswerable and collection.ranks != "organisations":
        raise EvaluationError(
            f"{collection.name} ranks documents, of which there are always some.",
            remedy="Ask what nobody answers of a collection that ranks organisations.",
        )
    with indexed(collection, settings, encoder) as (generation, ids, seconds):
        return {
            name: _evaluation(
                collection, make_searcher(generation, encoder, w), ids, seconds, unanswerable
            )
            for name, w in (variants or {"all": WEIGHTS}).items()
        }


@contextmanager
def indexed(
    collection: Collection, settings: Settings, encoder: Encoder
) -> Iterator[tuple[Generation, Mapping[str, str], float]]:
    """Index a collection in a temporary folder, as a build does.

    Args:
        collection: What is indexed.
        settings: The passage size and the model; corpus and index are replaced.
        encoder: The embedding model.

    Yields:
        The index, each row's id by the product's name for its document, and the seconds it took.

    """
    with TemporaryDirectory(prefix="evaluate-") as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        ids = write_corpus(collection, corpus)
        start = time.perf_counter()
        build_index(settings.model_copy(update={"corpus": corpus, "index": index}), encoder)
        seconds = time.perf_counter() - start
        generation, _ = load_current(index)
        yield generation, ids, seconds


def _evaluation(
    collection: Collection,
    searcher: Searcher,
    ids: Mapping[str, str],
    seconds: float,
    unanswerable: Sequence[JudgedTopic],
) -> Evaluation:
    """Run a collection's queries.

    Args:
        collection: Documents, queries and judgements.
        searcher: Searches its index.
        ids: Each row's id by the product's name for its document.
        seconds: How long indexing took.
        unanswerable: Questions that nobody of it answers.

    """
    bands = None
    if collection.ranks == "organisations":
        answers, latencies = _run(collection.topics, lambda text: _answer(searcher, text))
        run = {q: _documents(answer) for q, answer in answers.items()}
        others, _ = _run(unanswerable, lambda text: _answer(searcher, text))
        judged = [_judged_rows(collection.qrels[q], answers[q], ids) for q in answers]
        judged += [_judged_rows({}, answer, ids) for answer in others.values()]
        bands = band_measures(judged, right=collection.highest_grade)
    else:
        run, latencies = _run(collection.topics, lambda text: _ask_documents(searcher, text))
    named = {q: [(ids[d], s) for d, s in hits] for q, hits in run.items()}
    measures, per_query = compute_measures(collection.qrels, named)
    size = len(searcher.generation.passages)
    name = collection.name
    return Evaluation(name, measures, per_query, latencies, seconds, size, named, bands=bands)


def _judged_rows(grades: Mapping[str, int], answer: Answer, ids: Mapping[str, str]) -> Judged:
    """An answer whose organisations are judged by their rows, each by its best.

    Args:
        grades: The grade of each row by its id; none where nobody answers.
        answer: What was found.
        ids: Each row's id by the product's name for its document.

    """

    def row(hit: OrganisationHit) -> str:
        return max((ids[e.document.id] for e in hit.evidence), key=lambda d: grades.get(d, 0))

    documented, close = ([row(hit) for hit in hits] for hits in (answer.documented, answer.close))
    return Judged(grades, bool(grades), documented, close)


def paired_difference(
    a: Evaluation, b: Evaluation, name: str = "nDCG@10"
) -> tuple[float, float, float]:
    """The mean difference between two evaluations, with the ends of its 95% interval.

    A paired bootstrap over the queries (Sakai 2006), always with the same draws; without queries
    the difference is 0.

    Args:
        a: The evaluation whose gain is measured.
        b: What it is compared with, over the same queries.
        name: The measure.
    """
    if not a.per_query:
        return 0.0, 0.0, 0.0
    gains = np.array([a.per_query[q][name] - b.per_query[q][name] for q in sorted(a.per_query)])
    return float(gains.mean()), *ratio_interval(gains, np.ones(len(gains)))


def ablation_as_json(found: Mapping[str, Evaluation]) -> dict[str, object]:
    """For each variant its measures, and their difference from "all" with its interval."""
    rows: dict[str, object] = {}
    for name, outcome in found.items():
        gain, low, high = (round(value, 4) for value in paired_difference(outcome, found["all"]))
        reached = round(outcome.measures["nDCG@10"], 4)
        rows[name] = {"nDCG@10": reached, "difference": gain, "interval": [low, high]}
    return rows


def evaluate_topics(name: str, topics: Sequence[JudgedTopic], searcher: Searcher) -> Evaluation:
    """Run every topic on a loaded index.

    Two shares are given over the topics with an answer and over those without: ``nobody``, answered
    with nobody documented; ``nobody_there``, also those answered only by cooperatives that work
    remotely. The measures are over topics with an answer. ``bands`` judge what people are shown,
    of all topics and of each group.

    Args:
        name: The name of the set.
        topics: Questions with their judgements.
        searcher: Searches the index.
    """
    answers, latencies = _run(topics, lambda text: _answer(searcher, text))
    nobody = {q: not answer.documented for q, answer in answers.items()}
    nobody_there = {q: nobody[q] or answer.remote_only for q, answer in answers.items()}
    run = {
        q: [(h.organisation.name, h.score) for h in (*answer.documented, *answer.close)]
        for q, answer in answers.items()
    }
    qrels = {t.id: t.relevant for t in topics if t.answerable and t.relevant}
    measures, per_query = compute_measures(qrels, {q: run[q] for q in qrels})
    size = len(searcher.generation.passages)
    groups = sorted({topic.group for topic in topics} - {""})
    return Evaluation(
        name,
        measures,
        per_query,
        latencies,
        0.0,
        size,
        run,
        _shares(nobody, qrels, topics),
        _shares(nobody_there, qrels, topics),
        band_measures([_judged(t, answers[t.id]) for t in topics]),
        {
            g: band_measures([_judged(t, answers[t.id]) for t in topics if t.group == g])
            for g in groups
        },
    )


def _judged(topic: JudgedTopic, answer: Answer) -> Judged:
    documented = [hit.organisation.name for hit in answer.documented]
    close = [hit.organisation.name for hit in answer.close]
    return Judged(topic.relevant, topic.answerable, documented, close)


def _shares(
    claims: Mapping[str, bool], judged: Iterable[str], topics: Iterable[JudgedTopic]
) -> dict[str, float]:
    """The share of true values, among topics judged answerable and among those without answer."""
    return {
        "answerable": _share(claims[q] for q in judged),
        "unanswerable": _share(claims[t.id] for t in topics if not t.answerable),
    }


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return round(sum(found) / len(found), 4) if found else 0.0


def _answer(searcher: Searcher, text: str) -> Answer:
    return searcher.search(searcher.understand(text), limit=DEPTH)


def write_run(path: Path, run: Run, tag: str) -> None:
    """Write a TREC run file: query, Q0, document, rank, score, tag.

    TREC's tools sort by score, so the score written is only the reverse of the rank: an
    organisation seated in the place asked for comes before others with higher scores.

    Args:
        path: The file.
        run: The ranked documents of each query.
        tag: The name of the run.

    Raises:
        EvaluationError: The file cannot be written.
    """
    lines = (
        f"{q} Q0 {d} {rank} {len(hits) + 1 - rank} {tag}\n"
        for q, hits in run.items()
        for rank, (d, _) in enumerate(hits, start=1)
    )
    try:
        path.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise EvaluationError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Give --run a file in a folder that exists.",
        ) from error


def _run(
    topics: Iterable[CollectionTopic], ask: Callable[[str], T]
) -> tuple[dict[str, T], list[float]]:
    """The answer of ``ask`` to each topic, and how long each took in milliseconds."""
    run: dict[str, T] = {}
    latencies = []
    for topic in topics:
        start = time.perf_counter()
        run[topic.id] = ask(topic.text)
        latencies.append((time.perf_counter() - start) * 1000)
    return run, latencies


def _documents(answer: Answer) -> list[tuple[str, float]]:
    """The profile behind each organisation, in the answer's order."""
    found: dict[str, float] = {}
    # The whole ranking is measured; "nobody" has measures of its own.
    for hit in (*answer.documented, *answer.close):
        for evidence in hit.evidence:
            found.setdefault(evidence.document.id, hit.score)
    return list(found.items())


def _ask_documents(searcher: Searcher, text: str) -> list[tuple[str, float]]:
    """Documents by the whole question: these collections have no places or dates to filter by."""
    query = Query(question=text, text=text, language=language_of_question(text))
    best: dict[str, float] = {}
    for hit in searcher.passages(query, limit=DEPTH * 3).passages:
        best.setdefault(hit.document.id, hit.score)
    return list(best.items())[:DEPTH]
