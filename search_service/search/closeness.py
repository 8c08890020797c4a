"""Why organisations come close: the sentence that is nearest, and what they declare nearby."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from indexer.domain import Encoded, Part, Passage, Statement, Vectors
from indexer.index.late_interaction import vector_of_token
from indexer.index.snapshot import Generation
from indexer.vocabulary import Vocabulary
from search_service.domain import (
    Band,
    ConceptMatch,
    MatchReason,
    OrganisationHit,
    Proof,
    Why,
)
from search_service.search.calibration import Calibration
from search_service.search.reasons import answered_by, sentence_around
from search_service.search.statements import DENYING, StatementIndex, StatementMatch
from search_service.search.topic import Topic, topic_of

Spans = Sequence[tuple[int, int]]
# What has more competencies right under it is a whole trade, and they are not near one another:
# of the project's own vocabulary "servizi informatici" has 34, the next 9.
_TRADE = 12


class Closeness:
    """Says why organisations are close."""

    def __init__(
        self,
        generation: Generation,
        statements: StatementIndex,
        calibration: Calibration,
        encode: Callable[[str], Encoded],
        passage_spans: Callable[[str], Spans],
    ) -> None:
        """Prepare a generation.

        Args:
            generation: The index.
            statements: What its organisations say that they do.
            calibration: How much of a question a talk must cover to be on its subject.
            encode: What the embedding model makes of a question.
            passage_spans: The character offsets of a passage's tokens.

        """
        self._generation = generation
        self._statements = statements
        self._calibration = calibration
        self._linker = generation.linker
        self._encode = encode
        self._passage_spans = passage_spans

    def of(self, hits: Sequence[OrganisationHit], text: str) -> tuple[OrganisationHit, ...]:
        """The organisations in the band of the close, each with why it is near a text."""
        topic = topic_of(text, self._linker)
        vocabulary = self._linker.vocabulary
        nearby = {near: one for one in topic.concepts for near in beside(one, vocabulary)}
        declared = self._statements.declared({hit.organisation.id for hit in hits}, nearby)
        talks = self._talks(topic, hits)
        nearest = self._nearest(hits, text)
        found = []
        for hit in hits:
            name = hit.organisation.id
            talk = next((talks[e.row, name] for e in hit.evidence if (e.row, name) in talks), None)
            if talk:  # on the subject itself: weak evidence, and shown as such
                best = sorted(hit.evidence, key=lambda e: e.row != talk.row)
                why = answered_by(talk, topic, vocabulary, best[0].passage.text)
                found.append(replace(hit, band=Band.CLOSE, why=why, evidence=tuple(best)))
                continue
            why = self._by_meaning(hit, nearest.get(name))
            for concept in declared.get(name, ())[:1]:
                pair = (vocabulary.concepts[nearby[concept]], vocabulary.concepts[concept])
                why = replace(why, reason=MatchReason.NEARBY, concepts=(ConceptMatch(*pair),))
            found.append(replace(hit, band=Band.CLOSE, why=why))
        return tuple(found)

    def _talks(
        self, topic: Topic, hits: Sequence[OrganisationHit]
    ) -> dict[tuple[int, str], StatementMatch]:
        """By passage and organisation: what they said on a topic at events."""
        if all(e.part is not Part.SPEAKS for hit in hits for e in hit.evidence):
            return {}
        return {
            (match.row, match.statement.organisation): match
            for match in self._statements.matches(topic, frozenset({Part.SPEAKS}))
            if match.complete or match.coverage >= self._calibration.least_coverage
        }

    def _by_meaning(self, hit: OrganisationHit, nearest: Statement | None) -> Why:
        """The nearest sentence of an organisation's best evidence."""
        best = hit.evidence[0]
        if nearest is None:
            return Why(MatchReason.MEANING, best.part)
        start, end = sentence_around(best.passage.text, nearest.start, nearest.end)
        part = best.part if best.proof is Proof.MENTIONED else nearest.part
        return Why(MatchReason.MEANING, part, start=start, end=end)

    def _nearest(self, hits: Sequence[OrganisationHit], text: str) -> dict[str, Statement]:
        """Of each organisation's best passage the sentence that is nearest to a text, if any.

        Near by late interaction, as passages are: each token's best cosine in the sentence.
        """
        said = {hit.organisation.id: _said(hit) for hit in hits}
        several = [hit for hit in hits if len(said[hit.organisation.id]) > 1]
        rows = dict.fromkeys(hit.evidence[0].row for hit in several)
        tables = self._generation.tokens.similarities(self._encode(text).tokens, [*rows])
        cosines = dict(zip(rows, tables, strict=True))
        nearest = {name: statements[0] for name, statements in said.items() if statements}
        for hit in several:
            nearness = self._nearness(hit.evidence[0].passage, cosines[hit.evidence[0].row])
            nearest[hit.organisation.id] = max(said[hit.organisation.id], key=nearness)
        return nearest

    def _nearness(self, passage: Passage, cosines: Vectors) -> Callable[[Statement], float]:
        """Says how near a statement of a passage is, whose vectors have cosines with a question."""
        spans = self._passage_spans(passage.embedded_text)
        before = len(passage.embedded_text) - len(passage.text)
        vectors = vector_of_token(len(spans)).clip(max=len(cosines) - 1)

        def nearness(one: Statement) -> float:
            start, end = one.start + before, one.end + before
            inside = [n for n, (a, b) in enumerate(spans) if a < end and b > start]
            return float(cosines[vectors[inside]].max(axis=0).mean()) if inside else 0.0

        return nearness


def _said(hit: OrganisationHit) -> list[Statement]:
    """What an organisation's best passage says of it, but for denials."""
    return [
        s
        for s in hit.evidence[0].passage.statements
        if s.organisation == hit.organisation.id and s.part not in DENYING
    ]


def beside(concept: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The competencies beside one: of the same broader one, broader, then those taken for it.

    Those within it are not among them: who does one of these does it.
    """
    one, within = vocabulary.concepts[concept], vocabulary.within(concept)
    others = vocabulary.concepts.values()
    parts = {b: [c.id for c in others if b in c.broader] for b in one.broader}
    near = [b for b in one.broader if len(parts[b]) <= _TRADE]
    found = (
        *(other for b in near for other in parts[b]),
        *near,
        *one.related,
        *(c.id for c in others if concept in c.related),
    )
    yield from (other for other in dict.fromkeys(found) if other not in within)
