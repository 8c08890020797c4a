"""txtai and this product beside each other: the same model, texts and questions, in turn.

Both run as programs of their own. txtai is given the passages that the product cuts; the product
reads and cuts the files as well. Times of the processor hold on a machine that others use, too.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from indexer.embedding.bundled_model import source_path
from indexer.embedding.e5s1 import read_model
from indexer.index.snapshot import load_current
from tests.indexer.embedding.reference import write_reference
from tools.answers import questions
from tools.bench import ROOT
from tools.bench.child import READY
from tools.bench.environment import interpreter
from tools.encoders import busy

_BUSY_LOOPS = 2
PRODUCT, TXTAI = "product", "txtai"


class Child:
    """A program that carries out orders (``child.obey``)."""

    def __init__(self, command: Sequence[str | Path]) -> None:
        """Start it, and wait until it is ready.

        Args:
            command: What is run.
        """
        started = time.perf_counter()
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        said = self._answer()
        assert said == READY
        self.ready_seconds = time.perf_counter() - started

    def order(self, name: str, argument: str = "") -> tuple[Any, float, float]:
        """Give an order.

        Args:
            name: What is ordered.
            argument: With what.

        Returns:
            What came out, milliseconds by the clock, and of the processor.
        """
        assert self._process.stdin
        self._process.stdin.write(json.dumps([name, argument]) + "\n")
        self._process.stdin.flush()
        came_out, clock, processor = self._answer()
        return came_out, clock, processor

    def end(self) -> None:
        """Let it end."""
        self._process.communicate(timeout=60)

    def _answer(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"A program under measurement ended: {self._process.args}")
        return json.loads(line)


def contest(rounds: int) -> dict[str, object]:
    """Index, start and ask both.

    Args:
        rounds: How many times each is started.
    """
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        commands = _commands(folder)
        found: dict[str, dict[str, object]] = {name: {} for name in commands}
        for name in commands:  # the product first: txtai reads its passages
            with _running(commands[name]) as child:
                passages, clock, processor = child.order("index")
                found[name]["passages"] = passages
                found[name]["passages_per_second"] = round(1000 * passages / clock, 1)
                found[name]["passages_per_cpu_second"] = round(1000 * passages / processor, 1)
                found[name]["memory_after_indexing_mb"] = round(child.order("memory")[0])
            if name == PRODUCT:
                _write_passages(folder)
        starts: dict[str, list[float]] = defaultdict(list)
        for _ in range(rounds):
            for name, command in commands.items():
                with _running(command) as child:
                    starts[name].append(child.ready_seconds)
        with ExitStack() as stack:
            children = {
                name: stack.enter_context(_running(command)) for name, command in commands.items()
            }
            cosine = _least_cosine(children, json.loads((folder / "texts.json").read_text("utf-8")))
            asked = questions()
            for name, times in _ask(children, asked[::2]).items():
                found[name]["question_ms"] = times
            with busy(_BUSY_LOOPS):
                for name, times in _ask(children, asked[1::2]).items():
                    found[name]["question_beside_two_busy_loops_ms"] = times
            for name, child in children.items():
                found[name]["memory_mb"] = round(child.order("memory")[0])
                found[name]["ready_seconds"] = round(float(np.median(starts[name])), 2)
    return {"least_cosine_between_their_vectors": cosine, **found}


def _commands(folder: Path) -> Mapping[str, Sequence[str | Path]]:
    model, texts = folder / "model", folder / "texts.json"
    model.mkdir()
    write_reference(read_model(source_path().read_bytes()), model)
    return {
        PRODUCT: [sys.executable, "-m", "tools.bench.product", folder / "index"],
        TXTAI: [interpreter(), "-m", "tools.bench.txtai_program", model, texts, folder / "txtai"],
    }


def _write_passages(folder: Path) -> None:
    generation, _ = load_current(folder / "index")
    texts = [passage.embedded_text for passage in generation.passages]
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")


@contextmanager
def _running(command: Sequence[str | Path]) -> Iterator[Child]:
    child = Child(command)
    try:
        yield child
    finally:
        child.end()


def _ask(children: Mapping[str, Child], asked: Sequence[str]) -> dict[str, dict[str, float]]:
    """Ask each question of each, once: nothing is remembered."""
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for question in asked:
        for name, child in children.items():
            _, clock, processor = child.order("ask", question)
            times[name].append((clock, processor))
    return {name: percentiles(each) for name, each in times.items()}


def percentiles(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    """Times by the clock and of the processor: only the latter hold on a shared machine."""
    clock, processor = np.array(times).T
    return {
        "p50": round(float(np.percentile(clock, 50)), 1),
        "p95": round(float(np.percentile(clock, 95)), 1),
        "cpu_p50": round(float(np.percentile(processor, 50)), 1),
        "cpu_p95": round(float(np.percentile(processor, 95)), 1),
    }


def _least_cosine(children: Mapping[str, Child], texts: Sequence[str]) -> float:
    """How alike the vectors are that both have of some passages."""
    some = texts[:: max(1, len(texts) // 8)]
    ours, theirs = (
        np.array([child.order("encode", text)[0] for text in some]) for child in children.values()
    )
    return round(float((ours * theirs).sum(axis=1).min()), 6)
