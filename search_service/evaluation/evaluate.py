"""How well the search finds: topics, run, measures, through the product's own build and search.

Test collections are in BEIR's layout; the project's own topics are judged by organisation name.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import ir_measures
import numpy as np
import yaml
from ir_measures import RR, R, Success, nDCG

from indexer.domain import Encoder
from indexer.errors import CompetenzeError
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from search_service.domain import Answer, Query
from search_service.evaluation.bands import BandMeasures, Judged, band_measures
from search_service.query.language import language_of_question
from search_service.search.searcher import Searcher
from search_service.search.weights import WEIGHTS, Weights

DEPTH = 100  # how many results of a question are judged
BOOTSTRAP = 2000  # resamples of the queries
MEASURES = {"nDCG@10": nDCG @ 10, "Recall@10": R @ 10, "RR@10": RR @ 10, "Success@1": Success @ 1}

T = TypeVar("T")
Run = Mapping[str, Sequence[tuple[str, float]]]
Qrels = Mapping[str, Mapping[str, int]]


class EvaluationError(CompetenzeError):
    """A test collection cannot be read."""


@dataclass(frozen=True, slots=True)
class CollectionTopic:
    """A question of a test collection."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class JudgedTopic(CollectionTopic):
    """A question of the project's own, with the organisations that answer it, by name.

    ``answerable`` is false when nobody does what is asked.
    """

    relevant: Mapping[str, int]
    answerable: bool


@dataclass(frozen=True, slots=True)
class Collection:
    """A test collection in BEIR's layout; ``ranks`` is "organisations" or "documents"."""

    name: str
    ranks: str
    kind: str
    rows: tuple[Mapping[str, str], ...]
    topics: tuple[CollectionTopic, ...]
    qrels: Qrels


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
            **({"nobody": dict(self.nobody)} if self.nobody is not None else {}),
            **({"nobody_there": dict(self.nobody_there)} if self.nobody_there is not None else {}),
        }


def read_collection(folder: Path) -> Collection:
    """Read corpus.jsonl, queries.jsonl, qrels.tsv and meta.json of a folder."""
    try:
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
        rows = _json_lines(folder / "corpus.jsonl")
        queries = _json_lines(folder / "queries.jsonl")
        qrels = _read_qrels(folder / "qrels.tsv")
        topics = tuple(CollectionTopic(str(_id(q)), str(q["text"])) for q in queries)
        ranks, kind = str(meta.get("ranks", "documents")), str(meta.get("kind", "event"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(
            f"{folder} is not a test collection: {error}.",
            remedy="It needs corpus.jsonl, queries.jsonl, qrels.tsv and meta.json (BEIR's layout).",
        ) from error
    judged = tuple(t for t in topics if t.id in qrels)
    return Collection(folder.name, ranks, kind, rows, judged, qrels)


def _id(row: Mapping[str, object]) -> object:
    return row["id"] if "id" in row else row["_id"]


def _json_lines(path: Path) -> tuple[dict[str, Any], ...]:
    lines = path.read_text("utf-8").split("\n")
    return tuple(json.loads(line) for line in lines if line.strip())


def _read_qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if "query-id" not in (reader.fieldnames or ()):
            raise ValueError(f"{path.name} does not begin with query-id, corpus-id, score")
        for row in reader:
            qrels.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return qrels


def evaluate_collection(
    collection: Collection,
    settings: Settings,
    encoder: Encoder,
    variants: Mapping[str, Weights] | None = None,
) -> dict[str, Evaluation]:
    """Index a collection in a temporary folder as a build does, and run all its queries.

    Args:
        collection: Documents, queries and judgements.
        settings: The passage size and the model; corpus and index are replaced.
        encoder: The embedding model.
        variants: Weights to compare on the one index, by name; ``None`` runs the product's own,
            named "all".
    """
    with TemporaryDirectory(prefix="evaluate-") as scratch:
        corpus, index = Path(scratch, "corpus"), Path(scratch, "index")
        ids = _write_corpus(collection, corpus)
        start = time.perf_counter()
        build_index(settings.model_copy(update={"corpus": corpus, "index": index}), encoder)
        seconds = time.perf_counter() - start
        generation, _ = load_current(index)
        return {
            name: _evaluation(collection, Searcher(generation, encoder, weights), ids, seconds)
            for name, weights in (variants or {"all": WEIGHTS}).items()
        }


def _evaluation(
    collection: Collection, searcher: Searcher, ids: Mapping[str, str], seconds: float
) -> Evaluation:
    ask = _ask_organisations if collection.ranks == "organisations" else _ask_documents
    run, latencies = _run(collection.topics, lambda text: ask(searcher, text))
    named = {q: [(ids[d], s) for d, s in hits] for q, hits in run.items()}
    measures, per_query = compute_measures(collection.qrels, named)
    size = len(searcher.generation.passages)
    return Evaluation(collection.name, measures, per_query, latencies, seconds, size, named)


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
    draws = np.random.default_rng(0).integers(0, len(gains), (BOOTSTRAP, len(gains)))
    low, high = np.percentile(gains[draws].mean(axis=1), [2.5, 97.5])
    return float(gains.mean()), float(low), float(high)


def ablation_as_json(found: Mapping[str, Evaluation]) -> dict[str, object]:
    """For each variant its measures, and their difference from "all" with its interval."""
    rows: dict[str, object] = {}
    for name, outcome in found.items():
        gain, low, high = (round(value, 4) for value in paired_difference(outcome, found["all"]))
        reached = round(outcome.measures["nDCG@10"], 4)
        rows[name] = {"nDCG@10": reached, "difference": gain, "interval": [low, high]}
    return rows


def read_topics(path: Path) -> tuple[JudgedTopic, ...]:
    """Read judged topics, one JSON object on each line (tests/evaluation/README.md)."""
    try:
        return tuple(
            JudgedTopic(
                str(t["id"]), str(t["question"]), dict(t["relevant"]), bool(t["answerable"])
            )
            for t in _json_lines(path)
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"{path} does not hold topics: {error}.",
            remedy="It needs one JSON object a line: id, question, relevant, answerable.",
        ) from error


def evaluate_topics(name: str, topics: Sequence[JudgedTopic], searcher: Searcher) -> Evaluation:
    """Run every topic on a loaded index.

    Two shares are given over the topics with an answer and over those without: ``nobody``, answered
    with nobody documented; ``nobody_there``, also those answered only by cooperatives that work
    remotely. The measures are over topics with an answer. ``bands`` judge what people are shown.

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
        band_measures([_judged(topic, answers[topic.id]) for topic in topics]),
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


def compute_measures(
    qrels: Qrels, run: Run
) -> tuple[dict[str, float], dict[str, dict[str, float]]]:
    """Means, and values by query; a judged query without results scores 0."""
    judged = [ir_measures.Qrel(q, d, n) for q, grades in qrels.items() for d, n in grades.items()]
    scored = [
        # The run's order decides: the measures would reorder equal scores.
        ir_measures.ScoredDoc(q, d, float(len(hits) - n))
        for q, hits in run.items()
        for n, (d, _score) in enumerate(hits)
    ]
    names = {m: name for name, m in MEASURES.items()}
    per_query: dict[str, dict[str, float]] = {q: dict.fromkeys(MEASURES, 0.0) for q in qrels}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), judged, scored):
        per_query[metric.query_id][names[metric.measure]] = metric.value
    means = {
        name: sum(values[name] for values in per_query.values()) / max(1, len(per_query))
        for name in MEASURES
    }
    return means, per_query


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


def _write_corpus(collection: Collection, corpus: Path) -> dict[str, str]:
    """Write the rows as files with sidecars; returns each row's id by the product's name for it."""
    folder = corpus / "rows"
    folder.mkdir(parents=True)
    ids: dict[str, str] = {}
    for n, row in enumerate(collection.rows):
        path = folder / f"{n:06d}.txt"
        title, text = row.get("title") or "", row.get("text") or ""
        path.write_text(text if any(c.isalnum() for c in text) else title, encoding="utf-8")
        fields = {"kind": collection.kind, "title": title}
        if collection.ranks == "organisations":
            fields = {"kind": "profile", "name": title or str(_id(row))}
            fields["seat"] = row.get("city") or row.get("region") or ""
        sidecar = path.with_name(path.name + ".yaml")
        sidecar.write_text(yaml.safe_dump(fields, allow_unicode=True), encoding="utf-8")
        ids[f"rows/{path.name}"] = str(_id(row))
    return ids


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


def _ask_organisations(searcher: Searcher, text: str) -> list[tuple[str, float]]:
    """The profile behind each organisation, in the answer's order."""
    answer = searcher.search(searcher.understand(text), limit=DEPTH)
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
