"""What the pages on competencies show: who declares one, who has demonstrated it, where. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from indexer.domain import Document, Organisation, Place
from indexer.index.snapshot import Generation
from indexer.places import Gazetteer
from search_service.domain import Proof
from search_service.filters.competencies import (
    Competence,
    CompetenceName,
    Key,
    competence_key,
    competencies_of,
    slug,
)
from search_service.filters.who_did_it import who_did_it
from search_service.insights.competence_evidence import (
    CompetenceEvidence,
    evidence_of_competence,
    is_demonstrated,
)
from search_service.insights.italy_map import count_by_region
from search_service.insights.organisation_profile import newest_first

MAX_CO_OCCURRING = 8
_OFTEN = 2  # organisations and case studies that name both competencies


@dataclass(frozen=True, slots=True)
class CompetenceSummary:
    """A competence in a list: how many organisations declare it, and have demonstrated it."""

    slug: str
    name: CompetenceName
    declared: int
    demonstrated: int


@dataclass(frozen=True, slots=True)
class Holder:
    """An organisation that has a competence, with the documents that show it, best first."""

    organisation: Organisation
    evidence: tuple[CompetenceEvidence, ...]


@dataclass(frozen=True, slots=True)
class CompetencePage:
    """All that is known of a competence; organisations are sorted by name.

    ``value`` is what a filter takes for it, ``variants`` are its spellings and names.
    ``declaring`` list it in their profile; ``demonstrating`` have a case study of it; of
    ``corroborated`` somebody else's document says that they did it. An organisation may be in all
    three, each time with the documents that prove just that. ``unattributed`` are case studies of
    several that name it where nothing says whose part it was, newest first. ``regions`` counts the
    seats of those that declare or have demonstrated it, most first; ``co_occurring`` are the
    competencies often named with it.
    """

    slug: str
    name: CompetenceName
    value: str
    variants: tuple[str, ...]
    declaring: tuple[Holder, ...]
    demonstrating: tuple[Holder, ...]
    corroborated: tuple[Holder, ...]
    unattributed: tuple[Document, ...]
    regions: tuple[tuple[Place, int], ...]
    co_occurring: tuple[CompetenceSummary, ...]


def summary(competence: Competence, generation: Generation) -> CompetenceSummary:
    """A competence in one line."""
    shown = evidence_of_competence(competence, generation).values()
    declared = len(competence.declared)
    return CompetenceSummary(
        competence.slug, competence.name, declared, sum(map(is_demonstrated, shown))
    )


def competence_page(
    address: str, generation: Generation, gazetteer: Gazetteer
) -> CompetencePage | None:
    """What the page of a competence shows; ``None`` if there is no such competence.

    Args:
        address: The slug of the competence, in any of its spellings.
        generation: The index.
        gazetteer: Gives the region of each cooperative's seat.
    """
    competencies = competencies_of(generation)
    competence = _with_slug(address, competencies)
    if competence is None:
        return None
    shown = evidence_of_competence(competence, generation)

    everybody = [
        Holder(generation.organisations[o], found)
        for o, found in sorted(
            shown.items(), key=lambda pair: (_name(pair[0], generation), pair[0])
        )
    ]
    demonstrating = _holding(everybody, Proof.DEMONSTRATED)
    return CompetencePage(
        slug=competence.slug,
        name=competence.name,
        value=competence.value,
        variants=competence.variants,
        declaring=tuple(
            replace(h, evidence=_proving(h, Proof.DECLARED))
            for h in everybody
            if h.organisation.id in competence.declared
        ),
        demonstrating=demonstrating,
        corroborated=_holding(everybody, Proof.CORROBORATED),
        unattributed=_unattributed(competence, generation),
        regions=_regions(competence, demonstrating, generation, gazetteer),
        co_occurring=_co_occurring(competence, competencies, generation),
    )


def _unattributed(competence: Competence, generation: Generation) -> tuple[Document, ...]:
    nobodys = (name for name, who in who_did_it(competence, generation).items() if not who)
    return tuple(newest_first(generation.documents[name] for name in nobodys))


def _name(organisation: str, generation: Generation) -> str:
    return generation.organisations[organisation].name.casefold()


def _proving(holder: Holder, proof: Proof) -> tuple[CompetenceEvidence, ...]:
    return tuple(shown for shown in holder.evidence if shown.proof is proof)


def _holding(everybody: Sequence[Holder], proof: Proof) -> tuple[Holder, ...]:
    """The holders with a document of this proof, with only such documents."""
    found = (replace(holder, evidence=_proving(holder, proof)) for holder in everybody)
    return tuple(holder for holder in found if holder.evidence)


def _with_slug(address: str, competencies: Mapping[Key, Competence]) -> Competence | None:
    """The competence with this slug; if none has it, the first with a name that does."""
    for competence in competencies.values():
        if competence.slug == address:
            return competence
    called = (
        c
        for c in competencies.values()
        if address in map(slug, (c.name.label, c.name.english, *c.variants))
    )
    return next(called, None)


def _regions(
    competence: Competence,
    demonstrating: tuple[Holder, ...],
    generation: Generation,
    gazetteer: Gazetteer,
) -> tuple[tuple[Place, int], ...]:
    who = {*competence.declared, *(h.organisation.id for h in demonstrating)}
    counts = count_by_region([generation.organisations[o] for o in sorted(who)], gazetteer)
    found = [(gazetteer.get(place), count) for place, count in counts.items() if count]
    return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0].name)))


def _co_occurring(
    competence: Competence,
    competencies: Mapping[Key, Competence],
    generation: Generation,
) -> tuple[CompetenceSummary, ...]:
    """Competencies declared by the same organisations and named by the same case studies.

    The most frequent come first; once is not enough, as an organisation may do many unrelated
    things.
    """
    written = [
        *(generation.organisations[o].competencies for o in competence.declared),
        *(generation.documents[d].competencies for d in competence.named),
    ]
    keys = ({competence_key(w, generation.linker) for w in one} for one in written)
    counts = Counter(key for several in keys for key in several)
    often = [
        (count, competencies[key])
        for key, count in counts.items()
        if count >= _OFTEN and key in competencies and key != competence.key
    ]
    often.sort(key=lambda pair: (-pair[0], pair[1].name.label.casefold(), pair[1].slug))
    return tuple(summary(other, generation) for _, other in often[:MAX_CO_OCCURRING])
