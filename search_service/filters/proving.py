"""What documents prove of the organisations they name. Pure."""

from __future__ import annotations

from indexer.domain import Document, DocumentKind, Organisation, Part, Passage, Role
from search_service.domain import Proof

_STRENGTH = {part: n for n, part in enumerate(Part)}  # from doing to being named


def strongest_part(passage: Passage, organisation: Organisation) -> Part:
    """The most that a passage says of an organisation; one that says nothing is its own words."""
    said = {s.part for s in passage.statements if s.organisation == organisation.id}
    return min(said, key=_STRENGTH.__getitem__, default=Part.DOES)


def proof_of(document: Document, organisation: Organisation, part: Part = Part.DOES) -> Proof:
    """What a document proves of an organisation, by what it says and whose document it is.

    Only doing is proof. Its own profile declares; a case study of its own with a client or a date
    demonstrates; anything else is somebody else's word.

    Args:
        document: The document.
        organisation: The organisation.
        part: What the document says of it.

    """
    if part not in (Part.DOES, Part.SHARED):
        return Proof.MENTIONED
    role = next(
        (link.role for link in document.organisations if link.organisation == organisation.id),
        Role.MENTION,
    )
    if role in (Role.SUBJECT, Role.ORGANISER):
        return Proof.DECLARED
    if role is Role.AUTHOR and document.kind is DocumentKind.CASE_STUDY:
        dated = document.client or document.period is not None
        return Proof.DEMONSTRATED if dated else Proof.DECLARED
    return Proof.CORROBORATED
