"""Runs the service: one process, or several that share an address (uvicorn's own).

When stopped, it accepts no new connections, finishes the requests it has, and ends. A proxy in
front sends new ones to the next instance (deploy/).
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import socket
import sys
import tempfile
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from indexer.domain import Encoder
from indexer.embedding.encoder import load_encoder
from indexer.errors import CompetenzeError
from indexer.settings import usable_cores
from search_service.http.limits import MAX_TARGET
from search_service.http.places import WRITE_SECONDS
from search_service.live.live_index import ServiceState
from search_service.observability import logs
from search_service.observability.monitoring import METRICS_FOLDER
from search_service.search.configured import searcher_factory
from search_service.server.app import create_app
from search_service.server.process import limit_library_threads, uncollected
from search_service.settings import ServiceSettings

DRAIN_SECONDS = 2.0  # in which a proxy looks at /readyz several times (deploy/)
_HEALTH_SECONDS = 60  # a process that loads the model may not even answer its supervisor
_IDLE_SECONDS = 75  # longer than a proxy keeps a connection: it never asks on one that just ended
_MAX_HEAD = 2 * MAX_TARGET  # bytes of a request's address and headers
_CONNECTIONS = 10  # times as many as requests are answered: most are kept open by a proxy, and idle
_log = logging.getLogger(__name__)


def serve(settings: ServiceSettings, encoder: Encoder | None = None) -> bool:
    """Serve until told to stop. Each process loads its own model.

    Args:
        settings: Address, workers, limits.
        encoder: Replaces the configured model.

    Returns:
        Whether it could start.

    Raises:
        CompetenzeError: The only process cannot start.
    """
    logs.configure_logging(log_questions=settings.log_questions)
    # Processes that each take every core are slower together than one alone.
    threads = settings.encoder_threads or max(1, usable_cores() // settings.workers)
    settings = settings.model_copy(update={"encoder_threads": threads})
    limit_library_threads()
    if settings.workers == 1:
        server = DrainingServer(config(settings, application(settings, encoder)))
        _announce(settings)
        server.run([listening(settings.host, settings.port)])
        return server.started
    make = functools.partial(_application_of_a_worker, settings, encoder)
    _announce(settings)
    with tempfile.TemporaryDirectory(prefix="competenze-metrics-") as folder:
        os.environ[METRICS_FOLDER] = folder  # the processes leave their counts there
        sockets = [listening(settings.host, settings.port)]
        supervisor = Multiprocess(config(settings, make), sockets)
        supervisor.run()
    return all(process.exitcode != STARTUP_FAILURE for process in supervisor.processes)


def _announce(settings: ServiceSettings) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host  # IPv6
    print(f"Competenze in Rete: http://{host}:{settings.port}", flush=True)


def application(settings: ServiceSettings, encoder: Encoder | None) -> FastAPI:
    """The application of one process: its model and index are loaded before it listens.

    So a proxy asks another instance until this one can answer.
    """
    with uncollected():
        state = ServiceState(
            settings.index, encoder or load_encoder(settings), searcher_factory(settings)
        )
        state.refresh()
        app = create_app(state, settings)
    app.state.stop = state.stop
    return app


def _application_of_a_worker(settings: ServiceSettings, encoder: Encoder | None) -> FastAPI:
    logs.configure_logging(log_questions=settings.log_questions)
    try:
        return application(settings, encoder)
    except CompetenzeError as error:
        _log.error("%s", error)
        sys.exit(STARTUP_FAILURE)  # the supervisor then ends, and does not try for ever


def config(settings: ServiceSettings, app: Callable[..., object]) -> uvicorn.Config:
    """Uvicorn's configuration; with several workers ``app`` is a factory of the application."""
    return uvicorn.Config(
        app,
        factory=settings.workers > 1,
        workers=settings.workers,
        http="h11",
        h11_max_incomplete_event_size=_MAX_HEAD,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # done by our own stack, which checks them first
        # It comes before the application: beyond it also probes of health get 503.
        limit_concurrency=_CONNECTIONS * settings.max_concurrency,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=settings.drain_seconds,
        timeout_worker_healthcheck=_HEALTH_SECONDS,
    )


class DrainingServer(uvicorn.Server):
    """A server that says that it stops before it does, so that a proxy asks another in time."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Be not ready for a moment, still answering; then end as uvicorn does."""
        self.config.loaded_app.state.stop()
        self.server_state.default_headers.append((b"connection", b"close"))
        await asyncio.sleep(DRAIN_SECONDS)
        await super().shutdown(sockets)


def listening(host: str, port: int) -> socket.socket:
    """A socket at this address, with the options that its connections inherit.

    uvicorn's own does not declare TCP, so asyncio leaves the delay of small packets on: 40 ms for
    every response on a connection that is kept alive. It would also buffer forever for a client
    that reads nothing.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0]
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(WRITE_SECONDS * 1000))
    made.bind(address)
    return made
