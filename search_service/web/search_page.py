"""The page of a search: the invitation to ask, and the answer."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Response

from indexer.domain import DocumentKind
from search_service.domain import Answer
from search_service.errors import QueryError
from search_service.filters.kind import kinds_of
from search_service.filters.search_url import Links
from search_service.insights.italy_map import count_by_region
from search_service.live.live_index import LiveIndex
from search_service.search.searcher import PAGE
from search_service.web import query_chips, result_groups, search_panels
from search_service.web.page_request import PageRequest
from search_service.web.result_cards import cards_of
from search_service.web.result_files import file_links
from search_service.web.seat_toggle import seat_toggle


def search_page(visit: PageRequest, live: LiveIndex) -> Response:
    """The answer or, without a question, an invitation to ask."""
    asked, searcher = visit.asked, live.searcher
    if asked.is_empty:
        return visit.page("home.html", _home(visit, live))
    try:
        query = searcher.understand(asked.question, asked.filters)
    except QueryError as error:
        return visit.refused(visit.words.refusal(error))
    offset = (asked.page - 1) * PAGE
    answer = searcher.highlighted(
        searcher.search(query, PAGE, offset, search_panels.sort_of(asked))
    )
    nobody = not (answer.total or answer.total_documents)
    without = searcher.counts_without(asked.question, asked.filters, query) if nobody else ()
    counts = {item.key: count for item, count in without}
    understood = query_chips.understood_chips(visit.links, query, searcher, visit.words)
    shown = visit.about(query_chips.with_place_labels(asked, query, searcher))
    context = {
        "answer": answer,
        "count": result_groups.count_line(answer, visit.words),
        "groups": [
            (group, cards_of(group.hits, answer, live, visit.words))
            for group in result_groups.hit_groups(answer, visit.words)
        ],
        "elsewhere": cards_of(answer.elsewhere, answer, live, visit.words),
        "understood": understood,
        "ignored": query_chips.ignored_chips(visit.links, query, searcher, visit.words),
        "ambiguities": query_chips.ambiguities(visit.links, query, visit.words),
        "documents_first": bool((kinds_of(query) or frozenset()) - {DocumentKind.PROFILE}),
        "paging": paging(visit.links, answer),
        "counts": counts,
        "offers": query_chips.one_thing_less(visit.links, query, searcher, understood, counts)
        if nobody
        else [],
        "facets": search_panels.facet_groups(visit.links, answer, visit.words),
        "map": search_panels.answer_map(visit.links, answer),
        "orders": search_panels.sort_orders(visit.links, visit.words),
        "files": file_links(visit),
        "seat": seat_toggle(visit.links, query),
    }
    return shown.page("search.html", context)


def _home(visit: PageRequest, live: LiveIndex) -> dict[str, object]:
    searcher, insights = live.searcher, live.insights
    generation = searcher.generation
    counts = count_by_region(generation.organisations.values(), searcher.gazetteer)
    urls = {place: visit.links.in_place(place) for place, count in counts.items() if count}
    return {
        "examples": insights.examples(visit.language),
        "works": insights.recent_works,
        "shared": insights.shared_competencies,
        "manifest": generation.manifest,
        "map": search_panels.region_map(counts, urls),
    }


@dataclass(frozen=True, slots=True)
class Paging:
    """The neighbours of a page of the answer; an empty address means that there is none."""

    page: int
    pages: int
    previous: str
    next: str


def paging(at: Links, answer: Answer) -> Paging:
    """The pages of an answer; past the last one, the way back leads to the last."""
    asked = at.asked
    pages = -(-max(answer.total, answer.total_documents) // PAGE)
    previous = min(asked.page - 1, pages)
    return Paging(
        page=asked.page,
        pages=pages,
        previous=at.here(asked.at(previous)) if previous >= 1 else "",
        next=at.here(asked.at(asked.page + 1)) if asked.page < pages else "",
    )
