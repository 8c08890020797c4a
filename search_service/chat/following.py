"""A follow-up refines the question before it: "e in Toscana?", "solo casi di studio", "altri".

The refined question is again a question in words ("accessibilità web" + "in Toscana"), so the page
that it links to shows what the chat shows, and reads like what a person would have asked.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace

from search_service.errors import QueryError
from search_service.languages import ITALIAN
from search_service.model import Aspect, Query, Understood
from search_service.periods import fold_in_place
from search_service.searcher import Searcher

_KEEP_SECONDS = 30 * 60.0
_KEEP = 10_000  # conversations; the one that was longest silent goes first
_MORE = re.compile(
    r"(?:(?:e|ed|and) )?(?:(?:ce ne sono|fammi vedere|mostrami|show me|any|are there any) )?"
    r"(?:(?:gli|le|the) )?(?:altr[ie]|ancora|avanti|continua|di piu|more|others|next|go on)"
)
# What shows that a message goes on from the one before.
_JOINS = re.compile(
    r"(?:(?:e|ed|ma|invece|pero|allora|and|but|instead|then|what about|how about)(?:[ ,]+|$))+"
)
_ALSO = re.compile(r"(?:(?:anche|pure|also)(?!\w) *)+")
_BETWEEN_FILTERS = r"(?:(?:o|e|oppure|anche|pure|or|and|also)(?: |$)|[ ,;/])*"
_ONLY = re.compile(r"(?:(?:solo|soltanto|solamente|unicamente|only|just)(?!\w) *)+")
_OF_ITSELF = frozenset({Aspect.KIND, Aspect.ORGANISATION})  # "eventi", "Bussola": questions
_OF_THE_TEXT = frozenset({Aspect.SPELLING, Aspect.EXCLUSION})  # they go with the words they are of


@dataclass(frozen=True, slots=True)
class Turn:
    """What a conversation is about: a question and how many answers of it were shown before."""

    question: str
    offset: int = 0


class Conversations:
    """The last turn of each conversation, in memory, for half an hour. Safe among threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._turns: OrderedDict[str, tuple[float, Turn]] = OrderedDict()
        self._lock = threading.Lock()

    def last(self, conversation: str) -> Turn | None:
        """The last turn, if it is not too old."""
        with self._lock:
            at, turn = self._turns.get(conversation, (0.0, None))
            return turn if turn and self._clock() - at < _KEEP_SECONDS else None

    def keep(self, conversation: str, turn: Turn) -> None:
        """Remember a turn in the place of the one before."""
        with self._lock:
            now = self._clock()
            self._turns[conversation] = (now, turn)
            self._turns.move_to_end(conversation)
            while self._turns:
                oldest, (at, _) = next(iter(self._turns.items()))
                if len(self._turns) <= _KEEP and now - at < _KEEP_SECONDS:
                    return
                del self._turns[oldest]


def follow(text: str, last: Turn | None, page: int, searcher: Searcher) -> Turn:
    """The turn that a message makes after the last one; ``page`` is how many a reply shows.

    A message goes on from the last where it asks for more, where it is all filter ("in Toscana?",
    "solo casi di studio") or where it begins as what goes on begins ("e per i musei?"); any other
    is a new question.
    """
    if last is None:
        return Turn(text)
    bare = text.strip(" ?!.…")
    folded = fold_in_place(bare)
    if _MORE.fullmatch(folded):
        return replace(last, offset=last.offset + page)
    joins = _JOINS.match(folded)
    rest = bare[joins.end() :] if joins else bare
    only = _ONLY.match(fold_in_place(rest))
    rest = rest[only.end() :] if only else rest
    if not rest:
        return Turn(text)
    try:
        said, before = searcher.understand(rest), searcher.understand(last.question)
    except QueryError:
        return Turn(text)
    goes_on = bool(joins or only)
    if _is_all_filter(rest, said, goes_on):
        return Turn(_refined(before, said, rest, searcher) or text)
    if joins:
        return Turn(_asked_of_the_same(before, said, rest))
    return Turn(text)


def _is_all_filter(text: str, said: Query, goes_on: bool) -> bool:
    """Whether nothing but filters is said: "tutte le cooperative di Pisa" asks for more, and
    "eventi nel 2025" may well be asked by itself, unless it is said to go on ("solo …").
    """
    filters = _filters(said)
    if goes_on:
        return bool(filters) and not said.text
    if not filters or any(item.aspect in _OF_ITSELF for item in filters):
        return False
    return re.fullmatch(_BETWEEN_FILTERS, fold_in_place(_without(text, filters))) is not None


def _refined(before: Query, said: Query, text: str, searcher: Searcher) -> str:
    """The question before, with new filters in the place of its own of their kinds.

    Some are understood at the end of a question ("in Toscana"), some at its beginning ("eventi",
    "cooperative sociali"): whichever way is; empty where none is.
    """
    also = _ALSO.match(fold_in_place(text))
    new = {item.aspect for item in _filters(said)} if not also else set()
    text = text[also.end() :] if also else text
    old = [item for item in _filters(before) if item.aspect in new]
    kept = " ".join(item.words for item in _filters(before) if item.aspect not in new)
    who = "che fanno" if before.language == ITALIAN else "that do"
    for question in (
        f"{_without(before.question, old).rstrip(' ?!.,')} {text}",
        f"{text} {who} {before.text} {kept}".rstrip(),
    ):
        query = searcher.understand(question)
        keys = {item.key for item in query.understood}
        if query.text == before.text and all(item.key in keys for item in _filters(said)):
            return question
    return ""


def _asked_of_the_same(before: Query, said: Query, text: str) -> str:
    """A new question with the filters of the one before that it says nothing else about."""
    new = {item.aspect for item in _filters(said)}
    kept = [item.words for item in _filters(before) if item.aspect not in new]
    return " ".join((text, *kept))


def _filters(query: Query) -> list[Understood]:
    return [u for u in query.understood if u.words and u.aspect not in _OF_THE_TEXT]


def _without(text: str, items: list[Understood]) -> str:
    """The text without the words of what was understood."""
    for item in items:
        text = text.replace(item.words, " ", 1)
    return " ".join(text.split())
