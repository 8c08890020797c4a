"""What the network lacks: families of competencies by region, and profiles to complete. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.domain import Organisation, Place, Role
from indexer.index.snapshot import Generation
from indexer.places import Gazetteer
from indexer.text.folding import fold
from search_service.filters.competencies import CompetenceName
from search_service.insights.competence_families import Family
from search_service.insights.italy_map import count_by_region
from search_service.insights.network_overview import Scarce

# What a profile may lack, in the order in which pages tell it.
GAPS = ("old", "undated", "proof", "competencies", "contacts", "site", "seat")
OLD = timedelta(days=548)  # eighteen months: what is older is to be asked for again


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """How many cooperatives declare something of a family: in all, and by region.

    ``rare`` counts its competencies that one cooperative alone has.
    """

    id: str
    name: CompetenceName | None
    total: int
    rare: int
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FamilyTable:
    """Families by region: the regions with any seat, in ISTAT's order."""

    regions: tuple[Place, ...]
    rows: tuple[FamilyRow, ...]

    @property
    def most(self) -> int:
        """The highest number in a cell."""
        return max((cell for row in self.rows for cell in row.cells), default=0)


def family_table(
    families: Iterable[Family],
    scarce: Iterable[Scarce],
    generation: Generation,
    gazetteer: Gazetteer,
) -> FamilyTable:
    """Who declares what, by family and region of the seat.

    Args:
        families: The competencies by family.
        scarce: What one cooperative alone has.
        generation: The index.
        gazetteer: Gives the region of each seat.
    """
    rare = {one.slug for one in scarce}
    counts = count_by_region(generation.organisations.values(), gazetteer)
    regions = tuple(region for region in gazetteer.regions() if counts[region.id])
    rows = []
    for family in families:
        who = {o for one in family.competencies for o in one.declared}
        if who:
            has = count_by_region((generation.organisations[o] for o in sorted(who)), gazetteer)
            cells = tuple(has[region.id] for region in regions)
            few = sum(one.summary.slug in rare for one in family.competencies)
            rows.append(FamilyRow(family.id, family.name, len(who), few, cells))
    return FamilyTable(regions, tuple(rows))


def scarce_by_family(
    scarce: Sequence[Scarce], families: Iterable[Family]
) -> list[tuple[Family, list[Scarce]]]:
    """What only one cooperative declares, under its family."""
    found = []
    for family in families:
        slugs = {one.summary.slug for one in family.competencies}
        if inside := [one for one in scarce if one.slug in slugs]:
            found.append((family, inside))
    return found


def profile_gaps(
    generation: Generation,
    unproven: Iterable[str],
    updated: Mapping[str, date],
    today: date,
) -> Mapping[str, tuple[Organisation, ...]]:
    """The cooperatives whose profile lacks something, by what it lacks; each list by name.

    Args:
        generation: The index.
        unproven: The ids of those who have demonstrated nothing.
        updated: When each profile was last changed, where it says so.
        today: The day from which a profile's age counts.
    """
    lacking = frozenset(unproven)
    known = sorted(generation.organisations.values(), key=lambda o: (fold(o.name), o.id))
    found: dict[str, list[Organisation]] = {key: [] for key in GAPS}
    for one in known:
        for gap in gaps_of(one, updated.get(one.id), today, proven=one.id not in lacking):
            found[gap].append(one)
    return {key: tuple(who) for key, who in found.items()}


def gaps_of(
    organisation: Organisation, updated: date | None, today: date, *, proven: bool
) -> tuple[str, ...]:
    """What a profile lacks, of GAPS.

    "old" is one last changed more than eighteen months ago, "undated" one that does not say when,
    "proof" that of somebody who has demonstrated nothing.

    Args:
        organisation: Whose profile it is.
        updated: When it was last changed; ``None`` if it does not say.
        today: The day from which its age counts.
        proven: Whether a dated job, or one for a client, demonstrates anything.
    """
    lacks = {
        "contacts": not organisation.contacts,
        "site": not organisation.website,
        "competencies": not organisation.competencies,
        "proof": not proven,
        "seat": organisation.seat is None,
        "old": updated is not None and today - updated > OLD,
        "undated": updated is None,
    }
    return tuple(gap for gap in GAPS if lacks[gap])


def profiles_updated(generation: Generation) -> Mapping[str, date]:
    """When each organisation's profile was last changed, where it says so."""
    found: dict[str, date] = {}
    for document in generation.documents.values():
        for link in document.organisations:
            if link.role is Role.SUBJECT and document.updated is not None:
                before = found.get(link.organisation, document.updated)
                found[link.organisation] = max(before, document.updated)
    return found
