"""Cooperatives as a list: all of them, or all that an answer names. Pure."""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from indexer.domain import Document, Organisation, Role
from indexer.index.snapshot import Generation
from indexer.text.folding import fold
from search_service.domain import Answer, OrganisationHit, Query, Sort
from search_service.filters.competencies import names_of
from search_service.insights.shortlist import Pick, Shortlist, documents_of
from search_service.presentation.languages import ITALIAN
from search_service.search.searcher import Searcher

OTHER_INITIALS = "#"  # where names that begin with no letter stand
EVERYBODY = Query("", "", ITALIAN)  # asks for nothing, and so lets everybody through


def by_name(searcher: Searcher, query: Query) -> Answer:
    """All that a query finds, on one page, by name."""
    return searcher.search(
        query, limit=max(1, len(searcher.generation.organisations)), sort=Sort.NAME
    )


def all_results(searcher: Searcher, query: Query, sort: Sort) -> Shortlist:
    """All that a query finds, those that are only close at the end, with what exports show.

    Args:
        searcher: Searches the index.
        query: The question, understood.
        sort: The order of those that are documented.
    """
    generation = searcher.generation
    answer = searcher.search(query, limit=max(1, len(generation.organisations)), sort=sort)
    naming = _documents_by_organisation(generation)
    picks = [
        _pick(hit, naming[hit.organisation.id], generation, outside=outside)
        for hits, outside in (
            ((*answer.documented, *answer.close), False),
            (answer.elsewhere, True),
        )
        for hit in hits
    ]
    return Shortlist(generation.id, tuple(picks), (), 0, answer)


def as_list(generation: Generation, organisations: Iterable[Organisation]) -> Shortlist:
    """Cooperatives that no question found, with what exports show."""
    naming = _documents_by_organisation(generation)
    picks = (
        Pick(
            one,
            documents_of(one, naming[one.id]),
            competencies=names_of(one, generation.linker),
        )
        for one in organisations
    )
    return Shortlist(generation.id, tuple(picks), (), 0, None)


def initial(organisation: Organisation) -> str:
    """The letter under which a name is listed."""
    first = fold(organisation.name)[:1].upper()
    return first if first in string.ascii_uppercase else OTHER_INITIALS


def first_pages(hits: Sequence[OrganisationHit], size: int) -> Mapping[str, int]:
    """Each initial with the page on which it first stands.

    Args:
        hits: All that are listed, by name.
        size: How many a page has.
    """
    pages: dict[str, int] = {}
    for place, hit in enumerate(hits):
        pages.setdefault(initial(hit.organisation), place // size + 1)
    return pages


def _documents_by_organisation(generation: Generation) -> Mapping[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for document in generation.documents.values():
        for organisation in dict.fromkeys(link.organisation for link in document.organisations):
            found[organisation].append(document)
    return found


def _pick(
    hit: OrganisationHit, naming: Sequence[Document], generation: Generation, *, outside: bool
) -> Pick:
    organisation = hit.organisation
    documents: tuple[tuple[Document, Role], ...] = documents_of(organisation, naming)
    return Pick(organisation, documents, hit, outside, names_of(organisation, generation.linker))
