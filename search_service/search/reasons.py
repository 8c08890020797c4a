"""Why organisations are in an answer: the competence or words, and the sentence. Pure."""

from __future__ import annotations

from indexer.vocabulary import Vocabulary
from search_service.domain import ConceptMatch, Reason, Why
from search_service.search.statements import StatementMatch
from search_service.search.topic import Topic


def documented_by(match: StatementMatch, topic: Topic, vocabulary: Vocabulary) -> Why:
    """What a statement documents of a topic.

    Args:
        match: The statement, and what of the topic it covers.
        topic: What was asked.
        vocabulary: The competencies.

    """
    one = match.statement
    concepts = tuple(_named(asked, one.concepts, vocabulary) for asked in match.concepts)
    naming = {
        word.text
        for word, names in zip(topic.words, topic.naming, strict=True)
        if not names.isdisjoint(match.concepts)
    }
    if not concepts:
        reason = Reason.WORDS
    elif all(c.named is c.asked for c in concepts):
        reason = Reason.SAME
    else:
        reason = Reason.NARROWER
    words = tuple(word for word in match.words if word not in naming)
    return Why(reason, one.part, concepts, words, one.start, one.end)


def _named(asked: str, concepts: tuple[str, ...], vocabulary: Vocabulary) -> ConceptMatch:
    """The concept that was asked for, and by which of those that a statement names it is met."""
    within = vocabulary.within(asked)
    named = asked if asked in concepts else next(c for c in concepts if c in within)
    return ConceptMatch(vocabulary.concepts[asked], vocabulary.concepts[named])
