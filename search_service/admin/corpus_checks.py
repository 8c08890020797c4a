"""Checks of the corpus on request: ``python -m indexer check`` in a process of its own.

As a build does (index_jobs.py), it reads documents: the service itself reads none.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from filelock import FileLock, Timeout

from search_service.admin.index_jobs import environment_without_secrets
from search_service.errors import CheckError, ConflictError
from search_service.settings import ServiceSettings

MOST_SECONDS = 600.0  # a few thousand documents; a larger folder is checked on the machine itself
_NICE = 10  # questions go first, as with a build
_LAST = 2000  # characters of an error


class CorpusReport(NamedTuple):
    """What a check found: as ``check --json`` prints it, and as the page of ``check --html``."""

    report: dict[str, Any]
    page: str


class CorpusChecks:
    """Checks the corpus, one check at a time for all processes of the service.

    Args:
        settings: Name the corpus, the index and the tokens' file, beside which the lock lies.
        command: Run instead of the indexer; ``--html FILE --language LANGUAGE`` is added.
        most: Seconds that a check may take.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        command: Sequence[str] | None = None,
        most: float = MOST_SECONDS,
    ) -> None:
        self._lock = settings.tokens.with_name(f"{settings.tokens.name}.check-lock")
        self._environment = environment_without_secrets(settings)
        self._most = most
        self._command = command or (
            *(sys.executable, "-m", "indexer", "check", str(settings.corpus), "--json"),
            *("--index", str(settings.index)),
        )

    async def run(self, language: str) -> CorpusReport:
        """Check the corpus.

        Args:
            language: What the page is said in: ``it`` or ``en``.

        Raises:
            ConflictError: Another check is running.
            CheckError: The corpus could not be checked, or not in time.
        """
        try:
            with FileLock(self._lock, timeout=0, mode=0o600), TemporaryDirectory() as folder:
                page = Path(folder) / "report.html"
                report = await self._report("--html", str(page), "--language", language)
                return CorpusReport(report, page.read_text("utf-8"))
        except Timeout as error:
            raise ConflictError(
                "The corpus is being checked already.", remedy="Wait until that check ends."
            ) from error

    async def _report(self, *options: str) -> dict[str, Any]:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            *options,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
            start_new_session=True,  # so that it is stopped with whatever it has started
        )
        try:
            with suppress(ProcessLookupError):  # it has ended already
                os.setpriority(os.PRIO_PGRP, process.pid, _NICE)
            async with asyncio.timeout(self._most):
                output, wrong = await process.communicate()
        except TimeoutError as error:
            raise CheckError(
                f"The check did not end within {self._most:g} seconds.",
                remedy="Run it on the machine itself: python -m indexer check.",
            ) from error
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        if process.returncode not in (0, 1):  # 1: some files cannot be read, which it reports
            raise CheckError(
                "The corpus could not be checked: " + wrong.decode("utf-8", "replace")[-_LAST:],
                remedy="See python -m indexer check on the machine itself.",
            )
        report: dict[str, Any] = json.loads(output)
        return report
