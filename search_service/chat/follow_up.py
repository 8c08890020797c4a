"""A follow-up refines the question before it: "e in Toscana?", "solo casi di studio".

The refined question is again a question in words ("accessibilità web" + "in Toscana"), so the page
that it links to shows what the chat shows, and reads like what a person would have asked; only the
kinds of document are chosen beside it, as on the page.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from indexer.domain import DocumentKind
from indexer.text.tokens import fold_same_length, words
from search_service.chat.foreign_places import is_abroad
from search_service.domain import Aspect, Query, RecognisedFilter
from search_service.errors import QueryError
from search_service.presentation.languages import ITALIAN
from search_service.presentation.urls import SearchUrl
from search_service.search.searcher import Searcher

_KEEP_SECONDS = 30 * 60.0
_KEEP = 10_000  # conversations; the one that was longest silent goes first
# What shows that a message goes on from the one before.
_JOINS = re.compile(
    r"(?:(?:e|ed|ma|invece|pero|allora|and|but|instead|then|what about|how about)(?:[ ,]+|$))+"
)
_ALSO = re.compile(r"(?:(?:anche|pure|also)(?!\w) *)+")
_BETWEEN_FILTERS = r"(?:(?:o|e|oppure|anche|pure|or|and|also)(?: |$)|[ ,;/])*"
_ONLY = re.compile(r"(?:(?:solo|soltanto|solamente|unicamente|only|just)(?!\w) *)+")
_OF_ITSELF = frozenset({Aspect.KIND, Aspect.ORGANISATION})  # "eventi", "Bussola": questions
_OF_THE_TEXT = frozenset({Aspect.SPELLING, Aspect.EXCLUSION})  # they go with the words they are of
_WHO = {ITALIAN: "che fanno", "en": "that do"}
# "E a Parigi?": what stands there is a place, if not one of ours.
_NEARBY = r"vicino ad?|nei (?:pressi|dintorni) di|dalle parti di|near(?: to)?|close to|around"
_PLACED = re.compile(
    rf"(?:(?P<near>{_NEARBY})|(?:ad?|da|at|in|ne(?:l|llo|lla|i|gli|lle)))"
    r" (?:the )?(?P<name>\S+(?: \S+){0,4})"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a conversation is about: a question, the kinds of document it was narrowed to, how many
    answers of it were shown before, and the language it goes on in.
    """

    question: str
    language: str
    kinds: tuple[str, ...] = ()
    offset: int = 0

    @property
    def asked(self) -> SearchUrl:
        """The same search on the page."""
        return SearchUrl(self.question, kinds=self.kinds)


@dataclass(frozen=True, slots=True)
class UnknownPlace:
    """A follow-up to a place that is not in Italy, or is none."""

    name: str


@dataclass(frozen=True, slots=True)
class Included:
    """A follow-up that widens to kinds of document that are included already."""

    kinds: tuple[DocumentKind, ...]


class Conversations:
    """The last turn of each conversation, in memory, for half an hour. Safe among threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._turns: OrderedDict[str, tuple[float, Turn, str]] = OrderedDict()
        self._late: OrderedDict[str, str] = OrderedDict()  # the last message whose reply was late
        self._lock = threading.Lock()

    def last(self, conversation: str) -> Turn | None:
        """The last turn, if it is not too old."""
        with self._lock:
            at, turn, _ = self._turns.get(conversation, (0.0, None, ""))
            return turn if turn and self._clock() - at < _KEEP_SECONDS else None

    def more(self, conversation: str, page: int) -> Turn | None:
        """The turn that shows the next ``page``: the last one again where nobody saw it."""
        last = self.last(conversation)
        with self._lock:
            _, _, event = self._turns.get(conversation, (0.0, None, ""))
            unseen = event and self._late.get(conversation) == event
        return last if last is None or unseen else replace(last, offset=last.offset + page)

    def late(self, conversation: str, event: str) -> None:
        """Remember that a message's reply, which may still be in the making, is not shown."""
        with self._lock:
            self._late[conversation] = event
            if len(self._late) > _KEEP:
                self._late.popitem(last=False)

    def keep(self, conversation: str, turn: Turn, event: str = "") -> None:
        """Remember a turn, made by a message, in the place of the one before."""
        with self._lock:
            now = self._clock()
            self._turns[conversation] = (now, turn, event)
            self._turns.move_to_end(conversation)
            while self._turns:
                oldest, (at, _, _) = next(iter(self._turns.items()))
                if len(self._turns) <= _KEEP and now - at < _KEEP_SECONDS:
                    return
                del self._turns[oldest]


def follow(
    text: str, last: Turn | None, language: str, searcher: Searcher
) -> Turn | UnknownPlace | Included:
    """The turn that a message, in a language, makes after the last one.

    A message goes on from the last where it is all filter ("in Toscana?", "solo casi di studio") or
    where it begins as what goes on begins ("e per i musei?"); any other is a new question.
    """
    new = Turn(text, language)
    if last is None:
        return new
    said = _heard(text)
    if not said.text:
        return new
    try:
        query = searcher.understand(said.text)
        before = searcher.understand(last.question, last.asked.choices)
    except QueryError:
        return new
    if place := _unknown_place(said, query, searcher):
        return UnknownPlace(place)
    if _is_all_filter(said, query):
        last = replace(last, language=language, offset=0)
        return _refined(last, before, said, query, searcher) or new
    if said.joins:
        kinds = () if Aspect.KIND in {item.aspect for item in query.understood} else last.kinds
        return Turn(_asked_of_the_same(before, query, said.text), language, kinds)
    return new


@dataclass(frozen=True, slots=True)
class _Heard:
    """A message without what joins it to the one before: how it begins, and the ``text`` left."""

    text: str
    joins: bool  # "e", "ma"
    only: bool  # "solo"
    also: bool  # "anche"

    @property
    def goes_on(self) -> bool:
        """Whether it says that it goes on from the message before."""
        return self.joins or self.only or self.also


def _heard(text: str) -> _Heard:
    text, found = text.strip(" ?!.…"), []
    for beginning in (_JOINS, _ONLY, _ALSO):
        match = beginning.match(fold_same_length(text))
        text = text[match.end() :] if match else text
        found.append(match is not None)
    return _Heard(text, *found)


def _unknown_place(said: _Heard, query: Query, searcher: Searcher) -> str:
    """What a message names as a place where it is none of ours; empty where it names none.

    Behind "vicino a" stands a place. Behind "a" and "in" may stand anything ("in legno", "in
    Java"): a place is what the world calls one, and a name of which no document says a word.
    """
    match = _PLACED.fullmatch(fold_same_length(said.text))
    if _filters(query):
        return ""
    if match is None:
        return said.text if said.joins and is_abroad(said.text) else ""
    name = said.text[match.start("name") :]
    is_name = name[0].isupper() and not name.isupper()
    strange = is_name and not any(searcher.generation.lexical.rows(w).size for w in words(name))
    near = match["near"] and (said.joins or is_name)
    return name if near or is_abroad(name) or strange else ""


def _is_all_filter(said: _Heard, query: Query) -> bool:
    """Whether nothing but filters is said: "tutte le cooperative di Pisa" asks for more, and
    "eventi nel 2025" may well be asked by itself, unless it is said to go on ("solo …").
    """
    filters = _filters(query)
    if said.goes_on:
        return bool(filters) and not query.text
    if not filters or any(item.aspect in _OF_ITSELF for item in filters):
        return False
    return _is_between(_without(said.text, filters))


def _refined(
    last: Turn, before: Query, said: _Heard, query: Query, searcher: Searcher
) -> Turn | Included | None:
    """The question before, with new filters in the place of its own of their kinds.

    Kinds of document are chosen, as on the page: then the place stays that of the cooperatives,
    where in "casi di studio a Milano" it is that of the documents. Others are put into words. Some
    are understood at the end of a question ("in Toscana"), some at its beginning ("cooperative
    sociali"): whichever way is; nothing where none is.
    """
    filters = _filters(query)
    kinds = tuple(item.value for item in filters if item.aspect is Aspect.KIND)
    if said.also and kinds and set(kinds) <= (before.kinds or set(DocumentKind)):
        filters = [item for item in filters if item.aspect is not Aspect.KIND]
        if not filters:
            return Included(tuple(map(DocumentKind, kinds)))
        kinds = ()
    new = set() if said.also else {item.aspect for item in filters}
    old = [item for item in _filters(before) if item.aspect in new]
    added = _without(said.text, [i for i in _filters(query) if i.aspect is Aspect.KIND])
    added = "" if _is_between(added) else added
    kept = [item.words for item in _filters(before) if item.aspect not in new]
    chosen = tuple(dict.fromkeys((*(last.kinds if said.also or not kinds else ()), *kinds)))
    for question in _put_together(before, old, added, kept, last.language):
        turn = replace(last, question=question, kinds=chosen)
        again = searcher.understand(question, turn.asked.choices)
        keys = {item.key for item in again.understood}
        if again.text == before.text and all(item.key in keys for item in filters):
            return turn
    return None


def _put_together(
    before: Query, old: list[RecognisedFilter], added: str, kept: list[str], language: str
) -> Iterator[str]:
    """The ways to say a question without some of its filters, and with words ``added``."""
    if not old and not added:
        yield before.question
    elif not added:
        yield _without(before.question, old)
        yield " ".join((before.text, *kept))
    else:
        yield f"{_without(before.question, old).rstrip(' ?!.,')} {added}"
        yield " ".join((added, _WHO[language], before.text, *kept))


def _asked_of_the_same(before: Query, said: Query, text: str) -> str:
    """A new question with the filters of the one before that it says nothing else about."""
    new = {item.aspect for item in _filters(said)}
    kept = [item.words for item in _filters(before) if item.aspect not in new]
    return " ".join((text, *kept))


def _filters(query: Query) -> list[RecognisedFilter]:
    return [u for u in query.understood if u.words and u.aspect not in _OF_THE_TEXT]


def _without(text: str, items: list[RecognisedFilter]) -> str:
    """The text without the words of what was understood."""
    for item in items:
        text = text.replace(item.words, " ", 1)
    return " ".join(text.split())


def _is_between(text: str) -> bool:
    """Whether a text is nothing but what stands between filters."""
    return re.fullmatch(_BETWEEN_FILTERS, fold_same_length(text)) is not None
