"""Answers the messages of every chat: Message → Reply, the same for all platforms."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date

from indexer.errors import GenerationError
from search_service.chat.answer_reply import PAGE, AnswerReplies, is_past_the_end
from search_service.chat.commands import Command, Intent, parse
from search_service.chat.follow_up import (
    AlreadyIncluded,
    Conversations,
    DialogueState,
    UnknownPlace,
    resolve_follow_up,
)
from search_service.chat.service_replies import ServiceReplies
from search_service.chat.store import Alert, Store
from search_service.chat.types import Message, Reply
from search_service.domain import MAX_LENGTH, Answer
from search_service.errors import QueryError
from search_service.live.live_index import ServiceState
from search_service.presentation.labels import words_in
from search_service.presentation.languages import ITALIAN, LANGUAGES
from search_service.query.language import language_of_question
from search_service.rate_limit import RateLimiter
from search_service.search.searcher import MAX_PAGE, Searcher

PER_PERSON = 20  # messages per minute
PER_CHANNEL = 60
_PLAIN: Mapping[Intent, Callable[[ServiceReplies], Reply]] = {
    Intent.HELP: ServiceReplies.help,
    Intent.GREETING: ServiceReplies.greeting,
    Intent.THANKS: ServiceReplies.welcome,
    Intent.NOTHING: ServiceReplies.empty,
    Intent.REMOVE_WITHOUT_NUMBER: ServiceReplies.remove_without_number,
}
_log = logging.getLogger(__name__)


class MessageHandler:
    """Answers messages from the current generation. Thread-safe; a call takes as long as a
    search, so an adapter calls it outside its event loop.

    Args:
        state: The index in service.
        store: Where alerts and answered events are kept.
        origin: The service's public address, or empty.
        posting: The platforms that can post, which an alert needs.
        limits: How often a person and a channel may ask.
        clock: The time in seconds.
    """

    def __init__(
        self,
        state: ServiceState,
        store: Store,
        origin: str = "",
        posting: Collection[str] = (),
        limits: RateLimiter | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._state = state
        self._store = store
        self._origin = origin
        self._posting = frozenset(posting)
        self._limits = limits or RateLimiter(person=PER_PERSON, channel=PER_CHANNEL, notice=1)
        self._clock = clock
        self._conversations = Conversations(clock)

    def reply(self, message: Message) -> Reply | None:
        """The reply to a message; ``None`` if it has been answered, or if this person has just been
        asked to slow down.
        """
        command = parse(message.text)
        replies = self._replies(self._language(message, command))
        try:
            if message.event and not self._store.is_new_event(_event(message), self._clock()):
                return None
            person, channel = _person(message), f"{message.platform} {message.channel}"
            if self._limits.hit(person=person, channel=channel):
                # Once a minute: a flood must not be answered by another.
                was_told = self._limits.hit(notice=f"{channel} {person}")
                return None if was_told else replies.too_many()
            return self._reply(message, command, replies)
        except GenerationError:
            return replies.starting() if self._state.readiness.starting else replies.no_index()
        except Exception:
            _log.exception("a message of %s could not be answered", message.platform)
            return replies.failed()

    def allow_retry(self, message: Message) -> None:
        """Let a message be answered again: the platform did not accept the reply."""
        if message.event:
            self._store.allow_retry(_event(message))

    def late(self, message: Message) -> Reply:
        """The reply for a platform that stopped waiting. Returns at once."""
        self._conversations.late(_conversation(message), message.event)
        return self._replies(self._language(message, parse(message.text))).late()

    def answers(self, language: str) -> AnswerReplies:
        """Makes the replies with answers in a language, given its code."""
        return AnswerReplies(words_in(_ours(language)), self._origin, self._today())

    def _replies(self, language: str) -> ServiceReplies:
        return ServiceReplies(words_in(_ours(language)), self._origin, self._today())

    def _reply(self, message: Message, command: Command, replies: ServiceReplies) -> Reply:
        match command.intent:
            case Intent.LIST_ALERTS:
                return replies.alerts(self._store.of_channel(message.platform, message.channel))
            case Intent.REMOVE_ALERT:
                found = self._store.remove(command.number, message.platform, message.channel)
                return replies.alert_removed(command.number, found)
            case Intent.CREATE_ALERT | Intent.ALERT_WITHOUT_TEXT:
                return self._create_alert(message, command, replies)
            case Intent.MORE:
                return self._more(message, replies)
            case Intent.ANSWER:
                return self._answer(message, command, replies)
            case plain:
                return _PLAIN[plain](replies)

    def _answer(self, message: Message, command: Command, replies: ServiceReplies) -> Reply:
        searcher = self._state.searcher
        if len(command.text) > MAX_LENGTH:
            return replies.too_long()
        last = self._last(message)
        try:
            state = resolve_follow_up(command.text, last, replies.language.code, searcher)
        except QueryError:
            return replies.not_understood()
        match state:
            case UnknownPlace(name):
                return replies.unknown_place(name, last.question if last else "")
            case AlreadyIncluded(kinds):
                return replies.included(kinds)
            case DialogueState():
                return self._page(message, state, replies, searcher)

    def _more(self, message: Message, replies: ServiceReplies) -> Reply:
        more = self._conversations.more(_conversation(message), PAGE)
        if more is None:
            return replies.nothing_before()
        state = replace(more, language=replies.language.code)
        return self._page(message, state, replies, self._state.searcher)

    def _page(
        self, message: Message, state: DialogueState, replies: ServiceReplies, searcher: Searcher
    ) -> Reply:
        """The reply for a state, which becomes that of the conversation unless it shows nothing."""
        try:
            query = searcher.understand(state.question, state.search_url.filters)
        except QueryError:
            return replies.not_understood()
        answer = searcher.search(query, PAGE, state.offset)
        if is_past_the_end(answer):
            return replies.no_more(state.search_url)
        self._conversations.remember(_conversation(message), state, message.event)
        return self.answers(state.language).answer(searcher.highlighted(answer), state.search_url)

    def _last(self, message: Message) -> DialogueState | None:
        return self._conversations.last(_conversation(message))

    def _language(self, message: Message, command: Command) -> str:
        """The language of a command's words, or of the question."""
        last = self._last(message)
        before = (last.language if last else "", message.language)
        return command.language or language_of_question(command.text, *before)

    def _create_alert(self, message: Message, command: Command, replies: ServiceReplies) -> Reply:
        searcher = self._state.searcher
        if message.platform not in self._posting:
            return replies.alerts_unavailable()
        if not command.text:
            return replies.alert_without_text()
        if len(command.text) > MAX_LENGTH:
            return replies.too_long()
        try:
            found = complete_answer(searcher, command.text).documented
        except QueryError:
            return replies.not_understood()
        known = frozenset(hit.organisation.id for hit in found)
        alert = Alert(
            0,
            message.platform,
            message.channel,
            command.text,
            replies.language.code,
            self._today().isoformat(),
            known,
            searcher.generation.id,
        )
        number = self._store.add(alert)
        if number is None:
            return replies.too_many_alerts()
        return replies.alert_created(number, command.text, len(known))

    def _today(self) -> date:
        return date.fromtimestamp(self._clock())


def complete_answer(searcher: Searcher, question: str) -> Answer:
    """The answer to a question with all that are documented, not one page of them.

    It is empty if somebody was only found by widening the place: that is no news.
    """
    query = searcher.understand(question)
    answer = searcher.search(query, MAX_PAGE)
    if answer.widened is not None:
        return replace(answer, documented=(), total=0)
    found = answer.documented
    while len(found) < answer.total:
        found += searcher.search(query, MAX_PAGE, len(found)).documented
    return replace(answer, documented=found)


def _event(message: Message) -> str:
    return f"{message.platform} {message.event}"


def _person(message: Message) -> str:
    return f"{message.platform} {message.user}"


def _conversation(message: Message) -> str:
    return f"{message.platform} {message.conversation}"


def _ours(language: str) -> str:
    return language if language in LANGUAGES else ITALIAN
