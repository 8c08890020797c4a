"""Runs the service: one process, or several that share an address.

SIGTERM: the service says that it is not ready, still answers for a moment (a proxy needs it to
look elsewhere), tells every connection to close, takes no new ones, and ends when all that was
accepted is answered, or the time for it is over.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess

from indexer.domain import Encoder
from indexer.embedding.encoder import load_encoder
from indexer.errors import CompetenzeError
from search_service.http.limits import MAX_TARGET
from search_service.http.protocol import Punctual
from search_service.live.live_index import ServiceState
from search_service.observability import logs
from search_service.server.app import create_app
from search_service.server.sockets import bound, take_no_more, until_accepted
from search_service.settings import ServiceSettings

NOTICE_SECONDS = 1.0  # between the news that the service stops and the end of new connections
LAST_SECONDS = 0.2  # for connections that are being made when no new ones are taken any more
SETTLE_SECONDS = 0.5  # for what those have sent that were accepted last
_HEALTH_SECONDS = 60  # a process that loads the model may not even answer its supervisor
_MAX_HEAD = 2 * MAX_TARGET  # bytes of a request's address and headers
_CLOSE = (b"connection", b"close")
_log = logging.getLogger(__name__)


def serve(settings: ServiceSettings, encoder: Encoder | None = None) -> bool:
    """Serve until told to stop; whether it could start. ``encoder`` replaces the configured model.

    Each process loads the model for itself. Raises CompetenzeError where the only one cannot.
    """
    logs.configure_logging(log_questions=settings.log_questions)
    if settings.workers == 1:
        config = _config(settings, application(settings, encoder))
        _announce(settings)
        _end_in_order()
        server = Server(config)
        server.run([bound(settings.host, settings.port)])
        return server.started
    config = _config(settings, functools.partial(_application_of_a_process, settings, encoder))
    _announce(settings)
    with tempfile.TemporaryDirectory(prefix="competenze-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # the processes leave their counts there
        supervisor = Supervisor(config, [bound(settings.host, settings.port)])
        supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)


def _announce(settings: ServiceSettings) -> None:
    print(f"Competenze in Rete: http://{settings.host}:{settings.port}", flush=True)


def application(settings: ServiceSettings, encoder: Encoder | None) -> FastAPI:
    """The application of one process, its model loaded."""
    state = ServiceState(settings.index, encoder or load_encoder(settings))
    if settings.workers > 1:
        state.refresh()  # others answer meanwhile, and this one must not say that it is starting
    app = create_app(state, settings)
    app.state.stop = state.stop
    return app


def _application_of_a_process(settings: ServiceSettings, encoder: Encoder | None) -> FastAPI:
    logs.configure_logging(log_questions=settings.log_questions)
    try:
        return application(settings, encoder)
    except CompetenzeError as error:
        _log.error("%s", error)
        sys.exit(STARTUP_FAILURE)  # the supervisor then ends, and does not try for ever


def _config(settings: ServiceSettings, app: Callable[..., object]) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=settings.workers > 1,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        http=Punctual,
        h11_max_incomplete_event_size=_MAX_HEAD,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # the guard does it, in its order
        timeout_graceful_shutdown=settings.drain_seconds,
        timeout_worker_healthcheck=_HEALTH_SECONDS,
    )


class Server(uvicorn.Server):
    """A server that, told to stop, drops nothing that it has accepted.

    The library's own closes idle connections at once, and with them what is on its way there.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that it stops, answer what comes for a moment, then what is there; then end."""
        listening = sockets or []
        self.config.loaded_app.state.stop()
        self.server_state.default_headers.append(_CLOSE)
        await self._serve_for(NOTICE_SECONDS)
        if self.config.workers == 1:  # else it is the others' door too: the supervisor does it
            take_no_more(listening)
        await self._serve_for(LAST_SECONDS)
        await until_accepted(listening)
        for server in self.servers:
            server.close()
        for one in listening:
            one.close()
        await self._serve_for(SETTLE_SECONDS)
        await super().shutdown(sockets)

    async def _serve_for(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.force_exit:
            await asyncio.sleep(0.05)


def _end_in_order() -> None:
    """Have SIGTERM end the process as its own wish would, with status 0 and nothing left behind.

    The library repeats the signal to itself once the server has ended.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


class _Process(multiprocess.Process):
    """A process of several, with our kind of server."""

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        """What the process does."""
        _end_in_order()
        super().target(sockets)

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = Server(self.config)
        return self._server


class Supervisor(multiprocess.Multiprocess):
    """Keeps the processes running; a new one takes the place of one that died."""

    def run(self) -> None:
        """Until told to stop."""
        multiprocess.Process = _Process  # type: ignore[misc]  # the library has no other way
        super().run()

    def terminate_all(self) -> None:
        """Tell all to stop; close the door they share, and hold none open that nobody is behind."""
        super().terminate_all()
        time.sleep(NOTICE_SECONDS)
        take_no_more(self.sockets)
        for one in self.sockets:
            one.close()
