"""Who would be documented if a question had one word less."""

from __future__ import annotations

from dataclasses import dataclass

from search_service.domain import ExplicitFilters, Query
from search_service.errors import QueryError
from search_service.query.fewer_words import without_word
from search_service.search.searcher import Searcher
from search_service.search.topic import topic_of

MAX_WORDS = 6  # of a question are tried: each costs as much as a search


@dataclass(frozen=True, slots=True)
class OneWordOff:
    """A question without one of its words, and how many it documents: at least one."""

    word: str
    question: str
    count: int


def one_word_off(
    searcher: Searcher, query: Query, explicit: ExplicitFilters
) -> tuple[OneWordOff, ...]:
    """The questions with one content word less that document somebody, most first.

    Args:
        searcher: Searches the index.
        query: The question, which documents nobody.
        explicit: What was chosen beside it.
    """
    words = topic_of(query.text, searcher.generation.linker).words if query.text else ()
    distinct = list(dict.fromkeys(word.text for word in words))
    found = []
    for word in distinct[:MAX_WORDS] if len(distinct) > 1 else ():
        asked = without_word(query.question, word)
        try:
            fewer = searcher.understand(asked, explicit)
        except QueryError:  # there was nothing else
            continue
        # Without the word it may mean another filter, or nothing at all.
        other = fewer.text and fewer.text != query.text and fewer.conditions == query.conditions
        if other and (count := searcher.count(fewer)):
            found.append(OneWordOff(word, asked, count))
    return tuple(sorted(found, key=lambda one: -one.count))
