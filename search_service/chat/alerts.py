"""Standing questions: when a new generation brings a new cooperative, its channel is told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from search_service.chat.errors import DeliveryError, StoreError
from search_service.chat.handler import MessageHandler, everybody
from search_service.chat.store import Alert, Store
from search_service.chat.types import Poster, Reply
from search_service.errors import QueryError
from search_service.live.live_index import ServiceState
from search_service.search.searcher import Searcher

RETRY_SECONDS = 300.0  # before a platform that did not take a message is tried again; then doubled
MAX_TRIES = 8  # half a day in all: what is left is told with the next generation
_log = logging.getLogger(__name__)


class AlertWorker:
    """Asks the standing questions of each new generation; ``posters`` by platform."""

    def __init__(
        self,
        state: ServiceState,
        store: Store,
        handler: MessageHandler,
        posters: Mapping[str, Poster],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._state = state
        self._store = store
        self._handler = handler
        self._posters = posters
        self._clock = clock
        self._failed: dict[int, tuple[str, int]] = {}  # tries in vain, by question and generation

    async def run(self, seconds: float = 5.0) -> None:
        """Look every ``seconds`` whether there is a new generation; until cancelled."""
        while True:
            try:
                await self.tell()
            except StoreError:
                _log.exception("standing questions could not be read")
            await asyncio.sleep(seconds)

    async def tell(self) -> None:
        """Ask what has not been asked of the current generation; post what is new."""
        readiness = self._state.readiness
        if not readiness.ready:
            return
        searcher = self._state.searcher
        generation = searcher.generation.id
        for watch in await asyncio.to_thread(self._store.behind, generation, self._clock()):
            poster = self._posters.get(watch.platform)
            if poster is None:
                continue
            if await asyncio.to_thread(self._store.claim, watch, self._clock()):
                await self._tell(watch, poster, searcher)

    async def _tell(self, watch: Alert, poster: Poster, searcher: Searcher) -> None:
        try:
            known, reply = await asyncio.to_thread(self._news, watch, searcher)
            if reply is not None:
                await poster.post(watch.channel, reply)
            await asyncio.to_thread(self._store.told, watch, known, searcher.generation.id)
            self._failed.pop(watch.number, None)
        except DeliveryError as error:
            _log.warning("standing question %d waits: %s", watch.number, error)
            await self._later(watch, searcher.generation.id)
        except asyncio.CancelledError:  # the service ends: the next one asks at once
            self._store.wait(watch, 0.0)
            raise
        except Exception:
            _log.exception("standing question %d could not be asked", watch.number)
            await self._later(watch, searcher.generation.id)

    async def _later(self, watch: Alert, generation: str) -> None:
        """Try again after a while, ever more rarely; at last only when the index is another, as
        whom the channel was not told of is new then, too.
        """
        before, tries = self._failed.get(watch.number, (generation, 0))
        tries = tries + 1 if before == generation else 1
        self._failed[watch.number] = (generation, tries)
        if tries < MAX_TRIES:
            pause = RETRY_SECONDS * 2 ** (tries - 1)
            await asyncio.to_thread(self._store.wait, watch, self._clock() + pause)
            return
        _log.error(
            "standing question %d of %s could not be told in %d tries; it is tried again with the "
            "next index. Let the service write in its channel, or remove it there.",
            watch.number,
            watch.platform,
            tries,
        )
        del self._failed[watch.number]
        await asyncio.to_thread(self._store.told, watch, watch.known, generation)

    def _news(self, watch: Alert, searcher: Searcher) -> tuple[frozenset[str], Reply | None]:
        """Whom the channel then knows of, and what to tell it; nothing where nobody is new."""
        try:
            answer = everybody(searcher, watch.question)
        except QueryError:  # a filter of it is known no more: perhaps the next time
            return watch.known, None
        new = tuple(h for h in answer.organisations if h.organisation.id not in watch.known)
        if not new:
            return watch.known, None
        shown = searcher.highlighted(replace(answer, organisations=new))
        known = watch.known | {hit.organisation.id for hit in new}
        return known, self._handler.answers(watch.language).news(shown, watch)
