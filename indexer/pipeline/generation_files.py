"""The files of a generation, made of what a corpus holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from indexer.domain import Level
from indexer.entities.catalogue import CatalogueEntry
from indexer.index import bm25
from indexer.index.manifest import (
    DOCUMENTS,
    ORGANISATIONS,
    TOKEN_CODER,
    VOCABULARY,
    part_name,
)
from indexer.index.publishing import Part
from indexer.index.segments import Division, PassageRows, Pieces, divide
from indexer.index.serialisation import dump_documents, dump_organisations, dump_vocabulary
from indexer.pipeline.cut_passages import CutPassages
from indexer.pipeline.embed import Embedder
from indexer.pipeline.index_terms import PassageRun, term_counts
from indexer.pipeline.ingest import Content, LevelView, ProgressReporter
from indexer.pipeline.text_cache import TextCache

_AT_ONCE = 1000  # documents in memory as JSON


@dataclass(frozen=True, slots=True)
class GenerationFiles:
    """Content by file name, as ``publish`` takes it, and how the passages of each level (``None``:
    all that there is) are divided.
    """

    dimension: int
    parts: Mapping[str, Part]
    named: Mapping[str, Pieces]
    divisions: Mapping[Level | None, Division]


def generation_files(
    content: Content, embedder: Embedder, texts: TextCache, progress: ProgressReporter
) -> GenerationFiles:
    """The files of all levels.

    Args:
        content: What is indexed.
        embedder: Has the embeddings of all passages; makes those that only a lower level has.
        texts: Keeps the words of each passage.
        progress: Receives progress.
    """
    coder = embedder.coder.to_bytes()
    parts: dict[str, Part] = {
        TOKEN_CODER: coder,
        VOCABULARY: dump_vocabulary(content.linker.vocabulary),
    }
    named: dict[str, Pieces] = {}
    divisions: dict[Level | None, Division] = {}
    views: list[tuple[Level | None, LevelView]] = [(None, content), *content.lower.items()]
    for source, seen in views:
        if source is not None:
            embedder.embed(seen.passages, progress)
        rows = PassageRows(
            seen.passages.ids,
            len(seen.passages),
            seen.passages.lines,
            seen.passages.digests,
            seen.passages.joined_keys,
            partial(embedder.embeddings, seen.passages),
            len(embedder.coder.mean),
            coder,
        )
        division = divisions[source] = divide(rows, source)
        own: dict[str, Part] = {
            DOCUMENTS: partial(_write_documents, seen.catalogue.entries),
            ORGANISATIONS: dump_organisations(seen.catalogue.organisations),
            **bm25.build_parts(term_counts(_runs(division, seen.passages), texts.recall)),
        }
        parts |= {part_name(source, part): data for part, data in own.items()}
        parts |= division.written
        named |= division.named
    return GenerationFiles(len(embedder.coder.mean), parts, named, divisions)


def _write_documents(entries: Sequence[CatalogueEntry], put: Callable[[bytes], object]) -> None:
    for start in range(0, len(entries), _AT_ONCE) or (0,):
        some = dump_documents(e.document for e in entries[start : start + _AT_ONCE])
        last = start + _AT_ONCE >= len(entries)
        put((b"[" if start == 0 else b",") + some[1:-1] + (b"]" if last else b""))


def _runs(division: Division, passages: CutPassages) -> list[PassageRun]:
    return [
        PassageRun(name, partial(passages.passages, start, end))
        for name, start, end in division.runs
    ]
