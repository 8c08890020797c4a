"""The process of an index job: python -m search_service.admin.index_job_process TOKENS JOB COMMAND.

It runs the command, notes every few seconds that it is running, and how it ended. The service that
started it may have stopped by then. Questions go first: the command runs at low priority, and its
model on half of the cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

from indexer.settings import PREFIX, usable_cores
from search_service.auth.token_store import TokenStore, utc_now

EVERY = 5.0  # seconds
_NICE = 10  # as in deploy/competenze-build.service
# Of the model, of numpy and FAISS, and of another model's tokeniser.
_THREADS = (f"{PREFIX}ENCODER_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")
_MOST = 16_000_000  # bytes of a report
_LAST = 2000  # characters of an error


def run(store: TokenStore, job: str, command: Sequence[str]) -> int:
    """Run a command as a job of the store; returns its exit status.

    Args:
        store: Where the job's progress and result are recorded.
        job: The job's id.
        command: The program and its arguments.
    """
    threads = {name: str(max(1, usable_cores() // 2)) for name in _THREADS}
    with TemporaryFile() as output, TemporaryFile() as wrong:
        process = subprocess.Popen(  # noqa: S603 - the service names the command
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=wrong,
            env={**os.environ, **threads},
        )
        while True:
            try:
                status = process.wait(EVERY)
                break
            except subprocess.TimeoutExpired:
                store.see_job(job, utc_now())
        output.seek(0)
        wrong.seek(0)
        report = _report(output.read(_MOST + 1), wrong.read()[-_MOST:])
    store.end_job(job, status, report, utc_now())
    return status


def _report(output: bytes, wrong: bytes) -> str:
    """The report that the indexer printed as JSON; if it is none, its error output."""
    if len(output) > _MOST:
        return json.dumps({"error": "The report is too long: see python -m indexer check."})
    text = output.decode("utf-8", "replace")
    try:
        report = json.loads(text)
    except ValueError:
        report = None
    if isinstance(report, dict):
        return text
    return json.dumps({"error": wrong.decode("utf-8", "replace").strip()[-_LAST:]})


if __name__ == "__main__":
    tokens, job, *command = sys.argv[1:]
    os.nice(_NICE)
    sys.exit(run(TokenStore(Path(tokens)), job, command))
