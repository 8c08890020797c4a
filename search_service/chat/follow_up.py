"""A follow-up refines the question before it: "e in Toscana?", "solo casi di studio".

The refined question is again a question in words ("accessibilità web" + "in Toscana"), so the page
that it links to shows what the chat shows, and reads like a person's question. Only the kinds of
document are chosen filters, as on the page.
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
from search_service.domain import ExplicitFilters, Query, RecognisedFilter
from search_service.errors import QueryError
from search_service.filters.kind import KIND, kinds_of
from search_service.filters.registry import filter_of
from search_service.filters.search_url import SearchUrl
from search_service.presentation.languages import ITALIAN
from search_service.search.searcher import Searcher

_KEEP_SECONDS = 30 * 60.0
_KEEP = 10_000  # conversations; the longest idle is dropped first
# Beginnings that mark a message as a follow-up.
_JOINS = re.compile(
    r"(?:(?:e|ed|ma|invece|pero|allora|and|but|instead|then|what about|how about)(?:[ ,]+|$))+"
)
_ALSO = re.compile(r"(?:(?:anche|pure|also)(?!\w) *)+")
_BETWEEN_FILTERS = r"(?:(?:o|e|oppure|anche|pure|or|and|also)(?: |$)|[ ,;/])*"
_ONLY = re.compile(r"(?:(?:solo|soltanto|solamente|unicamente|only|just)(?!\w) *)+")
_WHO = {ITALIAN: "che fanno", "en": "that do"}
# "E a Parigi?": these words precede a place, even one outside the gazetteer.
_NEARBY = r"vicino ad?|nei (?:pressi|dintorni) di|dalle parti di|near(?: to)?|close to|around"
_PLACED = re.compile(
    rf"(?:(?P<near>{_NEARBY})|(?:ad?|da|at|in|ne(?:l|llo|lla|i|gli|lle)))"
    r" (?:the )?(?P<name>\S+(?: \S+){0,4})"
)


@dataclass(frozen=True, slots=True)
class DialogueState:
    """What a conversation is about.

    Attributes:
        question: The last question, in words.
        language: The language that the conversation is in.
        kinds: The kinds of document it was narrowed to.
        offset: How many answers were shown before.
    """

    question: str
    language: str
    kinds: tuple[str, ...] = ()
    offset: int = 0

    @property
    def search_url(self) -> SearchUrl:
        """The same search on the page."""
        return SearchUrl(self.question, ExplicitFilters.of(kind=self.kinds))


@dataclass(frozen=True, slots=True)
class UnknownPlace:
    """A follow-up that names a place outside Italy, or an unknown one."""

    name: str


@dataclass(frozen=True, slots=True)
class AlreadyIncluded:
    """A follow-up that adds kinds of document already included."""

    kinds: tuple[DocumentKind, ...]


class Conversations:
    """The state of each conversation, in memory for half an hour. Thread-safe."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._states: OrderedDict[str, tuple[float, DialogueState, str]] = OrderedDict()
        self._late: OrderedDict[str, str] = OrderedDict()  # the last message whose reply was late
        self._lock = threading.Lock()

    def last(self, conversation: str) -> DialogueState | None:
        """The state of a conversation, if it is not too old."""
        with self._lock:
            at, state, _ = self._states.get(conversation, (0.0, None, ""))
            return state if state and self._clock() - at < _KEEP_SECONDS else None

    def more(self, conversation: str, page: int) -> DialogueState | None:
        """The state for the next ``page`` answers, or the current one if its reply was late."""
        last = self.last(conversation)
        with self._lock:
            _, _, event = self._states.get(conversation, (0.0, None, ""))
            unseen = event and self._late.get(conversation) == event
        return last if last is None or unseen else replace(last, offset=last.offset + page)

    def late(self, conversation: str, event: str) -> None:
        """Note that the platform stopped waiting for a message's reply."""
        with self._lock:
            self._late[conversation] = event
            if len(self._late) > _KEEP:
                self._late.popitem(last=False)

    def remember(self, conversation: str, state: DialogueState, event: str = "") -> None:
        """Replace the state of a conversation.

        Args:
            conversation: Its id: platform, channel, thread and person.
            state: What follow-up messages refer to from now on.
            event: The id of the message that led to it; empty if the platform gives none.
        """
        with self._lock:
            now = self._clock()
            self._states[conversation] = (now, state, event)
            self._states.move_to_end(conversation)
            while self._states:
                oldest, (at, _, _) = next(iter(self._states.items()))
                if len(self._states) <= _KEEP and now - at < _KEEP_SECONDS:
                    return
                del self._states[oldest]


def resolve_follow_up(
    text: str, last: DialogueState | None, language: str, searcher: Searcher
) -> DialogueState | UnknownPlace | AlreadyIncluded:
    """What a message means after the previous one.

    A message is a follow-up if it consists of filters only ("in Toscana?", "solo casi di studio"),
    or if it begins like one ("e per i musei?"). Any other is a new question.

    Args:
        text: The message.
        last: The state of the conversation; ``None`` if it is new.
        language: The code of the message's language.
        searcher: Understands questions.
    """
    new = DialogueState(text, language)
    if last is None:
        return new
    follow_up = _parse(text)
    if not follow_up.text:
        return new
    try:
        query = searcher.understand(follow_up.text)
        before = searcher.understand(last.question, last.search_url.filters)
    except QueryError:
        return new
    if place := _unknown_place(follow_up, query, searcher):
        return UnknownPlace(place)
    if _is_all_filter(follow_up, query):
        last = replace(last, language=language, offset=0)
        return _refined(last, before, follow_up, query, searcher) or new
    if follow_up.joins:
        kinds = () if KIND.of(query) is not None else last.kinds
        return DialogueState(_with_filters_of(before, query, follow_up.text), language, kinds)
    return new


@dataclass(frozen=True, slots=True)
class _FollowUp:
    """A message parsed as a follow-up: how it begins, and the rest of its ``text``."""

    text: str
    joins: bool  # "e", "ma"
    only: bool  # "solo"
    also: bool  # "anche"

    @property
    def continues(self) -> bool:
        """Whether its beginning marks it as a follow-up."""
        return self.joins or self.only or self.also


def _parse(text: str) -> _FollowUp:
    text, found = text.strip(" ?!.…"), []
    for beginning in (_JOINS, _ONLY, _ALSO):
        match = beginning.match(fold_same_length(text))
        text = text[match.end() :] if match else text
        found.append(match is not None)
    return _FollowUp(text, *found)


def _unknown_place(follow_up: _FollowUp, query: Query, searcher: Searcher) -> str:
    """The unknown place that a message names; empty if it names none.

    "Vicino a" is followed by a place. "A" and "in" may be followed by anything ("in legno", "in
    Java"): it is a place if it is a known foreign one, or a name that no document contains.
    """
    match = _PLACED.fullmatch(fold_same_length(follow_up.text))
    if _filters(query):
        return ""
    if match is None:
        return follow_up.text if follow_up.joins and is_abroad(follow_up.text) else ""
    name = follow_up.text[match.start("name") :]
    is_name = name[0].isupper() and not name.isupper()
    strange = is_name and not any(searcher.generation.lexical.rows(w).size for w in words(name))
    near = match["near"] and (follow_up.joins or is_name)
    return name if near or is_abroad(name) or strange else ""


def _is_all_filter(follow_up: _FollowUp, query: Query) -> bool:
    """Whether a message consists of filters only.

    "Tutte le cooperative di Pisa" asks for more. So does "eventi nel 2025", a question by itself
    unless it begins like a follow-up ("solo …").
    """
    filters = _filters(query)
    if follow_up.continues:
        return bool(filters) and not query.text
    if not filters or any(_is_question(item) for item in filters):
        return False
    return _is_between(_without(follow_up.text, filters))


def _refined(
    last: DialogueState, before: Query, follow_up: _FollowUp, query: Query, searcher: Searcher
) -> DialogueState | AlreadyIncluded | None:
    """The previous question with new filters in place of its own of the same aspects.

    Kinds of document become chosen filters, as on the page: then the place stays that of the
    cooperatives, while in "casi di studio a Milano" it is that of the documents. Others are put
    into words. Some are understood at the end of a question ("in Toscana"), some at the beginning
    ("cooperative sociali"): the first wording that is understood counts; ``None`` if none is.
    """
    filters = _filters(query)
    kinds = tuple(item.value for item in filters if item.aspect == KIND.key)
    if follow_up.also and kinds and set(kinds) <= (kinds_of(before) or set(DocumentKind)):
        filters = [item for item in filters if item.aspect != KIND.key]
        if not filters:
            return AlreadyIncluded(tuple(map(DocumentKind, kinds)))
        kinds = ()
    new = set() if follow_up.also else {item.aspect for item in filters}
    old = [item for item in _filters(before) if item.aspect in new]
    added = _without(follow_up.text, [i for i in _filters(query) if i.aspect == KIND.key])
    added = "" if _is_between(added) else added
    kept = [item.words for item in _filters(before) if item.aspect not in new]
    chosen = tuple(dict.fromkeys((*(last.kinds if follow_up.also or not kinds else ()), *kinds)))
    for question in _put_together(before, old, added, kept, last.language):
        state = replace(last, question=question, kinds=chosen)
        again = searcher.understand(question, state.search_url.filters)
        keys = {item.key for item in again.understood}
        if again.text == before.text and all(item.key in keys for item in filters):
            return state
    return None


def _put_together(
    before: Query, old: list[RecognisedFilter], added: str, kept: list[str], language: str
) -> Iterator[str]:
    """The ways to word a question without some of its filters and with the words ``added``."""
    if not old and not added:
        yield before.question
    elif not added:
        yield _without(before.question, old)
        yield " ".join((before.text, *kept))
    else:
        yield f"{_without(before.question, old).rstrip(' ?!.,')} {added}"
        yield " ".join((added, _WHO[language], before.text, *kept))


def _with_filters_of(before: Query, query: Query, text: str) -> str:
    """A new question, with those filters of the previous one whose aspect it does not mention."""
    new = {item.aspect for item in _filters(query)}
    kept = [item.words for item in _filters(before) if item.aspect not in new]
    return " ".join((text, *kept))


def _filters(query: Query) -> list[RecognisedFilter]:
    """The filters that a follow-up may replace; corrections and exclusions stay with the text."""
    found = ((item, filter_of(item.aspect)) for item in query.understood if item.words)
    return [item for item, one in found if one is not None and one.follows]


def _is_question(item: RecognisedFilter) -> bool:
    """Whether it is a question by itself: "eventi", "Bussola"."""
    found = filter_of(item.aspect)
    return found is not None and found.alone_is_question


def _without(text: str, items: list[RecognisedFilter]) -> str:
    """The text without the words of recognised filters."""
    for item in items:
        text = text.replace(item.words, " ", 1)
    return " ".join(text.split())


def _is_between(text: str) -> bool:
    """Whether a text consists only of words that join filters."""
    return re.fullmatch(_BETWEEN_FILTERS, fold_same_length(text)) is not None
