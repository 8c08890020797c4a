"""The addresses of the pages."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from indexer.errors import GenerationError
from search_service.searcher import Searcher
from search_service.state import ServiceState
from search_service.web.entity_pages import document_page, organisation_page
from search_service.web.rendering import Renderer
from search_service.web.search_page import search_page
from search_service.web.visit import Visit, headers

_METHODS = ["GET", "HEAD"]


def create_router(state: ServiceState) -> APIRouter:
    """The pages' routes over ``state``; each takes the searcher once: one page, one generation."""
    renderer = Renderer()
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    def answered(request: Request, make: Callable[[Visit, Searcher], Response]) -> Response:
        """The page that ``make`` makes or, while there is no index, one that says so."""
        visit = Visit.of(request, renderer)
        try:
            return make(visit, state.searcher)
        except GenerationError:
            response = visit.error(503, visit.text("La ricerca non è pronta"), _not_ready(visit))
            response.headers["Retry-After"] = "5"
            return response

    @router.api_route("/", methods=_METHODS)
    def search(request: Request) -> Response:
        return answered(request, search_page)

    @router.api_route("/organisations/{organisation}", methods=_METHODS)
    def organisation(request: Request, organisation: str) -> Response:
        return answered(request, lambda visit, s: organisation_page(visit, s, organisation))

    @router.api_route("/documents/{document:path}", methods=_METHODS)
    def document(request: Request, document: str) -> Response:
        return answered(request, lambda visit, s: document_page(visit, s, document))

    @router.api_route("/static/{name:path}", methods=_METHODS)
    def static(request: Request, name: str) -> Response:
        asset = renderer.assets.get(name)
        if asset is None:
            visit = Visit.of(request, renderer)
            return visit.missing(visit.text("Questo file non c'è."))
        # Its address changes with its content.
        sent = {**headers(), "Cache-Control": "public, max-age=31536000, immutable"}
        return Response(asset.content, media_type=asset.media_type, headers=sent)

    @router.api_route("/{address:path}", methods=_METHODS)
    def elsewhere(request: Request, address: str) -> Response:
        if address.startswith("api/"):
            raise HTTPException(404)  # the API says it in its own way
        visit = Visit.of(request, renderer)
        return visit.missing(visit.text("Questa pagina non c'è."))

    return router


def _not_ready(visit: Visit) -> str:
    return visit.text(
        "Un indice non c'è ancora, o si sta caricando: riprova tra un momento. Se dura, va "
        "costruito da chi gestisce il servizio."
    )
