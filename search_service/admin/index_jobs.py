"""Builds of the index on request: ``python -m indexer build`` in a process of its own.

The service reads no document: what parses them has no place in a process that the network reaches.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Thread
from typing import Any

from pydantic import SecretStr

from indexer.settings import PREFIX
from search_service.auth.token_store import Job, TokenStore, utc_now
from search_service.errors import ConflictError
from search_service.settings import ServiceSettings

LOST_AFTER = timedelta(seconds=60)  # since its process was last seen; it is every few seconds


class JobState(StrEnum):
    """The state of a build."""

    RUNNING = "running"
    DONE = "done"  # every file is indexed
    PARTIAL = "partial"  # some files are not: the report says which, and why
    FAILED = "failed"  # the index is as it was
    LOST = "lost"  # its process ended and left no result


@dataclass(frozen=True, slots=True)
class JobProgress:
    """A build so far: how many ``seconds`` it has taken; the indexer's ``report`` when it ends."""

    id: str
    state: JobState
    started: datetime
    seconds: float
    report: dict[str, Any]


class IndexJobs:
    """Starts builds and reports their progress; every process of the service knows of all.

    Args:
        settings: Name the corpus and the index.
        store: Where builds are noted.
        command: Run instead of the indexer.
        clock: Gives the time (UTC).
    """

    def __init__(
        self,
        settings: ServiceSettings,
        store: TokenStore,
        command: Sequence[str] | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._clock = clock
        self._environment = environment_without_secrets(settings)
        self._command = command or (
            *(sys.executable, "-m", "indexer", "build", str(settings.corpus), "--json"),
            *("--index", str(settings.index)),
        )

    def start(self) -> str:
        """Start a build; returns its id. It outlives the service, unless systemd stops both.

        Raises:
            ConflictError: Another build is running.
        """
        job, now = secrets.token_hex(8), self._clock()
        if not self._store.begin_job(job, now, now - LOST_AFTER):
            running = next((one.id for one in self._store.jobs() if one.ended is None), "")
            raise ConflictError(
                "The index is being built already.",
                remedy=f"Wait until it ends: GET /api/v1/index/{running} tells how far it is.",
            )
        try:
            runner = (
                sys.executable,
                "-m",
                "search_service.admin.index_job_process",
                str(self._store.path),
                job,
            )
            process = subprocess.Popen(  # noqa: S603 - our own command
                [*runner, *self._command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,  # a Ctrl+C meant for the service is not meant for it
            )
        except OSError as error:
            report = json.dumps({"error": f"It could not be started: {error.strerror}."})
            self._store.end_job(job, None, report, self._clock())
            raise
        Thread(target=process.wait, daemon=True).start()  # so that the system may forget it
        return job

    def progress(self, job: str) -> JobProgress | None:
        """The progress of a build; ``None`` if there was none of this id. Reads a file."""
        found = next((one for one in self._store.jobs() if one.id == job), None)
        if found is None:
            return None
        state = self._state(found)
        until = self._clock() if state is JobState.RUNNING else found.ended or found.seen
        return JobProgress(
            id=found.id,
            state=state,
            started=found.started,
            seconds=round((until - found.started).total_seconds(), 3),
            report=json.loads(found.report),
        )

    def _state(self, job: Job) -> JobState:
        if job.ended is None:
            is_seen = self._clock() - job.seen < LOST_AFTER
            return JobState.RUNNING if is_seen else JobState.LOST
        if job.status is None:
            return JobState.LOST
        return {0: JobState.DONE, 1: JobState.PARTIAL}.get(job.status, JobState.FAILED)


def environment_without_secrets(settings: ServiceSettings) -> Mapping[str, str]:
    """The environment of the indexer, without the chats' secrets."""
    secret = {
        f"{PREFIX}{name}".upper()
        for name in type(settings).model_fields
        if isinstance(getattr(settings, name), SecretStr)
    }
    return {name: value for name, value in os.environ.items() if name.upper() not in secret}
