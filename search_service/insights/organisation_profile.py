"""What an organisation's page shows: its competencies, their evidence, its partners. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.domain import Document, DocumentKind, Organisation, Role
from indexer.index.snapshot import Generation
from search_service.domain import Proof
from search_service.filters.competencies import (
    CompetenceName,
    Key,
    competence_key,
    competencies_of,
)
from search_service.insights.competence_evidence import (
    CompetenceEvidence,
    evidence_of_competence,
    newest_day,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A competence of an organisation and its evidence, best first.

    ``evidence`` may be its own profile's words only, or none at all: then it is only declared.
    """

    slug: str
    name: CompetenceName
    evidence: tuple[CompetenceEvidence, ...]

    @property
    def proof(self) -> Proof:
        """The strongest proof: demonstrated, else what others say, else declared."""
        return self.evidence[0].proof if self.evidence else Proof.DECLARED


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation that it has worked with, and their joint case studies, newest first."""

    organisation: Organisation
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class OrganisationProfile:
    """All that its page shows; documents are newest first, the undated last.

    ``declared`` are the competencies its profile lists, in that order; ``undeclared`` those that
    only its case studies name. Each document that names it is in one of the four lists;
    ``mentions`` are other organisations' documents, and events where it took no part.
    """

    organisation: Organisation
    declared: tuple[Claim, ...]
    undeclared: tuple[Claim, ...]
    profiles: tuple[Document, ...]
    case_studies: tuple[Document, ...]
    events: tuple[Document, ...]
    mentions: tuple[Document, ...]
    partners: tuple[Partner, ...]


def organisation_profile(organisation: Organisation, generation: Generation) -> OrganisationProfile:
    """The profile of one of the generation's organisations."""
    filed: dict[str, list[Document]] = defaultdict(list)
    for document in newest_first(generation.documents.values()):
        for link in document.organisations:
            if link.organisation == organisation.id:
                filed[_shelf(document, link.role)].append(document)
    written = [w for d in filed["case_studies"] for w in d.competencies]
    claims = _claims((*organisation.competencies, *written), organisation, generation)
    lists = {competence_key(c, generation.linker) for c in organisation.competencies}
    return OrganisationProfile(
        organisation=organisation,
        declared=tuple(claim for key, claim in claims.items() if key in lists),
        # What a shared case study names may be another's part.
        undeclared=tuple(c for key, c in claims.items() if key not in lists and c.evidence),
        profiles=tuple(filed["profiles"]),
        case_studies=tuple(filed["case_studies"]),
        events=tuple(filed["events"]),
        mentions=tuple(filed["mentions"]),
        partners=_partners(organisation, filed["case_studies"], generation),
    )


def newest_first(documents: Iterable[Document]) -> list[Document]:
    """The documents by date, the undated last; within a day by id."""
    return sorted(sorted(documents, key=lambda d: d.id), key=newest_day, reverse=True)


def _shelf(document: Document, role: Role) -> str:
    if role is Role.SUBJECT:
        return "profiles"
    if document.kind is DocumentKind.CASE_STUDY and role is Role.AUTHOR:
        return "case_studies"
    if document.kind is DocumentKind.EVENT and role is not Role.MENTION:
        return "events"
    return "mentions"


def _claims(
    written: Iterable[str], organisation: Organisation, generation: Generation
) -> dict[Key, Claim]:
    """The competencies as written, each key once, with their evidence."""
    competencies = competencies_of(generation)
    claims: dict[Key, Claim] = {}
    for label in written:
        key = competence_key(label, generation.linker)
        if key and key not in claims:
            competence = competencies[key]
            shown = evidence_of_competence(competence, generation).get(organisation.id, ())
            claims[key] = Claim(competence.slug, competence.name, shown)
    return claims


def _partners(
    organisation: Organisation, case_studies: Iterable[Document], generation: Generation
) -> tuple[Partner, ...]:
    """The most frequent partners first. Meeting at an event is not working together."""
    together: dict[str, list[Document]] = defaultdict(list)
    for document in case_studies:
        for link in document.organisations:
            if link.role is Role.AUTHOR and link.organisation != organisation.id:
                together[link.organisation].append(document)
    order = sorted(together, key=lambda other: (-len(together[other]), other))
    known = generation.organisations
    return tuple(Partner(known[other], tuple(together[other])) for other in order)
