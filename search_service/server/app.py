"""The web application: JSON API, pages, health; it follows the published index."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp

from search_service.api import admin_routes, search_routes
from search_service.api.reference_page import reference_pages
from search_service.auth.middleware import Authenticator, VisitorBackend, VisitorMiddleware
from search_service.chat.runner import Chats
from search_service.http import problems
from search_service.http.head import HeadAsGetMiddleware
from search_service.http.places import WorkersMiddleware
from search_service.http.stack import guarded
from search_service.live.live_index import ServiceState, follow_index
from search_service.settings import ServiceSettings
from search_service.web import routes

if TYPE_CHECKING:
    from search_service.http.metrics import Metrics
    from search_service.mcp.server import Assistants


class _Service(FastAPI):
    """The application behind its limits; OpenAPI names the media type that problems are sent as."""

    wall: Callable[[ASGIApp], ASGIApp]

    def build_middleware_stack(self) -> ASGIApp:
        """Limits and log come before the handler of unexpected errors: its responses count too."""
        return self.wall(super().build_middleware_stack())

    def openapi(self) -> dict[str, Any]:
        """The schema, where FastAPI would have every model sent as application/json."""
        spec = super().openapi()
        operations = (o for path in spec["paths"].values() for o in path.values())
        for response in (r for o in operations for r in o["responses"].values()):
            content = response.get("content", {})
            if content.get("application/json") == {"schema": problems.SCHEMA}:
                content[problems.MEDIA_TYPE] = content.pop("application/json")
        return spec


def create_app(state: ServiceState, settings: ServiceSettings) -> FastAPI:
    """The application over ``state``; it loads the index in the background as it starts.

    Raises SettingsError for a chat, or for assistants, that are configured and cannot be served.
    """
    chats = Chats(settings, state)
    keeper = Authenticator(settings)
    assistants = _assistants(state, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(follow_index(state))
        try:
            async with chats.running(), assistants.lifespan() if assistants else nullcontext():
                yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    metrics = _metrics(state, settings)
    app = _Service(
        title="Competenze in Rete",
        description="Semantic search over the competencies of Italian cooperatives: every name "
        "comes with evidence, and nobody means nobody.",
        version="1",
        lifespan=lifespan,
        docs_url=None,  # its page would load scripts from other hosts
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.include_router(search_routes.create_router(state))
    app.include_router(admin_routes.create_router(settings, keeper.store))

    # In the event loop: however many threads are busy, these are answered.
    @app.get("/healthz", summary="Is the process alive?", tags=["health"])
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="Can questions be answered?", tags=["health"])
    async def readyz() -> JSONResponse:
        readiness = state.readiness
        status = HTTPStatus.OK if readiness.ready else HTTPStatus.SERVICE_UNAVAILABLE
        content = {
            "ready": readiness.ready,
            "detail": readiness.summary,
            "generation": readiness.generation,
        }
        return JSONResponse(content, status_code=status)

    if metrics:
        app.router.routes.append(Route("/metrics", metrics.answer))
    app.router.routes.extend(chats.routes)
    if assistants:  # a route, no mount: that would redirect a POST to /mcp/
        app.router.routes.append(Route("/mcp", assistants.app))
        # Some clients end an address with a slash; 307 keeps the method and the body.
        elsewhere = RedirectResponse("/mcp", HTTPStatus.TEMPORARY_REDIRECT)
        app.router.routes.append(Route("/mcp/", elsewhere))
    framed_by = "'none'" if settings.embed_in == "none" else settings.embed_in
    app.include_router(
        routes.create_router(
            state,
            framed_by,
            settings.origin,
            keeper,
            settings.contact,
            reference_pages(app.openapi, settings.rate_per_minute),
        )
    )  # last: it answers every other address
    app.add_middleware(WorkersMiddleware)
    app.add_middleware(VisitorMiddleware)
    app.add_middleware(AuthenticationMiddleware, backend=VisitorBackend(keeper))
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(HeadAsGetMiddleware)
    problems.say_problems(app)
    app.wall = lambda inner: guarded(inner, settings, app.routes, metrics)
    return app


def _assistants(state: ServiceState, settings: ServiceSettings) -> Assistants | None:
    """The application at /mcp, if that is on: its library is an extra, and loads in a second."""
    if not settings.mcp:
        return None
    from search_service.mcp.server import Assistants

    return Assistants(state, settings)


def _metrics(state: ServiceState, settings: ServiceSettings) -> Metrics | None:
    """The metrics, if they are on."""
    if not settings.metrics:
        return None
    from search_service.http.metrics import Metrics

    return Metrics(state)
