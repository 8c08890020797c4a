"""The addresses that search engines may list."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from fastapi import Response

from search_service.live.live_index import LiveIndex
from search_service.presentation.urls import document_path, organisation_path
from search_service.web.page_request import PageRequest, page_headers

_PAGES = ("/", "/network", "/organisations", "/competencies", "/ranking", "/api")
_MOST = 50_000  # addresses of one file (sitemaps.org)


def sitemap(visit: PageRequest, live: LiveIndex) -> Response:
    """The pages of cooperatives, competencies and documents that the visitor may see."""
    context = {"paths": list(_paths(live))[:_MOST], "origin": visit.origin}
    text = visit.renderer.html(visit.language, "sitemap.xml", context)
    return Response(text, media_type="application/xml", headers=page_headers())


def _paths(live: LiveIndex) -> Iterator[str]:
    yield from _PAGES
    generation = live.searcher.generation
    yield from (organisation_path(one) for one in sorted(generation.organisations))
    for family in live.insights.families:
        slugs = (one.summary.slug for one in family.competencies)
        yield from (f"/competencies/{quote(slug, safe='')}" for slug in slugs)
    yield from (document_path(one) for one in sorted(generation.documents))
