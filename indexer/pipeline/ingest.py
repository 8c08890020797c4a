"""From corpus files to passages, with the problems found on the way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
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
    Place,
    PlaceLevel,
    Problem,
)
from indexer.embedding.cache import embedding_key
from indexer.entities.catalogue import Catalogue, CatalogueEntry, build_catalogue
from indexer.entities.draft_links import DraftLinks, LinkClues, links_of
from indexer.index.late_interaction import CODER
from indexer.index.serialisation import dump_vocabulary
from indexer.pipeline.chunking import PassageSplitter
from indexer.pipeline.corpus_vocabulary import corpus_linker
from indexer.pipeline.cut_passages import CutDocument, CutPassages, passage_lines
from indexer.pipeline.file_drafts import KeepOriginal, digest_of, file_drafts
from indexer.pipeline.text_cache import FileParser, TextCache
from indexer.pipeline.views import access_view, lower_levels
from indexer.places import Gazetteer
from indexer.source import scan as corpora
from indexer.source.drafts import Draft, restrict_copies
from indexer.text.organisation_names import OrganisationNameIndex
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


_CUT_FROM = TypeAdapter(tuple[Document, tuple[Block, ...]])
_ORGANISATION = TypeAdapter(Organisation)
_CLUES, _LINKS = TypeAdapter(LinkClues), TypeAdapter(DraftLinks)
_MAX_DETAIL = 300  # characters of a problem


@dataclass(frozen=True, slots=True)
class LevelView:
    """What an access level sees, built from that alone."""

    catalogue: Catalogue
    passages: CutPassages


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
    cache: TextCache,
    progress: ProgressReporter,
    clock: StageTimer,
) -> Content:
    """Parse every file, resolve the organisations and split documents into passages.

    Args:
        scan: the corpus files.
        encoder: counts tokens.
        passage_tokens: target size of a passage, in tokens.
        parser: parses untrusted bytes in a sandbox.
        keep: keeps the original of each file that has documents.
        cache: has what was parsed and cut before.
        progress: receives progress.
        clock: measures the stages.
    """
    gazetteer = Gazetteer.load()
    linker, wrong = corpus_linker(scan, parser)
    problems = [*scan.problems, *wrong]
    drafts: list[Draft] = []
    with clock.stage("parse"):
        each = file_drafts(scan.files, parser, gazetteer, cache, keep)
        for n, found in enumerate(each, start=1):
            drafts += found.drafts
            problems += found.problems
            progress.step("parse", n, len(scan.files))
    drafts, wrong = restrict_copies(drafts)
    problems += wrong
    with clock.stage("split"):
        recalled = partial(_recalled_links, cache)
        made, twins = build_catalogue(drafts, gazetteer, recalled)
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
            less, _ = build_catalogue(access_view(drafts, level), gazetteer, recalled)
            lower[level] = LevelView(less, cut(less, ProgressReporter()))
    legible = map(_legible, [*problems, *twins])
    order = sorted(legible, key=lambda p: (p.severity, p.path, p.reason, p.detail))
    return Content(made, passages, tuple(order), linker, lower)


def _recalled_links(
    cache: TextCache, drafts: Sequence[Draft], names: OrganisationNameIndex
) -> Iterator[DraftLinks]:
    """What ``links_of`` says of each draft, found now if it has not been before."""

    def place(d: Draft) -> bytes:
        head, text = _CLUES.dump_json(LinkClues.of(d)), digest_of(d.parsed.blocks)
        return cache.place(("links", names.fingerprint, text, head))

    def make(d: Draft) -> bytes:
        return _LINKS.dump_json(links_of(LinkClues.of(d), d.parsed.blocks, names))

    for d, at in cache.ahead(drafts, place):
        yield _LINKS.validate_json(cache.kept(at, partial(make, d)))


def _cut(
    made: Catalogue,
    progress: ProgressReporter,
    *,
    encoder: Encoder,
    size: int,
    gazetteer: Gazetteer,
    linker: Linker,
    cache: TextCache,
) -> CutPassages:
    """Cut all the documents of a catalogue that have not been cut before."""
    splitter = PassageSplitter(
        count_tokens=encoder.count_tokens,
        size=size,
        longest=encoder.max_tokens,
        names=made.names,
        organisations={o.id: o for o in made.organisations},
        region=lambda place: _region(place, gazetteer),
        linker=linker,
    )
    depends_on = _depends_on(splitter, encoder)
    about = {o.id: _ORGANISATION.dump_json(o) for o in made.organisations}

    def split(entry: CatalogueEntry) -> bytes:
        passages = splitter.split(entry.document, entry.blocks)
        lines = passage_lines(passages)
        keys = [embedding_key(encoder.fingerprint, p.embedded_text) for p in passages]
        cut = CutDocument.of(entry.document.id, lines, keys)
        cache.kept(cache.place(("passages", cut.digest)), lambda: lines)
        return cut.made

    def read(n: int, digest: bytes) -> bytes:
        return cache.kept(
            cache.place(("passages", digest)),
            lambda: passage_lines(splitter.split(made.entries[n].document, made.entries[n].blocks)),
        )

    def place(entry: CatalogueEntry) -> bytes:
        return cache.place(_made_from(depends_on, about, entry))

    documents: list[CutDocument] = []
    for n, (entry, at) in enumerate(cache.ahead(made.entries, place), start=1):
        cut = CutDocument(entry.document.id, cache.kept(at, partial(split, entry)))
        cache.expect(cache.place(("passages", cut.digest)))
        documents.append(cut)
        progress.step("split", n, len(made.entries))
    return CutPassages(documents, read)


def _depends_on(splitter: PassageSplitter, encoder: Encoder) -> str:
    """What the passages of every document depend on, besides the code."""
    vocabulary = hashlib.sha256(dump_vocabulary(splitter.linker.vocabulary)).hexdigest()
    names = splitter.names.fingerprint
    return f"{encoder.fingerprint} {CODER} {splitter.size} {vocabulary} {names}"


def _made_from(
    depends_on: str, about: Mapping[str, bytes], entry: CatalogueEntry
) -> tuple[str | bytes, ...]:
    """All that the passages of a document depend on.

    Args:
        depends_on: What all documents' depend on.
        about: What is known of each organisation.
        entry: The document.
    """
    linked = dict.fromkeys(link.organisation for link in entry.document.organisations)
    head = _CUT_FROM.dump_json((entry.document, entry.declared))
    known = (about[o] for o in linked if o in about)
    return ("cut", depends_on, digest_of(entry.text), head, *known)


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
