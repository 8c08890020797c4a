"""The list of all cooperatives, with the facets of a search."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fastapi import Response

from search_service.errors import QueryError
from search_service.filters.competencies import names_of
from search_service.filters.search_url import Links
from search_service.insights.result_list import by_name, first_pages
from search_service.live.live_index import LiveIndex
from search_service.search.searcher import Searcher
from search_service.web import query_chips, search_panels
from search_service.web.page_request import PageRequest
from search_service.web.result_files import file_links
from search_service.web.seat_toggle import seat_toggle

PAGE = 50
COMPETENCIES_SHOWN = 5  # of each cooperative


@dataclass(frozen=True, slots=True)
class ListPaging:
    """A page of the list, and its neighbours; an empty address means that there is none."""

    page: int
    pages: int
    previous: str
    next: str
    initials: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, links: Links, total: int, initials: tuple[tuple[str, int], ...]) -> ListPaging:
        """The pages of a list; past the last one, the last is shown.

        Args:
            links: The addresses of the visitor's search.
            total: How many are listed.
            initials: Each initial with the page on which it first stands.
        """
        pages = max(1, -(-total // PAGE))
        page = min(links.asked.page, pages)

        def at(number: int) -> str:
            return links.here(links.asked.at(number))

        return cls(
            page,
            pages,
            at(page - 1) if page > 1 else "",
            at(page + 1) if page < pages else "",
            tuple((letter, at(number)) for letter, number in initials) if pages > 1 else (),
        )


def organisations_page(visit: PageRequest, live: LiveIndex) -> Response:
    """The cooperatives that pass the filters, or all of them, by name."""
    searcher, asked = live.searcher, visit.asked
    try:
        answer = (
            by_name(searcher, searcher.understand(asked.question, asked.filters))
            if asked.question
            else live.insights.listed(asked.filters)
        )
    except QueryError as error:
        return visit.refused(visit.words.refusal(error))
    query = answer.query
    initials = tuple(first_pages(answer.documented, PAGE).items())
    paging = ListPaging.of(visit.links, answer.total, initials)
    start = (paging.page - 1) * PAGE
    shown = answer.documented[start : start + PAGE]
    context = {
        "answer": replace(answer, documented=shown),
        "competencies": {
            hit.organisation.id: _competencies(searcher, hit.organisation.id) for hit in shown
        },
        "understood": query_chips.understood_chips(visit.links, query, searcher, visit.words),
        "ignored": query_chips.ignored_chips(visit.links, query, searcher, visit.words),
        "ambiguities": query_chips.ambiguities(visit.links, query, visit.words),
        "facets": search_panels.facet_groups(visit.links, answer, visit.words),
        "map": search_panels.answer_map(visit.links, answer),
        "paging": paging,
        "files": file_links(visit),
        "seat": seat_toggle(visit.links, query),
    }
    return visit.page("organisations.html", context)


def _competencies(searcher: Searcher, identity: str) -> list[object]:
    organisation = searcher.generation.organisations[identity]
    return list(names_of(organisation, searcher.generation.linker)[:COMPETENCIES_SHOWN])
