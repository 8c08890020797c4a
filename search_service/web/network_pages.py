"""The pages about all of the network: its numbers, its competencies."""

from __future__ import annotations

from fastapi import Response

from search_service.insights.competence_families import Family, with_words
from search_service.insights.competence_profile import CompetenceSummary, competence_page
from search_service.insights.italy_map import count_by_region
from search_service.live.live_index import LiveIndex
from search_service.presentation.labels import Words
from search_service.web.page_request import PageRequest
from search_service.web.search_panels import region_map


def network_page(visit: PageRequest, live: LiveIndex) -> Response:
    """The page of the network: numbers, map, competencies by region, and what is scarce."""
    found = live.insights.overview
    links = visit.links
    urls = {place: links.in_place(place) for place, count in found.by_region.items() if count}
    context = {"network": found, "map": region_map(found.by_region, urls)}
    return visit.page("network.html", context)


def competencies_page(visit: PageRequest, live: LiveIndex) -> Response:
    """The competencies by family, in the alphabetical order of the page's language."""
    families = with_words(live.insights.families, visit.asked.question)
    total = sum(len(family.competencies) for family in families)
    named = [(family, _by_name(family, visit.words)) for family in families]
    return visit.page("competencies.html", {"families": named, "total": total})


def _by_name(family: Family, words: Words) -> list[CompetenceSummary]:
    summaries = (one.summary for one in family.competencies)
    return sorted(summaries, key=lambda one: words.competence(one.name).casefold())


def one_competence_page(visit: PageRequest, live: LiveIndex, slug: str) -> Response:
    """The page of a competence: who declares it, who has demonstrated it, and where.

    Args:
        visit: The request.
        live: The index that is served.
        slug: The competence's slug.
    """
    searcher = live.searcher
    found = competence_page(slug, searcher.generation, searcher.gazetteer)
    if found is None:
        return visit.missing(visit.text("Questa competenza non è nell'indice."))
    organisations = [holder.organisation for holder in (*found.declaring, *found.demonstrating)]
    once = {organisation.id: organisation for organisation in organisations}.values()
    counts = count_by_region(once, searcher.gazetteer)
    links = visit.links
    urls = {p: links.competence_in(found.value, p) for p, count in counts.items() if count}
    context = {"competence": found, "map": region_map(counts, urls)}
    return visit.page("competence.html", context)
