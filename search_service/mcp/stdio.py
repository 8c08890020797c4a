"""MCP on standard input and output, for an assistant on this machine that starts the service."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path

from indexer.domain import Encoder
from indexer.errors import CompetenzeError, GenerationError, ModelError
from search_service.live.live_index import ServiceState, follow_index
from search_service.mcp.server import create_server
from search_service.search.configured import SearcherFactory, searcher_factory
from search_service.search.searcher import Searcher
from search_service.settings import ServiceSettings

# Assistants rarely ask again, and some start a process for each question: a question waits for the
# model, though not as long as their patience, of about a minute, lasts.
WAIT_SECONDS = 20.0
_log = logging.getLogger(__name__)


class Loading:
    """Gives the searcher once there is one; before, says that it is starting, or why it is not.

    Assistants give up on a server that does not answer within seconds: the model is loaded while
    the protocol is spoken already.
    """

    def __init__(
        self,
        index: Path,
        load: Callable[[], Encoder],
        make_searcher: SearcherFactory = Searcher,
    ) -> None:
        """Load nothing yet.

        Args:
            index: Folder of the index.
            load: Loads the model.
            make_searcher: Makes the searcher of each generation, as the settings ask.

        """
        self._index = index
        self._make_searcher = make_searcher
        self._load = load
        self._state: ServiceState | None = None
        self._failed: CompetenzeError | None = None

    def searcher(self) -> Searcher:
        """The searcher of the current generation; raises CompetenzeError if there is none.

        Waits for it while it is loaded: call it in a thread.
        """
        end = time.monotonic() + WAIT_SECONDS
        while self._starting and time.monotonic() < end:
            time.sleep(0.05)
        if self._failed is not None:
            raise self._failed
        if self._state is None:
            raise GenerationError("The model is being loaded.", remedy="Wait a moment.")
        return self._state.searcher

    @property
    def _starting(self) -> bool:
        if self._failed is not None:
            return False
        return self._state is None or self._state.readiness.starting

    async def run(self) -> None:
        """Load the model, then follow the index; never ends unless the model cannot be loaded."""
        try:
            encoder = await asyncio.to_thread(self._load)
        except CompetenzeError as error:
            _log.error("%s", error)
            self._failed = error
            return
        except Exception:
            _log.exception("the model could not be loaded")
            self._failed = ModelError(
                "The model could not be loaded.", remedy="See the standard error of the service."
            )
            return
        self._state = ServiceState(self._index, encoder, self._make_searcher)
        await follow_index(self._state)


def serve_stdio(settings: ServiceSettings, load: Callable[[], Encoder]) -> None:
    """Answer until standard input ends; ``load`` loads the model, which may take a while."""
    with redirect_stdout(sys.stdout):  # given back at the end
        asyncio.run(_serve(settings, load))


async def _load_quietly(loading: Loading) -> None:
    """Load while only the library has standard output: whatever else prints goes elsewhere.

    The library diverts the descriptor, but what Python still holds back would reach it at the end.
    """
    sys.stdout = sys.stderr
    await loading.run()


async def _serve(settings: ServiceSettings, load: Callable[[], Encoder]) -> None:
    loading = Loading(settings.index, load, searcher_factory(settings))
    server = create_server(loading.searcher, settings.origin)
    task = asyncio.create_task(_load_quietly(loading))
    try:
        await server.run_stdio_async()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
