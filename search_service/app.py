"""The web application: JSON API, pages, health; it follows the index as it is published."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext, suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer.errors import CompetenzeError, GenerationError
from indexer.settings import Settings
from search_service import administration, api
from search_service.chat.service import Chats
from search_service.entrance import Doorkeeper, Entrance
from search_service.errors import ConflictError, NotFoundError, QueryError
from search_service.schemas import ProblemOut
from search_service.state import ServiceState, follow
from search_service.web import routes

if TYPE_CHECKING:
    from search_service.chat.assistants import Assistants

_PROBLEM = "application/problem+json"  # RFC 9457
_PROBLEM_SCHEMA = {"$ref": f"#/components/schemas/{ProblemOut.__name__}"}
_STATUS = {QueryError: 400, NotFoundError: 404, ConflictError: 409, GenerationError: 503}
_log = logging.getLogger(__name__)


class _Service(FastAPI):
    """An application whose OpenAPI names the media type that problems are sent as."""

    def openapi(self) -> dict[str, Any]:
        """The schema, where FastAPI would have every model sent as application/json."""
        spec = super().openapi()
        operations = (o for path in spec["paths"].values() for o in path.values())
        for response in (r for o in operations for r in o["responses"].values()):
            content = response.get("content", {})
            if content.get("application/json") == {"schema": _PROBLEM_SCHEMA}:
                content[_PROBLEM] = content.pop("application/json")
        return spec


class _HeadAsGet:
    """Answers HEAD as GET is answered, on every route, and sends no body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            is_body = message["type"] == "http.response.body"
            await send({**message, "body": b""} if is_body else message)

        await self._app({**scope, "method": "GET"}, receive, without_body)


def create_app(state: ServiceState, settings: Settings) -> FastAPI:
    """The application over ``state``; it loads the index in the background as it starts.

    Raises SettingsError for a chat, or for assistants, that are configured and cannot be served.
    """
    chats = Chats(settings, state)
    keeper = Doorkeeper(settings)
    assistants = _assistants(state, settings)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(follow(state))
        try:
            async with chats.running(), assistants.lifespan() if assistants else nullcontext():
                yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

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
    app.include_router(api.create_router(state))
    app.include_router(administration.create_router(settings, keeper.store))

    @app.get("/healthz", summary="Is the process alive?", tags=["health"])
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", summary="Can questions be answered?", tags=["health"])
    def readyz() -> JSONResponse:
        readiness = state.readiness
        status = HTTPStatus.OK if readiness.ready else HTTPStatus.SERVICE_UNAVAILABLE
        content = {
            "ready": readiness.ready,
            "detail": readiness.detail,
            "generation": readiness.generation,
        }
        return JSONResponse(content, status_code=status)

    app.router.routes.extend(chats.routes)
    if assistants:  # a route, no mount: that would redirect a POST to /mcp/
        app.router.routes.append(Route("/mcp", assistants.app))
    framed_by = "'none'" if settings.embed_in == "none" else settings.embed_in
    app.include_router(
        routes.create_router(state, framed_by, settings.origin, keeper)
    )  # last: it answers every other address
    app.add_middleware(Entrance, keeper=keeper)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(_HeadAsGet)
    app.add_exception_handler(CompetenzeError, _competenze_problem)
    app.add_exception_handler(RequestValidationError, _validation_problem)
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(Exception, _unexpected_problem)
    return app


def _assistants(state: ServiceState, settings: Settings) -> Assistants | None:
    """What answers at /mcp, where that is on: its library is an extra, and takes a second."""
    if not settings.mcp:
        return None
    from search_service.chat.assistants import Assistants

    return Assistants(state, settings)


def _problem(
    status: int, detail: str, remedy: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    problem = ProblemOut(
        title=HTTPStatus(status).phrase, status=status, detail=detail, remedy=remedy
    )
    return JSONResponse(
        problem.model_dump(),
        status_code=status,
        headers=headers,
        media_type=_PROBLEM,
    )


def _competenze_problem(_: Request, error: Exception) -> JSONResponse:
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
    if isinstance(error, CompetenzeError):
        return _problem(status, error.message, error.remedy)
    return _problem(status, "Something went wrong.")


def _validation_problem(_: Request, error: Exception) -> JSONResponse:
    details = error.errors() if isinstance(error, RequestValidationError) else []
    text = "; ".join(f"{'.'.join(map(str, d['loc'][1:]))}: {d['msg']}" for d in details)
    return _problem(400, text or "The request cannot be read.", "See /api/v1/openapi.json.")


def _http_problem(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, HTTPException):
        headers = dict(error.headers or {})
        if "GET" in headers.get("Allow", ""):
            headers["Allow"] = "GET, HEAD"  # a route knows only of the first
        return _problem(error.status_code, str(error.detail), headers=headers)
    return _problem(500, "Something went wrong.")


def _unexpected_problem(_: Request, error: Exception) -> JSONResponse:
    _log.error("unexpected error", exc_info=error)
    return _problem(500, "Something went wrong.", "Try again; if it lasts, see the service's log.")
