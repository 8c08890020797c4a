"""Which documents show a competence of an organisation, and what each proves. Pure.

A case study whose metadata names the competence shows it of its author or, of several, of those
who did that part or declare it as well. A text that says that an organisation did it shows it only
of organisations that also claim it, in their profile or through such a case study. A talk on it
shows nothing, nor does an event about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexer.domain import CARD, Document, Part, Passage
from indexer.index.snapshot import Generation
from search_service.domain import Proof
from search_service.filters.competencies import Competence
from search_service.filters.proving import proof_of
from search_service.filters.who_did_it import says, who_did_it
from search_service.insights.similar_organisations import rows_with

_CARD = (CARD,)  # its lists add no words of their own
_DOING = (Part.DOES, Part.SHARED)
_STRENGTH = (Proof.DEMONSTRATED, Proof.CORROBORATED, Proof.DECLARED)


@dataclass(frozen=True, slots=True)
class CompetenceEvidence:
    """A document that shows a competence of an organisation.

    ``passage`` contains its words; ``None`` if only the document's metadata names it.
    """

    document: Document
    proof: Proof
    passage: Passage | None


def evidence_of_competence(
    competence: Competence, generation: Generation
) -> Mapping[str, tuple[CompetenceEvidence, ...]]:
    """The evidence of everyone who claims the competence, by organisation id, sorted.

    Demonstrations first, then what others say, then its own words; each newest first. Empty for an
    organisation that only declares the competence.
    """
    named = who_did_it(competence, generation)
    claim = {*competence.declared, *(author for who in named.values() for author in who)}
    held: dict[tuple[str, str], Passage] = {}
    for organisation, passage in _saying(competence, generation):
        if organisation in claim and passage.headings != _CARD:
            held.setdefault((organisation, passage.document), passage)
    pairs = {*held, *((author, d) for d, who in named.items() for author in who)}
    found: dict[str, list[CompetenceEvidence]] = {
        organisation: [] for organisation in sorted(claim)
    }
    for organisation, name in pairs:
        document = generation.documents[name]
        proven = proof_of(document, generation.organisations[organisation])
        passed = held.get((organisation, name))
        found[organisation].append(CompetenceEvidence(document, proven, passed))
    return {organisation: tuple(strongest_first(shown)) for organisation, shown in found.items()}


def _saying(competence: Competence, generation: Generation) -> Iterator[tuple[str, Passage]]:
    """Who is said to do a competence, and by which passage, in the index's order.

    The statement names its concept, or a narrower one, or holds its words.
    """
    within = generation.linker.vocabulary.within(competence.concept)
    worded = frozenset().union(*(rows_with(name, generation) for name in competence.variants))
    named = {row for concept in within for row in generation.concept_rows.get(concept, ())}
    for row in sorted(worded | named):
        passage = generation.passages[row]
        for said in passage.statements:
            if said.part in _DOING and (
                not within.isdisjoint(said.concepts)
                or (row in worded and says(competence, said, passage))
            ):
                yield said.organisation, passage


def strongest_first(shown: Sequence[CompetenceEvidence]) -> list[CompetenceEvidence]:
    """Sorted by proof, then newest first; the undated last."""
    ordered = sorted(shown, key=lambda s: s.document.id)
    ordered.sort(key=lambda s: newest_day(s.document), reverse=True)
    return sorted(ordered, key=lambda s: _STRENGTH.index(s.proof))


def is_demonstrated(shown: Sequence[CompetenceEvidence]) -> bool:
    """Whether a dated job, or one for a client, shows it."""
    return any(s.proof is Proof.DEMONSTRATED for s in shown)


def newest_day(document: Document) -> str:
    """The last day of a document's date, in ISO form, to sort by; empty without a date."""
    period = document.period
    day = (period.end or period.start) if period else document.updated
    return str(day or "")
