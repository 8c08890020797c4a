"""The files of a generation, made of what a corpus holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.domain import Level
from indexer.index import bm25
from indexer.index.manifest import (
    DOCUMENTS,
    ORGANISATIONS,
    TOKEN_CODER,
    VOCABULARY,
    part_name,
)
from indexer.index.publishing import Part
from indexer.index.segments import Division, Embeddings, Pieces, divide
from indexer.index.serialisation import dump_documents, dump_organisations, dump_vocabulary
from indexer.pipeline.embed import Embedder
from indexer.pipeline.index_terms import index_terms
from indexer.pipeline.ingest import Content, LevelView, ProgressReporter
from indexer.pipeline.text_cache import TextCache


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
        embedder: Has or makes the embeddings of the passages.
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
        embedder.embed(seen.passages, progress)
        embeddings = Embeddings(
            embedder.keys(seen.passages),
            lambda start, end, passages=seen.passages: (  # type: ignore[misc]
                (one.vector, one.codes) for one in embedder.embeddings(passages[start:end])
            ),
            len(embedder.coder.mean),
            coder,
        )
        divisions[source] = divide(seen.passages, embeddings, source)
        parts |= {part_name(source, part): data for part, data in _own_parts(seen, texts).items()}
        parts |= {name: make() for name, make in divisions[source].others.items()}
        named |= divisions[source].named
    return GenerationFiles(len(embedder.coder.mean), parts, named, divisions)


def _own_parts(seen: LevelView, texts: TextCache) -> dict[str, bytes]:
    return {
        DOCUMENTS: dump_documents(e.document for e in seen.catalogue.entries),
        ORGANISATIONS: dump_organisations(seen.catalogue.organisations),
        **bm25.build_parts(index_terms(seen.passages, texts)),
    }
