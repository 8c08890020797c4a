"""Parses files in a separate process, which is killed if a file exceeds its limits.

A parser given a malicious file may loop, exhaust memory or crash. Here it only takes down its own
process: the file is reported and the next one is parsed by a new process. A process parses many
files because starting one takes longer than parsing most of them.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock, Timer
from typing import BinaryIO, cast

from pydantic import TypeAdapter

from indexer.domain import ParsedText, Reason
from indexer.errors import IsolationError, UnreadableFileError
from indexer.parsing.sandbox.protocol import (
    MAX_ANSWER,
    OUT_OF_MEMORY,
    PARSE,
    READY,
    SEARCH,
    SIDECAR,
    ParseAnswer,
    read_frame,
    write_frame,
)
from indexer.settings import PREFIX

_START = 60.0  # seconds in which the worker, and then a parser's library, must be loaded
_MOMENT = 5.0
_ANSWER: TypeAdapter[ParseAnswer] = TypeAdapter(ParseAnswer)
_CPU_SPENT = -getattr(signal, "SIGXCPU", 0)
_KILLED = -getattr(signal, "SIGKILL", 0)  # by the system, when memory is short


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Limits for parsing one file: seconds, and MiB of memory including the parser's code."""

    seconds: int = 30
    megabytes: int = 1024


class SandboxedParser:
    """Parses files in another process, started on first use."""

    def __init__(self, limits: ParseLimits) -> None:
        self._limits = limits
        self._worker: _Worker | None = None
        self._one_at_a_time = Lock()

    def parse(self, name: str, data: bytes) -> tuple[ParsedText, ...]:
        """Read a file as ``indexer.parsing.parse`` does, within the limits.

        Raises UnreadableFileError, whatever the bytes are or do; IsolationError when no process
        can be started.
        """
        return self._answer(PARSE, name, data).texts

    def parse_sidecar(self, data: bytes) -> tuple[dict[str, object], tuple[str, ...]]:
        """Read a sidecar as ``indexer.parsing.parse_sidecar`` does; raises as ``parse`` does."""
        answer = self._answer(SIDECAR, "", data)
        return dict(answer.fields), answer.warnings

    def searchable_text(self, name: str, data: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Read all that a file says, as ``all_text.searchable_text`` does; raises as ``parse``."""
        answer = self._answer(SEARCH, name, data)
        return answer.searchable, answer.warnings

    def close(self) -> None:
        """End the process; parsing again starts another."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()

    def _answer(self, task: str, name: str, data: bytes) -> ParseAnswer:
        with self._one_at_a_time:
            worker = self._usable_worker()
            try:
                # Trusted as little as the file: the parser may have been taken over by it.
                answer = _ANSWER.validate_json(worker.ask(task, name, data)).decoded()
            except _StoppedError as stopped:
                self.close()
                raise self._failure(stopped) from stopped
            except (ValueError, KeyError, TypeError) as error:
                self.close()
                raise _crashed() from error
            except BaseException:  # an interrupt: the rest in the pipe answers no request
                self.close()
                raise
            if answer.last:
                self.close()
        if answer.failure is not None:
            failure = answer.failure
            raise UnreadableFileError(failure.reason, failure.message, remedy=failure.remedy)
        return answer

    def _usable_worker(self) -> _Worker:
        """The process of the file before, if it has not ended since."""
        if self._worker is not None and not self._worker.is_usable:
            self.close()
        self._worker = self._worker or _Worker(self._limits)
        return self._worker

    def _failure(self, stopped: _StoppedError) -> UnreadableFileError:
        if stopped.late or stopped.status == _CPU_SPENT:
            return UnreadableFileError(
                Reason.TOO_SLOW,
                f"It is not read within {self._limits.seconds} seconds.",
                remedy="Check where it comes from; if it is genuine, split it, save it in another "
                f"format, or raise {PREFIX}PARSE_SECONDS.",
            )
        if stopped.too_long:
            return UnreadableFileError(
                Reason.TOO_LARGE,
                f"It unpacks to more than {MAX_ANSWER // 1024 // 1024} MiB of text.",
                remedy="Split it into several files.",
            )
        if stopped.status in (OUT_OF_MEMORY, _KILLED):
            return UnreadableFileError(
                Reason.TOO_LARGE,
                f"It takes more than {self._limits.megabytes} MiB of memory to read.",
                remedy="Check where it comes from; if it is genuine, split it, save it in another "
                f"format, or raise {PREFIX}PARSE_MEMORY_MB.",
            )
        return _crashed()


@cache
def shared_parser(limits: ParseLimits) -> SandboxedParser:
    """The process-wide parser with these limits, reused by successive builds."""
    parser = SandboxedParser(limits)
    atexit.register(parser.close)
    return parser


def _crashed() -> UnreadableFileError:
    return UnreadableFileError(
        Reason.CORRUPT,
        "It is damaged: the program that reads it crashed.",
        remedy="Check where it comes from; open it in the program that made it and save it again.",
    )


class _StoppedError(Exception):
    """The worker gave no answer: it was ``late``, wrote ``too_long`` a one, or ended."""

    def __init__(self, status: int, *, late: bool = False, too_long: bool = False) -> None:
        super().__init__(status, late, too_long)
        self.status = status
        self.late = late
        self.too_long = too_long


class _Worker:
    """One process of ``indexer.parsing.sandbox.worker``, and the two pipes to it."""

    def __init__(self, limits: ParseLimits) -> None:
        self._seconds = limits.seconds
        self._late = False
        command = [sys.executable, "-m", "indexer.parsing.sandbox.worker"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [*command, str(limits.seconds), str(limits.megabytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # libraries' messages about a file are not for users
            env=_environment(),
            start_new_session=True,  # an interrupt at the terminal is for the indexer alone
        )
        try:
            self._receive(_START)
        except _StoppedError as error:
            self.end()
            raise IsolationError(
                "The process that reads files does not start.",
                remedy=f"See what `{' '.join(command[1:])} 30 1024` says with this Python.",
            ) from error

    @property
    def is_usable(self) -> bool:
        """Whether it waits for another file."""
        return not self._late and self._process.poll() is None

    def ask(self, task: str, name: str, data: bytes) -> bytes:
        """The answer to one file; raises _StoppedError when there is none."""
        with self._until(_START):
            requests = cast(BinaryIO, self._process.stdin)
            write_frame(requests, task.encode())
            write_frame(requests, name.encode("utf-8", "surrogatepass"))
            write_frame(requests, data)
            ready = self._read()
        if ready != READY:
            raise _StoppedError(self.end())
        return self._receive(self._seconds)

    def end(self) -> int:
        """End the process, whatever it does; return its exit status."""
        self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # the rest can no longer be sent
                cast(BinaryIO, pipe).close()
        return status

    def _receive(self, seconds: float) -> bytes:
        with self._until(seconds):
            return self._read()

    def _read(self) -> bytes:
        return read_frame(cast(BinaryIO, self._process.stdout), MAX_ANSWER)

    @contextlib.contextmanager
    def _until(self, seconds: float) -> Iterator[None]:
        """Kill the process if the block takes longer, which ends its wait."""
        timer = Timer(seconds, self._expire)
        timer.start()
        try:
            yield
        except (EOFError, OSError) as error:
            raise _StoppedError(self._status(), late=self._late) from error
        except OverflowError as error:
            raise _StoppedError(self.end(), too_long=True) from error
        finally:
            timer.cancel()
            timer.join()

    def _expire(self) -> None:
        self._late = True
        self._process.kill()

    def _status(self) -> int:
        """How it ended: it may need a moment to, once its pipes are closed."""
        try:
            return self._process.wait(_MOMENT)
        except subprocess.TimeoutExpired:
            return self.end()


def _environment() -> dict[str, str]:
    """The worker's environment: its module path, and none of the settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    root = str(Path(__file__).parents[3])
    path = os.pathsep.join(filter(None, (root, kept.get("PYTHONPATH"))))
    # Threads of a library for matrices, which is never used there, would take much of its memory.
    return {**kept, "PYTHONPATH": path, "PYTHONSAFEPATH": "1", "OPENBLAS_NUM_THREADS": "1"}
