"""Time and memory on this machine: python -m tools.bench [--passages 10000].

Prints one JSON object: how much of indexing is not the model's own work, how long a search among
many passages takes without the question's embedding, how soon the service is ready and how much
memory it holds, and how much longer a search takes as a page than as JSON. A measure, not a test.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from pathlib import Path

import numpy as np

from indexer.domain import Encoded, Encoder
from indexer.embedding.encoder import load_encoder
from indexer.index.snapshot import load_current
from indexer.pipeline.build import build_index
from search_service.search.retrieval import EncodedText, retrieve
from search_service.search.weights import WEIGHTS
from search_service.settings import ServiceSettings, read_service_settings

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "chi fa data engineering per le cooperative agricole",
    "verifiche di accessibilità di siti web di comuni",
    "web accessibility testing with blind users",
    "sensori per l'irrigazione e previsioni in campo",
    "integrazione SPID e CIE nel portale del comune",
    "payroll software for social cooperatives",
    "digitalizzazione di archivi storici e notarili",
    "penetration test di applicazioni web con metodo OWASP",
)


class _Timed:
    """An encoder that adds up the time of the model's own passes."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.seconds = 0.0

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)

    def encode_passages(self, texts: list[str]) -> list[Encoded]:
        start = time.perf_counter()
        try:
            return self._encoder.encode_passages(texts)
        finally:
            self.seconds += time.perf_counter() - start


def indexing(encoder: Encoder, corpus: Path) -> dict[str, object]:
    """A first build, then one with nothing to do."""
    encoder.encode_passages(["prima"])  # loading the model is not indexing
    timed = _Timed(encoder)
    with tempfile.TemporaryDirectory() as scratch:
        settings = ServiceSettings(corpus=corpus, index=Path(scratch, "index"))
        start = time.perf_counter()
        report = build_index(settings, timed)  # type: ignore[arg-type]
        whole = time.perf_counter() - start
        start = time.perf_counter()
        build_index(settings, encoder)
        nothing = time.perf_counter() - start
    return {
        "passages": report.passages,
        "seconds": round(whole, 2),
        "not_the_model": round(1 - timed.seconds / whole, 3),
        "nothing_to_do_seconds": round(nothing, 3),
        "stages": {name: round(value, 2) for name, value in report.seconds.items()},
    }


def searching(encoder: Encoder, corpus: Path, passages: int) -> dict[str, object]:
    """Retrieval among many passages: the sample corpus over and over, each copy a little other.

    Args:
        encoder: The real one.
        corpus: Folder of the sample corpus.
        passages: About how many the index is to hold.

    Returns:
        Figures by name; times in milliseconds.
    """
    with tempfile.TemporaryDirectory() as scratch:
        many, index = Path(scratch, "corpus"), Path(scratch, "index")
        _multiply(corpus, many, passages)
        build_index(ServiceSettings(corpus=many, index=index), _Copied(encoder))  # type: ignore[arg-type]
        changed = _one_change(many, index, encoder)
        generation, _ = load_current(index)
        encoded = [(text, encoder.encode_query(text)) for text in QUESTIONS]
        rows = np.arange(0, len(generation.passages), 3)
        times = []
        for n in range(25 * len(encoded)):
            text, query = encoded[n % len(encoded)]
            start = time.perf_counter()
            asked = EncodedText(text, query, generation.tokens)
            retrieve(asked, rows if n % 2 else None, generation, WEIGHTS)
            times.append((time.perf_counter() - start) * 1000)
        p50, p95 = np.percentile(times[len(encoded) :], [50, 95])
        manifest = generation.manifest
        codes = sum(manifest.parts[segment.tokens].bytes for segment in manifest.segments)
        return {
            "passages": len(generation.passages),
            "retrieval_p50_ms": round(float(p50), 2),
            "retrieval_p95_ms": round(float(p95), 2),
            "token_kb_a_passage": round(codes / len(generation.passages) / 1024, 2),
            "one_change": changed,
        }


def _one_change(corpus: Path, index: Path, encoder: Encoder) -> dict[str, object]:
    """A build after a line was added to one case study; seconds by the clock and of the processor.

    Args:
        corpus: Folder of the corpus that is indexed.
        index: Folder of its index.
        encoder: The real one.
    """
    changed = next(corpus.glob("case_studies/*.md"))
    changed.write_text(changed.read_text("utf-8") + "\nUna riga in più.\n", encoding="utf-8")
    started, busy = time.perf_counter(), time.process_time()
    report = build_index(ServiceSettings(corpus=corpus, index=index), encoder)
    return {
        "seconds": round(time.perf_counter() - started, 2),
        "cpu_seconds": round(time.process_time() - busy, 2),
        "stages": {name: round(value, 2) for name, value in report.seconds.items()},
    }


class _Copied:
    """An encoder that reads each text once: copies of a text get its vectors, slightly turned."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Encoded] = {}
        self._noise = np.random.default_rng(1)

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)

    def encode_passages(self, texts: list[str]) -> list[Encoded]:
        keys = [text.split("\n", 1)[-1] for text in texts]
        fresh = [k for k in dict.fromkeys(keys) if k not in self._known]
        self._known.update(zip(fresh, self._encoder.encode_passages(fresh), strict=True))
        return [self._turned(self._known[key]) for key in keys]

    def _turned(self, e: Encoded) -> Encoded:
        def near(vectors: np.ndarray) -> np.ndarray:
            moved = vectors + self._noise.normal(scale=0.01, size=vectors.shape)
            unit: np.ndarray = moved / np.linalg.norm(moved, axis=-1, keepdims=True)
            return unit.astype(np.float32)

        return Encoded(near(e.vector), near(e.tokens), e.spans)


def _multiply(corpus: Path, many: Path, passages: int) -> None:
    """Copies of the Markdown documents, each under a name and a title of its own."""
    sources = sorted(corpus.glob("*/*.md"))
    made = 0
    copy = 0
    while made < passages:
        for source in sources:
            text = source.read_text("utf-8").replace("\n# ", f"\n# {copy} ", 1)
            target = many / source.parent.name / f"{copy:05d}-{source.name}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        made += 4 * len(sources)  # about four passages a document
        copy += 1


def serving(index: Path) -> dict[str, object]:
    """Start the service as a person does; wait until it is ready, ask, and look at its memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "search_service", "serve", "--port", str(port)]
    environment = {**os.environ, "COMPETENZE_INDEX": str(index)}
    start = time.perf_counter()
    service = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        while not _answers(f"http://127.0.0.1:{port}/readyz"):
            time.sleep(0.05)
        ready = time.perf_counter() - start
        page, api = _page_and_api(port)
        status = Path(f"/proc/{service.pid}/status").read_text("utf-8")
        lines = (line.split() for line in status.splitlines() if line.startswith("Vm"))
        memory = {line[0].rstrip(":"): line[1] for line in lines}
        return {
            "ready_seconds": round(ready, 2),
            "memory_mb": round(int(memory["VmRSS"]) / 1024),
            "peak_memory_mb": round(int(memory["VmHWM"]) / 1024),
            "page_ms": round(page, 1),
            "api_ms": round(api, 1),
            "page_over_api": round(page / api, 2),
        }
    finally:
        service.terminate()
        service.wait()


def _page_and_api(port: int, rounds: int = 20) -> tuple[float, float]:
    """Milliseconds that a search takes as a page and as JSON: the mean over the questions of the
    median over the rounds, the two in turn, both compressed as browsers ask for.
    """
    times: dict[tuple[str, str], list[float]] = defaultdict(list)
    for _ in range(rounds + 1):
        for question in QUESTIONS:
            for path in ("/", "/api/v1/search"):
                url = f"http://127.0.0.1:{port}{path}?q={urllib.request.quote(question)}"
                request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
                start = time.perf_counter()
                with urllib.request.urlopen(request) as answer:
                    answer.read()
                times[path, question].append((time.perf_counter() - start) * 1000)
    page, api = (
        float(np.mean([np.median(times[path, q][1:]) for q in QUESTIONS]))  # the first warms up
        for path in ("/", "/api/v1/search")
    )
    return page, api


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--passages", type=int, default=10_000, help="how many to search among")
    arguments = parser.parse_args()
    settings = read_service_settings()
    encoder = load_encoder(settings)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as scratch:
        index = Path(scratch, "index")
        build_index(ServiceSettings(corpus=ROOT / "corpus", index=index), encoder)
        results = {
            "commit": commit,
            "cores": os.cpu_count(),
            "indexing": indexing(encoder, ROOT / "corpus"),
            "search": searching(encoder, ROOT / "corpus", arguments.passages),
            "service": serving(index),
        }
    print(json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
