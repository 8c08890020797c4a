"""Why a statement answers a question: the competence or words, and its sentence. Pure."""

from __future__ import annotations

import re

from indexer.vocabulary import Vocabulary
from search_service.domain import ConceptMatch, MatchReason, Why
from search_service.search.statements import StatementMatch
from search_service.search.topic import Topic

_ENDS = re.compile(r"[.!?…](?=\s)|\n")
_STARTS = re.compile(r"[\s•*–-]*")  # with the mark of a list item


def answered_by(match: StatementMatch, topic: Topic, vocabulary: Vocabulary, text: str) -> Why:
    """Why an organisation answers a topic: by what a statement says of it.

    Args:
        match: The statement, and what of the topic it covers.
        topic: What was asked.
        vocabulary: The competencies.
        text: Of the statement's passage.

    """
    one = match.statement
    concepts = tuple(_named(asked, one.concepts, vocabulary) for asked in match.concepts)
    naming = {
        word.text
        for word, names in zip(topic.words, topic.naming, strict=True)
        if not names.isdisjoint(match.concepts)
    }
    if not concepts:
        reason = MatchReason.WORDS
    elif all(c.named is c.asked for c in concepts):
        reason = MatchReason.SAME
    else:
        reason = MatchReason.NARROWER
    words = tuple(word for word in match.words if word not in naming)
    return Why(reason, one.part, concepts, words, *sentence_around(text, one.start, one.end))


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole sentence, or list item, that a stretch of a text stands in.

    Args:
        text: A passage.
        start: Where the stretch begins, in characters.
        end: Where it ends.

    """
    before = [found.end() for found in _ENDS.finditer(text, 0, start)]
    after = _ENDS.search(text, max(start, end - 1))
    marks = _STARTS.match(text, before[-1] if before else 0)
    return marks.end() if marks else start, after.end() if after else len(text)


def _named(asked: str, concepts: tuple[str, ...], vocabulary: Vocabulary) -> ConceptMatch:
    """The concept that was asked for, and by which of those that a statement names it is met."""
    within = vocabulary.within(asked)
    named = asked if asked in concepts else next(c for c in concepts if c in within)
    return ConceptMatch(vocabulary.concepts[asked], vocabulary.concepts[named])
