"""The bundled model beside the same weights on torch: time, and whether the vectors are the same.

``python -m tools.encoders [--rounds 3] [--passages 32] [--threads 2]`` prints one JSON object. The
texts are the passages of the sample corpus; each round asks one encoder, then the other, first with
nothing beside and then with two busy loops. Times of the processor hold on a busy machine too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from indexer.domain import Encoded, Encoder
from indexer.embedding.bundled_encoder import BundledEncoder
from indexer.embedding.bundled_model import prepare_bundled_model, source_path
from indexer.embedding.e5s1 import read_model
from indexer.embedding.sentence_encoder import SentenceEncoder
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index
from indexer.settings import Settings, usable_cores
from tests.indexer.embedding.reference import worst_cosine, write_reference
from tools.bench import QUESTIONS, ROOT

_BUSY = "while True: pass"


def _passages(encoder: Encoder, scratch: Path) -> list[str]:
    """The passages of the sample corpus, as the model reads them."""
    build_index(Settings(corpus=ROOT / "corpus", index=scratch), encoder)
    generation, _ = load_current(scratch)
    return [passage.embedded_text for passage in generation.passages]


def sameness(encoders: Sequence[Encoder], passages: Sequence[str]) -> dict[str, object]:
    """How near the vectors of two encoders are."""
    ours, theirs = (encoder.encode_passages(passages) for encoder in encoders)
    asked = [[encoder.encode_query(text) for text in QUESTIONS] for encoder in encoders]
    pairs = [*zip(ours, theirs, strict=True), *zip(*asked, strict=True)]
    tops = [
        [_top(question, passages_) for question in questions]
        for questions, passages_ in zip(asked, (ours, theirs), strict=True)
    ]
    return {
        "texts": len(pairs),
        "least_cosine": min(worst_cosine(a.vector[None], b.vector[None]) for a, b in pairs),
        "least_cosine_of_tokens": min(worst_cosine(a.tokens, b.tokens) for a, b in pairs),
        "same_spans": all(a.spans == b.spans for a, b in pairs),
        "same_ten_best": sum(a == b for a, b in zip(*tops, strict=True)) / len(QUESTIONS),
    }


def _top(question: Encoded, passages: Sequence[Encoded]) -> list[int]:
    scores = np.array([passage.vector for passage in passages]) @ question.vector
    return [int(row) for row in np.argsort(-scores, kind="stable")[:10]]


@dataclass(slots=True)
class Times:
    """What one encoder took: seconds by the clock, and of processor time in all threads."""

    questions: list[float] = field(default_factory=list)
    questions_cpu: list[float] = field(default_factory=list)
    passages: list[float] = field(default_factory=list)
    passages_cpu: list[float] = field(default_factory=list)

    def add_round(self, encoder: Encoder, passages: Sequence[str]) -> None:
        """Encode each question three times, then the passages."""
        for text in QUESTIONS * 3:
            wall, cpu = time.perf_counter(), time.process_time()
            encoder.encode_query(text)
            self.questions.append(time.perf_counter() - wall)
            self.questions_cpu.append(time.process_time() - cpu)
        wall, cpu = time.perf_counter(), time.process_time()
        encoder.encode_passages(passages)
        self.passages.append((time.perf_counter() - wall) / len(passages))
        self.passages_cpu.append((time.process_time() - cpu) / len(passages))

    def summary(self) -> dict[str, float]:
        """Milliseconds of a question, and passages a second: the best round and the median."""
        p50, p95 = np.percentile(self.questions, [50, 95]) * 1000
        return {
            "question_min_ms": round(min(self.questions) * 1000, 1),
            "question_p50_ms": round(float(p50), 1),
            "question_p95_ms": round(float(p95), 1),
            "question_cpu_ms": round(float(np.median(self.questions_cpu)) * 1000, 1),
            "passages_per_second_best": round(1 / min(self.passages), 1),
            "passages_per_second_median": round(1 / float(np.median(self.passages)), 1),
            "passages_per_cpu_second": round(1 / float(np.median(self.passages_cpu)), 1),
        }


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """Let programs compute beside that never end by themselves."""
    beside = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(loops)]
    try:
        yield
    finally:
        for each in beside:
            each.kill()
            each.wait()


def measure(
    encoders: dict[str, Encoder], passages: Sequence[str], rounds: int
) -> dict[str, dict[str, float]]:
    """Rounds in which each encoder is measured in turn.

    Args:
        encoders: By name.
        passages: Texts to encode.
        rounds: How many times.
    """
    times = {name: Times() for name in encoders}
    for _ in range(rounds):
        for name, encoder in encoders.items():
            times[name].add_round(encoder, passages)
    return {name: each.summary() for name, each in times.items()}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.encoders", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--passages", type=int, default=32, help="how many to encode in a round")
    parser.add_argument("--threads", type=int, default=usable_cores())
    arguments = parser.parse_args()
    with TemporaryDirectory() as scratch:
        reference = Path(scratch, "reference")
        reference.mkdir()
        write_reference(read_model(source_path().read_bytes()), reference)
        started = time.perf_counter()
        folder = prepare_bundled_model(Path(scratch, "cache"))
        conversion = time.perf_counter() - started
        encoders: dict[str, Encoder] = {
            "onnxruntime": BundledEncoder(folder, arguments.threads),
            "torch": SentenceEncoder(reference, arguments.threads),
        }
        texts = _passages(encoders["onnxruntime"], Path(scratch, "index"))
        some = texts[:: max(1, len(texts) // arguments.passages)][: arguments.passages]
        results = {
            "cores": os.cpu_count(),
            "threads": arguments.threads,
            "load_before": os.getloadavg()[0],
            "conversion_seconds": round(conversion, 2),
            "same": sameness(list(encoders.values()), some),
            "idle": measure(encoders, some, arguments.rounds),
        }
        with busy(2):
            results["two_busy_loops"] = measure(encoders, some, arguments.rounds)
    print(json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
