"""From corpus files to passages, with the problems found on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter

from pydantic import TypeAdapter

from indexer.domain import (
    Block,
    Document,
    Encoder,
    Level,
    Organisation,
    ParsedText,
    Passage,
    Place,
    PlaceLevel,
    Problem,
    Reason,
    Severity,
)
from indexer.entities.catalogue import Catalogue, build_catalogue
from indexer.errors import UnreadableFileError
from indexer.index.serialisation import dump_passages, dump_vocabulary, load_passages
from indexer.pipeline.chunking import PassageSplitter
from indexer.pipeline.corpus_vocabulary import corpus_linker
from indexer.pipeline.text_cache import FileParser, RememberingParser, TextCache
from indexer.pipeline.views import access_view, lower_levels
from indexer.places import Gazetteer
from indexer.source import scan as corpora
from indexer.source.drafts import Draft, draft, restrict_copies
from indexer.source.metadata import FieldProblem
from indexer.source.problems import field_problems
from indexer.source.visibility import CLOSED, FIELD, merged_metadata
from indexer.vocabulary import Linker


class ProgressReporter:
    """Receives progress; this one ignores it, the command line's shows bars."""

    def step(self, stage: str, done: int, total: int) -> None:
        """Report that ``done`` of ``total`` items of ``stage`` are finished.

        Args:
            stage: "parse", "split" or "embed".
            done: items finished.
            total: all items of the stage.
        """


@dataclass
class StageTimer:
    """Measures the seconds spent in each stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Add the block's duration to ``name``."""
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start


_CUT_FROM = TypeAdapter(tuple[Document, tuple[Block, ...], tuple[Organisation, ...]])
_MAX_DETAIL = 300  # characters of a problem

KeepOriginal = Callable[[corpora.SourceFile, bytes], None]


@dataclass(frozen=True, slots=True)
class LevelView:
    """What an access level sees, built from that alone."""

    catalogue: Catalogue
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Content(LevelView):
    """What will be indexed and what could not be.

    ``linker`` has the vocabulary; ``lower`` are the views of lower levels.
    """

    problems: tuple[Problem, ...]
    linker: Linker
    lower: Mapping[Level, LevelView]


def read_content(
    scan: corpora.Scan,
    encoder: Encoder,
    passage_tokens: int,
    *,
    parser: FileParser,
    keep: KeepOriginal,
    cache: TextCache | None,
    progress: ProgressReporter,
    clock: StageTimer,
) -> Content:
    """Parse every file, resolve the organisations and split documents into passages.

    Args:
        scan: the corpus files.
        encoder: counts tokens.
        passage_tokens: target size of a passage, in tokens.
        parser: parses untrusted bytes in a sandbox.
        keep: called once with the bytes of each readable file.
        cache: has what was parsed and cut before; ``None`` does all of it.
        progress: receives progress.
        clock: measures the stages.
    """
    gazetteer = Gazetteer.load()
    parser = parser if cache is None else RememberingParser(parser, cache)
    linker, wrong = corpus_linker(scan, parser)
    problems = [*scan.problems, *wrong]
    drafts: list[Draft] = []
    with clock.stage("parse"):
        for n, file in enumerate(scan.files, start=1):
            found, wrong = _drafts(file, parser, gazetteer, keep)
            drafts += found
            problems += wrong
            progress.step("parse", n, len(scan.files))
    drafts, wrong = restrict_copies(drafts)
    problems += wrong
    with clock.stage("split"):
        made, twins = build_catalogue(drafts, gazetteer)
        cut = partial(
            _cut,
            encoder=encoder,
            size=passage_tokens,
            gazetteer=gazetteer,
            linker=linker,
            cache=cache,
        )
        passages = cut(made, progress)
        lower = {}
        for level in lower_levels(drafts):
            less, _ = build_catalogue(access_view(drafts, level), gazetteer)
            lower[level] = LevelView(less, cut(less, ProgressReporter()))
    legible = map(_legible, [*problems, *twins])
    order = sorted(legible, key=lambda p: (p.severity, p.path, p.reason, p.detail))
    return Content(made, passages, tuple(order), linker, lower)


def _cut(
    made: Catalogue,
    progress: ProgressReporter,
    *,
    encoder: Encoder,
    size: int,
    gazetteer: Gazetteer,
    linker: Linker,
    cache: TextCache | None,
) -> tuple[Passage, ...]:
    """The passages of all the documents of a catalogue."""
    splitter = PassageSplitter(
        count_tokens=encoder.count_tokens,
        size=size,
        longest=encoder.max_tokens,
        names=made.names,
        organisations={o.id: o for o in made.organisations},
        region=lambda place: _region(place, gazetteer),
        linker=linker,
    )
    split = splitter.split
    if cache is not None:
        split = partial(_recalled, cache, _depends_on(splitter, encoder), splitter)
    passages: list[Passage] = []
    for n, entry in enumerate(made.entries, start=1):
        passages += split(entry.document, entry.blocks)
        progress.step("split", n, len(made.entries))
    return tuple(passages)


def _depends_on(splitter: PassageSplitter, encoder: Encoder) -> str:
    """What the passages of every document depend on, besides the code."""
    vocabulary = hashlib.sha256(dump_vocabulary(splitter.linker.vocabulary)).hexdigest()
    return f"{encoder.fingerprint} {splitter.size} {vocabulary} {splitter.names.fingerprint}"


def _recalled(
    cache: TextCache,
    depends_on: str,
    splitter: PassageSplitter,
    document: Document,
    blocks: Sequence[Block],
) -> tuple[Passage, ...]:
    """The passages of a document, cut now if they have not been before."""
    linked = dict.fromkeys(link.organisation for link in document.organisations)
    about = tuple(splitter.organisations[o] for o in linked if o in splitter.organisations)
    return load_passages(
        cache.recall(
            ("split", depends_on, _CUT_FROM.dump_json((document, tuple(blocks), about))),
            lambda: dump_passages(splitter.split(document, blocks)),
        )
    )


def _legible(problem: Problem) -> Problem:
    """A file's own text may be long, or move a terminal's cursor: it is shortened.

    Line breaks and the like are shown as Python writes them.
    """
    detail = problem.detail
    if len(detail) > _MAX_DETAIL:
        detail = f"{detail[:_MAX_DETAIL]}…"
    if not detail.isprintable():
        detail = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in detail)
    return problem if detail == problem.detail else replace(problem, detail=detail)


def _region(place: Place, gazetteer: Gazetteer) -> str:
    chain = (place, *gazetteer.ancestors(place))
    return next((p.name for p in chain if p.level is PlaceLevel.REGIONE), "")


def _drafts(
    file: corpora.SourceFile, parser: FileParser, gazetteer: Gazetteer, keep: KeepOriginal
) -> tuple[list[Draft], list[Problem]]:
    """The drafts of one file; what goes wrong with it stays its own problem."""
    try:
        data = corpora.read(file)
        texts = parser.parse(file.path, data)
    except UnreadableFileError as error:
        return [], [Problem(file.path, Severity.ERROR, error.reason, error.message, error.remedy)]
    if _is_folder_note(file, texts):
        return [], [corpora.folder_note(file.path)]
    keep(file, data)
    extra, problems = _beside(file, parser)
    drafts = []
    of_fields: list[tuple[int | None, FieldProblem]] = []
    for text in texts:
        problems += [_warning(file.path, message) for message in text.warnings]
        text = replace(text, metadata=merged_metadata(text.metadata, extra))
        try:
            made, found = draft(file.path, file.content_hash, text, gazetteer)
        except Exception as error:  # values that we did not think of take no other file away
            problems.append(_unusable(file.path, error))
            continue
        drafts.append(made)
        of_fields += [(text.row, problem) for problem in found]
    return drafts, [*problems, *field_problems(file.path, of_fields)]


def _is_folder_note(file: corpora.SourceFile, texts: Sequence[ParsedText]) -> bool:
    """Whether a README explains its folder: read as a document it would be a profile of nobody."""
    has_fields = bool(file.sidecars) or any(t.metadata or t.warnings for t in texts)
    return corpora.is_readme(file.path) and not has_fields


def _beside(
    file: corpora.SourceFile, parser: FileParser
) -> tuple[Mapping[str, object], list[Problem]]:
    """The metadata of all sidecars of a file, and the problems found in them."""
    extra: Mapping[str, object] = {FIELD: CLOSED.document.value} if file.closed else {}
    problems: list[Problem] = []
    for sidecar in file.sidecars:
        fields, found = _sidecar(sidecar, parser)
        extra = merged_metadata(extra, fields)
        problems += found
    return extra, problems


def _sidecar(
    file: corpora.SourceFile, parser: FileParser
) -> tuple[Mapping[str, object], list[Problem]]:
    path = file.path
    try:
        fields, warnings = parser.parse_sidecar(corpora.read(file))
    except UnreadableFileError as error:
        closed = {FIELD: CLOSED.document.value}  # it may say who sees the document
        return closed, [Problem(path, Severity.WARNING, error.reason, error.message, error.remedy)]
    if warnings and not fields:
        fields = {FIELD: CLOSED.document.value}
        warnings = tuple(f"{message}: only administrators see the document" for message in warnings)
    return fields, [_bad_yaml(path, message) for message in warnings]


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
