"""Searches among ever more passages: ``python -m tools.curve [--passages 1000 10000 100000]``.

Prints a JSON list, one object a size. The passages are those of the sample corpus over and over, of
each copy some words left out, so that no two are alike to BM25; the cooperatives of a copy are its
own; the vectors are sums of two real ones with noise. The index is published, hashed, loaded and
searched as any other. Each size is made and measured in processes of their own.

Retrieval is that of a few questions, filters and questions in turn, without their embedding. A
whole answer, with it, is that of judged questions, each asked once; the filter is a span of time.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from indexer.domain import Document, Encoder, Passage, Period, Vectors
from indexer.embedding.encoder import load_encoder
from indexer.index import bm25, manifest
from indexer.index.dense_ladder import kind_for
from indexer.index.late_interaction import Codes
from indexer.index.publishing import publish
from indexer.index.segments import PassageRows, divide
from indexer.index.serialisation import dump_documents, dump_organisations, dump_passage
from indexer.index.snapshot import Generation, load_current, read_parts
from indexer.pipeline.build import build_index
from indexer.text.tokens import terms
from search_service.domain import ExplicitFilters
from search_service.search.retrieval import EncodedText, retrieve
from search_service.search.searcher import Searcher
from search_service.search.weights import WEIGHTS
from search_service.settings import ServiceSettings, read_service_settings
from tools.answers import WARMING, questions
from tools.bench import QUESTIONS, ROOT

SIZES = (1_000, 10_000, 100_000)
_SHARES = (0.01, 0.05, 1.0)  # of the passages that a filter lets through
_SPANS = {0.01: "2001", 0.06: "2002"}  # up to which share of the documents are of that year
_OTHER_TIME = "2003"
_YEARS = {0.01: "2001", 0.05: "2002", 1.0: ""}  # what lets so many through
_ROUNDS = 12
_RUN = 10_000  # passages whose terms are counted at once
_LEFT_OUT = 0.3  # of a copy's words
_NOISE = 0.01  # a number of a vector


def many(index: Path, target: Path, passages: int) -> None:
    """Publish an index of many passages made from those of a small one.

    Args:
        index: The small one.
        target: The folder of the new one.
        passages: How many it is to hold.
    """
    small, _ = load_current(index)
    parts = read_parts(index, small.id, small.manifest)
    copies = [(n % len(small.passages), n // len(small.passages)) for n in range(passages)]
    real = small.dense.vectors()

    def embeddings(start: int, end: int) -> Iterator[tuple[Vectors, Codes]]:
        for row, vector in enumerate(_vectors(real, start, end), start):
            yield vector, small.tokens.codes(copies[row][0])

    ids = [f"{small.passages[row].document}~{copy}" for row, copy in copies]

    def lines(start: int, end: int) -> Iterator[bytes]:
        for row, copy in copies[start:end]:
            yield dump_passage(_copy(small.passages[row], copy)) + b"\n"

    coder = parts[manifest.TOKEN_CODER]
    rows = PassageRows(
        lambda: ids,
        passages,
        lines,
        lines,
        lambda start, end: [one.encode() for one in ids[start:end]],
        embeddings,
        real.shape[1],
        coder,
    )
    division = divide(rows, None)
    documents = dict.fromkeys(f"{small.passages[row].document}~{copy}" for row, copy in copies)
    made = {
        manifest.VOCABULARY: parts[manifest.VOCABULARY],
        manifest.TOKEN_CODER: coder,
        manifest.ORGANISATIONS: dump_organisations(
            replace(one, id=f"{one.id}~{copy}", name=f"{one.name} {copy}", aliases=(), vat="")
            for copy in range(copies[-1][1] + 1)
            for one in small.organisations.values()
        ),
        manifest.DOCUMENTS: dump_documents(
            _copy_of_document(small.documents[one.rpartition("~")[0]], one, number)
            for number, one in enumerate(documents)
        ),
        **bm25.build_parts(_words(small, copies)),
    }
    about = replace(
        small.manifest,
        passages=passages,
        documents=len(documents),
        segments=division.segments,
        dense_files=division.dense_files,
        dense=kind_for(passages),
        lower={},
    )
    publish(target, about, {**made, **division.written}, division.named)


def _copy(passage: Passage, copy: int) -> Passage:
    document = f"{passage.document}~{copy}"
    return replace(
        passage,
        id=f"{document}#{passage.ordinal}",
        document=document,
        organisations=tuple(f"{one}~{copy}" for one in passage.organisations),
        statements=tuple(
            replace(one, organisation=f"{one.organisation}~{copy}") for one in passage.statements
        ),
    )


def _copy_of_document(document: Document, identity: str, number: int) -> Document:
    """A document of a copy; of a hundred, so many are of each span of time as it is to let through.

    Args:
        document: The one that is copied.
        identity: The id of the copy, which ends with the copy's number.
        number: Its place among all documents.
    """
    copy = identity.rpartition("~")[2]
    links = (replace(x, organisation=f"{x.organisation}~{copy}") for x in document.organisations)
    place = number % 100
    spans = (span for share, span in _SPANS.items() if place < 100 * share)
    period = Period.parse(next(spans, _OTHER_TIME))
    return replace(document, id=identity, organisations=tuple(links), period=period)


def _vectors(real: Vectors, start: int, end: int) -> Iterator[Vectors]:
    """Unit vectors of some rows, each float32 of shape (dimension,); a row's is always the same."""
    for first in range(start - start % _RUN, end, _RUN):
        chance = np.random.default_rng(first)
        one, other = chance.integers(len(real), size=(2, _RUN))
        share = chance.uniform(0, 0.5, (_RUN, 1))
        mixed = (1 - share) * real[one] + share * real[other]
        mixed += chance.normal(scale=_NOISE, size=mixed.shape)
        unit = (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)
        yield from unit[max(0, start - first) : end - first]


def _words(small: Generation, copies: Sequence[tuple[int, int]]) -> Iterator[bm25.TermCounts]:
    """The index terms of each copy, without some."""
    known = [terms(f"{p.context} {p.text}", p.language) for p in small.passages]
    chance = random.Random(1)
    for start in range(0, len(copies), _RUN):
        yield bm25.TermCounts.of(
            chance.sample(known[row], round(len(known[row]) * (1 - _LEFT_OUT)))
            for row, _ in copies[start : start + _RUN]
        )


def measure(index: Path, encoder: Encoder) -> dict[str, object]:
    """Load an index and search it; times in ms, memory in MB.

    Args:
        index: As ``many`` made it.
        encoder: Embeds the questions beforehand.
    """
    encoded = [(text, encoder.encode_query(text)) for text in QUESTIONS]
    before = _memory()
    started, busy = time.perf_counter(), time.process_time()
    generation, _ = load_current(index)
    loaded, load_cpu = time.perf_counter() - started, time.process_time() - busy
    size = len(generation.passages)
    chance = np.random.default_rng(2)
    filters = {
        share: None if share == 1 else np.flatnonzero(chance.random(size) < share)
        for share in _SHARES
    }
    times: dict[float, list[tuple[float, float]]] = {share: [] for share in filters}
    for _ in range(_ROUNDS):
        for text, query in encoded:
            for share, rows in filters.items():
                started, busy = time.perf_counter(), time.process_time()
                asked = EncodedText(text, query, generation.tokens)
                retrieve(asked, rows, generation, WEIGHTS)
                both = time.perf_counter() - started, time.process_time() - busy
                times[share].append((both[0] * 1000, both[1] * 1000))
    found = {
        "passages": size,
        "organisations": len(generation.organisations),
        "dense": generation.manifest.dense,
        "index_mb": round(sum(p.bytes for p in generation.manifest.parts.values()) / 1e6),
        "load_seconds": round(loaded, 2),
        "load_cpu_seconds": round(load_cpu, 2),
        "memory_mb": round(_memory() - before),
        "retrieval_ms": {
            f"{share:.0%}": _summary(each[len(QUESTIONS) :]) for share, each in times.items()
        },
    }
    started, busy = time.perf_counter(), time.process_time()
    searcher = Searcher(generation, encoder)
    found["prepare_seconds"] = round(time.perf_counter() - started, 2)
    found["prepare_cpu_seconds"] = round(time.process_time() - busy, 2)
    found["prepared_memory_mb"] = round(_memory() - before)
    return {**found, "answer_ms": _answers(searcher)}


def _answers(searcher: Searcher) -> dict[str, object]:
    """Whole answers with their questions' embedding; none is asked twice."""
    times: dict[float, list[tuple[float, float]]] = {share: [] for share in _SHARES}
    for number, question in enumerate(questions()):
        share = _SHARES[number % len(_SHARES)]
        explicit = ExplicitFilters.of(since=_YEARS[share], until=_YEARS[share])
        started, busy = time.perf_counter(), time.process_time()
        query = searcher.understand(question, explicit)
        searcher.highlighted(searcher.search(query))
        both = time.perf_counter() - started, time.process_time() - busy
        times[share].append((both[0] * 1000, both[1] * 1000))
    return {f"{share:.0%}": _summary(each[WARMING:]) for share, each in times.items()}


def _summary(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Times by the clock and of the processor: only the latter hold on a shared machine."""
    clock, processor = np.array(times).T
    return {
        "min": round(float(clock.min()), 2),
        "p50": round(float(np.percentile(clock, 50)), 2),
        "p95": round(float(np.percentile(clock, 95)), 2),
        "cpu_p50": round(float(np.percentile(processor, 50)), 2),
        "cpu_p95": round(float(np.percentile(processor, 95)), 2),
    }


def _memory() -> float:
    """What this process holds and shares with nobody, in MB: not the pages of mapped files."""
    rows = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("RssAnon")) / 1024


def curve(sizes: Sequence[int]) -> list[dict[str, object]]:
    """Make and measure each size.

    Args:
        sizes: How many passages each is to have.
    """
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            made = _apart("--make", str(size), scratch)
            found.append({**_apart("--measure", scratch), **made})
    return found


def _apart(*order: str) -> dict[str, object]:
    """Do a part in a process of its own."""
    command = [sys.executable, "-m", "tools.curve", *order]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def _make(size: int, folder: Path) -> dict[str, object]:
    """Make an index of a size in a folder; what it took, in seconds and MB."""
    encoder = load_encoder(read_service_settings())
    small = folder / "small"
    build_index(ServiceSettings(corpus=ROOT / "corpus", index=small), encoder)
    started, busy = time.perf_counter(), time.process_time()
    many(small, folder / "many", size)
    return {
        "made_in_seconds": round(time.perf_counter() - started, 1),
        "made_in_cpu_seconds": round(time.process_time() - busy, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.curve", description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES)
    parser.add_argument("--make", nargs=2, metavar=("SIZE", "FOLDER"), help="only make an index")
    parser.add_argument("--measure", type=Path, metavar="FOLDER", help="only measure what is there")
    arguments = parser.parse_args()
    if arguments.make:
        size, folder = arguments.make
        print(json.dumps(_make(int(size), Path(folder))))
    elif arguments.measure:
        encoder = load_encoder(read_service_settings())
        print(json.dumps(measure(arguments.measure / "many", encoder)))
    else:
        print(json.dumps(curve(arguments.passages), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
