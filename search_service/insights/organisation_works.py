"""What an organisation's works prove, and whom it met: its profile by its documents. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from indexer.domain import Document, Role
from indexer.index.snapshot import Generation
from search_service.domain import Proof
from search_service.filters.proving import proof_of
from search_service.insights.organisation_profile import (
    Claim,
    OrganisationProfile,
    Partner,
    newest_first,
)

_PROVING = frozenset({Proof.DEMONSTRATED, Proof.CORROBORATED})
_TOOK_PART = frozenset({Role.ORGANISER, Role.PARTICIPANT})


@dataclass(frozen=True, slots=True)
class Work:
    """A job of an organisation, or what others tell of one, with the competencies that it shows.

    ``shows`` is empty where its document names none of them.
    """

    document: Document
    proof: Proof
    shows: tuple[Claim, ...]


def works_of(profile: OrganisationProfile) -> tuple[Work, ...]:
    """Each work once: those that show a competence, then the others, each newest first."""
    own = {document.id: document for document in profile.case_studies}
    documents, proofs = dict(own), dict[str, Proof]()
    shows: dict[str, list[Claim]] = defaultdict(list)
    for claim in (*profile.declared, *profile.undeclared):
        for shown in claim.evidence:
            identity = shown.document.id
            if identity in own or shown.proof in _PROVING:
                documents[identity], proofs[identity] = shown.document, shown.proof
                shows[identity].append(claim)
    works = [
        Work(
            document,
            proofs.get(document.id) or proof_of(document, profile.organisation),
            tuple(shows[document.id]),
        )
        for document in newest_first(documents.values())
    ]
    return tuple(sorted(works, key=lambda work: not work.shows))


def met_at_events(profile: OrganisationProfile, generation: Generation) -> tuple[Partner, ...]:
    """Who took part in its events and did no job with it, the most frequent first.

    Args:
        profile: The organisation's profile.
        generation: The index that it is of.
    """
    known = {profile.organisation.id, *(one.organisation.id for one in profile.partners)}
    met: dict[str, list[Document]] = defaultdict(list)
    for event in profile.events:
        for link in event.organisations:
            if link.role in _TOOK_PART and link.organisation not in known:
                met[link.organisation].append(event)
    order = sorted(met, key=lambda other: (-len(met[other]), other))
    return tuple(Partner(generation.organisations[o], tuple(met[o])) for o in order)
