"""The addresses of the pages."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.routing import Route

from indexer.domain import Level
from indexer.errors import GenerationError
from search_service.auth.middleware import Authenticator
from search_service.auth.visitor import Refusal, announced
from search_service.filters.saved_list import changes_list
from search_service.live.live_index import LiveIndex, ServiceState
from search_service.web.about_pages import about_page
from search_service.web.entity_pages import document_page, organisation_page
from search_service.web.list_pages import organisations_page
from search_service.web.login_pages import login_routes, refused_page
from search_service.web.network_pages import (
    competencies_page,
    network_file,
    network_page,
    one_competence_page,
)
from search_service.web.page_request import PageRequest, page_headers
from search_service.web.rendering import Renderer
from search_service.web.result_files import result_file
from search_service.web.saved_list_paths import SAVED_LIST_ROUTE, SavedListPaths
from search_service.web.search_page import search_page
from search_service.web.shortlist_page import shortlist_file, shortlist_page
from search_service.web.sitemap import sitemap

_log = logging.getLogger(__name__)
Page = Callable[[PageRequest, LiveIndex], Response]
_PageOf = Callable[[PageRequest, LiveIndex, str], Response]
_PAGES: dict[str, Page] = {
    "/": search_page,
    "/network": network_page,
    "/competencies": competencies_page,
    "/organisations": organisations_page,
    "/shortlist": shortlist_page,
    "/sitemap.xml": sitemap,
}
_OTHER_METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_FOR_PROGRAMS = ("api/", "healthz", "readyz")  # whose errors are in JSON
_PAGES_OF: dict[str, _PageOf] = {  # of one thing, named in the address
    "/organisations/{name}": organisation_page,
    "/documents/{name:path}": document_page,
    "/competencies/{name}": one_competence_page,
    "/shortlist/{name}": shortlist_file,
    "/export/{name}": result_file,
    "/network/{name:path}": network_file,
}


def create_router(
    state: ServiceState,
    framed_by: str = "*",
    origin: str = "",
    keeper: Authenticator | None = None,
    contact: str = "",
    more: Mapping[str, Page] | None = None,
) -> APIRouter:
    """The routes of the pages. Each request uses one generation from start to end.

    Args:
        state: Gives each visitor the index that they may see.
        framed_by: The sites that may show the search in a frame, as a CSP source list.
        origin: The service's public address; empty uses the one that a request names.
        keeper: Lets visitors sign in; ``None`` serves no login.
        contact: Whom people write to: a mail or a web address; empty shows none.
        more: Pages of other rooms, by their address.
    """
    renderer = Renderer(origin, contact)
    router = APIRouter()

    def add(path: str, endpoint: Callable[[Request], Response]) -> None:
        # Starlette's own route: the pages read the address by themselves, and are no API.
        router.add_route(path, endpoint, methods=["GET"])

    for path, page in {**_PAGES, **(more or {})}.items():
        add(path, partial(_answered, state, renderer, page))
    add("/embed", partial(_answered, state, renderer, search_page, framed_by=framed_by))
    for path, page_of in _PAGES_OF.items():
        add(path, partial(_answered_of, state, renderer, page_of))
    add("/static/{name:path}", partial(_static, renderer))
    if keeper is not None:
        router.routes.extend(login_routes(keeper, renderer))
    # Last: they answer every other address, and every other way of asking.
    add("/{name:path}", partial(_other, renderer))
    router.add_route("/{name:path}", partial(_only_get, renderer), methods=list(_OTHER_METHODS))
    below = SavedListPaths(tuple(router.routes), partial(_damaged, renderer))
    router.routes.insert(0, Route(SAVED_LIST_ROUTE, below))
    return router


def _answered_of(
    state: ServiceState, renderer: Renderer, page: _PageOf, request: Request
) -> Response:
    """A page of one thing of the index."""
    name = request.path_params["name"]
    return _answered(state, renderer, lambda visit, live: page(visit, live, name), request)


def _answered(
    state: ServiceState, renderer: Renderer, page: Page, request: Request, framed_by: str = ""
) -> Response:
    """A page of the index or, while there is none, one that says so."""
    visit = PageRequest.of(request, renderer, framed_by)
    if changes_list(request.query_params):
        return _moved(visit)
    found = announced(request.scope)
    if isinstance(found, Refusal):
        return refused_page(visit, found)
    level = Level.PUBLIC if framed_by else found.level  # pages on other sites are for everybody
    try:
        live = state.live_for(level)
        return page(replace(visit, is_sample=live.insights.is_sample), live)
    except GenerationError:
        text = visit.text(
            "L'indice non c'è ancora o si sta caricando: riprova tra un momento. Se il problema "
            "continua, chi gestisce il servizio deve costruirlo."
        )
        response = visit.error(503, visit.text("La ricerca non è pronta"), text)
        response.headers["Retry-After"] = "5"
        return response
    except Exception:
        _log.exception("a page could not be made: %s", visit.path)
        text = visit.text(
            "Non è stato possibile mostrare la pagina. Riprova; se succede ancora, avvisa chi "
            "gestisce il servizio."
        )
        return visit.error(500, visit.text("Qualcosa è andato storto"), text)


def _static(renderer: Renderer, request: Request) -> Response:
    """A file of templates/static."""
    asset = renderer.assets.get(request.path_params["name"])
    if asset is None:
        visit = PageRequest.of(request, renderer)
        return visit.missing(visit.text("Questo file non esiste."))
    # Its address changes with its content.
    sent = {**page_headers(), "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(asset.content, media_type=asset.media_type, headers=sent)


def _other(renderer: Renderer, request: Request) -> Response:
    """A page about the service; what to say of an address that leads nowhere."""
    name = request.path_params["name"]
    if name.startswith(_FOR_PROGRAMS):
        raise HTTPException(404)  # the API says it in its own way
    visit = PageRequest.of(request, renderer)
    return _moved(visit) if changes_list(request.query_params) else about_page(visit, name)


def _moved(visit: PageRequest) -> Response:
    """The way to the page below the shortlist as a query changes it."""
    return RedirectResponse(visit.address, 303, page_headers())


def _damaged(renderer: Renderer, request: Request) -> Response:
    """What to say of a shortlist that cannot be read."""
    visit = PageRequest.of(request, renderer)
    text = visit.text(
        "Il link della lista è incompleto: copialo per intero, o chiedi di inviartelo di nuovo."
    )
    return visit.error(404, visit.text("Pagina non trovata"), text)


def _only_get(renderer: Renderer, request: Request) -> Response:
    """The answer to methods other than reading."""
    allowed = {"Allow": "GET, HEAD"}
    if request.path_params["name"].startswith(_FOR_PROGRAMS):
        raise HTTPException(405, headers=allowed)
    visit = PageRequest.of(request, renderer)
    text = visit.text(
        "Queste pagine sono di sola lettura: apri l'indirizzo nel browser o fai una ricerca."
    )
    response = visit.error(405, visit.text("Operazione non consentita"), text)
    response.headers.update(allowed)
    return response
