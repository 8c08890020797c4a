"""The chats of a running service: the configured platforms, their bots, and alerts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from filelock import FileLock, Timeout
from starlette.routing import BaseRoute

from search_service.chat.adapter import Adapter
from search_service.chat.alerts import AlertWorker
from search_service.chat.handler import MessageHandler
from search_service.chat.registry import platforms
from search_service.chat.store import Store
from search_service.live.live_index import ServiceState
from search_service.settings import ServiceSettings

_TURN_SECONDS = 5.0  # between attempts to become the process that runs the bots
_RESTART_SECONDS = 30.0  # before a broken bot is restarted
_log = logging.getLogger(__name__)


class Chats:
    """The adapters of the configured platforms; raises SettingsError if one cannot be made.

    With none configured it creates no file and runs nothing.
    """

    def __init__(self, settings: ServiceSettings, state: ServiceState) -> None:
        on = [platform for platform in platforms() if platform.is_on(settings)]
        self.adapters: tuple[Adapter, ...] = ()
        self._jobs: tuple[Callable[[], Awaitable[None]], ...] = ()
        self._lock = settings.chat_store.with_suffix(".lock")
        if not on:
            return
        store = Store(settings.chat_store)
        posting = [platform.name for platform in on if platform.posts(settings)]
        handler = MessageHandler(state, store, settings.origin, posting)
        self.adapters = tuple(platform.adapter(settings, handler) for platform in on)
        posters = {a.platform: a.poster for a in self.adapters if a.poster is not None}
        bots = (adapter.bot for adapter in self.adapters)
        self._jobs = (
            *(bot for bot in bots if bot is not None),
            AlertWorker(state, store, handler, posters).run,
        )

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The addresses that platforms call."""
        return tuple(route for adapter in self.adapters for route in adapter.routes)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the bots and the alerts while the service runs."""
        task = asyncio.create_task(self._in_turn()) if self._jobs else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _in_turn(self) -> None:
        """Run the jobs once this process holds the lock: a bot must not answer twice."""
        lock = FileLock(self._lock, blocking=False)
        while True:
            try:
                lock.acquire()
                break
            except Timeout:
                await asyncio.sleep(_TURN_SECONDS)
            except OSError as error:
                _log.error(
                    "no bot runs: %s cannot be locked (%s); make its folder writable",
                    self._lock,
                    error.strerror,
                )
                await asyncio.sleep(_RESTART_SECONDS)
        try:
            async with asyncio.TaskGroup() as group:
                for job in self._jobs:
                    group.create_task(_kept_running(job))
        finally:
            lock.release()


async def _kept_running(job: Callable[[], Awaitable[None]]) -> None:
    """Run a job, and restart it after a while if it breaks: a platform may be down for an hour."""
    while True:
        try:
            await job()
        except Exception:
            _log.exception("a chat's bot broke; it starts again in %d s", int(_RESTART_SECONDS))
        await asyncio.sleep(_RESTART_SECONDS)
