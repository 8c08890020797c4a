"""The page of the cooperatives that were saved: side by side, to send, and as files."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Response

from search_service.errors import QueryError
from search_service.filters.saved_list import MAX_NAME, MAX_NOTE
from search_service.insights.shortlist import Shortlist, answer_for, comparison_tables
from search_service.live.live_index import LiveIndex
from search_service.search.searcher import Searcher
from search_service.web.page_request import PageRequest
from search_service.web.result_files import FILES, as_file
from search_service.web.shortlist_mail import shortlist_mail

_PATH = "/shortlist"


def shortlist_page(visit: PageRequest, live: LiveIndex) -> Response:
    """The picks compared, with the evidence of each for the question, if it can be read."""
    searcher, unread = live.searcher, ""
    try:
        shortlist = _shortlist(visit, searcher)
    except QueryError as error:
        unread = visit.words.refusal(error)
        shortlist = _annotated(visit, Shortlist.of(searcher.generation, visit.asked.picks))
    address = _address(visit)
    return visit.page(
        "shortlist.html",
        {
            "shortlist": shortlist,
            "unread": unread,
            "tables": comparison_tables(shortlist),
            "files": [
                (visit.text(label), visit.asked.on(f"{_PATH}/{name}"))
                for name, (label, *_rest) in FILES.items()
            ],
            "address": address,
            "mail": shortlist_mail(shortlist, visit.words, address),
            "most": {"name": MAX_NAME, "note": MAX_NOTE},
        },
    )


def shortlist_file(visit: PageRequest, live: LiveIndex, name: str) -> Response:
    """The response with the picks as a file.

    Args:
        visit: The request, whose address holds the picks and the question.
        live: The index that is served.
        name: A name of FILES.
    """
    if name not in FILES:
        return visit.missing(visit.text("Questo file non esiste."))
    if not visit.asked.picks:
        return visit.refused(visit.text("Salva almeno una cooperativa, poi esporta."))
    try:
        return as_file(visit, _shortlist(visit, live.searcher), name)
    except QueryError as error:
        return visit.refused(visit.words.refusal(error))


def _shortlist(visit: PageRequest, searcher: Searcher) -> Shortlist:
    """The picks, with the answer to the question; raises QueryError if it cannot be used."""
    asked, answer = visit.asked, None
    if asked.picks and not asked.is_empty:
        query = searcher.understand(asked.question, asked.filters)
        answer = searcher.highlighted(answer_for(searcher, query, asked.picks))
    return _annotated(visit, Shortlist.of(searcher.generation, asked.picks, answer))


def _annotated(visit: PageRequest, shortlist: Shortlist) -> Shortlist:
    return shortlist.annotated(visit.asked.saved)


def _address(visit: PageRequest) -> str:
    """The list's address to send: its readers see it in their own language."""
    return visit.origin + replace(visit.asked, lang="", page=1).absolute(_PATH)
