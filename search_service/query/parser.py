"""From free text to a Query: the filters recognised in it, and the words left to match. Pure."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from indexer.text.tokens import fold_same_length
from search_service.domain import (
    MAX_LENGTH,
    ExplicitFilters,
    Mention,
    Query,
    RecognisedFilter,
)
from search_service.errors import QueryError, QueryProblem
from search_service.filters.base import FoldedQuestion
from search_service.filters.index_vocabulary import IndexVocabulary
from search_service.filters.organisation import name_mentions
from search_service.filters.registry import FILTERS, TURNS, AnyFilter, filter_of
from search_service.filters.stop_phrases import content
from search_service.filters.tidying import tidied
from search_service.query.language import language_of_question
from search_service.query.long_text import asked
from search_service.query.spelling import SPELLING, QuestionSpeller, corrected, spellings


def parse_query(
    question: str,
    vocabulary: IndexVocabulary,
    explicit: ExplicitFilters = ExplicitFilters(),  # noqa: B008 - frozen
    *,
    speller: QuestionSpeller | None = None,
    today: date | None = None,
) -> Query:
    """Understand a question; of a long text, only what it asks.

    A filter that is switched off does nothing. Its words are not matched either, unless they are
    the whole question, or an organisation's name or a spelling, which may well be meant as text.

    Args:
        question: As it was asked, in Italian or English.
        vocabulary: What the index knows: inside an organisation's name nothing is a place.
        explicit: The filters that were chosen, and what of the question to ignore.
        speller: Corrects misspelt words; ``None`` corrects nothing.
        today: The day from which "last year" counts.

    Returns:
        The conditions of the filters, what was recognised, and the text to match.

    Raises:
        QueryError: There is no question, or a chosen value means nothing.

    """
    question = unicodedata.normalize("NFC", " ".join(question.split()))
    if len(question) > MAX_LENGTH:
        raise QueryError(
            f"The question has {len(question)} characters; at most {MAX_LENGTH} are read.",
            remedy="Ask in a sentence or two.",
            problem=QueryProblem.TOO_LONG,
            n=MAX_LENGTH,
        )
    text, may_filter = asked(question)
    read = _Reading(text)
    if may_filter:
        read = _read(text, vocabulary, explicit, today or date.today())
    chosen = {f.key: f.chosen(explicit, vocabulary) for f in FILTERS}
    filtered = bool(read.found) or any(chosen.values())
    if not question and not filtered:
        raise QueryError(
            "The question is empty.",
            remedy="Write what you are looking for.",
            problem=QueryProblem.EMPTY,
        )
    held = {f.key: f.settle(read.said[f.key], chosen[f.key]) for f in FILTERS}
    text, language = read.text(filtered), language_of_question(question)
    only = [f for f in FILTERS if held[f.key]]
    if not text and len(only) == 1 and not any(chosen.values()):
        held[only[0].key] = only[0].alone(held[only[0].key], fold_same_length(question))
    misspelt = [
        mention
        for mention in spellings(text, language, speller)
        if SPELLING not in explicit.off and mention.understood.key not in explicit.off
    ]
    conditions = {f.key: f.condition(held[f.key], vocabulary) for f in FILTERS if held[f.key]}
    return Query(
        question=question,
        text=corrected(text, misspelt),
        language=language,
        conditions=conditions,
        understood=(*(i for items in held.values() for i in items), *_once(misspelt)),
    )


@dataclass(slots=True)
class _Reading:
    """What is recognised in a question: filters, and what is switched off."""

    question: str
    found: list[Mention] = field(default_factory=list)
    silenced: list[Mention] = field(default_factory=list)
    said: dict[str, list[RecognisedFilter]] = field(default_factory=lambda: defaultdict(list))

    def text(self, filtered: bool) -> str:
        """The words left to match; may be empty if the question is ``filtered``."""
        spans = [(mention.start, mention.end) for mention in (*self.found, *self.silenced)]
        matched = tidied(self.question, spans)
        return content(matched or ("" if filtered else self.question), may_be_empty=filtered)

    def take(self, recognised_by: AnyFilter, mention: Mention, explicit: ExplicitFilters) -> None:
        """Take what a filter has recognised, unless it is switched off."""
        item = mention.understood
        if not _is_off(item, explicit):
            self.found.append(mention)
            self.said[item.aspect].append(item)
        elif not recognised_by.ignored_words_match or item.aspect != recognised_by.key:
            self.silenced.append(mention)


def _read(
    question: str, vocabulary: IndexVocabulary, explicit: ExplicitFilters, today: date
) -> _Reading:
    """Let the filters read a question, turn by turn; what came first keeps its words.

    Args:
        question: The question, in normal form.
        vocabulary: What the index knows.
        explicit: What is switched off: its words are taken, but it does nothing.
        today: The day from which "last year" counts.

    """
    read, folded = _Reading(question), fold_same_length(question)
    names = name_mentions(question, folded, vocabulary)
    for turn in TURNS:
        heard = FoldedQuestion(question, folded, vocabulary, today, names, tuple(read.found))
        taken = heard.taken
        for one in turn:
            for mention in one.recognise(heard):
                if not _overlaps(mention, taken):
                    taken.append((mention.start, mention.end))
                    read.take(one, mention, explicit)
    return read


def _overlaps(mention: Mention, taken: Sequence[tuple[int, int]]) -> bool:
    return any(start < mention.end and mention.start < end for start, end in taken)


def _is_off(item: RecognisedFilter, explicit: ExplicitFilters) -> bool:
    found = filter_of(item.aspect)
    return found is not None and found.is_off(item, explicit)


def _once(mentions: Sequence[Mention]) -> list[RecognisedFilter]:
    """The recognised filters, each key once."""
    return list({m.understood.key: m.understood for m in mentions}.values())
