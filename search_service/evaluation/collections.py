"""Judged questions, and the collections in BEIR's layout that they are asked of, as files."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from indexer.errors import CompetenzeError
from search_service.evaluation.measures import Qrels


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

    ``answerable`` is false when nobody does what is asked; ``group`` names its kind of question.
    """

    relevant: Mapping[str, int]
    answerable: bool
    group: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A test collection in BEIR's layout; ``ranks`` is "organisations" or "documents"."""

    name: str
    ranks: str
    kind: str
    rows: tuple[Mapping[str, str], ...]
    topics: tuple[CollectionTopic, ...]
    qrels: Qrels

    @property
    def highest_grade(self) -> int:
        """The grade of what answers best: collections without degrees have only 1."""
        return max(
            (grade for grades in self.qrels.values() for grade in grades.values()), default=1
        )


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


def read_unanswerable(path: Path) -> tuple[JudgedTopic, ...]:
    """Read questions that nobody of a collection answers, one a line; "#" begins a comment."""
    try:
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise EvaluationError(
            f"{path} does not hold questions: {error}.",
            remedy="It needs one question a line; lines that begin with # are left out.",
        ) from error
    questions = [line for line in lines if line and not line.startswith("#")]
    return tuple(
        JudgedTopic(f"{path.stem}:{n}", question, {}, answerable=False)
        for n, question in enumerate(questions, start=1)
    )


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


def read_topics(path: Path) -> tuple[JudgedTopic, ...]:
    """Read judged topics, one JSON object on each line (tests/evaluation/README.md)."""
    try:
        return tuple(
            JudgedTopic(
                str(t["id"]),
                str(t["question"]),
                dict(t["relevant"]),
                bool(t["answerable"]),
                str(t.get("group", "")),
            )
            for t in _json_lines(path)
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"{path} does not hold topics: {error}.",
            remedy="It needs one JSON object a line: id, question, relevant, answerable.",
        ) from error


def write_corpus(collection: Collection, corpus: Path) -> dict[str, str]:
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
