"""Erasure: a cooperative, a document or a text taken out of everything that the index has.

The index is built anew from the corpus without the files that hold it; then every older generation,
original and embedding that holds it is removed, and what other programs keep of it. What cannot be
changed here is named: the corpus' own files, and backups.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from indexer.domain import Document, Encoder, Organisation, Role
from indexer.embedding.cache import EmbeddingCache
from indexer.errors import (
    CompetenzeError,
    CorpusError,
    ForgetError,
    GenerationError,
    UnreadableFileError,
)
from indexer.index import restrictions
from indexer.index.manifest import DOCUMENTS, MANIFEST, MANIFESTS
from indexer.index.originals import file_path
from indexer.index.retention import remove_generations, sweep
from indexer.index.serialisation import load_documents
from indexer.index.snapshot import (
    current_name,
    generation_names,
    read_manifest,
    read_parts,
    read_restrictions,
)
from indexer.maintenance.backup import Backup, backups, read_listing
from indexer.maintenance.erase_search import (
    ErasureTarget,
    GenerationTexts,
    Kind,
    comparable,
    holders,
    in_vocabulary,
    understood,
)
from indexer.maintenance.erasers import Eraser
from indexer.maintenance.erasure_report import ErasureReport, HeldBackup
from indexer.maintenance.file_search import FileSearch
from indexer.parsing.sandbox import client
from indexer.pipeline.build import build_locked
from indexer.pipeline.embed import embedding_keys
from indexer.pipeline.text_cache import remove_texts
from indexer.settings import Settings
from indexer.source import scan as corpora
from indexer.source import tombstones
from indexer.source.leftovers import sweep_uploads
from indexer.source.tombstones import Tombstones
from indexer.storage.lock import one_writer

_ROUNDS = 5  # builds; each may reveal what the one before could not
_SHORTEST = 3  # letters or digits of a text: a shorter one is in every document


@dataclass(slots=True)
class _Found:
    """The findings so far, over all rounds."""

    documents: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    hashes: set[str] = field(default_factory=set)
    latest: set[str] = field(default_factory=set)  # of those, what the last search found
    gone: set[str] = field(default_factory=set)  # of those, what no other file of the corpus has
    generations: set[str] = field(default_factory=set)
    keys: set[bytes] = field(default_factory=set)
    corpus: set[str] = field(default_factory=set)  # paths
    sources: set[str] = field(default_factory=set)  # tombstones


def forget(
    settings: Settings,
    encoder: Encoder,
    what: str,
    kind: Kind | None = None,
    *,
    erasers: Mapping[str, Eraser] = MappingProxyType({}),
    dry_run: bool = False,
) -> ErasureReport:
    """Take something out of the index, its older generations and caches, and other programs' data.

    If interrupted, run it again.

    Args:
        settings: The folders of corpus and index.
        encoder: Embeds the index that is built without it.
        what: A cooperative's name or id, a document's path, or a text.
        kind: What the name is of, if it could be several things.
        erasers: What erases from the data of other programs, by name.
        dry_run: Report what would be removed; change nothing.

    Raises:
        ForgetError: It is not known, or cannot be taken out.
        BusyError, CorpusError, GenerationError: As for a build.
    """
    if dry_run:
        return _forget(settings, encoder, what, kind, erasers, dry_run=True)
    with one_writer(settings.index):
        sweep(settings.index)
        sweep_uploads(settings.corpus)
        account = _forget(settings, encoder, what, kind, erasers, dry_run=False)
        remove_generations(settings.index, ())  # originals of an erasure that was interrupted
        return account


def _forget(
    settings: Settings,
    encoder: Encoder,
    what: str,
    kind: Kind | None,
    erasers: Mapping[str, Eraser],
    *,
    dry_run: bool,
) -> ErasureReport:
    index, found = settings.index, _Found()
    sought = _understood(index, what, kind)
    limits = client.ParseLimits(settings.parse_seconds, settings.parse_memory_mb)
    search = FileSearch(sought, client.shared_parser(limits))
    for round_ in range(1 if dry_run else _ROUNDS):
        generations = _search_generations(index, search, encoder, found)
        # The hashes of a generation say something of the corpus only once it was built from it.
        _search_corpus(settings, search, found, by_hash=dry_run or round_ > 0)
        sources = frozenset(found.sources)
        if dry_run or not (generations or sources - tombstones.read(index).sources):
            break
        tombstones.add(index, Tombstones(sources, frozenset(found.gone)))
        _build(settings, encoder, found)
        older = generations - {current_name(index)}
        remove_generations(index, [n for n in generation_names(index) if n in older])
    else:
        raise ForgetError(
            f"{what!r} is still in the index after {_ROUNDS} builds.",
            remedy="Take it out of the corpus by hand, then forget it again.",
        )
    if not dry_run:
        _forget_restrictions(index, found)
        remove_texts(index)
    # Searched last: a backup begun meanwhile is recorded by now.
    held = tuple(_held_backups(index, search, found))
    target = _with_documents(sought, found)
    originals = {h for h in found.hashes if dry_run or not file_path(index / "files", h).exists()}
    return ErasureReport(
        what,
        sought.kind,
        dry_run,
        documents=tuple(sorted(found.documents)),
        others=tuple(sorted(found.others)),
        generations=tuple(sorted(found.generations)),
        originals=len(originals),
        embeddings=_forget_embeddings(index, encoder, found, dry_run=dry_run),
        elsewhere={name: erase(target, dry_run) for name, erase in erasers.items()},
        corpus=tuple(sorted(found.corpus)),
        unsearched={p: why for p, why in search.unsearched.items() if p not in found.corpus},
        backups=held,
    )


def _with_documents(sought: ErasureTarget, found: _Found) -> ErasureTarget:
    """The target with the names of the documents that were erased with it."""
    return replace(sought, ids=sought.ids | found.documents | found.corpus)


def _understood(index: Path, what: str, kind: Kind | None) -> ErasureTarget:
    """The target, by the names in all generations that can be read."""
    documents: dict[str, Document] = {}
    organisations: list[Organisation] = []
    for name in generation_names(index):
        texts = _texts(index, name)
        if texts is not None:
            documents |= {d.id: d for d in texts.everything.documents}
            for seen in texts.levels:  # a level may know a cooperative by another id
                organisations += seen.organisations
    sought = understood(what, organisations, documents.values(), kind)
    if sought is None:
        raise ForgetError(
            f"No {kind} in the index is called {what!r}.",
            remedy="See python -m indexer inspect for the names; or forget it --as text.",
        )
    if sought.kind is Kind.TEXT and len(comparable(what)) < _SHORTEST:
        raise ForgetError(
            f"{what!r} is too short: it would be found in every document.",
            remedy=f"Give a text of at least {_SHORTEST} letters or digits.",
        )
    return sought


def _texts(index: Path, name: str) -> GenerationTexts | None:
    try:
        manifest = read_manifest(index, name)
        read_parts(index, name, manifest)  # all are whole
    except GenerationError:
        return None
    folder = index / "generations" / name
    return GenerationTexts.read(manifest, lambda part: (folder / part).read_bytes())


# --- looking -------------------------------------------------------------------------------


def _search_generations(
    index: Path, search: FileSearch, encoder: Encoder, found: _Found
) -> set[str]:
    """Record where generations contain the target; returns those that do or are unreadable."""
    sought, holding = search.target, set[str]()
    found.latest = set()
    for name in generation_names(index):
        texts = _texts(index, name)
        if texts is None:  # it may hold the target
            holding.add(name)
            continue
        leaving = _leaving(texts, lambda wanted: _bytes(file_path(index / "files", wanted)), search)
        problems = read_manifest(index, name).problems
        told = any(sought.in_text(f"{p.path} {p.detail}") for p in problems)
        if leaving or told or in_vocabulary(texts.vocabulary, sought):
            holding.add(name)
            _note(texts, leaving, sought, encoder, found)
    found.generations |= holding
    return holding


def _note(
    texts: GenerationTexts,
    leaving: Iterable[Document],
    sought: ErasureTarget,
    encoder: Encoder,
    found: _Found,
) -> None:
    ids = {document.id for document in leaving}
    found.documents |= ids
    found.latest |= {document.content_hash for document in leaving}
    found.hashes |= found.latest
    names = {o.id: o.name for o in texts.everything.organisations}
    found.others |= {
        names.get(link.organisation, link.organisation)
        for document in leaving
        for link in document.organisations
        if link.role is Role.SUBJECT and link.organisation not in sought.ids
    }
    passages = [p for p in texts.passages if p.document in ids]
    found.keys |= set(embedding_keys(passages, encoder))


def _leaving(
    texts: GenerationTexts, original: Callable[[str], bytes], search: FileSearch
) -> tuple[Document, ...]:
    """The documents of a generation that hold the target, and those from the same files."""
    documents = texts.everything.documents
    ids = holders(texts, search.target)
    hashes = {d.content_hash for d in documents if d.id in ids}
    rest = {d.content_hash: d.path for d in documents if d.content_hash not in hashes}
    hashes |= {wanted for wanted in rest if search.in_file(rest[wanted], original(wanted))}
    return tuple(d for d in documents if d.content_hash in hashes)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _search_corpus(settings: Settings, search: FileSearch, found: _Found, *, by_hash: bool) -> None:
    """Record the files of the corpus that hold the target now."""
    sought = search.target
    scan = corpora.scan(settings.corpus, settings.max_file_mb * 1_000_000)
    innocent = set()
    for file in scan.files:
        tombstone = tombstones.of_file(file)
        by_content = by_hash and file.content_hash in found.latest
        if by_content or tombstone in found.sources or _in_file(file, search):
            found.corpus.add(file.path)
            found.sources.add(tombstone)
            found.hashes.add(file.content_hash)
        else:
            innocent.add(file.content_hash)
    for problem in scan.problems:
        if sought.in_text(f"{problem.path} {problem.detail}"):
            found.corpus.add(problem.path)
            found.sources.add(tombstones.of_report(problem.path))
    found.corpus |= set(search.in_files_besides(scan, settings.max_file_mb * 1_000_000))
    found.gone |= found.hashes - innocent


def _in_file(file: corpora.SourceFile, search: FileSearch) -> bool:
    whole = (file, *file.sidecars)
    try:
        return search.target.in_text(file.path) or any(
            search.in_file(one.path, corpora.read(one)) for one in whole
        )
    except UnreadableFileError as error:
        search.unsearched[file.path] = error.message
        return False


def _held_backups(index: Path, search: FileSearch, found: _Found) -> Iterable[HeldBackup]:
    for note, backup in backups(index).items():
        holds = _holds(backup, search, found)
        if holds is not False:
            yield HeldBackup(backup.file, backup.created, str(note), certain=holds is True)


def _holds(backup: Backup, search: FileSearch, found: _Found) -> bool | None:
    """Whether a backup holds the target; ``None`` if it cannot be searched."""
    if backup.generation in found.generations or found.gone & set(backup.originals):
        return True
    file = Path(backup.file)
    try:
        with tarfile.open(file, "r:") as archive:
            listing = read_listing(archive, file)
            if listing.generation != backup.generation:
                return None  # a backup of another index has replaced it

            def content(path: str) -> bytes:
                member = archive.extractfile(path)
                return member.read() if member else b""

            folder = f"generations/{listing.generation}"
            manifest = MANIFESTS.validate_json(content(f"{folder}/{MANIFEST}"))
            texts = GenerationTexts.read(manifest, lambda part: content(f"{folder}/{part}"))
            files = Path("files")
            return in_vocabulary(texts.vocabulary, search.target) or bool(
                _leaving(texts, lambda wanted: content(file_path(files, wanted).as_posix()), search)
            )
    except (OSError, EOFError, tarfile.TarError, LookupError, ValueError, CompetenzeError):
        return None


# --- removing ------------------------------------------------------------------------------


def _build(settings: Settings, encoder: Encoder, found: _Found) -> None:
    try:
        build_locked(settings, encoder)
    except CorpusError as error:
        raise ForgetError(
            "Nothing else would be left in the index, and an empty one cannot be served.",
            remedy=f"Stop the service and delete {settings.index}; in the corpus, delete or edit: "
            f"{', '.join(sorted(found.corpus))}.",
        ) from error


def _forget_restrictions(index: Path, found: _Found) -> None:
    """Drop the restrictions of documents that no generation holds any more."""
    held: set[str] = set()
    for name in generation_names(index):
        parts = read_parts(index, name, read_manifest(index, name))
        held |= {document.id for document in load_documents(parts[DOCUMENTS])}
    gone = found.documents - held
    if gone:
        restrictions.write(index, restrictions.others(read_restrictions(index), gone))


def _forget_embeddings(index: Path, encoder: Encoder, found: _Found, *, dry_run: bool) -> int:
    """Keep only the embeddings of the current generation; returns how many of the target go."""
    name = current_name(index)
    texts = _texts(index, name) if name else None
    passages = texts.passages if texts else ()
    if dry_run:
        passages = tuple(p for p in passages if p.document not in found.documents)
    kept = embedding_keys(passages, encoder)
    if not dry_run:
        with EmbeddingCache.open(index / "embeddings.sqlite") as cache:
            cache.keep_only(kept)
            cache.compact()
    return len(found.keys - set(kept))
