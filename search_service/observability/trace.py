"""The trace of one request, for the log and the metrics. Outside a request nothing is recorded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field


@dataclass(slots=True)
class Trace:
    """One request: its id, and what has been recorded of it so far.

    ``seconds`` are those spent in each stage, without the stages inside it; ``answered`` is None
    if nothing was searched.
    """

    request: str
    seconds: dict[str, float] = field(default_factory=dict)
    generation: str = ""
    question: str = ""
    answered: bool | None = None
    inner: float = 0.0


_CURRENT: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """The trace of the current request, in this task or a thread of it."""
    return _CURRENT.get()


def begin_trace(trace: Trace) -> Token[Trace | None]:
    """Make ``trace`` the current one; pass the result to ``end_trace``."""
    return _CURRENT.set(trace)


def end_trace(token: Token[Trace | None]) -> None:
    """Stop recording."""
    _CURRENT.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Record the duration of a stage, also as a decorator; stages can be nested."""
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
    """Record the generation that answers."""
    if (trace := _CURRENT.get()) is not None:
        trace.generation = generation


def note_question(question: str) -> None:
    """Record the question, which the log includes or redacts."""
    if (trace := _CURRENT.get()) is not None:
        trace.question = question


def note_result(found: bool) -> None:
    """Record whether a search found anything; one success is enough."""
    if (trace := _CURRENT.get()) is not None:
        trace.answered = bool(trace.answered) or found
