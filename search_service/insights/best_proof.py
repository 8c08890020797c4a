"""The evidence that shows best why an organisation answers, and what to quote of each. Pure.

What documents an organisation is a statement, often the list of competencies in its own profile.
Where a work or somebody else's document says the same of it, that tells more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from indexer.domain import CARD, Part, Passage, Statement
from indexer.vocabulary import Vocabulary
from search_service.domain import (
    Band,
    ConceptMatch,
    Evidence,
    MatchReason,
    OrganisationHit,
    Proof,
    Why,
)
from search_service.insights.competence_evidence import newest_day
from search_service.search.highlight import reading_start
from search_service.search.reasons import sentence_around

_STRENGTH = (Proof.MENTIONED, Proof.DECLARED, Proof.CORROBORATED, Proof.DEMONSTRATED)
_SENTENCE = 4  # words: fewer are a title


def is_metadata(passage: Passage) -> bool:
    """Whether a passage is a document's fields: a list, and nothing to quote."""
    return passage.headings == (CARD,)


def with_best_proof(
    hit: OrganisationHit, vocabulary: Vocabulary, own_names_only: frozenset[str]
) -> OrganisationHit:
    """The organisation with what tells most as its first evidence, and the reason that follows.

    Only what names the same competencies takes the place of what documents it; what it says of
    itself elsewhere must be by the same names. One that is close by meaning shows a text rather
    than fields.

    Args:
        hit: The organisation.
        vocabulary: The competencies.
        own_names_only: The concepts that nothing narrower counts for: there the evidence stays.
    """
    why = hit.why
    if hit.band is Band.DOCUMENTED:
        asked = [match.asked.id for match in why.concepts]
        if why.words or not asked or not own_names_only.isdisjoint(asked):
            return hit
        found = max(_naming(hit, vocabulary), key=_tells, default=None)
        return hit if found is None else _led_by(hit, found, vocabulary)
    if why.reason is MatchReason.MEANING and is_metadata(hit.evidence[0].passage):
        told = next((e for e in hit.evidence[1:] if not is_metadata(e.passage)), None)
        if told is not None:
            start, end = quoted(told, hit.organisation.id)
            return _first(hit, told, replace(why, part=told.part, start=start, end=end))
    return hit


def quoted(evidence: Evidence, organisation: str) -> tuple[int, int]:
    """The sentence of a passage that answers most words of the question: where it begins and ends.

    Of those that speak of the organisation, where any does; nothing of a document's fields.

    Args:
        evidence: The passage, with its highlights.
        organisation: The id of whom it is evidence for.
    """
    passage = evidence.passage
    if is_metadata(passage):
        return 0, 0
    spans = [
        sentence_around(passage.text, one.start, one.end)
        for one in passage.statements
        if one.organisation == organisation
    ]
    if not spans:
        start = reading_start(passage.text, evidence.highlights)
        return sentence_around(passage.text, start, start + 1)

    def answered(span: tuple[int, int]) -> int:
        marks = (m for m in evidence.highlights if span[0] <= m.start and m.end <= span[1])
        return len({word for mark in marks for word in mark.words})

    return max(spans, key=answered)


@dataclass(frozen=True, slots=True)
class _Found:
    """A piece of evidence whose statement names all the competencies asked for."""

    evidence: Evidence
    statement: Statement


def _naming(hit: OrganisationHit, vocabulary: Vocabulary) -> Iterator[_Found]:
    within = [vocabulary.within(match.asked.id) for match in hit.why.concepts]
    same = [frozenset({match.asked.id, match.named.id}) for match in hit.why.concepts]
    for evidence in hit.evidence:
        wanted = same if evidence.proof is Proof.DECLARED else within
        for one in evidence.passage.statements:
            mine = one.organisation == hit.organisation.id and one.part is Part.DOES
            if mine and all(not ids.isdisjoint(one.concepts) for ids in wanted):
                yield _Found(evidence, one)


def _tells(found: _Found) -> tuple[int, bool, str, bool, int]:
    evidence, one = found.evidence, found.statement
    strength, day = _STRENGTH.index(evidence.proof), newest_day(evidence.document)
    is_sentence = len(evidence.passage.text[one.start : one.end].split()) >= _SENTENCE
    marked = sum(one.start <= m.start and m.end <= one.end for m in evidence.highlights)
    return strength, not is_metadata(evidence.passage), day, is_sentence, marked


def _led_by(hit: OrganisationHit, found: _Found, vocabulary: Vocabulary) -> OrganisationHit:
    one, passage = found.statement, found.evidence.passage
    concepts = tuple(_named(match, one, vocabulary) for match in hit.why.concepts)
    same = all(match.named == match.asked for match in concepts)
    why = Why(
        MatchReason.SAME if same else MatchReason.NARROWER,
        one.part,
        concepts,
        (),
        *sentence_around(passage.text, one.start, one.end),
    )
    return _first(hit, found.evidence, why)


def _first(hit: OrganisationHit, best: Evidence, why: Why) -> OrganisationHit:
    others = tuple(e for e in hit.evidence if e.row != best.row)
    return replace(hit, evidence=(best, *others), why=why)


def _named(match: ConceptMatch, one: Statement, vocabulary: Vocabulary) -> ConceptMatch:
    """By which of the competencies that a statement names the one asked for is met."""
    if match.asked.id in one.concepts:
        return ConceptMatch(match.asked, match.asked)
    within = vocabulary.within(match.asked.id)
    named = next(concept for concept in one.concepts if concept in within)
    return ConceptMatch(match.asked, vocabulary.concepts[named])
