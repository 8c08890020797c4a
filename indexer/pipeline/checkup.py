"""What a corpus has of each cooperative, and what is missing of it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from indexer.domain import (
    CooperativeSummary,
    Document,
    DocumentKind,
    Organisation,
    PlaceLevel,
    Role,
)
from indexer.entities.catalogue import Catalogue

_OWN = frozenset({Role.SUBJECT, Role.AUTHOR, Role.ORGANISER})


def cooperative_summaries(catalogue: Catalogue) -> tuple[CooperativeSummary, ...]:
    """Every cooperative by name; of its documents, those that are its own or of its work."""
    own: dict[str, list[Document]] = defaultdict(list)
    for entry in catalogue.entries:
        for link in entry.document.organisations:
            if link.role in _OWN:
                own[link.organisation].append(entry.document)
    return tuple(
        CooperativeSummary(
            name=o.name,
            seat=o.seat.label if o.seat else "",
            competencies=o.competencies,
            documents=dict(Counter(str(document.kind) for document in own[o.id])),
            missing=tuple(_missing(o, own[o.id])),
        )
        for o in sorted(catalogue.organisations, key=lambda o: o.name.casefold())
    )


def _missing(organisation: Organisation, documents: Sequence[Document]) -> Iterator[str]:
    profiles = [d for d in documents if d.kind is DocumentKind.PROFILE]
    if organisation.seat is None or organisation.seat.level is not PlaceLevel.COMUNE:
        yield "seat"
    if not organisation.competencies:
        yield "competencies"
    if not (organisation.contacts or organisation.website):
        yield "contacts"
    if not any(d.kind is DocumentKind.CASE_STUDY for d in documents):
        yield "proof"
    if not any(d.updated or d.period for d in profiles):
        yield "date"
