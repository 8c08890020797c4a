"""Where every chat's messages are answered: Message → Reply, the same for all platforms."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date

from indexer.errors import GenerationError
from search_service.chat.answer_reply import PAGE, AnswerReplies, is_past_the_last
from search_service.chat.commands import Command, Intent, parse
from search_service.chat.follow_up import Conversations, Included, Turn, UnknownPlace, follow
from search_service.chat.limits import Limits
from search_service.chat.service_replies import ServiceReplies
from search_service.chat.store import Alert, Store
from search_service.chat.types import Message, Reply
from search_service.domain import MAX_LENGTH, Answer
from search_service.errors import QueryError
from search_service.live.live_index import ServiceState
from search_service.presentation.labels import words_in
from search_service.presentation.languages import ITALIAN, LANGUAGES
from search_service.query.language import language_of_question
from search_service.search.searcher import MAX_PAGE, Searcher

_PLAIN: Mapping[Intent, Callable[[ServiceReplies], Reply]] = {
    Intent.HELP: ServiceReplies.help,
    Intent.GREETING: ServiceReplies.greeting,
    Intent.THANKS: ServiceReplies.welcome,
    Intent.NOTHING: ServiceReplies.empty,
    Intent.UNWATCH_WHICH: ServiceReplies.unwatch_which,
}
_log = logging.getLogger(__name__)


class MessageHandler:
    """Answers messages from the current generation. Safe among threads; a call takes as long as a
    search, so an adapter calls it beside its event loop.

    ``origin`` is the service's public address, or empty; ``posting`` are the platforms that can
    write unasked, which a standing question needs.
    """

    def __init__(
        self,
        state: ServiceState,
        store: Store,
        origin: str = "",
        posting: Collection[str] = (),
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._state = state
        self._store = store
        self._origin = origin
        self._posting = frozenset(posting)
        self._limits = limits or Limits()
        self._clock = clock
        self._conversations = Conversations(clock)

    def reply(self, message: Message) -> Reply | None:
        """What to say to a message; nothing where it was answered before, or where this person
        was just told to ask less often.
        """
        command = parse(message.text)
        sayings = self._sayings(self._language(message, command))
        try:
            if message.event and not self._store.first_time(_event(message), self._clock()):
                return None
            if not self._limits.allows(message.platform, message.channel, message.user):
                return sayings.too_many() if self._limits.tells(message) else None
            return self._reply(message, command, sayings)
        except GenerationError:
            return sayings.starting() if self._state.readiness.starting else sayings.no_index()
        except Exception:
            _log.exception("a message of %s could not be answered", message.platform)
            return sayings.failed()

    def unanswered(self, message: Message) -> None:
        """Let a message be answered again: the platform did not take what was said to it."""
        if message.event:
            self._store.unanswered(_event(message))

    def late(self, message: Message) -> Reply:
        """What to say where the platform does not wait for the reply. Takes no time."""
        self._conversations.late(_conversation(message), message.event)
        return self._sayings(self._language(message, parse(message.text))).late()

    def answers(self, language: str) -> AnswerReplies:
        """Says answers in a language of its code."""
        return AnswerReplies(words_in(_ours(language)), self._origin, self._today())

    def _sayings(self, language: str) -> ServiceReplies:
        return ServiceReplies(words_in(_ours(language)), self._origin, self._today())

    def _reply(self, message: Message, command: Command, sayings: ServiceReplies) -> Reply:
        match command.wish:
            case Intent.WATCHES:
                return sayings.watches(self._store.of_channel(message.platform, message.channel))
            case Intent.UNWATCH:
                found = self._store.remove(command.number, message.platform, message.channel)
                return sayings.unwatched(command.number, found)
            case Intent.WATCH | Intent.WATCH_WHAT:
                return self._watch(message, command, sayings)
            case Intent.MORE:
                return self._more(message, sayings)
            case Intent.ANSWER:
                return self._answer(message, command, sayings)
            case plain:
                return _PLAIN[plain](sayings)

    def _answer(self, message: Message, command: Command, sayings: ServiceReplies) -> Reply:
        searcher = self._state.searcher
        if len(command.text) > MAX_LENGTH:
            return sayings.too_long()
        last = self._last(message)
        try:
            turn = follow(command.text, last, sayings.say.code, searcher)
        except QueryError:
            return sayings.not_understood()
        match turn:
            case UnknownPlace(name):
                return sayings.unknown_place(name, last.question if last else "")
            case Included(kinds):
                return sayings.included(kinds)
            case Turn():
                return self._page(message, turn, sayings, searcher)

    def _more(self, message: Message, sayings: ServiceReplies) -> Reply:
        more = self._conversations.more(_conversation(message), PAGE)
        if more is None:
            return sayings.nothing_before()
        turn = replace(more, language=sayings.say.code)
        return self._page(message, turn, sayings, self._state.searcher)

    def _page(
        self, message: Message, turn: Turn, sayings: ServiceReplies, searcher: Searcher
    ) -> Reply:
        """What a turn shows; the conversation is then about it, unless it shows nothing."""
        try:
            query = searcher.understand(turn.question, turn.asked.choices)
        except QueryError:
            return sayings.not_understood()
        answer = searcher.search(query, PAGE, turn.offset)
        if is_past_the_last(answer):
            return sayings.no_more(turn.asked)
        self._conversations.keep(_conversation(message), turn, message.event)
        return self.answers(turn.language).answer(searcher.highlighted(answer), turn.asked)

    def _last(self, message: Message) -> Turn | None:
        return self._conversations.last(_conversation(message))

    def _language(self, message: Message, command: Command) -> str:
        """The language of a command's own words, or of the question."""
        last = self._last(message)
        before = (last.language if last else "", message.language)
        return command.language or language_of_question(command.text, *before)

    def _watch(self, message: Message, command: Command, sayings: ServiceReplies) -> Reply:
        searcher = self._state.searcher
        if message.platform not in self._posting:
            return sayings.cannot_watch()
        if not command.text:
            return sayings.watch_what()
        if len(command.text) > MAX_LENGTH:
            return sayings.too_long()
        try:
            found = everybody(searcher, command.text).organisations
        except QueryError:
            return sayings.not_understood()
        known = frozenset(hit.organisation.id for hit in found)
        watch = Alert(
            0,
            message.platform,
            message.channel,
            command.text,
            sayings.say.code,
            self._today().isoformat(),
            known,
            searcher.generation.id,
        )
        number = self._store.add(watch)
        if number is None:
            return sayings.too_many_watches()
        return sayings.watching(number, command.text, len(known))

    def _today(self) -> date:
        return date.fromtimestamp(self._clock())


def everybody(searcher: Searcher, question: str) -> Answer:
    """The answer with all cooperatives that surely answer a standing question, where it asks.

    Who was only found by widening the place is nobody to be told of.
    """
    query = searcher.understand(question)
    answer = searcher.search(query, MAX_PAGE)
    if answer.widened is not None:
        return replace(answer, organisations=(), total=0)
    found = answer.organisations
    while len(found) < answer.total:
        found += searcher.search(query, MAX_PAGE, len(found)).organisations
    return replace(answer, organisations=found)


def _event(message: Message) -> str:
    return f"{message.platform} {message.event}"


def _conversation(message: Message) -> str:
    return f"{message.platform} {message.conversation}"


def _ours(language: str) -> str:
    return language if language in LANGUAGES else ITALIAN
