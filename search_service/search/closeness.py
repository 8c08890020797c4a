"""Why organisations come close: the sentence that is nearest, and what they declare nearby."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from indexer.domain import Encoded, Statement
from indexer.index.late_interaction import vector_of_token
from indexer.index.snapshot import Generation
from indexer.vocabulary import Vocabulary
from search_service.domain import (
    Band,
    ConceptMatch,
    Evidence,
    OrganisationHit,
    Reason,
    Why,
)
from search_service.search.statements import DENYING, StatementIndex
from search_service.search.topic import topic_of

Spans = Sequence[tuple[int, int]]


class Closeness:
    """Says why organisations are close."""

    def __init__(
        self,
        generation: Generation,
        statements: StatementIndex,
        encode: Callable[[str], Encoded],
        passage_spans: Callable[[str], Spans],
    ) -> None:
        """Prepare a generation.

        Args:
            generation: The index.
            statements: What its organisations declare.
            encode: What the embedding model makes of a question.
            passage_spans: The character offsets of a passage's tokens.

        """
        self._generation = generation
        self._statements = statements
        self._linker = generation.linker
        self._encode = encode
        self._passage_spans = passage_spans

    def of(self, hits: Sequence[OrganisationHit], text: str) -> tuple[OrganisationHit, ...]:
        """The organisations in the band of the close, each with why it is near a text."""
        vocabulary = self._linker.vocabulary
        asked = topic_of(text, self._linker).concepts
        nearby = {near: one for one in asked for near in beside(one, vocabulary)}
        declared = self._statements.declared({hit.organisation.id for hit in hits}, nearby)
        found = []
        for hit in hits:
            one = self._nearest(hit.evidence[0], hit.organisation.id, text)
            said = Why(Reason.MEANING, hit.evidence[0].part)
            why = replace(said, part=one.part, start=one.start, end=one.end) if one else said
            for concept in declared.get(hit.organisation.id, ())[:1]:
                concepts = vocabulary.concepts
                match = ConceptMatch(concepts[nearby[concept]], concepts[concept])
                why = replace(why, reason=Reason.NEARBY, concepts=(match,))
            found.append(replace(hit, band=Band.CLOSE, why=why))
        return tuple(found)

    def _nearest(self, evidence: Evidence, organisation: str, text: str) -> Statement | None:
        """The sentence of a passage, of an organisation, that is nearest to a text.

        Near by late interaction, as passages are: each token's best cosine in the sentence.
        """
        passage, asked = evidence.passage, self._encode(text)
        said = [
            s
            for s in passage.statements
            if s.organisation == organisation and s.part not in DENYING
        ]
        if len(said) < 2:
            return said[0] if said else None
        spans = self._passage_spans(passage.embedded_text)
        cosines = self._generation.tokens.similarities(asked.tokens, evidence.row)
        before = len(passage.embedded_text) - len(passage.text)
        vectors = vector_of_token(len(spans)).clip(max=len(cosines) - 1)

        def nearness(one: Statement) -> float:
            start, end = one.start + before, one.end + before
            inside = [n for n, (a, b) in enumerate(spans) if a < end and b > start]
            return float(cosines[vectors[inside]].max(axis=0).mean()) if inside else 0.0

        return max(said, key=nearness)


def beside(concept: str, vocabulary: Vocabulary) -> Iterator[str]:
    """The competencies beside one, the nearest first: related, of the same broader one, broader.

    Those within it are not among them: who does one of these does it.
    """
    one, within = vocabulary.concepts[concept], vocabulary.within(concept)
    others = vocabulary.concepts.values()
    near = (
        *one.related,
        *(c.id for c in others if concept in c.related),
        *(c.id for c in others if not set(c.broader).isdisjoint(one.broader)),
        *one.broader,
    )
    yield from (other for other in dict.fromkeys(near) if other not in within)
