"""The pages about all of the network: its numbers, its competencies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from fastapi import Response

from indexer.domain import Organisation
from search_service.domain import ExplicitFilters
from search_service.filters.search_url import SearchUrl
from search_service.insights.competence_families import Family, counted, with_words
from search_service.insights.competence_profile import CompetenceSummary, competence_page
from search_service.insights.italy_map import count_by_region
from search_service.insights.network_gaps import profile_gaps, scarce_by_family
from search_service.insights.network_overview import Scarce, Undeclared
from search_service.insights.network_report import (
    GAPS_ROOM,
    SCARCE_ROOM,
    UNDECLARED_ROOM,
    sharing,
    shortened,
)
from search_service.insights.result_list import as_list
from search_service.live.live_index import LiveIndex
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _
from search_service.web.network_tables import TABLES, family_anchor, gaps_table
from search_service.web.page_request import PageRequest
from search_service.web.result_files import CSV, FILES, XLSX, as_file, file_links, file_response
from search_service.web.search_panels import region_map
from search_service.web.shortlist_export import Table, csv_of, xlsx_of

_GAPS = {  # what a profile lacks, as the page says it
    "old": _("Profili più vecchi di 18 mesi"),
    "undated": _("Profili senza data di aggiornamento"),
    "proof": _("Senza lavori che dimostrino una competenza"),
    "competencies": _("Senza un elenco di competenze"),
    "contacts": _("Senza contatti"),
    "site": _("Senza sito"),
    "seat": _("Senza sede"),
}
_NAME = "competenze-in-rete"  # how the names of its files begin
_WORKBOOK = "network.xlsx"
# By its name in the address: what a link says, the type, and what makes it of a table.
_TABLE_FILES: dict[str, tuple[str, str, Callable[[Table], bytes]]] = {
    "table.xlsx": ("XLSX", XLSX, lambda table: xlsx_of((table,))),
    "table.csv": ("CSV", CSV, csv_of),
}


def network_page(visit: PageRequest, live: LiveIndex) -> Response:
    """The page of the network: numbers, map, competencies by region, and what is scarce."""
    found = live.insights.overview
    links, gaps = visit.links, _gaps(live)
    urls = {place: links.in_place(place) for place, count in found.by_region.items() if count}
    scarce = scarce_by_family(found.scarce, live.insights.families)
    context = {
        "network": found,
        "competencies": live.insights.competencies,
        "map": region_map(found.by_region, urls),
        "families": live.insights.family_table,
        "scarce": scarce,
        "gaps": [(key, _GAPS[key], who, _gap_files(visit, key)) for key, who in gaps.items()],
        "files": {name: _table_files(visit, name) for name in TABLES},
        "family_anchor": family_anchor,
        "updated": live.insights.updated,
        "workbook": links.to(f"/network/{_WORKBOOK}"),
        "printed": _printed(visit.words, scarce, found.undeclared, gaps),
    }
    return visit.page("network.html", context)


def _printed(
    words: Words,
    scarce: Sequence[tuple[Family, Sequence[Scarce]]],
    undeclared: Sequence[Undeclared],
    gaps: Mapping[str, Sequence[Organisation]],
) -> Mapping[str, object]:
    """The beginnings of the lists, as far as two sheets of paper hold them.

    Args:
        words: The wording in the reader's language.
        scarce: What one cooperative alone has, by family.
        undeclared: What no profile declares.
        gaps: The cooperatives by what their profile lacks.
    """

    def rare(one: Scarce) -> int:
        return len(words.competence(one.name)) + len(one.organisation.name) + len(" (); ")

    def named(one: Undeclared) -> int:
        return len(words.competence(one.name)) + len("; ")

    def who(one: Organisation) -> int:
        return len(one.name) + len(", ")

    few = sharing([inside for _family, inside in scarce], SCARCE_ROOM, rare)
    return {
        "scarce": [(family, one) for (family, _), one in zip(scarce, few, strict=True)],
        "gaps": dict(zip(gaps, sharing(list(gaps.values()), GAPS_ROOM, who), strict=True)),
        "undeclared": shortened(undeclared, UNDECLARED_ROOM, named),
    }


def network_file(visit: PageRequest, live: LiveIndex, name: str) -> Response:
    """The response with a list of the network's page, or with all of them, as a file.

    Args:
        visit: The request.
        live: The index that is served.
        name: The list's name, a slash, and a name of FILES or of _TABLE_FILES; or _WORKBOOK.
    """
    key, _slash, file = name.partition("/")
    gaps = _gaps(live)
    made = partial(_table, visit, live)
    if name == _WORKBOOK:
        lacking = gaps_table(gaps, _GAPS, visit.words, visit.origin)
        return file_response(xlsx_of((*map(made, TABLES), lacking)), XLSX, f"{_NAME}-{_WORKBOOK}")
    if key in TABLES and file in _TABLE_FILES:
        _label, media_type, make = _TABLE_FILES[file]
        return file_response(make(made(key)), media_type, f"{_NAME}-{key}-{file}")
    if key not in gaps or file not in FILES:
        return visit.missing(visit.text("Questo file non esiste."))
    return as_file(visit, as_list(live.searcher.generation, gaps[key]), file)


def _table(visit: PageRequest, live: LiveIndex, name: str) -> Table:
    return TABLES[name](live.insights, visit.words, visit.origin)


def _gaps(live: LiveIndex) -> Mapping[str, tuple[Organisation, ...]]:
    insights = live.insights
    unproven = insights.overview.unproven
    return profile_gaps(live.searcher.generation, unproven, insights.updated, date.today())


def _gap_files(visit: PageRequest, key: str) -> list[tuple[str, str]]:
    return [
        (visit.text(label), visit.links.to(f"/network/{key}/{name}"))
        for name, (label, *_rest) in FILES.items()
    ]


def _table_files(visit: PageRequest, key: str) -> list[tuple[str, str]]:
    return [
        (label, visit.links.to(f"/network/{key}/{name}"))
        for name, (label, *_rest) in _TABLE_FILES.items()
    ]


def competencies_page(visit: PageRequest, live: LiveIndex) -> Response:
    """The competencies by family, in the alphabetical order of the page's language."""
    families = with_words(live.insights.families, visit.asked.question)
    named = [(family, _by_name(family, visit.words)) for family in families]
    context = {
        "families": named,
        "counts": counted(families),
        "files": _table_files(visit, "competencies"),
    }
    return visit.page("competencies.html", context)


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
        return visit.missing(visit.text("Questa competenza non è presente."))
    organisations = [holder.organisation for holder in (*found.declaring, *found.demonstrating)]
    once = {organisation.id: organisation for organisation in organisations}.values()
    counts = count_by_region(once, searcher.gazetteer)
    links = visit.links
    urls = {p: links.competence_in(found.value, p) for p, count in counts.items() if count}
    chosen = ExplicitFilters().having("competence", found.value)
    theirs = visit.about(SearchUrl(filters=chosen, lang=visit.asked.lang))
    context = {
        "competence": found,
        "map": region_map(counts, urls),
        "files": file_links(theirs) if organisations else [],
    }
    return visit.page("competence.html", context)
