"""Retrieval among ever more passages: ``python -m tools.curve [--passages 1000 10000 100000]``.

Prints a JSON list, one object a size. The passages are those of the sample corpus over and over, of
each copy some words left out, so that no two are alike to BM25; the vectors are sums of two real
ones with noise; the index is published, hashed, loaded and searched as any other. Each size is
measured in a process of its own, filters and questions in turn. The question's embedding is not
counted.
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

from indexer.domain import Encoder, Passage, Vectors
from indexer.embedding.encoder import load_encoder
from indexer.index import bm25, manifest
from indexer.index.dense_ladder import kind_for
from indexer.index.late_interaction import Codes
from indexer.index.publishing import publish
from indexer.index.segments import PassageRows, divide
from indexer.index.serialisation import dump_documents, dump_passage
from indexer.index.snapshot import Generation, load_current, read_parts
from indexer.pipeline.build import build_index
from indexer.text.tokens import terms
from search_service.search.retrieval import EncodedText, retrieve
from search_service.search.weights import WEIGHTS
from search_service.settings import ServiceSettings, read_service_settings
from tools.bench import QUESTIONS, ROOT

SIZES = (1_000, 10_000, 100_000)
_SHARES = (0.01, 0.05, 1.0)  # of the passages that a filter lets through
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
    vectors = _vectors(small.dense.vectors(), passages)

    def embeddings(start: int, end: int) -> Iterator[tuple[Vectors, Codes]]:
        for row in range(start, end):
            yield vectors[row], small.tokens.codes(copies[row][0])

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
        vectors.shape[1],
        coder,
    )
    division = divide(rows, None)
    documents = dict.fromkeys(f"{small.passages[row].document}~{copy}" for row, copy in copies)
    made = {
        **{name: parts[name] for name in (manifest.ORGANISATIONS, manifest.VOCABULARY)},
        manifest.TOKEN_CODER: coder,
        manifest.DOCUMENTS: dump_documents(
            replace(small.documents[one.rpartition("~")[0]], id=one) for one in documents
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
    return replace(passage, id=f"{document}#{passage.ordinal}", document=document)


def _vectors(real: Vectors, passages: int) -> Vectors:
    """Unit vectors, float32 of shape (passages, dimension)."""
    chance = np.random.default_rng(1)
    made = np.empty((passages, real.shape[1]), np.float32)
    for start in range(0, passages, 10_000):
        some = made[start : start + 10_000]
        first, second = chance.integers(len(real), size=(2, len(some)))
        share = chance.uniform(0, 0.5, (len(some), 1))
        mixed = (1 - share) * real[first] + share * real[second]
        mixed += chance.normal(scale=_NOISE, size=mixed.shape)
        some[:] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return made


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
    return {
        "passages": size,
        "dense": generation.manifest.dense,
        "index_mb": round(sum(p.bytes for p in generation.manifest.parts.values()) / 1e6),
        "load_seconds": round(loaded, 2),
        "load_cpu_seconds": round(load_cpu, 2),
        "memory_mb": round(_memory() - before),
        "retrieval_ms": {f"{share:.0%}": _summary(each) for share, each in times.items()},
    }


def _summary(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Times by the clock and of the processor: only the latter hold on a shared machine."""
    clock, processor = np.array(times[len(QUESTIONS) :]).T
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
    """Measure each size in a process of its own."""
    command = [sys.executable, "-m", "tools.curve", "--one"]
    found = []
    for size in sizes:
        answer = subprocess.run(
            [*command, str(size)], cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True
        )
        found.append(json.loads(answer.stdout))
    return found


def _one(size: int) -> dict[str, object]:
    """Make an index of a size and measure it."""
    encoder = load_encoder(read_service_settings())
    with tempfile.TemporaryDirectory() as scratch:
        small, target = Path(scratch, "small"), Path(scratch, "many")
        build_index(ServiceSettings(corpus=ROOT / "corpus", index=small), encoder)
        started = time.perf_counter()
        many(small, target, size)
        made = time.perf_counter() - started
        return {
            **measure(target, encoder),
            "made_in_seconds": round(made, 1),
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.curve", description=__doc__)
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(_one(arguments.one)))
    else:
        print(json.dumps(curve(arguments.passages), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
