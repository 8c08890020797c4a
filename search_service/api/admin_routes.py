"""What administrators may do from afar: send a document, have all checked, build the index."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response, Security
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException

from search_service.admin import uploads
from search_service.admin.corpus_checks import CorpusChecks, CorpusReport
from search_service.admin.index_jobs import IndexJobs, JobProgress
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import administrator_of
from search_service.errors import NotFoundError
from search_service.http.problems import PROBLEMS
from search_service.settings import ServiceSettings

_TOKEN = HTTPBearer(auto_error=False, description="A token of the scope admin.")


def create_router(
    settings: ServiceSettings, store: TokenStore, jobs: IndexJobs | None = None
) -> APIRouter:
    """The administration routes; each needs a token of scope admin, and is logged.

    Args:
        settings: The corpus folder, and the largest file that is accepted.
        store: Tokens, jobs and the log.
        jobs: Runs builds; ``None`` makes one.
    """
    router = APIRouter(
        prefix="/api/v1",
        responses=PROBLEMS,
        tags=["administration"],
        dependencies=[Security(_TOKEN)],  # described so; who comes in, administrator_of decides
    )
    work, checks = jobs or IndexJobs(settings, store), CorpusChecks(settings)
    largest = settings.max_file_mb * 1_000_000

    async def note(request: Request, what: str) -> None:
        who = administrator_of(request.scope)
        name = f"{who.name} (token {who.token})"
        await asyncio.to_thread(store.note, name, what, utc_now())

    @router.post(
        "/check",
        summary="Read the corpus and report what is missing or refused; nothing is indexed",
        responses={200: {"content": {"application/json": {}, "text/html": {}}}},
        response_class=JSONResponse,
    )
    async def check(
        request: Request,
        lang: Annotated[Literal["it", "en"], Query(description="Of the page.")] = "it",
    ) -> Response:
        """As ``python -m indexer check --json``; with ``Accept: text/html``, as ``--html``."""
        administrator_of(request.scope)
        await note(request, "had the corpus checked")
        found = await checks.run(lang)
        return _as_asked(found, request.headers.get("accept", ""))

    @router.post("/index", status_code=202, summary="Build the index again, in the background")
    async def build(request: Request, response: Response) -> JobProgress:
        administrator_of(request.scope)
        job = await asyncio.to_thread(work.start)
        await note(request, f"had the index built (job {job})")
        response.headers["Location"] = f"/api/v1/index/{job}"
        return await _progress(work, job)

    @router.get("/index/{job}", summary="How far a build of the index is")
    async def progress(
        request: Request, job: Annotated[str, Path(examples=["0123456789abcdef"])]
    ) -> JobProgress:
        administrator_of(request.scope)
        return await _progress(work, job)

    @router.put(
        "/documents/{document:path}",
        status_code=204,
        summary="Send a document; the next build of the index takes it up",
        responses={201: {"description": "It is new."}, 204: {"description": "It was replaced."}},
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/octet-stream": {}}}
        },
    )
    async def send(
        request: Request, document: Annotated[str, Path(examples=["events/incontro.md"])]
    ) -> Response:
        administrator_of(request.scope)
        path = uploads.checked_path(document)
        data = await _body(request, largest)
        await note(request, f"sent {path} ({len(data)} bytes)")  # before: nothing goes unnoted
        try:
            is_new = await asyncio.to_thread(uploads.write, settings.corpus, path, data)
        except OSError as error:
            raise HTTPException(
                409, f"The corpus folder cannot be written to: {error.strerror}."
            ) from error
        where = {"Location": f"/api/v1/documents/{quote(document)}"}
        return Response(status_code=201 if is_new else 204, headers=where)

    return router


def _as_asked(found: CorpusReport, accept: str) -> Response:
    """The report as a page where the request accepts HTML, else as JSON."""
    headers = {"Vary": "Accept"}
    if "text/html" in accept:
        return HTMLResponse(found.page, headers=headers)
    return JSONResponse(found.report, headers=headers)


async def _progress(jobs: IndexJobs, job: str) -> JobProgress:
    found = await asyncio.to_thread(jobs.progress, job)
    if found is None:
        raise NotFoundError(f"There is no build {job!r}.", remedy="Start one: POST /api/v1/index.")
    return found


async def _body(request: Request, largest: int) -> bytes:
    """The bytes of a request; more than ``largest`` are not read."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HTTPException(415, "Send the document as it is, without Content-Encoding.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise HTTPException(413, f"Documents may have {largest // 1_000_000} MB at most.")
    if not body:
        raise HTTPException(400, "There is nothing in the request.")
    return bytes(body)
