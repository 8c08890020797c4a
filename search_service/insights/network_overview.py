"""The network at a glance: how many, where, what they can do, and what is scarce. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indexer.domain import Document, DocumentKind, Organisation, Period, Place
from indexer.index.snapshot import Generation
from indexer.places import Gazetteer
from search_service.filters.competencies import Competence, CompetenceName, competencies_of
from search_service.insights.competence_evidence import evidence_of_competence, is_demonstrated
from search_service.insights.italy_map import count_by_region, region_of
from search_service.insights.organisation_profile import newest_first

MAX_HEAT_ROWS = 20  # of the heat map


@dataclass(frozen=True, slots=True)
class Cell:
    """How many organisations of a region declare a competence, and have demonstrated it."""

    declared: int
    demonstrated: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A competence across the regions of the heat map, in their order.

    ``declared`` and ``demonstrated`` count all organisations, also those without a seat.
    """

    slug: str
    name: CompetenceName
    declared: int
    demonstrated: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Competencies by region: the regions with any organisation, in ISTAT's order."""

    regions: tuple[Place, ...]
    rows: tuple[HeatRow, ...]

    @property
    def most(self) -> int:
        """The highest number declared in a cell."""
        return max((cell.declared for row in self.rows for cell in row.cells), default=0)


@dataclass(frozen=True, slots=True)
class Scarce:
    """A competence that one organisation declares and no other has demonstrated.

    ``region`` is that of its seat, ``asked`` how many case studies name the competence.
    """

    slug: str
    name: CompetenceName
    organisation: Organisation
    region: Place | None
    demonstrated: bool
    asked: int


@dataclass(frozen=True, slots=True)
class Undeclared:
    """A competence that case studies name and no profile lists; newest first."""

    slug: str
    name: CompetenceName
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class NetworkOverview:
    """The network in numbers.

    ``documents`` counts each kind; ``newest`` is the date of the newest case study or event;
    ``demonstrating`` is the share (0 to 1) of organisations that have demonstrated a competence.
    ``unproven`` are the ids of the others. ``by_region`` has all twenty regions, by id; in
    ``scarce`` the most requested come first.
    """

    organisations: int
    regions_covered: int
    documents: Mapping[DocumentKind, int]
    newest: Period | None
    demonstrating: float
    unproven: tuple[str, ...]
    by_region: Mapping[str, int]
    regions_without: tuple[Place, ...]
    heat_map: HeatMap
    scarce: tuple[Scarce, ...]
    undeclared: tuple[Undeclared, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """A competence with the ids of those who have demonstrated it."""

    competence: Competence
    demonstrated: frozenset[str]


def network_overview(generation: Generation, gazetteer: Gazetteer) -> NetworkOverview:
    """The network's overview. It looks at every competence: compute it once for a generation."""
    organisations = generation.organisations
    held = [_held(c, generation) for c in competencies_of(generation).values()]
    declared = [h for h in held if h.competence.declared]
    by_region = count_by_region(organisations.values(), gazetteer)
    kinds = Counter(document.kind for document in generation.documents.values())
    proven = frozenset[str]().union(*(h.demonstrated for h in held))
    return NetworkOverview(
        organisations=len(organisations),
        regions_covered=sum(count > 0 for count in by_region.values()),
        documents={kind: kinds[kind] for kind in DocumentKind},
        newest=_newest(generation.documents.values()),
        demonstrating=len(proven) / max(1, len(organisations)),
        unproven=tuple(sorted(organisations.keys() - proven)),
        by_region=by_region,
        regions_without=tuple(r for r in gazetteer.regions() if not by_region[r.id]),
        heat_map=_heat_map(declared, generation, gazetteer),
        scarce=_scarce(declared, generation, gazetteer),
        undeclared=_undeclared([h for h in held if not h.competence.declared], generation),
    )


def _held(competence: Competence, generation: Generation) -> _Held:
    shown = evidence_of_competence(competence, generation)
    return _Held(competence, frozenset(o for o in shown if is_demonstrated(shown[o])))


def _newest(documents: Iterable[Document]) -> Period | None:
    dated = [d for d in documents if d.kind is not DocumentKind.PROFILE and d.period]
    return newest_first(dated)[0].period if dated else None


def _heat_map(declared: Iterable[_Held], generation: Generation, gazetteer: Gazetteer) -> HeatMap:
    """The competencies that most organisations declare, then those most often demonstrated."""
    counts = count_by_region(generation.organisations.values(), gazetteer)
    regions = tuple(region for region in gazetteer.regions() if counts[region.id])
    order = sorted(
        declared,
        key=lambda h: (
            -len(h.competence.declared),
            -len(h.demonstrated),
            h.competence.name.label.casefold(),
            h.competence.slug,
        ),
    )
    rows = []
    for h in order[:MAX_HEAT_ROWS]:
        has = _by_region(h.competence.declared, generation, gazetteer)
        did = _by_region(h.demonstrated, generation, gazetteer)
        rows.append(
            HeatRow(
                slug=h.competence.slug,
                name=h.competence.name,
                declared=len(h.competence.declared),
                demonstrated=len(h.demonstrated),
                cells=tuple(Cell(has[r.id], did[r.id]) for r in regions),
            )
        )
    return HeatMap(regions, tuple(rows))


def _by_region(
    organisations: Iterable[str], generation: Generation, gazetteer: Gazetteer
) -> Mapping[str, int]:
    return count_by_region((generation.organisations[o] for o in organisations), gazetteer)


def _scarce(
    declared: Iterable[_Held], generation: Generation, gazetteer: Gazetteer
) -> tuple[Scarce, ...]:
    found = []
    for h in declared:
        has = {*h.competence.declared, *h.demonstrated}
        if len(has) == 1:
            organisation = generation.organisations[has.pop()]
            found.append(
                Scarce(
                    slug=h.competence.slug,
                    name=h.competence.name,
                    organisation=organisation,
                    region=region_of(organisation.seat, gazetteer),
                    demonstrated=bool(h.demonstrated),
                    asked=len(h.competence.named),
                )
            )
    return tuple(sorted(found, key=lambda s: (-s.asked, s.name.label.casefold(), s.slug)))


def _undeclared(held: Iterable[_Held], generation: Generation) -> tuple[Undeclared, ...]:
    """Competencies that case studies name and no profile lists."""
    found = [
        Undeclared(
            h.competence.slug,
            h.competence.name,
            tuple(newest_first(generation.documents[d] for d in h.competence.named)),
        )
        for h in held
    ]
    return tuple(sorted(found, key=lambda u: (-len(u.documents), u.name.label.casefold(), u.slug)))
