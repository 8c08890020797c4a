"""The drafts of the documents in a file; a file is read and parsed once, whatever else changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import overload

from pydantic import TypeAdapter

from indexer.domain import Block, ParsedText, Problem, Reason, Severity
from indexer.errors import UnreadableFileError
from indexer.pipeline.text_cache import FileParser, TextCache
from indexer.places import Gazetteer
from indexer.source import scan as corpora
from indexer.source.drafts import Draft, draft
from indexer.source.metadata import FieldProblem
from indexer.source.problems import field_problems
from indexer.source.visibility import CLOSED, FIELD, merged_metadata

KeepOriginal = Callable[[corpora.SourceFile], None]


@dataclass(frozen=True, slots=True)
class FileDrafts:
    """What a file holds, its metadata only as fields, and what is wrong with it."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]


class KeptBlocks(Sequence[Block]):
    """The text of a draft, read from the cache when it is needed: never that of all at once."""

    __slots__ = ("_cache", "digest")

    def __init__(self, cache: TextCache, digest: str) -> None:
        self.digest = digest
        self._cache = cache
        cache.expect(self._place)

    @property
    def _place(self) -> bytes:
        return self._cache.place(("blocks", self.digest))

    def __len__(self) -> int:
        return len(self._read())

    @overload
    def __getitem__(self, n: int) -> Block: ...
    @overload
    def __getitem__(self, n: slice) -> tuple[Block, ...]: ...
    def __getitem__(self, n: int | slice) -> Block | tuple[Block, ...]:
        return self._read()[n]

    def __iter__(self) -> Iterator[Block]:
        return iter(self._read())

    def _read(self) -> tuple[Block, ...]:
        return _BLOCKS.validate_json(self._cache.kept(self._place))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a file holds, its drafts without their text; ``digests`` are those of the texts."""

    found: FileDrafts
    digests: tuple[str, ...]


_BLOCKS, _KEPT = TypeAdapter(tuple[Block, ...]), TypeAdapter(_Kept)


def digest_of(blocks: Sequence[Block]) -> str:
    """A hash of a text."""
    if isinstance(blocks, KeptBlocks):
        return blocks.digest
    return hashlib.sha256(_dump_blocks(blocks)).hexdigest()


def _dump_blocks(blocks: Sequence[Block]) -> bytes:
    return _BLOCKS.dump_json(tuple(blocks), exclude_defaults=True)


class _CannotBeReadError(Exception):
    """A file, or a sidecar, that cannot be read now: the next build tries again."""

    def __init__(self, found: FileDrafts) -> None:
        super().__init__()
        self.found = found


def file_drafts(
    files: Sequence[corpora.SourceFile],
    parser: FileParser,
    gazetteer: Gazetteer,
    cache: TextCache,
    keep: KeepOriginal,
) -> Iterator[FileDrafts]:
    """The drafts of each file; what goes wrong with one stays its own problem.

    Args:
        files: The files.
        parser: Parses their bytes.
        gazetteer: Resolves the places that their metadata names.
        cache: Has those of a file that is as it was.
        keep: Keeps the original of what will be indexed.
    """
    for file, place in cache.ahead(files, partial(_place, cache)):
        make = partial(_made, file, parser, gazetteer, cache)
        try:
            found = _loaded(cache.kept(place, make), file, cache)
            if found.drafts:
                keep(file)
        except _CannotBeReadError as error:
            found = error.found
        except UnreadableFileError as error:  # it changed between two looks
            found = FileDrafts((), (_unread(file, error, Severity.ERROR),))
        yield found


def _place(cache: TextCache, file: corpora.SourceFile) -> bytes:
    sidecars = (text for s in file.sidecars for text in (s.path, s.content_hash))
    return cache.place(("drafts", file.path, file.content_hash, str(file.closed), *sidecars))


def _made(
    file: corpora.SourceFile, parser: FileParser, gazetteer: Gazetteer, cache: TextCache
) -> bytes:
    return _dumped(_read(file, parser, gazetteer), cache)


def _dumped(found: FileDrafts, cache: TextCache) -> bytes:
    digests = []
    for d in found.drafts:
        digests.append(digest_of(d.parsed.blocks))
        cache.recall(("blocks", digests[-1]), partial(_dump_blocks, d.parsed.blocks))
    # What is left out of a parsed text has been read: only pages and rows are still asked for.
    drafts = tuple(
        replace(d, parsed=ParsedText((), pages=d.parsed.pages, row=d.parsed.row))
        for d in found.drafts
    )
    return _KEPT.dump_json(
        _Kept(replace(found, drafts=drafts), tuple(digests)), exclude_defaults=True
    )


def _loaded(data: bytes, file: corpora.SourceFile, cache: TextCache) -> FileDrafts:
    kept = _KEPT.validate_json(data)
    drafts = (
        Draft(
            id=file.path if d.id == file.path else d.id,  # equal texts, kept once
            path=file.path,
            content_hash=file.content_hash,
            kind=d.kind,
            title=d.title,
            fields=d.fields,
            parsed=ParsedText(KeptBlocks(cache, digest), pages=d.parsed.pages, row=d.parsed.row),
        )
        for d, digest in zip(kept.found.drafts, kept.digests, strict=True)
    )
    return FileDrafts(tuple(drafts), kept.found.problems)


def _read(file: corpora.SourceFile, parser: FileParser, gazetteer: Gazetteer) -> FileDrafts:
    """Raises _CannotBeReadError with what there is if the file or a sidecar cannot be read."""
    try:
        texts = parser.parse(file.path, corpora.read(file))
    except UnreadableFileError as error:
        problem = _unread(file, error, Severity.ERROR)
        raise _CannotBeReadError(FileDrafts((), (problem,))) from error
    if _is_folder_note(file, texts):
        return FileDrafts((), (corpora.folder_note(file.path),))
    extra, problems, unread = _beside(file, parser)
    drafts = []
    of_fields: list[tuple[int | None, FieldProblem]] = []
    for text in texts:
        problems += [_warning(file.path, message) for message in text.warnings]
        text = replace(text, metadata=merged_metadata(text.metadata, extra))
        try:
            made, wrong = draft(file.path, file.content_hash, text, gazetteer)
        except Exception as error:  # values that we did not think of take no other file away
            problems.append(_unusable(file.path, error))
            continue
        drafts.append(replace(made, parsed=replace(text, metadata={})))
        of_fields += [(text.row, problem) for problem in wrong]
    found = FileDrafts(tuple(drafts), (*problems, *field_problems(file.path, of_fields)))
    if unread:
        raise _CannotBeReadError(found)
    return found


def _is_folder_note(file: corpora.SourceFile, texts: Sequence[ParsedText]) -> bool:
    """Whether a README explains its folder: read as a document it would be a profile of nobody."""
    has_fields = bool(file.sidecars) or any(t.metadata or t.warnings for t in texts)
    return corpora.is_readme(file.path) and not has_fields


def _beside(
    file: corpora.SourceFile, parser: FileParser
) -> tuple[Mapping[str, object], list[Problem], bool]:
    """The metadata of all sidecars of a file, the problems found in them, and whether one of them
    cannot be read.
    """
    extra: Mapping[str, object] = {FIELD: CLOSED.document.value} if file.closed else {}
    problems: list[Problem] = []
    unread = False
    for sidecar in file.sidecars:
        try:
            fields, warnings = parser.parse_sidecar(corpora.read(sidecar))
        except UnreadableFileError as error:
            unread = True
            fields, warnings = {FIELD: CLOSED.document.value}, ()  # it may say who sees it
            problems.append(_unread(sidecar, error, Severity.WARNING))
        if warnings and not fields:
            fields = {FIELD: CLOSED.document.value}
            warnings = tuple(f"{said}: only administrators see the document" for said in warnings)
        extra = merged_metadata(extra, fields)
        problems += [_bad_yaml(sidecar.path, message) for message in warnings]
    return extra, problems, unread


def _unread(file: corpora.SourceFile, error: UnreadableFileError, severity: Severity) -> Problem:
    return Problem(file.path, severity, error.reason, error.message, error.remedy)


def _unusable(path: str, error: Exception) -> Problem:
    return Problem(
        path,
        Severity.ERROR,
        Reason.BAD_METADATA,
        f"its fields have values that cannot be used ({type(error).__name__})",
        "Write them as corpus/README.md says, then build again.",
    )


def _warning(path: str, message: str) -> Problem:
    if message.startswith("front matter"):
        return _bad_yaml(path, message)
    return Problem(path, Severity.WARNING, Reason.PARTIAL, message, "Check the file by eye.")


def _bad_yaml(path: str, message: str) -> Problem:
    remedy = "Correct the YAML: one 'key: value' a line, text with ': ' in quotes, lists with '- '."
    return Problem(path, Severity.WARNING, Reason.BAD_METADATA, message, remedy)
