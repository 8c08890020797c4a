"""Hostile files among good ones, through the whole build: who is indexed, who is reported."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from indexer.domain import Problem, Reason
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from indexer.source.scan import scan
from tests.indexer.hostile.documents import DOCUMENTS
from tests.indexer.hostile.good import write_good
from tests.indexer.hostile.pdfs import PDFS
from tests.indexer.hostile.strange import Restless, make_strange
from tests.toy import ToyEncoder

FILES = {**PDFS, **DOCUMENTS}
# A page has no entities but its own: it is read as it stands, and nothing in it expands.
HARMLESS = "events/page_of_laughs.html"


@dataclass(frozen=True)
class Drill:
    """What came of it. ``hostile`` are the paths that must be reported, ``slowest`` is in seconds.

    ``wrong`` are those reported by another reason than the one that is known beforehand.
    """

    hostile: frozenset[str]
    good: frozenset[str]
    indexed: frozenset[str]
    problems: tuple[Problem, ...]
    wrong: tuple[str, ...]
    seconds: float
    slowest: tuple[float, str]
    passages: str = field(repr=False)

    @property
    def unreported(self) -> frozenset[str]:
        """Hostile files of which nothing is said."""
        return self.hostile - {problem.path for problem in self.problems}

    @property
    def lost(self) -> frozenset[str]:
        """Good files that are not in the index."""
        return self.good - self.indexed


class _Watched(Restless):
    """Times each file while it makes some of them change."""

    def __init__(self, corpus: Path) -> None:
        super().__init__(corpus)
        self._last = time.perf_counter()
        self.seconds: list[float] = []

    def step(self, stage: str, done: int, total: int) -> None:
        if stage == "parse":
            now = time.perf_counter()
            self.seconds.append(now - self._last)
            super().step(stage, done, total)
            self._last = time.perf_counter()


def drill(folder: Path, names: Iterable[str], *, good: int, seconds: int, megabytes: int) -> Drill:
    """Build an index of ``good`` good files, the hostile files ``names`` and all strange things."""
    corpus = folder / "corpus"
    (corpus / "events").mkdir(parents=True)
    fine = write_good(corpus, good)
    for name in names:
        (corpus / name).write_bytes(FILES[name]())
    known = make_strange(corpus)
    watch = _Watched(corpus)
    known |= watch.paths
    settings = Settings(
        corpus=corpus,
        index=folder / "index",
        parse_seconds=seconds,
        parse_memory_mb=megabytes,
    )
    paths = [file.path for file in scan(corpus, settings.max_file_mb * 1_000_000).files]
    start = time.perf_counter()
    watch._last = start
    report = build_index(settings, ToyEncoder(), watch)
    generation, _ = load_current(settings.index)
    reasons: dict[str, Reason] = {p.path: p.reason for p in report.problems}
    slowest = max(zip(watch.seconds, paths, strict=False), default=(0.0, ""))
    return Drill(
        hostile=frozenset({*names, *known} - {HARMLESS}),
        good=frozenset(fine),
        indexed=frozenset(d.path for d in generation.documents.values()),
        problems=report.problems,
        wrong=tuple(path for path, why in known.items() if reasons.get(path) is not why),
        seconds=time.perf_counter() - start,
        slowest=slowest,
        passages="\n".join(passage.text for passage in generation.passages),
    )
