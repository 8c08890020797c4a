"""Standing questions: when a new generation brings a new cooperative, its channel is told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from search_service.chat.desk import Desk
from search_service.chat.errors import DeliveryError, StoreError
from search_service.chat.model import Poster, Reply
from search_service.chat.store import Store, Watch
from search_service.errors import QueryError
from search_service.searcher import MAX_PAGE, Searcher
from search_service.state import ServiceState

RETRY_SECONDS = 300.0  # before a platform that did not take a message is tried again
_log = logging.getLogger(__name__)


class Watching:
    """Asks the standing questions of each new generation; ``posters`` by platform."""

    def __init__(
        self,
        state: ServiceState,
        store: Store,
        desk: Desk,
        posters: Mapping[str, Poster],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._state = state
        self._store = store
        self._desk = desk
        self._posters = posters
        self._clock = clock

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
            if poster is not None and self._store.claim(watch, generation):
                await self._tell(watch, poster, searcher)

    async def _tell(self, watch: Watch, poster: Poster, searcher: Searcher) -> None:
        try:
            found = await asyncio.to_thread(self._news, watch, searcher)
            if found is None:
                return
            known, reply = found
            await poster.post(watch.channel, reply)
            self._store.told(watch, known)
        except DeliveryError as error:
            _log.warning("standing question %d waits: %s", watch.number, error)
            self._store.give_back(watch, self._clock() + RETRY_SECONDS)
        except Exception:
            _log.exception("standing question %d could not be asked", watch.number)
            self._store.give_back(watch, self._clock() + RETRY_SECONDS)

    def _news(self, watch: Watch, searcher: Searcher) -> tuple[frozenset[str], Reply] | None:
        """Whom the channel then knows of, and what to tell it; nothing where nobody is new."""
        try:
            query = searcher.understand(watch.question)
        except QueryError:  # a filter of it is known no more: perhaps the next time
            return None
        answer = searcher.search(query, MAX_PAGE)
        new = tuple(h for h in answer.organisations if h.organisation.id not in watch.known)
        if not new:
            return None
        shown = searcher.highlighted(replace(answer, organisations=new))
        known = watch.known | {hit.organisation.id for hit in new}
        return known, self._desk.answers(watch.language).news(shown, watch)
