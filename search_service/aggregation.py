"""Passages vote for the organisations behind them (document-centric voting, Balog et al. 2006).

Only an organisation's best few passages count, each less than the one before, so that who
publishes much does not bury who published one good page. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from indexer.generation import Generation
from indexer.model import Document, DocumentKind, Organisation, Role
from search_service.model import (
    DocumentHit,
    Evidence,
    Hit,
    OrganisationHit,
    Proof,
    Standing,
)

VOTES = (1.0, 0.3, 0.1)  # what an organisation's best, second and third passage count
MAX_EVIDENCE = len(VOTES)
_TIERS = {None: 0, Standing.SEATED: 0, Standing.SERVES: 1, Standing.REMOTE: 2}


def organisations(
    hits: Sequence[Hit],
    generation: Generation,
    standings: Mapping[str, Standing] | None,
) -> tuple[OrganisationHit, ...]:
    """The organisations that the passages vote for, best first.

    ``standings`` limits and orders them by how they stand to the place asked for: those seated
    there first, then those that serve it, then those that work at a distance.
    """
    votes: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        for organisation in generation.passages[hit.row].organisations:
            if standings is None or organisation in standings:
                votes[organisation].append(hit)
    standing = standings or {}
    scored = sorted(
        ((o, _score(found)) for o, found in votes.items()),
        key=lambda pair: (_TIERS[standing.get(pair[0])], -pair[1], pair[0]),
    )
    return tuple(
        OrganisationHit(
            organisation=generation.organisations[o],
            rank=rank,
            score=score,
            standing=standing.get(o),
            evidence=tuple(
                _evidence(hit, generation.organisations[o], generation) for hit in _best(votes[o])
            ),
        )
        for rank, (o, score) in enumerate(scored, start=1)
    )


def documents(hits: Sequence[Hit], generation: Generation) -> tuple[DocumentHit, ...]:
    """The documents of the passages, each by its best one, best first."""
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(generation.passages[hit.row].document, hit)
    return tuple(
        DocumentHit(generation.documents[d], rank, hit.score, generation.passages[hit.row])
        for rank, (d, hit) in enumerate(best.items(), start=1)
    )


def _best(hits: Sequence[Hit]) -> list[Hit]:
    return sorted(hits, key=lambda hit: hit.rank)[:MAX_EVIDENCE]


def _score(hits: Sequence[Hit]) -> float:
    return sum(w * hit.score for w, hit in zip(VOTES, _best(hits), strict=False))


def _evidence(hit: Hit, organisation: Organisation, generation: Generation) -> Evidence:
    passage = generation.passages[hit.row]
    document = generation.documents[passage.document]
    return Evidence(passage, document, proof(document, organisation), hit.score)


def proof(document: Document, organisation: Organisation) -> Proof:
    """What a document proves of an organisation, by whose document it is.

    Its own profile declares; a case study of its own with a client or a date demonstrates;
    anything else is somebody else's word.
    """
    role = next(
        (link.role for link in document.organisations if link.organisation == organisation.id),
        Role.MENTION,
    )
    if role is Role.SUBJECT:
        return Proof.DECLARED
    if role is Role.AUTHOR and document.kind is DocumentKind.CASE_STUDY:
        dated = document.client or document.period is not None
        return Proof.DEMONSTRATED if dated else Proof.DECLARED
    return Proof.CORROBORATED
