"""Re-indexing on request: ``python -m indexer build`` in a process of its own.

The service reads no document: what parses them has no place in a process that the network reaches.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from tempfile import TemporaryFile
from typing import IO, Any

from indexer.settings import Settings
from search_service.errors import ConflictError
from search_service.tokens import Job, TokenStore, utc_now

_MOST = 1_000_000  # bytes kept of what it says
_LONGEST = timedelta(days=1)  # after that its process' number may be another's


class JobState(StrEnum):
    """How far a re-indexing is."""

    RUNNING = "running"
    DONE = "done"  # every file is indexed
    PARTIAL = "partial"  # some files are not: the report says which, and why
    FAILED = "failed"  # the index is as it was
    LOST = "lost"  # its process ended without a word


@dataclass(frozen=True, slots=True)
class Progress:
    """A re-indexing as it stands: ``seconds`` so far, ``report`` of the indexer at its end."""

    id: str
    state: JobState
    started: datetime
    seconds: float
    report: dict[str, Any]


class Jobs:
    """Starts and follows re-indexings; any process of the service knows of all.

    ``command`` is what is run.
    """

    def __init__(
        self,
        settings: Settings,
        store: TokenStore,
        command: Sequence[str] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._clock = clock
        self._command = command or (
            *(sys.executable, "-m", "indexer", "build", str(settings.corpus), "--json"),
            *("--index", str(settings.index)),
        )
        self._following: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        """Start a re-indexing; returns its id. Raises ConflictError while another runs."""
        known = await asyncio.to_thread(self._store.jobs)
        if any(self._state(job) is JobState.RUNNING for job in known):
            raise ConflictError("The index is being built already.", remedy="Wait until it ends.")
        # It goes on when the service stops: a session of its own, and files that nobody closes.
        said, wrong = TemporaryFile(), TemporaryFile()  # noqa: SIM115 - closed by who follows
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=said,
            stderr=wrong,
            start_new_session=True,
        )
        job = secrets.token_hex(8)
        await asyncio.to_thread(self._store.begin_job, job, process.pid, self._clock())
        task = asyncio.create_task(self._follow(job, process, said, wrong))
        self._following.add(task)
        task.add_done_callback(self._following.discard)
        return job

    def progress(self, job: str) -> Progress | None:
        """How far a re-indexing is; ``None`` where there was none of this id. Reads a file."""
        found = next((one for one in self._store.jobs() if one.id == job), None)
        if found is None:
            return None
        until = found.ended or self._clock()
        return Progress(
            id=found.id,
            state=self._state(found),
            started=found.started,
            seconds=round((until - found.started).total_seconds(), 3),
            report=json.loads(found.report),
        )

    async def _follow(
        self, job: str, process: asyncio.subprocess.Process, said: IO[bytes], wrong: IO[bytes]
    ) -> None:
        with said, wrong:
            status = await process.wait()
            said.seek(0)
            wrong.seek(0)
            report = _report(said.read(_MOST), wrong.read(_MOST))
        await asyncio.to_thread(self._store.end_job, job, status, report, self._clock())

    def _state(self, job: Job) -> JobState:
        if job.ended is None:
            is_recent = self._clock() - job.started < _LONGEST
            return JobState.RUNNING if is_recent and _lives(job.process) else JobState.LOST
        return {0: JobState.DONE, 1: JobState.PARTIAL}.get(job.status or 0, JobState.FAILED)


def _report(said: bytes, wrong: bytes) -> str:
    """What the indexer printed, as JSON; what it printed else where it is no such thing."""
    text = said.decode("utf-8", "replace")
    try:
        report = json.loads(text)
    except ValueError:
        report = None
    if isinstance(report, dict):
        return text
    return json.dumps({"error": wrong.decode("utf-8", "replace").strip()[-2000:]})


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
