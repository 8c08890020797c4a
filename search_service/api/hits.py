"""What the JSON API says of one organisation or document that was found, and why. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from pydantic import BaseModel, Field

from indexer.domain import DocumentKind, Part, Period, Place
from indexer.vocabulary import Concept
from search_service import domain
from search_service.domain import Band, MatchReason, PlaceMatch, Proof
from search_service.presentation.urls import passage_url


class PlaceOut(BaseModel):
    """A place of ISTAT's list."""

    id: str = Field(examples=["comune:037006"])
    name: str = Field(examples=["Bologna"])
    label: str = Field(examples=["Bologna (BO)"])


class HighlightOut(BaseModel):
    """A word of ``text``, by its character offsets, and the question's words it answers."""

    start: int
    end: int
    words: list[str] = Field(examples=[["energy"]])
    exact: bool = Field(description="The same word or stem, or else one of the same meaning.")


class EvidenceOut(BaseModel):
    """A passage that supports an organisation, with where to open it."""

    passage: str = Field(examples=["profiles/bussoladati.md#0"])
    text: str
    highlights: list[HighlightOut]
    headings: list[str]
    page: int | None
    proof: Proof = Field(
        description="What it is worth. `corroborated`: somebody else's document says that the "
        "organisation did it; `mentioned`: it spoke of it, held the event or is only named there, "
        "which proves nothing."
    )
    role: Part = Field(description="What the passage says that the organisation did.")
    score: float
    document: str
    title: str
    kind: DocumentKind
    date: str | None
    url: str


class ConceptOut(BaseModel):
    """A competence of the vocabulary, with its labels."""

    id: str = Field(examples=["penetration-testing"])
    it: str = Field(examples=["penetration test"])
    en: str = Field(examples=["penetration testing"])


class ConceptMatchOut(BaseModel):
    """A competence by which an organisation answers."""

    named: ConceptOut = Field(description="What its documents name, or it declares.")
    asked: ConceptOut = Field(
        description="What was asked; the same, one that includes it, or one beside it (`nearby`)."
    )


class WhyOut(BaseModel):
    """Why an organisation is in an answer, so that people can check it."""

    reason: MatchReason = Field(
        description="Documented: by the `same` competence, a `narrower` one, the question's "
        "`words`; because it was `named`, or passes the `filters` where nothing else was asked. "
        "Close: it declares a competence `nearby`, or its evidence is near by `meaning`."
    )
    role: Part = Field(description="What the sentence says that the organisation did.")
    concepts: list[ConceptMatchOut]
    words: list[str] = Field(description="The question's words that answer, beside the concepts.")
    sentence: str = Field(description="Where the first passage of `evidence` says it; maybe empty.")
    passage: str = Field(description="That passage.")


class OrganisationHitOut(BaseModel):
    """An organisation of an answer."""

    id: str
    name: str
    rank: int
    score: float
    seat: PlaceOut | None
    standing: PlaceMatch | None
    confidence: float = Field(
        description="How near its evidence is, as a share of the nearest anywhere, from 0 to 1."
    )
    band: Band = Field(
        description="`documented`: a sentence that can be checked says that it does what was "
        "asked; `close`: it is near by meaning only, and may not do it."
    )
    why: WhyOut
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


def organisation_hit_out(hit: domain.OrganisationHit) -> OrganisationHitOut:
    """An organisation of an answer as JSON."""
    return OrganisationHitOut(
        id=hit.organisation.id,
        name=hit.organisation.name,
        rank=hit.rank,
        score=round(hit.score, 6),
        seat=maybe_place_out(hit.organisation.seat),
        standing=hit.place_match,
        confidence=round(hit.confidence, 4),
        band=hit.band,
        why=why_out(hit),
        fictional=hit.organisation.fictional,
        url=f"/organisations/{quote(hit.organisation.id)}",
        evidence=[_evidence(evidence) for evidence in hit.evidence],
    )


def document_hit_out(hit: domain.DocumentHit) -> DocumentHitOut:
    """A document's best passage as JSON."""
    return DocumentHitOut(
        document=hit.document.id,
        title=hit.document.title,
        kind=hit.document.kind,
        date=date_out(hit.document.period),
        rank=hit.rank,
        score=round(hit.score, 6),
        text=hit.passage.text,
        highlights=_highlights(hit.highlights),
        headings=list(hit.passage.headings),
        page=hit.passage.page,
        url=passage_url(hit.passage),
    )


def why_out(hit: domain.OrganisationHit) -> WhyOut:
    """Why an organisation is in an answer, as JSON."""
    why = hit.why
    return WhyOut(
        reason=why.reason,
        role=why.part,
        concepts=[
            ConceptMatchOut(named=_concept(match.named), asked=_concept(match.asked))
            for match in why.concepts
        ],
        words=list(why.words),
        sentence=hit.sentence,
        passage=hit.evidence[0].passage.id,
    )


def place_out(place: Place) -> PlaceOut:
    """A place as JSON."""
    return PlaceOut(id=place.id, name=place.name, label=place.label)


def maybe_place_out(place: Place | None) -> PlaceOut | None:
    """A place as JSON, if there is one."""
    return None if place is None else place_out(place)


def date_out(period: Period | None) -> str | None:
    """A span of time in ISO form, as far as it is known."""
    return None if period is None else str(period)


def _evidence(evidence: domain.Evidence) -> EvidenceOut:
    return EvidenceOut(
        passage=evidence.passage.id,
        text=evidence.passage.text,
        highlights=_highlights(evidence.highlights),
        headings=list(evidence.passage.headings),
        page=evidence.passage.page,
        proof=evidence.proof,
        role=evidence.part,
        score=round(evidence.score, 6),
        document=evidence.document.id,
        title=evidence.document.title,
        kind=evidence.document.kind,
        date=date_out(evidence.document.period),
        url=passage_url(evidence.passage),
    )


def _concept(concept: Concept) -> ConceptOut:
    return ConceptOut(id=concept.id, it=concept.it, en=concept.en)


def _highlights(marks: Iterable[domain.Highlight]) -> list[HighlightOut]:
    return [
        HighlightOut(start=m.start, end=m.end, words=list(m.words), exact=m.exact) for m in marks
    ]
