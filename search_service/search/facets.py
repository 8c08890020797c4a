"""What could be chosen next, and how many organisations of an answer have it. Pure.

A count is what choosing the value gives, with these exceptions. A place is where the seat is, while
a search in it also finds those that serve it or work at a distance. Where an aspect is filtered by
already and any of its values will do, another value adds to what there is. In a large index the
narrower search reaches passages that were no candidates of the wider one, and so may give more;
and as the baseline moves with the candidates, a passage just at the threshold may stop or start
to be among an organisation's best.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from indexer.domain import Organisation, Period, PlaceLevel
from indexer.places import Gazetteer
from indexer.text.tokens import fold
from search_service.domain import Evidence, Facets, FacetValue
from search_service.presentation.labels import KINDS, PROOFS
from search_service.query.index_vocabulary import IndexVocabulary
from search_service.vocabulary.certifications import certification_key, holds
from search_service.vocabulary.sectors import sector_key, sector_keys, sector_label

Votes = Mapping[str, Sequence[Evidence]]
Values = Mapping[tuple[str, str], Iterable[str]]  # value and label → ids of who has it


def facets(
    sure: Sequence[Organisation],
    trusted: Votes,
    answering: Votes,
    able: Callable[[tuple[str, ...]], frozenset[str]],
    known: IndexVocabulary,
    gazetteer: Gazetteer,
) -> Facets:
    """Count over the organisations that surely answer, by their own data and by their evidence.

    ``trusted`` is the evidence that makes each organisation sure; ``answering`` also that which
    would if its kind, or proof, were asked for. ``able`` says who has a competence, by its key.
    """
    regions, provinces = _places(sure, gazetteer)
    return Facets(
        regions=_counted(regions),
        provinces=_counted(provinces),
        competencies=_counted(_competencies(sure, able, known)),
        sectors=_counted(_sectors(sure, trusted)),
        certifications=_counted(_certifications(sure, known)),
        kinds=_counted(_by(answering, lambda e: [(e.document.kind, KINDS[e.document.kind])])),
        years=_counted(_by(trusted, lambda e: [(y, y) for y in years_of(e.document.period)])),
        proofs=_counted(_by(answering, lambda e: [(e.proof, PROOFS[e.proof])])),
    )


def _counted(values: Values) -> tuple[FacetValue, ...]:
    """The values that somebody has, most first, then by label."""
    found = [FacetValue(value, label, len(set(who))) for (value, label), who in values.items()]
    return tuple(
        sorted((f for f in found if f.count), key=lambda f: (-f.count, fold(f.label), f.value))
    )


def _places(sure: Sequence[Organisation], gazetteer: Gazetteer) -> tuple[Values, Values]:
    """The regions and the provinces of the seats."""
    regions: dict[tuple[str, str], list[str]] = defaultdict(list)
    provinces: dict[tuple[str, str], list[str]] = defaultdict(list)
    for organisation in sure:
        if organisation.seat is None:
            continue
        for place in (organisation.seat, *gazetteer.ancestors(organisation.seat)):
            if place.level is PlaceLevel.REGIONE:
                regions[place.id, place.name].append(organisation.id)
            elif place.level is PlaceLevel.PROVINCIA:
                provinces[place.id, place.label].append(organisation.id)
    return regions, provinces


def _competencies(
    sure: Sequence[Organisation],
    able: Callable[[tuple[str, ...]], frozenset[str]],
    known: IndexVocabulary,
) -> Values:
    ids = {o.id for o in sure}
    return {(label, label): able(key) & ids for key, label in known.competencies.items()}


def _certifications(sure: Sequence[Organisation], known: IndexVocabulary) -> Values:
    held = {o.id: frozenset(map(certification_key, o.certifications)) for o in sure}
    keys = frozenset().union(*held.values())
    return {
        (key, known.certifications[key]): [o for o, theirs in held.items() if holds(theirs, key)]
        for key in keys
    }


def _sectors(sure: Sequence[Organisation], trusted: Votes) -> Values:
    """Sectors of the organisations, or of documents that make them sure."""
    theirs: dict[str, set[str]] = {o.id: set(o.sectors) for o in sure}
    for organisation, evidence in trusted.items():
        written = chain.from_iterable(e.document.sectors for e in evidence)
        theirs.setdefault(organisation, set()).update(written)
    holders: dict[str, set[str]] = defaultdict(set)
    for organisation, sectors in theirs.items():
        for sector in sectors:
            for key in sector_keys(sector):
                holders[key].add(organisation)
    spellings = {fold(s): s for s in sorted(set().union(*theirs.values()), reverse=True)}
    return {(s, sector_label(s)): sorted(holders[sector_key(s)]) for s in spellings.values()}


def _by(votes: Votes, values: Callable[[Evidence], Iterable[tuple[str, str]]]) -> Values:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for organisation, evidence in votes.items():
        for one in evidence:
            for value, label in values(one):
                found[str(value), label].append(organisation)
    return found


def years_of(period: Period | None) -> list[str]:
    """The years, as they are chosen, that a document of this date answers."""
    ends = [day.year for day in (period.start, period.end) if day is not None] if period else []
    if period is None or not ends:
        return []
    years = map(str, range(min(ends), max(ends) + 1))
    return [year for year in years if period.answers(Period.parse(f"{year:0>4}"))]
