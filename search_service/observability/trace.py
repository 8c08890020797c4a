"""What is noted of one request while it is answered: for the log and the metrics, if anybody asks.

Whoever does a part of the work says so here; outside a request nothing is noted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field


@dataclass(slots=True)
class Trace:
    """One request: its id, and what is known of it by now.

    ``seconds`` are those spent in each stage, without the stages inside it; ``answered`` is None
    where nothing was searched for.
    """

    request: str
    seconds: dict[str, float] = field(default_factory=dict)
    generation: str = ""
    question: str = ""
    answered: bool | None = None
    inner: float = 0.0


_CURRENT: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """The trace of the request that is being answered, in this task or a thread of it."""
    return _CURRENT.get()


def begin_trace(trace: Trace) -> Token[Trace | None]:
    """Note in ``trace`` from now on; ``end`` takes what this gives."""
    return _CURRENT.set(trace)


def end_trace(token: Token[Trace | None]) -> None:
    """Note no longer."""
    _CURRENT.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Note the time that a stage takes; also a decorator. A stage may hold others."""
    trace = _CURRENT.get()
    if trace is None:
        yield
        return
    outer, trace.inner = trace.inner, 0.0
    started = time.perf_counter()
    try:
        yield
    finally:
        spent = time.perf_counter() - started
        trace.seconds[name] = trace.seconds.get(name, 0.0) + spent - trace.inner
        trace.inner = outer + spent


def note_generation(generation: str) -> None:
    """Note which generation answers."""
    if (trace := _CURRENT.get()) is not None:
        trace.generation = generation


def note_question(question: str) -> None:
    """Note what is asked: to keep it out of the log, or in it."""
    if (trace := _CURRENT.get()) is not None:
        trace.question = question


def note_result(found: bool) -> None:
    """Note whether a search found anything; one that did is enough."""
    if (trace := _CURRENT.get()) is not None:
        trace.answered = bool(trace.answered) or found
