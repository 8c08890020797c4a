"""The generation a running service answers from, replaced as a whole."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from indexer.domain import Encoder, Level
from indexer.errors import GenerationError
from indexer.index.snapshot import (
    Generation,
    current_name,
    exposes_restricted,
    load_current_levels,
    read_restrictions,
)
from search_service.live.insights import Insights
from search_service.observability import trace
from search_service.search.configured import SearcherFactory
from search_service.search.searcher import Searcher

FOLLOW_SECONDS = 1.0  # between checks of which generation is current
RETRY_SECONDS = 10.0  # before a rejected index is checked again
_OK = "ok"
_STARTING = "the service is starting"
_STOPPING = "the service is stopping"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether questions can be answered; ``detail`` says why not, or why only in part.

    ``detail`` names files of this machine and is for the log; ``summary`` is for everybody.
    ``starting``: not ready yet, without a known problem.
    """

    ready: bool
    detail: str
    generation: str = ""
    starting: bool = False

    @property
    def summary(self) -> str:
        """The same without paths."""
        if self.detail in (_OK, _STARTING, _STOPPING):
            return self.detail
        if self.ready:
            return "degraded: an older index is served; the service's log says why"
        return "there is no index that can be used; the service's log says why"


@dataclass(frozen=True, slots=True)
class LiveIndex:
    """One generation as one level sees it, with its searcher and insights."""

    searcher: Searcher
    insights: Insights

    @classmethod
    def of(cls, searcher: Searcher) -> LiveIndex:
        """A searcher's generation, ready to answer."""
        return cls(searcher, Insights(searcher))


class ServiceState:
    """Holds the index of each level; a new generation is loaded beside the old one and replaces it.

    A request takes a searcher once and keeps it to the end, so an answer never mixes generations
    or levels. If everything is public, one searcher serves every level.
    """

    def __init__(
        self, index: Path, encoder: Encoder, make_searcher: SearcherFactory = Searcher
    ) -> None:
        """Hold no index yet.

        Args:
            index: Folder of the index.
            encoder: The embedding model.
            make_searcher: Makes the searcher of each generation, as the settings ask.

        """
        self._index = index
        self._encoder = encoder
        self._make_searcher = make_searcher
        self._live: dict[Level, LiveIndex] = {}
        self._detail = _STARTING
        self._seen: str | None = None
        self._refused: str | None = None
        self._retry_at = 0.0
        self._stopping = False
        self._lock = threading.Lock()

    @property
    def searcher(self) -> Searcher:
        """The public's searcher; raises GenerationError if there is no generation."""
        return self.searcher_for(Level.PUBLIC)

    def searcher_for(self, level: Level) -> Searcher:
        """The searcher of a level; raises GenerationError if there is none."""
        return self.live_for(level).searcher

    def live_for(self, level: Level) -> LiveIndex:
        """The index as a level sees it; raises GenerationError if there is none."""
        live = self._live.get(level)
        if live is None:
            raise GenerationError(
                f"The search is not ready: {self.readiness.summary}.",
                remedy="Wait a moment; if it lasts, run: python -m indexer build.",
            )
        trace.note_generation(live.searcher.generation.id)
        return live

    @property
    def readiness(self) -> Readiness:
        """Whether there is a generation to answer from."""
        live = self._live.get(Level.PUBLIC)
        if self._stopping:
            return Readiness(False, _STOPPING)
        if live is None:
            return Readiness(False, self._detail, starting=self._detail == _STARTING)
        return Readiness(True, self._detail, live.searcher.generation.id)

    def stop(self) -> None:
        """Report the service as not ready; it still answers requests."""
        self._stopping = True

    def refresh(self) -> None:
        """Load the current generation if it has changed; keep the old one if that fails.

        The first call warms up the model, so that the first question is not slow.
        """
        with self._lock:
            name = None
            try:
                name = current_name(self._index)
                if self._live and name == self._seen:
                    return
                if name == self._refused and time.monotonic() < self._retry_at:
                    return
                levels, refused = load_current_levels(self._index)
                live = self._of(levels)
            except GenerationError as error:
                # It may be repaired in place, but need not be checked every second.
                self._refused, self._retry_at = name, time.monotonic() + RETRY_SECONDS
                if self._exposes_restricted():
                    self._live = {}  # as at the next start
                self._record(str(error) if not self._live else f"degraded: {error}")
                return
            generation = live[Level.PUBLIC].searcher.generation.id
            served = self._live.get(Level.PUBLIC)
            if served is None or served.searcher.generation.id != generation:
                self._encoder.encode_query("pronti")  # takes seconds: it is still starting
                gc.unfreeze()  # what is replaced may have been set aside as what stays (server)
                self._live = live
                _log.info("serving generation %s", generation)
            self._seen = name
            self._record(f"degraded: {' '.join(refused)}" if refused else _OK)

    def _record(self, detail: str) -> None:
        """Record the readiness, and log what is wrong, once."""
        if detail not in (_OK, self._detail):
            _log.warning("%s", detail)
        self._detail = detail

    def _exposes_restricted(self) -> bool:
        """Whether what is served shows what a later, unloadable build restricts."""
        served = self._live.get(Level.ADMIN)
        with contextlib.suppress(GenerationError):  # unknown: it was current when it was loaded
            return served is not None and exposes_restricted(
                read_restrictions(self._index), served.searcher.generation
            )
        return False

    def _of(self, levels: Mapping[Level, Generation]) -> dict[Level, LiveIndex]:
        """The live index of each level; levels that see the same share one."""
        unlike = {id(seen): seen for seen in levels.values()}
        made = {
            key: LiveIndex.of(self._make_searcher(seen, self._encoder))
            for key, seen in unlike.items()
        }
        return {level: made[id(seen)] for level, seen in levels.items()}


async def follow_index(state: ServiceState) -> None:
    """Keep the newest generation loaded, in a thread."""
    while True:
        try:
            await asyncio.to_thread(state.refresh)
        except Exception:
            _log.exception("the index could not be loaded; the one before is served")
        await asyncio.sleep(FOLLOW_SECONDS)
