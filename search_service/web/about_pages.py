"""The pages about the service itself, and what browsers and crawlers ask for."""

from __future__ import annotations

from fastapi import Response

from search_service.search.weights import WEIGHTS
from search_service.web.page_request import PageRequest, page_headers

_PAGES = {
    "ranking": "ranking.html",
    "accessibility": "accessibility.html",
    "privacy": "privacy.html",
}
_FILES = {
    "robots.txt": "text/plain; charset=utf-8",
    "opensearch.xml": "application/opensearchdescription+xml",
}


def about_page(visit: PageRequest, name: str) -> Response:
    """A page about the service, or a file for browsers and crawlers."""
    if name in _FILES:
        context = {"origin": visit.origin, "asked": visit.asked, "links": visit.links}
        text = visit.renderer.html(visit.language, name, context)
        return Response(text, media_type=_FILES[name], headers=page_headers())
    if name == "favicon.ico":  # asked for by programs that do not read the page
        return Response(status_code=308, headers={"Location": visit.renderer.icon})
    if name not in _PAGES:
        return visit.missing(visit.text("Questa pagina non esiste."))
    return visit.page(_PAGES[name], {"weights": WEIGHTS})
