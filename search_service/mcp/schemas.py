"""Answers for assistants, typed: leaner than the JSON API, each name with its evidence. Pure.

Links begin with the service's public address if one is configured.
"""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, Field

from indexer.domain import Document, DocumentKind, Organisation, Part, Passage, Role
from indexer.index.snapshot import Generation
from search_service.api import schemas
from search_service.api.hits import WhyOut, why_out
from search_service.domain import (
    Answer,
    Band,
    DocumentHit,
    Evidence,
    OrganisationHit,
    PlaceMatch,
    Proof,
)
from search_service.filters.search_url import SearchUrl
from search_service.insights.competence_evidence import CompetenceEvidence
from search_service.insights.organisation_facts import facts_json
from search_service.insights.organisation_profile import Claim, newest_first, organisation_profile
from search_service.presentation.urls import document_path, organisation_path, passage_url

MAX_CLOSE = 5  # as on the page: more would only be noise
MAX_SHOWN = 3  # documents that show one competence
MAX_DOCUMENTS = 50  # of one cooperative, the newest
RESOURCES = "competenze://documents/"


class EvidenceFound(BaseModel):
    """A passage that supports a cooperative, and where to read it."""

    text: str = Field(description="The passage; empty where only the document's data say so.")
    proof: Proof
    role: Part = Field(description="What it says that the cooperative did.")
    document: str = Field(description="The document's id, for `documento`.")
    title: str
    kind: DocumentKind
    date: str | None
    page: int | None
    url: str
    resource: str


class CooperativeFound(BaseModel):
    """A cooperative of an answer."""

    id: str = Field(description="For `scheda_cooperativa`.")
    name: str
    seat: str = Field(description="Empty where it is not known.")
    standing: PlaceMatch | None = Field(description="How it stands to the place asked for.")
    band: Band = Field(
        description="documented: a sentence says that it does it; close: it may not do it."
    )
    why: WhyOut
    fictional: bool = Field(description="True for invented sample data: always say so.")
    url: str
    evidence: list[EvidenceFound]


class DocumentFound(BaseModel):
    """A document of an answer, with its best passage."""

    id: str
    title: str
    kind: DocumentKind
    date: str | None
    fictional: bool
    page: int | None
    text: str
    url: str
    resource: str


class Widened(BaseModel):
    """Nobody is in ``asked``: the answer is about ``searched``, around it."""

    asked: str
    searched: str


class SearchResult(BaseModel):
    """Who answers a question, each with evidence; or that nobody is documented."""

    understood: list[schemas.UnderstoodOut]
    nobody: bool = Field(description="No cooperative is documented for this question: say so.")
    total: int = Field(description="How many cooperatives are documented, on all pages.")
    offset: int
    documented: list[CooperativeFound]
    close: list[CooperativeFound] = Field(
        description="The nearest by meaning, on the last page of documented: they may not do it."
    )
    elsewhere: list[CooperativeFound] = Field(
        description="Outside the place asked for, where nobody is in it: no answer to the question."
    )
    documents: list[DocumentFound]
    widened: Widened | None
    remote_only: bool = Field(description="Nobody is in the place asked for: all work remotely.")
    web: str = Field(description="The same search on the web page.")
    generation: str


class CompetenceShown(BaseModel):
    """A competence of a cooperative, and the documents that show it, best first."""

    name: str
    english: str
    proof: Proof
    shown_by: list[EvidenceFound]


class DocumentListed(BaseModel):
    """A document that names a cooperative."""

    id: str
    title: str
    kind: DocumentKind
    date: str | None
    role: Role
    url: str
    resource: str


class CooperativeCard(schemas.StatedFacts):
    """What is known of a cooperative: what it declares, what its documents show."""

    seat: str
    works_in: list[str]
    url: str
    competencies: list[CompetenceShown]
    documents: list[DocumentListed] = Field(description="The newest first.")
    total_documents: int
    generation: str


class OrganisationNamed(BaseModel):
    """A cooperative's part in a document."""

    id: str
    name: str
    role: Role
    url: str


class PassageRead(BaseModel):
    """A passage of a document."""

    headings: list[str]
    page: int | None
    text: str
    url: str


class DocumentText(BaseModel):
    """A document's data and some of its passages, in order."""

    id: str
    title: str
    kind: DocumentKind
    language: str
    date: str | None
    updated: datetime.date | None
    place: str
    client: str
    source: str
    fictional: bool
    organisations: list[OrganisationNamed]
    url: str
    resource: str
    passages: list[PassageRead]
    offset: int
    next_offset: int | None = Field(description="Where the next passages begin; null at the end.")
    generation: str


def resource_uri(document: str) -> str:
    """The address of a document as a resource; ids hold slashes, which a template cannot."""
    return RESOURCES + quote(document, safe="")


def search_result(answer: Answer, asked: SearchUrl, origin: str) -> SearchResult:
    """An answer for assistants.

    Args:
        answer: The answer.
        asked: The search as the page's address writes it.
        origin: The service's public address, which links begin with; empty without one.
    """
    widened = answer.widened

    def told(hits: tuple[OrganisationHit, ...]) -> list[CooperativeFound]:
        return [_cooperative(hit, origin) for hit in hits]

    return SearchResult(
        understood=schemas.query_out(answer.query).understood,
        nobody=answer.total == 0,
        total=answer.total,
        offset=answer.offset,
        documented=told(answer.documented),
        close=told(answer.close[:MAX_CLOSE]),
        elsewhere=told(answer.elsewhere),
        documents=[_document(hit, origin) for hit in answer.documents],
        widened=Widened(asked=widened.asked.label, searched=widened.searched.label)
        if widened
        else None,
        remote_only=answer.remote_only,
        web=origin + asked.url,
        generation=answer.generation,
    )


def cooperative_card(
    organisation: Organisation, generation: Generation, origin: str
) -> CooperativeCard:
    """All that is known of an organisation.

    Args:
        organisation: One of the generation's.
        generation: The index.
        origin: The service's public address, which links begin with; empty without one.
    """
    profile = organisation_profile(organisation, generation)
    roles = {
        document.id: link.role
        for document in generation.documents.values()
        for link in document.organisations
        if link.organisation == organisation.id
    }
    documents = newest_first(generation.documents[name] for name in roles)
    shaped = ("seat", "works_in", "competencies")  # in the card's own form
    facts = {key: value for key, value in facts_json(organisation).items() if key not in shaped}
    return CooperativeCard(
        **facts,
        id=organisation.id,
        name=organisation.name,
        fictional=organisation.fictional,
        seat=organisation.seat.label if organisation.seat else "",
        works_in=[place.label for place in organisation.works_in],
        url=origin + organisation_path(organisation.id),
        competencies=[_claim(claim, origin) for claim in (*profile.declared, *profile.undeclared)],
        documents=[
            DocumentListed(
                **_about(document, None, origin), id=document.id, role=roles[document.id]
            )
            for document in documents[:MAX_DOCUMENTS]
        ],
        total_documents=len(documents),
        generation=generation.id,
    )


def document_text(
    document: Document,
    passages: tuple[Passage, ...],
    generation: Generation,
    origin: str,
    *,
    offset: int,
    limit: int,
) -> DocumentText:
    """A document's data and some of its passages.

    Args:
        document: One of the generation's.
        passages: All its passages, in order.
        generation: The index.
        origin: The service's public address, which links begin with; empty without one.
        offset: How many passages are skipped.
        limit: How many passages are given at most.
    """
    end = offset + limit
    return DocumentText(
        **_about(document, None, origin),
        id=document.id,
        language=document.language,
        updated=document.updated,
        place=document.place.label if document.place else "",
        client=document.client,
        source=document.source,
        fictional=document.fictional,
        organisations=[
            OrganisationNamed(
                id=link.organisation,
                name=generation.organisations[link.organisation].name,
                role=link.role,
                url=origin + organisation_path(link.organisation),
            )
            for link in document.organisations
        ],
        passages=[
            PassageRead(
                headings=list(passage.headings),
                page=passage.page,
                text=passage.text,
                url=origin + passage_url(passage),
            )
            for passage in passages[offset:end]
        ],
        offset=offset,
        next_offset=end if end < len(passages) else None,
        generation=generation.id,
    )


def _cooperative(hit: OrganisationHit, origin: str) -> CooperativeFound:
    organisation = hit.organisation
    return CooperativeFound(
        id=organisation.id,
        name=organisation.name,
        seat=organisation.seat.label if organisation.seat else "",
        standing=hit.place_match,
        band=hit.band,
        why=why_out(hit),
        fictional=organisation.fictional,
        url=origin + organisation_path(organisation.id),
        evidence=[_shown(evidence, evidence.part, origin) for evidence in hit.evidence],
    )


def _claim(claim: Claim, origin: str) -> CompetenceShown:
    return CompetenceShown(
        name=claim.name.label,
        english=claim.name.english,
        proof=claim.proof,
        shown_by=[_shown(shown, Part.DOES, origin) for shown in claim.evidence[:MAX_SHOWN]],
    )


def _shown(shown: Evidence | CompetenceEvidence, role: Part, origin: str) -> EvidenceFound:
    document, passage = shown.document, shown.passage
    return EvidenceFound(
        **_about(document, passage, origin),
        text=passage.text if passage else "",
        proof=shown.proof,
        role=role,
        document=document.id,
        page=passage.page if passage else None,
    )


def _document(hit: DocumentHit, origin: str) -> DocumentFound:
    return DocumentFound(
        **_about(hit.document, hit.passage, origin),
        id=hit.document.id,
        fictional=hit.document.fictional,
        page=hit.passage.page,
        text=hit.passage.text,
    )


def _about(document: Document, passage: Passage | None, origin: str) -> dict[str, Any]:
    """What every mention of a document says of it; the link leads to the passage, if any."""
    path = passage_url(passage) if passage else document_path(document.id)
    return {
        "title": document.title,
        "kind": document.kind,
        "date": None if document.period is None else str(document.period),
        "url": origin + path,
        "resource": resource_uri(document.id),
    }
