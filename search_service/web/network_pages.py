"""The pages about all of the network: its numbers, its competencies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fastapi import Response

from indexer.domain import Organisation
from search_service.insights.competence_families import Family, with_words
from search_service.insights.competence_profile import CompetenceSummary, competence_page
from search_service.insights.italy_map import count_by_region
from search_service.insights.network_gaps import profile_gaps, scarce_by_family
from search_service.insights.result_list import as_list
from search_service.live.live_index import LiveIndex
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _
from search_service.web.page_request import PageRequest
from search_service.web.result_files import FILES, as_file
from search_service.web.search_panels import region_map

_GAPS = {  # what a profile lacks, as the page says it
    "old": _("Profili più vecchi di 18 mesi"),
    "undated": _("Profili senza data di aggiornamento"),
    "proof": _("Senza lavori che provino una competenza"),
    "competencies": _("Senza un elenco di competenze"),
    "contacts": _("Senza contatti"),
    "site": _("Senza sito"),
    "seat": _("Senza sede"),
}


def network_page(visit: PageRequest, live: LiveIndex) -> Response:
    """The page of the network: numbers, map, competencies by region, and what is scarce."""
    found = live.insights.overview
    links = visit.links
    urls = {place: links.in_place(place) for place, count in found.by_region.items() if count}
    context = {
        "network": found,
        "map": region_map(found.by_region, urls),
        "families": live.insights.family_table,
        "scarce": scarce_by_family(found.scarce, live.insights.families),
        "gaps": [
            (key, _GAPS[key], organisations, _gap_files(visit, key))
            for key, organisations in _gaps(live).items()
        ],
    }
    return visit.page("network.html", context)


def network_file(visit: PageRequest, live: LiveIndex, name: str) -> Response:
    """The response with the cooperatives whose profile lacks something, as a file.

    Args:
        visit: The request.
        live: The index that is served.
        name: What is lacking, a slash, and a name of FILES.
    """
    key, _slash, file = name.partition("/")
    gaps = _gaps(live)
    if key not in gaps or file not in FILES:
        return visit.missing(visit.text("Questo file non esiste."))
    return as_file(visit, as_list(live.searcher.generation, gaps[key]), file)


def _gaps(live: LiveIndex) -> Mapping[str, tuple[Organisation, ...]]:
    insights = live.insights
    unproven = insights.overview.unproven
    return profile_gaps(live.searcher.generation, unproven, insights.updated, date.today())


def _gap_files(visit: PageRequest, key: str) -> list[tuple[str, str]]:
    return [
        (visit.text(label), visit.links.to(f"/network/{key}/{name}"))
        for name, (label, *_rest) in FILES.items()
    ]


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
