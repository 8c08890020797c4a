"""The page of the cooperatives that were picked: side by side, and as files."""

from __future__ import annotations

from fastapi import Response

from search_service.errors import QueryError
from search_service.insights.shortlist import Shortlist, answer_for, comparison
from search_service.live.live_index import LiveIndex
from search_service.search.searcher import Searcher
from search_service.web.page_request import PageRequest, page_headers
from search_service.web.shortlist_export import shortlist_csv, shortlist_json, shortlist_xlsx

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


def shortlist_page(visit: PageRequest, live: LiveIndex) -> Response:
    """The picks compared, with the evidence of each for the question, if it can be read."""
    searcher, unread = live.searcher, ""
    try:
        shortlist = _shortlist(visit, searcher)
    except QueryError as error:
        unread = visit.words.refusal(error)
        shortlist = Shortlist.of(searcher.generation, visit.asked.picks)
    return visit.page(
        "shortlist.html",
        {
            "shortlist": shortlist,
            "unread": unread,
            "rows": comparison(shortlist),
            "files": {name: visit.asked.on(f"/shortlist/export.{name}") for name in _TYPES},
        },
    )


def shortlist_file(visit: PageRequest, live: LiveIndex, name: str) -> Response:
    """The response with the picks as a file.

    Args:
        visit: The request, whose address holds the picks and the question.
        live: The index that is served.
        name: "csv", "xlsx" or "json".
    """
    if name not in _TYPES:
        return visit.missing(visit.text("Questo file non esiste."))
    if not visit.asked.picks:
        return visit.refused(visit.text("Salva almeno una cooperativa, poi esporta."))
    searcher = live.searcher
    try:
        shortlist, words = _shortlist(visit, searcher), visit.words
    except QueryError as error:
        return visit.refused(visit.words.refusal(error))
    if name == "json":
        content = shortlist_json(shortlist, visit.origin)
    else:
        content = (shortlist_csv if name == "csv" else shortlist_xlsx)(
            shortlist, words, visit.origin
        )
    disposition = f'attachment; filename="competenze-in-rete.{name}"'
    sent = {**page_headers(), "Content-Disposition": disposition}
    return Response(content, media_type=_TYPES[name], headers=sent)


def _shortlist(visit: PageRequest, searcher: Searcher) -> Shortlist:
    """The picks, with the answer to the question; raises QueryError if it cannot be used."""
    asked, generation = visit.asked, searcher.generation
    if asked.is_empty or not asked.picks:
        return Shortlist.of(generation, asked.picks)
    query = searcher.understand(asked.question, asked.filters)
    answer = searcher.highlighted(answer_for(searcher, query, asked.picks))
    return Shortlist.of(generation, asked.picks, answer)
