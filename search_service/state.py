"""What a running service holds: the searcher of the current generation, replaced as a whole."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import GenerationError
from indexer.generation import current_name, load_current
from indexer.model import Encoder
from search_service import trace
from search_service.searcher import Searcher

FOLLOW_SECONDS = 1.0  # between two looks at which generation is current
RETRY_SECONDS = 10.0  # before an index that was refused is looked at again
_STARTING = "the service is starting"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether questions can be answered; ``detail`` says why not, or why only in part.

    ``starting``: not yet, and nothing is known to be wrong.
    """

    ready: bool
    detail: str
    generation: str = ""
    starting: bool = False


class ServiceState:
    """Holds one Searcher; a new generation is loaded beside it and then takes its place.

    A request takes ``searcher`` once and keeps it to its end, so that an answer never mixes two
    generations.
    """

    def __init__(self, index: Path, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder
        self._searcher: Searcher | None = None
        self._detail = _STARTING
        self._seen: str | None = None
        self._refused: str | None = None
        self._retry_at = 0.0
        self._stopping = False
        self._lock = threading.Lock()

    @property
    def searcher(self) -> Searcher:
        """The searcher of the current generation; raises GenerationError when there is none."""
        searcher = self._searcher
        if searcher is None:
            raise GenerationError(
                f"The search is not ready: {self._detail.rstrip('.')}.",
                remedy="Wait a moment; if it lasts, run: python -m indexer build.",
            )
        trace.answers_from(searcher.generation.id)
        return searcher

    @property
    def readiness(self) -> Readiness:
        """Whether there is a generation to answer from, and the service goes on."""
        searcher = self._searcher
        if self._stopping:
            return Readiness(False, "the service is stopping")
        if searcher is None:
            return Readiness(False, self._detail, starting=self._detail == _STARTING)
        return Readiness(True, self._detail, searcher.generation.id)

    def stop(self) -> None:
        """Say that the service is not ready any more, though it still answers who asks."""
        self._stopping = True

    def refresh(self) -> None:
        """Load the current generation if it is another one; keep the old where that fails.

        Warms the model up at the first call, so that the first question is as fast as the next.
        """
        with self._lock:
            name = None
            try:
                name = current_name(self._index)
                if self._searcher is not None and name == self._seen:
                    return
                if name == self._refused and time.monotonic() < self._retry_at:
                    return
                generation, refused = load_current(self._index)
                searcher = Searcher(generation, self._encoder)
            except GenerationError as error:
                # It may be mended in place, but not every second.
                self._refused, self._retry_at = name, time.monotonic() + RETRY_SECONDS
                self._detail = str(error) if self._searcher is None else f"degraded: {error}"
                return
            if self._searcher is None or self._searcher.generation.id != generation.id:
                self._encoder.encode_query("pronti")  # takes seconds: it is starting still
                self._searcher = searcher
                _log.info("serving generation %s", generation.id)
            self._seen = name
            self._detail = f"degraded: {' '.join(refused)}" if refused else "ok"


async def follow(state: ServiceState) -> None:
    """Keep the newest generation loaded; loading happens in a thread beside the requests."""
    while True:
        try:
            await asyncio.to_thread(state.refresh)
        except Exception:
            _log.exception("the index could not be loaded; the one before is served")
        await asyncio.sleep(FOLLOW_SECONDS)
