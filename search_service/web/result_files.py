"""All that a list or an answer holds, as files to download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fastapi import Response

from indexer.text.organisation_names import ascii_slug
from search_service.errors import QueryError
from search_service.insights.result_list import EVERYBODY, all_results
from search_service.insights.shortlist import Shortlist
from search_service.live.live_index import LiveIndex
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _
from search_service.web.contacts_export import contacts_csv, contacts_vcf
from search_service.web.page_request import PageRequest, page_headers
from search_service.web.search_panels import sort_of
from search_service.web.shortlist_export import shortlist_csv, shortlist_json, shortlist_xlsx

_Maker = Callable[[Shortlist, Words, str], bytes]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
# By its name in the address: what a link says, the type, and what makes it.
FILES: dict[str, tuple[str, str, _Maker]] = {
    "results.xlsx": ("XLSX", XLSX, shortlist_xlsx),
    "results.csv": ("CSV", CSV, shortlist_csv),
    "results.json": (
        "JSON",
        "application/json",
        lambda found, _words, base: shortlist_json(found, base),
    ),
    "contacts.csv": (_("Solo contatti (CSV)"), CSV, contacts_csv),
    "contacts.vcf": (_("Solo contatti (vCard)"), "text/vcard; charset=utf-8", contacts_vcf),
}


def file_links(visit: PageRequest) -> list[tuple[str, str]]:
    """What each file is called, and its address, for all that the visitor's search finds."""
    asked = replace(visit.asked, page=1)
    return [(visit.text(label), asked.on(f"/export/{name}")) for name, (label, *_) in FILES.items()]


def result_file(visit: PageRequest, live: LiveIndex, name: str) -> Response:
    """The response with all results of a search, or with all cooperatives, as a file.

    Args:
        visit: The request, whose address holds the search.
        live: The index that is served.
        name: A name of FILES.
    """
    if name not in FILES:
        return visit.missing(visit.text("Questo file non esiste."))
    asked, searcher = visit.asked, live.searcher
    try:
        query = EVERYBODY if asked.is_empty else searcher.understand(asked.question, asked.filters)
        found = all_results(searcher, query, sort_of(asked))
    except QueryError as error:
        return visit.refused(visit.words.refusal(error))
    return as_file(visit, found, name)


def as_file(visit: PageRequest, found: Shortlist, name: str) -> Response:
    """The response with these cooperatives as a file.

    Args:
        visit: The request.
        found: The cooperatives.
        name: A name of FILES.
    """
    _label, media_type, make = FILES[name]
    named = f"{ascii_slug(found.name) or 'competenze-in-rete'}-{name}"
    return file_response(make(found, visit.words, visit.origin), media_type, named)


def file_response(content: bytes, media_type: str, name: str) -> Response:
    """The response with a file to keep.

    Args:
        content: Its bytes.
        media_type: What they are.
        name: What it is called.
    """
    sent = {**page_headers(), "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=sent)
