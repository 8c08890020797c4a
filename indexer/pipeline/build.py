"""The whole pipeline: files → documents → passages → vectors → a published generation."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from indexer.domain import BuildReport, Encoder, Problem
from indexer.embedding.cache import EmbeddingCache
from indexer.errors import CacheError, CorpusError, GenerationError
from indexer.index import manifest as manifests
from indexer.index import restrictions
from indexer.index import snapshot as generations
from indexer.index.dense_ladder import kind_for
from indexer.index.late_interaction import CODER
from indexer.index.originals import damaged_originals, is_kept, keep_file
from indexer.index.publishing import publish
from indexer.index.retention import prune, sweep
from indexer.index.segments import NOTHING, Division
from indexer.index.serialisation import load_documents
from indexer.parsing.sandbox import client
from indexer.pipeline.checkup import cooperative_summaries
from indexer.pipeline.corpus_vocabulary import unknown_competencies
from indexer.pipeline.embed import Embedder
from indexer.pipeline.garbage import rare_collections
from indexer.pipeline.generation_files import GenerationFiles, generation_files
from indexer.pipeline.ingest import (
    Content,
    LevelView,
    ProgressReporter,
    StageTimer,
    read_content,
)
from indexer.pipeline.text_cache import TextCache
from indexer.settings import Settings
from indexer.source import scan as corpora
from indexer.source import tombstones
from indexer.source.leftovers import sweep_uploads
from indexer.storage.lock import one_writer
from indexer.text import tokens

_DECIDE_PASSAGES = ("text", "vocabulary", "places", "parsing", "source", "entities", "pipeline")
_CODE_AND_DATA = (".py", ".csv", ".tsv", ".txt", ".yaml")


def build_index(
    settings: Settings, encoder: Encoder, progress: ProgressReporter | None = None
) -> BuildReport:
    """Index the corpus and publish a generation, unless the current one is up to date.

    Args:
        settings: the corpus, the index and the passage size.
        encoder: the embedding model.
        progress: receives progress.

    Returns:
        The report, which includes the problems of single files.

    Raises:
        CorpusError: if the folder as a whole cannot be used.
        BusyError: if another process is writing to the index.
    """
    with one_writer(settings.index), rare_collections():
        return build_locked(settings, encoder, progress)


def build_locked(
    settings: Settings, encoder: Encoder, progress: ProgressReporter | None = None
) -> BuildReport:
    """``build_index`` for callers that already hold the index lock.

    Args:
        settings: The corpus, the index and the passage size.
        encoder: The embedding model.
        progress: Receives progress; ``None`` ignores it.
    """
    progress, clock, index = progress or ProgressReporter(), StageTimer(), settings.index
    sweep(index)
    sweep_uploads(settings.corpus)
    with clock.stage("scan"):
        scan, left_out = _scan(settings)
        build_fingerprint = _build_fingerprint(settings, encoder)
        unchanged = _unchanged(index, scan, build_fingerprint)
    if unchanged is not None:
        return _report(*unchanged, left_out, published=False, embedded=0, clock=clock)
    with (
        TextCache.open(index, build_fingerprint.code) as texts,
        EmbeddingCache.open(index / "embeddings.sqlite") as cache,
    ):
        content = read_content(
            scan,
            encoder,
            settings.passage_tokens,
            parser=_parser(settings),
            keep=partial(_keep, index),
            cache=texts,
            progress=progress,
            clock=clock,
        )
        _refuse_empty(scan, content)
        with clock.stage("embed"):
            embedder = Embedder(encoder, cache)
            embedder.embed(content.passages, progress)
        with clock.stage("publish"):
            new = embedder.encoded
            files = generation_files(content, embedder, texts, progress)
            manifest = _manifest(scan, build_fingerprint, content, files)
            ids = [entry.document.id for entry in content.catalogue.entries]
            absent = restrictions.others(_restricted(index), ids)
            name = publish(index, manifest, files.parts, files.named, absent)
            prune(index)
            everything: tuple[LevelView, ...] = (content, *content.lower.values())
            with suppress(CacheError):  # it is published: the next build clears them up
                cache.keep_only(k for c in everything for k in c.passages.keys(0, len(c.passages)))
                texts.forget_others()
    return _report(name, manifest, left_out, published=True, embedded=new, clock=clock)


def check_corpus(
    settings: Settings, encoder: Encoder, progress: ProgressReporter | None = None
) -> BuildReport:
    """Do everything a build does except embedding and writing.

    Args:
        settings: The corpus, the index and the passage size.
        encoder: The embedding model; only its tokeniser is used.
        progress: Receives progress; ``None`` ignores it.
    """
    progress, clock = progress or ProgressReporter(), StageTimer()
    with clock.stage("scan"):
        scan, left_out = _scan(settings)
    with (
        tempfile.TemporaryDirectory() as scratch,  # nothing is written to the index
        TextCache.open(Path(scratch), "") as texts,
    ):
        content = read_content(
            scan,
            encoder,
            settings.passage_tokens,
            parser=_parser(settings),
            keep=lambda _file: None,
            cache=texts,
            progress=progress,
            clock=clock,
        )
    _refuse_empty(scan, content)
    manifest = _manifest(scan, _build_fingerprint(settings, encoder), content, None)
    report = _report("", manifest, left_out, published=False, embedded=0, clock=clock)
    documents = (entry.document for entry in content.catalogue.entries)
    return replace(
        report,
        unknown_competencies=unknown_competencies(documents, content.linker),
        cooperatives=cooperative_summaries(content.catalogue),
    )


def _scan(settings: Settings) -> tuple[corpora.Scan, tuple[Problem, ...]]:
    """The corpus without erased files, and the problems that report them."""
    scan = corpora.scan(settings.corpus, settings.max_file_mb * 1_000_000)
    return tombstones.leave_out(scan, tombstones.read(settings.index))


def _keep(index: Path, file: corpora.SourceFile) -> None:
    if not is_kept(index, file.content_hash):
        keep_file(index, file.content_hash, corpora.read(file))


def _parser(settings: Settings) -> client.SandboxedParser:
    return client.shared_parser(
        client.ParseLimits(settings.parse_seconds, settings.parse_memory_mb)
    )


def _refuse_empty(scan: corpora.Scan, content: Content) -> None:
    if not content.passages:
        wrong = "; ".join(f"{p.path}: {p.detail}" for p in content.problems[:5])
        raise CorpusError(
            f"Nothing in {scan.root} can be indexed"
            + (f" ({wrong})." if wrong else ": it holds no documents."),
            remedy="Put profiles, case studies or events there (see corpus/README.md). "
            "The index is left as it was.",
        )


# --- publishing ----------------------------------------------------------------------------


def _manifest(
    scan: corpora.Scan,
    build_fingerprint: manifests.BuildFingerprint,
    content: Content,
    files: GenerationFiles | None,
) -> manifests.Manifest:
    """What describes a generation; without ``files``, one that is not written.

    Args:
        scan: The corpus.
        build_fingerprint: What determines its passages.
        content: What is indexed.
        files: What is written.
    """
    division = files.divisions[None] if files else NOTHING
    return manifests.Manifest(
        format=manifests.FORMAT,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        build_fingerprint=build_fingerprint,
        dimension=files.dimension if files else 0,
        corpus=str(scan.root),
        corpus_fingerprint=scan.fingerprint,
        files=len(scan.files),
        documents=len(content.catalogue.entries),
        organisations=len(content.catalogue.organisations),
        passages=len(content.passages),
        dense=kind_for(len(content.passages)),
        problems=content.problems,
        parts={},
        segments=division.segments,
        dense_files=division.dense_files,
        lower={
            level: _counts(seen, files.divisions[level] if files else NOTHING)
            for level, seen in content.lower.items()
        },
        restrictions=restrictions.restrictions(
            (entry.document.id, entry.visibility) for entry in content.catalogue.entries
        ),
    )


def _restricted(index: Path) -> manifests.Restrictions:
    """The restrictions so far; if the list is damaged, those that the generations record."""
    try:
        return generations.read_restrictions(index)
    except GenerationError:
        legible = []
        for name in generations.generation_names(index):
            with suppress(GenerationError):
                legible.append(generations.read_manifest(index, name).restrictions)
        return restrictions.merged_restrictions(*legible)


def _counts(seen: LevelView, division: Division) -> manifests.Counts:
    return manifests.Counts(
        files=len({e.document.path for e in seen.catalogue.entries}),
        documents=len(seen.catalogue.entries),
        organisations=len(seen.catalogue.organisations),
        passages=len(seen.passages),
        segments=division.segments,
        dense_files=division.dense_files,
        dense=kind_for(len(seen.passages)),
    )


def _build_fingerprint(settings: Settings, encoder: Encoder) -> manifests.BuildFingerprint:
    return manifests.BuildFingerprint(
        model=settings.model,
        model_fingerprint=encoder.fingerprint,
        passage_tokens=settings.passage_tokens,
        tokeniser=tokens.TOKENISER,
        token_coder=CODER,
        code=_code_hash(),
    )


def _code_hash() -> str:
    """SHA-256 of the packages that determine a file's passages.

    Changes elsewhere, such as in a command, do not cause the corpus to be parsed again.
    """
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for room in _DECIDE_PASSAGES:
        found = (p for p in (package / room).rglob("*") if p.suffix in _CODE_AND_DATA)
        for path in sorted(found):
            digest.update(path.relative_to(package).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _unchanged(
    index: Path, scan: corpora.Scan, build_fingerprint: manifests.BuildFingerprint
) -> tuple[str, manifests.Manifest] | None:
    """The current generation, if it is intact and a build would produce the same."""
    try:
        name = generations.current_name(index)
        if name is None:
            return None
        manifest = generations.read_manifest(index, name)
        if (
            manifest.build_fingerprint != build_fingerprint
            or manifest.corpus_fingerprint != scan.fingerprint
        ):
            return None
        parts = generations.read_parts(index, name, manifest)
        documents = load_documents(parts[manifests.DOCUMENTS])
        known = generations.read_restrictions(index)
    except GenerationError:
        return None  # damaged: building again mends it
    absent = restrictions.others(known, (d.id for d in documents))
    if known != {**absent, **manifest.restrictions}:
        return None  # of a build that was killed, or gone back over: now the corpus decides
    return None if damaged_originals(index, documents) else (name, manifest)


def _report(
    name: str,
    manifest: manifests.Manifest,
    left_out: Sequence[Problem],
    *,
    published: bool,
    embedded: int,
    clock: StageTimer,
) -> BuildReport:
    return BuildReport(
        corpus=manifest.corpus,
        generation=name,
        published=published,
        files=manifest.files,
        documents=manifest.documents,
        organisations=manifest.organisations,
        passages=manifest.passages,
        embedded=embedded,
        reused=manifest.passages - embedded,
        problems=(*left_out, *manifest.problems),
        seconds=clock.seconds,
    )
