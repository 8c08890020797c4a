"""Alerts: a channel is notified when a new generation has a new match for its question."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from search_service.chat.errors import DeliveryError, StoreError
from search_service.chat.handler import MessageHandler, complete_answer
from search_service.chat.store import Alert, Store
from search_service.chat.types import Poster, Reply
from search_service.errors import QueryError
from search_service.live.live_index import ServiceState
from search_service.search.searcher import Searcher

RETRY_SECONDS = 300.0  # before the first retry of a message; doubles each time
MAX_TRIES = 8  # half a day in all; then with the next generation
_log = logging.getLogger(__name__)


class AlertWorker:
    """Checks the alerts against each new generation.

    Args:
        state: The index in service.
        store: Where alerts are kept.
        handler: Words the notifications.
        posters: What posts, by platform.
        clock: The time in seconds.
    """

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
        self._failed: dict[
            int, tuple[str, int]
        ] = {}  # failed attempts: generation and count, by alert

    async def run(self, seconds: float = 5.0) -> None:
        """Check every ``seconds`` for a new generation, until cancelled."""
        while True:
            try:
                await self.deliver_due()
            except StoreError:
                _log.exception("alerts could not be read")
            await asyncio.sleep(seconds)

    async def deliver_due(self) -> None:
        """Check the alerts not yet checked against the current generation; post new matches."""
        readiness = self._state.readiness
        if not readiness.ready:
            return
        searcher = self._state.searcher
        generation = searcher.generation.id
        for alert in await asyncio.to_thread(self._store.due, generation, self._clock()):
            poster = self._posters.get(alert.platform)
            if poster is None:
                continue
            if await asyncio.to_thread(self._store.claim, alert, self._clock()):
                await self._deliver(alert, poster, searcher)

    async def _deliver(self, alert: Alert, poster: Poster, searcher: Searcher) -> None:
        try:
            known, reply = await asyncio.to_thread(self._new_matches, alert, searcher)
            if reply is not None:
                await poster.post(alert.channel, reply)
            generation = searcher.generation.id
            await asyncio.to_thread(self._store.mark_delivered, alert, known, generation)
            self._failed.pop(alert.number, None)
        except DeliveryError as error:
            _log.warning("alert %d waits: %s", alert.number, error)
            await self._retry_later(alert, searcher.generation.id)
        except asyncio.CancelledError:  # the service stops: the next one tries at once
            self._store.postpone(alert, 0.0)
            raise
        except Exception:
            _log.exception("alert %d could not be checked", alert.number)
            await self._retry_later(alert, searcher.generation.id)

    async def _retry_later(self, alert: Alert, generation: str) -> None:
        """Try again with longer and longer pauses, finally only with the next generation.

        Nothing is lost: what the channel does not know yet is still new then.
        """
        before, tries = self._failed.get(alert.number, (generation, 0))
        tries = tries + 1 if before == generation else 1
        self._failed[alert.number] = (generation, tries)
        if tries < MAX_TRIES:
            pause = RETRY_SECONDS * 2 ** (tries - 1)
            await asyncio.to_thread(self._store.postpone, alert, self._clock() + pause)
            return
        _log.error(
            "alert %d of %s could not be delivered in %d tries; it is tried again with the "
            "next index. Let the service post in its channel, or remove the alert there.",
            alert.number,
            alert.platform,
            tries,
        )
        del self._failed[alert.number]
        await asyncio.to_thread(self._store.mark_delivered, alert, alert.known, generation)

    def _new_matches(self, alert: Alert, searcher: Searcher) -> tuple[frozenset[str], Reply | None]:
        """All ids the channel then knows, and the notification; ``None`` without new matches."""
        try:
            answer = complete_answer(searcher, alert.question)
        except QueryError:  # one of its filters is no longer known: perhaps next time
            return alert.known, None
        new = tuple(h for h in answer.documented if h.organisation.id not in alert.known)
        if not new:
            return alert.known, None
        shown = searcher.highlighted(replace(answer, documented=new))
        known = alert.known | {hit.organisation.id for hit in new}
        return known, self._handler.answers(alert.language).alert(shown, alert)
