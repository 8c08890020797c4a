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
    Role,
)
from indexer.index.snapshot import Generation
from search_service import domain
from search_service.api.hits import (
    DocumentHitOut,
    OrganisationHitOut,
    PlaceOut,
    date_out,
    document_hit_out,
    maybe_place_out,
    organisation_hit_out,
    place_out,
)
from search_service.domain import FacetValue, PlaceMatch
from search_service.filters.passage_index import PassageIndex
from search_service.filters.registry import FILTERS, GROUPS, inventory
from search_service.insights.organisation_facts import facts_json
from search_service.observability.trace import stage
from search_service.presentation.labels import words_in
from search_service.presentation.languages import ITALIAN, LANGUAGES
from search_service.query import wording
from search_service.query.narrower import NARROWER
from search_service.query.spelling import SPELLING
from search_service.search.explain import Explanation

Aspect = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [*(f.key for f in FILTERS), NARROWER, SPELLING]})
]


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


class WideningOut(BaseModel):
    """Nobody was found in ``asked``: the answer is about ``searched``."""

    asked: PlaceOut
    searched: PlaceOut


class AnswerOut(BaseModel):
    """Cooperatives with evidence; ``total`` 0 means that nobody is documented."""

    query: QueryOut
    generation: str
    total: int = Field(description="How many are documented, on all pages.")
    by_place: dict[PlaceMatch, int] = Field(
        description="Of `total`, how many are related to the place asked for in each way (a hit's"
        " `standing`), as pages count them; adds up to `total`, and is empty without a place."
    )
    offset: int
    total_documents: int
    documented: list[OrganisationHitOut] = Field(
        description="Those that a sentence says do what was asked, best first: one page of `total`."
    )
    close: list[OrganisationHitOut] = Field(
        description="The nearest of the others, who may not do it; at most `limit`, on the page"
        " that ends `documented` (the first where nobody is)."
    )
    documents: list[DocumentHitOut]
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
    contact_people: list[str]
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
        by_place=dict(answer.by_place),
        offset=answer.offset,
        total_documents=answer.total_documents,
        documented=[organisation_hit_out(hit) for hit in answer.documented],
        close=[organisation_hit_out(hit) for hit in answer.close],
        documents=[document_hit_out(hit) for hit in answer.documents],
        elsewhere=[organisation_hit_out(hit) for hit in answer.elsewhere],
        remote_only=answer.remote_only,
        widened=WideningOut(asked=place_out(widened.asked), searched=place_out(widened.searched))
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
        date=date_out(document.period),
        updated=document.updated,
        place=maybe_place_out(document.place),
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


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))
