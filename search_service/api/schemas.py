"""What the JSON API says: one schema for each thing, made from the search's own types. Pure."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from indexer.domain import (
    Document,
    DocumentKind,
    Level,
    Organisation,
    Period,
    Place,
    Role,
)
from indexer.index.snapshot import Generation
from search_service import domain
from search_service.domain import FacetValue, PlaceMatch, Proof
from search_service.filters.passage_index import PassageIndex
from search_service.filters.registry import FILTERS, GROUPS, inventory
from search_service.insights.organisation_facts import facts_json
from search_service.observability.trace import stage
from search_service.presentation.labels import words_in
from search_service.presentation.languages import ITALIAN, LANGUAGES
from search_service.presentation.urls import passage_url
from search_service.query import wording
from search_service.query.narrower import NARROWER
from search_service.query.spelling import SPELLING
from search_service.search.explain import Explanation

Aspect = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [*(f.key for f in FILTERS), NARROWER, SPELLING]})
]


class PlaceOut(BaseModel):
    """A place of ISTAT's list."""

    id: str = Field(examples=["comune:037006"])
    name: str = Field(examples=["Bologna"])
    label: str = Field(examples=["Bologna (BO)"])


class UnderstoodOut(BaseModel):
    """Something understood of the question; ``off=KEY`` ignores it."""

    key: str = Field(examples=["place:regione:08"])
    aspect: Aspect = Field(examples=["place"])
    label: str = Field(examples=["Emilia-Romagna"])
    words: str = Field(examples=["in Emilia-Romagna"])
    note: str = Field(description="What else follows from it, in words; mostly empty.")


class QueryOut(BaseModel):
    """The question as it was understood."""

    question: str
    text: str = Field(description="What was matched, once the filters were taken out.")
    language: str
    understood: list[UnderstoodOut]


class HighlightOut(BaseModel):
    """A word of ``text``, by its character offsets, and the question's words it answers."""

    start: int
    end: int
    words: list[str] = Field(examples=[["energy"]])
    exact: bool = Field(description="The same word or stem, or else one of the same meaning.")


class EvidenceOut(BaseModel):
    """A passage that supports an organisation, with where to open it."""

    text: str
    highlights: list[HighlightOut]
    headings: list[str]
    page: int | None
    proof: Proof
    score: float
    document: str
    title: str
    kind: DocumentKind
    date: str | None
    url: str


class OrganisationHitOut(BaseModel):
    """An organisation of an answer."""

    id: str
    name: str
    rank: int
    score: float
    seat: PlaceOut | None
    standing: PlaceMatch | None
    confidence: float = Field(description="How likely it answers the question, from 0 to 1.")
    sure: bool = Field(description="False: its evidence may not answer the question.")
    fictional: bool
    url: str
    evidence: list[EvidenceOut]


class DocumentHitOut(BaseModel):
    """A document, or a passage, of an answer."""

    document: str
    title: str
    kind: DocumentKind
    date: str | None
    rank: int
    score: float
    text: str
    highlights: list[HighlightOut]
    headings: list[str]
    page: int | None
    url: str


class WideningOut(BaseModel):
    """Nobody was found in ``asked``: the answer is about ``searched``."""

    asked: PlaceOut
    searched: PlaceOut


class AnswerOut(BaseModel):
    """Cooperatives with evidence; an empty list means that nobody is documented."""

    query: QueryOut
    generation: str
    total: int
    offset: int
    total_documents: int
    organisations: list[OrganisationHitOut]
    documents: list[DocumentHitOut]
    unsure: list[OrganisationHitOut] = Field(
        description="The next best, whose evidence may not answer the question."
    )
    elsewhere: list[OrganisationHitOut] = Field(
        description="Where nobody is in the place asked for: who does it in other places."
    )
    remote_only: bool = Field(
        description="Nobody is in the place asked for: all who answer work at a distance."
    )
    widened: WideningOut | None
    facets: dict[str, tuple[FacetValue, ...]] = Field(
        description="What could be chosen next, and how many have it.",
        json_schema_extra={"required": [group.name for group, _ in GROUPS]},
    )
    explanation: Explanation | None = Field(description="With explain=true.")


class PassageAnswerOut(BaseModel):
    """Ranked passages, whichever organisation they are about."""

    query: QueryOut
    generation: str
    passages: list[DocumentHitOut]


class DocumentOut(BaseModel):
    """A document's metadata; ``original`` is where its file is served, if that may be seen."""

    id: str
    title: str
    kind: DocumentKind
    language: str
    date: str | None
    updated: datetime.date | None
    place: PlaceOut | None
    client: str
    source: str
    fictional: bool
    organisations: dict[str, Role]
    visibility: Level
    original: str | None


class StatedFacts(BaseModel):
    """What profiles state of an organisation, but for what assistants read in another form.

    Written out, because it is a contract: a test compares it with ORGANISATION_FACTS.
    """

    id: str
    name: str
    aliases: list[str]
    vat: str
    legal_form: str
    remote: bool
    sectors: list[str]
    certifications: list[str]
    members: int | None
    employees: int | None
    website: str
    contacts: list[str]
    fictional: bool


class OrganisationOut(StatedFacts):
    """An organisation and its documents."""

    seat: PlaceOut | None
    works_in: list[PlaceOut]
    competencies: list[str]
    documents: list[DocumentOut]


class FacetsOut(BaseModel):
    """By the name of a filter's group: how many there are of each value that the index holds."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, int]] = Field(init=False)

    generation: str


@stage("render")
def answer_out(answer: domain.Answer, explanation: Explanation | None = None) -> AnswerOut:
    """An answer as JSON."""
    widened = answer.widened
    return AnswerOut(
        query=query_out(answer.query),
        generation=answer.generation,
        total=answer.total,
        offset=answer.offset,
        total_documents=answer.total_documents,
        organisations=[_organisation_hit(hit) for hit in answer.organisations],
        documents=[document_hit_out(hit) for hit in answer.documents],
        unsure=[_organisation_hit(hit) for hit in answer.unsure],
        elsewhere=[_organisation_hit(hit) for hit in answer.elsewhere],
        remote_only=answer.remote_only,
        widened=WideningOut(asked=_place(widened.asked), searched=_place(widened.searched))
        if widened
        else None,
        facets=dict(answer.facets),
        explanation=explanation,
    )


def query_out(query: domain.Query) -> QueryOut:
    """A query as JSON, its labels in the question's language."""
    words = words_in(query.language if query.language in LANGUAGES else ITALIAN)
    return QueryOut(
        question=query.question,
        text=query.text,
        language=query.language,
        understood=[
            UnderstoodOut(
                key=u.key,
                aspect=u.aspect,
                label=wording.label(u, words),
                words=u.words,
                note=wording.note(u, query, words),
            )
            for u in query.understood
        ],
    )


def document_hit_out(hit: domain.DocumentHit) -> DocumentHitOut:
    """A document's best passage as JSON."""
    return DocumentHitOut(
        document=hit.document.id,
        title=hit.document.title,
        kind=hit.document.kind,
        date=_date(hit.document.period),
        rank=hit.rank,
        score=round(hit.score, 6),
        text=hit.passage.text,
        highlights=_highlights(hit.highlights),
        headings=list(hit.passage.headings),
        page=hit.passage.page,
        url=passage_url(hit.passage),
    )


def organisation_out(organisation: Organisation, generation: Generation) -> OrganisationOut:
    """An organisation, with the documents that name it, as JSON."""
    documents = [
        document_out(document)
        for document in generation.documents.values()
        if any(link.organisation == organisation.id for link in document.organisations)
    ]
    return OrganisationOut(
        id=organisation.id,
        name=organisation.name,
        **facts_json(organisation),
        fictional=organisation.fictional,
        documents=documents,
    )


def document_out(document: Document) -> DocumentOut:
    """A document's metadata as JSON."""
    return DocumentOut(
        id=document.id,
        title=document.title,
        kind=document.kind,
        language=document.language,
        date=_date(document.period),
        updated=document.updated,
        place=_maybe_place(document.place),
        client=document.client,
        source=document.source,
        fictional=document.fictional,
        organisations={link.organisation: link.role for link in document.organisations},
        visibility=document.visibility,
        original=f"/api/v1/documents/{quote(document.id)}/original"
        if document.content_hash
        else None,
    )


def facets_out(index: PassageIndex) -> FacetsOut:
    """Counts by value: organisations, and documents for kinds and years."""
    counts = {name: _counted(values) for name, values in inventory(index).items()}
    return FacetsOut(generation=index.generation.id, **counts)


def _organisation_hit(hit: domain.OrganisationHit) -> OrganisationHitOut:
    return OrganisationHitOut(
        id=hit.organisation.id,
        name=hit.organisation.name,
        rank=hit.rank,
        score=round(hit.score, 6),
        seat=_maybe_place(hit.organisation.seat),
        standing=hit.place_match,
        confidence=round(hit.confidence, 4),
        sure=hit.sure,
        fictional=hit.organisation.fictional,
        url=f"/organisations/{quote(hit.organisation.id)}",
        evidence=[_evidence(evidence) for evidence in hit.evidence],
    )


def _evidence(evidence: domain.Evidence) -> EvidenceOut:
    return EvidenceOut(
        text=evidence.passage.text,
        highlights=_highlights(evidence.highlights),
        headings=list(evidence.passage.headings),
        page=evidence.passage.page,
        proof=evidence.proof,
        score=round(evidence.score, 6),
        document=evidence.document.id,
        title=evidence.document.title,
        kind=evidence.document.kind,
        date=_date(evidence.document.period),
        url=passage_url(evidence.passage),
    )


def _highlights(marks: Iterable[domain.Highlight]) -> list[HighlightOut]:
    return [
        HighlightOut(start=m.start, end=m.end, words=list(m.words), exact=m.exact) for m in marks
    ]


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))


def _place(place: Place) -> PlaceOut:
    return PlaceOut(id=place.id, name=place.name, label=place.label)


def _maybe_place(place: Place | None) -> PlaceOut | None:
    return None if place is None else _place(place)


def _date(period: Period | None) -> str | None:
    return None if period is None else str(period)
