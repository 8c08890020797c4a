"""The lists of the network's page as tables, to download. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from indexer.domain import Organisation
from search_service.filters.competencies import CompetenceName
from search_service.insights.italy_map import load_map
from search_service.insights.network_gaps import scarce_by_family
from search_service.live.insights import Insights
from search_service.presentation.labels import Words
from search_service.presentation.languages import marked as _
from search_service.presentation.urls import document_path, organisation_path
from search_service.web.shortlist_export import Cell, Table, table_of

TableMaker = Callable[[Insights, Words, str], Table]


def regions_table(insights: Insights, words: Words, base: str) -> Table:
    """How many cooperatives have their seat in each region.

    Args:
        insights: Of the index.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    headings = (_("Regione"), _("Cooperative"), _("Indirizzo"))
    rows: list[tuple[Cell, ...]] = [
        (region.name, count, f"{base}/organisations?place={quote(f'sede: {region.place_id}')}")
        for region in load_map().regions
        if (count := insights.overview.by_region[region.place_id])
    ]
    return table_of(words.language.text("Regioni"), headings, rows, words)


def families_table(insights: Insights, words: Words, base: str) -> Table:
    """How many cooperatives have something of each family, by region.

    Args:
        insights: Of the index.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    found = insights.family_table
    headings = (
        _("Famiglia"),
        _("Cooperative"),
        _("Competenze rare"),
        *(region.name for region in found.regions),
        _("Indirizzo"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            family_label(row.name, words),
            row.total,
            row.rare,
            *row.cells,
            f"{base}/competencies#{family_anchor(row.id)}",
        )
        for row in found.rows
    ]
    return table_of(words.language.text("Famiglie per regione"), headings, rows, words)


def scarce_table(insights: Insights, words: Words, base: str) -> Table:
    """What one cooperative alone has, by family.

    Args:
        insights: Of the index.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    headings = (
        _("Famiglia"),
        _("Competenza"),
        _("Cooperativa"),
        _("Regione"),
        _("Casi di studio che la nominano"),
        _("Scheda"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            family_label(family.name, words),
            words.competence(one.name),
            one.organisation.name,
            one.region.name if one.region else None,
            one.asked,
            base + organisation_path(one.organisation.id),
        )
        for family, inside in scarce_by_family(insights.overview.scarce, insights.families)
        for one in inside
    ]
    return table_of(words.language.text("Competenze rare"), headings, rows, words)


def undeclared_table(insights: Insights, words: Words, base: str) -> Table:
    """What case studies name and no profile does, with a row for each case study.

    Args:
        insights: Of the index.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    headings = (_("Competenza"), _("Caso di studio"), _("Data"), _("Indirizzo"))
    rows: list[tuple[Cell, ...]] = [
        (
            words.competence(one.name),
            document.title,
            str(document.period) if document.period else None,
            base + document_path(document.id),
        )
        for one in insights.overview.undeclared
        for document in one.documents
    ]
    return table_of(words.language.text("Competenze non dichiarate"), headings, rows, words)


def competencies_table(insights: Insights, words: Words, base: str) -> Table:
    """Every competence with how many declare it and have demonstrated it.

    Args:
        insights: Of the index.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    headings = (
        _("Famiglia"),
        _("Competenza"),
        _("Dichiarata da"),
        _("Dimostrata da"),
        _("Indirizzo"),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            family_label(family.name, words),
            words.competence(one.summary.name),
            one.summary.declared,
            one.summary.demonstrated,
            f"{base}/competencies/{one.summary.slug}",
        )
        for family in insights.families
        for one in family.competencies
    ]
    return table_of(words.language.text("Competenze"), headings, rows, words)


def gaps_table(
    gaps: Mapping[str, Sequence[Organisation]],
    labels: Mapping[str, str],
    words: Words,
    base: str,
) -> Table:
    """The profiles to complete: a row for each cooperative, marked under what it lacks.

    Args:
        gaps: The cooperatives by what their profile lacks.
        labels: What each of these is called, in Italian.
        words: The wording in the reader's language.
        base: The origin of the page, which addresses begin with.
    """
    lacking: dict[str, set[str]] = {}
    known = {one.id: one for who in gaps.values() for one in who}
    for gap, who in gaps.items():
        for one in who:
            lacking.setdefault(one.id, set()).add(gap)
    headings = (_("Cooperativa"), *(labels[gap] for gap in gaps), _("Contatti"), _("Scheda"))
    rows: list[tuple[Cell, ...]] = [
        (
            one.name,
            *("x" if gap in lacking[one.id] else None for gap in gaps),
            "; ".join(one.contacts) or None,
            base + organisation_path(one.id),
        )
        for one in sorted(known.values(), key=lambda one: (one.name.casefold(), one.id))
    ]
    return table_of(words.language.text("Profili da completare"), headings, rows, words)


def family_anchor(identity: str) -> str:
    """Where a family stands on the page of the competencies."""
    return f"famiglia-{identity or 'altre'}"


def family_label(name: CompetenceName | None, words: Words) -> str:
    """What a family is called; those outside the vocabulary have one of their own."""
    return words.competence(name) if name else words.language.text("altre competenze")


# By what the address calls them.
TABLES: Mapping[str, TableMaker] = {
    "regions": regions_table,
    "families": families_table,
    "scarce": scarce_table,
    "undeclared": undeclared_table,
    "competencies": competencies_table,
}
