"""Measures how near by meaning is near enough, from judged collections and topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from indexer.domain import Encoder
from indexer.index.snapshot import load_current
from indexer.settings import Settings
from search_service.evaluation.collections import (
    Collection,
    CollectionTopic,
    EvaluationError,
    JudgedTopic,
    read_collection,
    read_topics,
    read_unanswerable,
)
from search_service.evaluation.evaluate import indexed
from search_service.evaluation.floor import Observation
from search_service.search.searcher import Searcher

FAR = ("", "nobody_far")  # groups of unanswerable topics that the embedding can tell from others


@dataclass(frozen=True, slots=True)
class Sources:
    """The judged questions that a calibration is made from.

    Attributes:
        collections: Folders in BEIR's layout that rank organisations.
        nobody: Of some of these folders, a file of questions that nobody of them answers.
        topics: Files of judged topics, each with the folder of the index that they are asked of.

    """

    collections: Sequence[Path]
    nobody: Mapping[Path, Path]
    topics: Sequence[tuple[Path, Path]]


def observations(sources: Sources, settings: Settings, encoder: Encoder) -> list[Observation]:
    """Ask every question, and note what the embedding says of it.

    Collections of the same rows are indexed once. Of unanswerable topics only those without a group
    and of the group ``nobody_far`` count: near misses are as near as answers.

    Args:
        sources: The questions.
        settings: The passage size and the model.
        encoder: The embedding model.

    Raises:
        EvaluationError: A collection or file cannot be read, or ranks documents.
    """
    found: list[Observation] = []
    topics = (file for file, _ in sources.topics)
    names = _names([*sources.collections, *sources.nobody.values(), *topics])
    for collections in _by_rows(sources.collections).values():
        first = next(iter(collections.values()))
        with indexed(first, settings, encoder) as (generation, _, _):
            searcher = Searcher(generation, encoder)
            for folder, collection in collections.items():
                found += _observed(collection.topics, searcher, names[folder], first.name)
                if folder in sources.nobody:
                    others = read_unanswerable(sources.nobody[folder])
                    name = names[sources.nobody[folder]]
                    found += _observed(others, searcher, name, first.name)
    for file, index in sources.topics:
        searcher = Searcher(load_current(index)[0], encoder)
        asked = [t for t in read_topics(file) if t.answerable or t.group in FAR]
        found += _observed(asked, searcher, names[file], str(index))
    return found


def _names(files: Iterable[Path]) -> dict[Path, str]:
    """What each source of questions is called: with its folder's name where two have one name."""
    every = dict.fromkeys(files)
    stems = Counter(file.stem for file in every)
    return {
        file: file.stem if stems[file.stem] == 1 else f"{file.resolve().parent.name}/{file.stem}"
        for file in every
    }


def _by_rows(folders: Iterable[Path]) -> dict[object, dict[Path, Collection]]:
    """Collections by what they index."""
    found: dict[object, dict[Path, Collection]] = {}
    for folder in folders:
        collection = read_collection(folder)
        if collection.ranks != "organisations":
            raise EvaluationError(
                f"{folder} ranks documents, of which there are always some.",
                remedy="Calibrate with collections that rank organisations.",
            )
        rows = tuple(tuple(sorted(row.items())) for row in collection.rows)
        found.setdefault(rows, {})[folder] = collection
    return found


def _observed(
    topics: Iterable[CollectionTopic], searcher: Searcher, collection: str, corpus: str
) -> Iterator[Observation]:
    """What the embedding says of each question that has a text beside its filters.

    Args:
        topics: The questions; those of a collection are answerable.
        searcher: Searches the index that they are asked of.
        collection: The name of their set.
        corpus: The name of what was indexed.

    """
    for topic in topics:
        query = searcher.understand(topic.text)
        if not query.text:
            continue
        answerable = topic.answerable if isinstance(topic, JudgedTopic) else True
        about = searcher.baseline(query.text)
        documented = bool(searcher.search(query).documented)
        yield Observation(collection, corpus, answerable, documented, about.nearest, about.spread)
