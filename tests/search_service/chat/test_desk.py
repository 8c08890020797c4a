"""Messages in, replies out: the same for every platform."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from search_service.chat.desk import Desk
from search_service.chat.limits import Limits
from search_service.chat.model import Message, Reply
from search_service.chat.store import Store
from search_service.searcher import Searcher
from search_service.state import ServiceState
from tests.toy import ToyEncoder

ORIGIN = "https://rete.example"
NO_LIMITS = Limits("100000/minute", "100000/minute")
Ask = Callable[..., Reply]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "chat.sqlite")


@pytest.fixture
def ask(state: ServiceState, store: Store) -> Ask:
    desk = Desk(state, store, ORIGIN, ("slack",), NO_LIMITS)
    numbers = count()

    def say(text: str, **values: str) -> Reply:
        message = Message("slack", "C1", "C1 u1", "u1", str(next(numbers)), text)
        reply = desk.reply(replace(message, **values))
        assert reply is not None
        return reply

    return say


def names(reply: Reply) -> list[str]:
    return [item.name.label for section in reply.sections for item in section.items]


def test_an_answer_says_who_with_evidence_and_where_to_see_it(ask: Ask) -> None:
    reply = ask("chi fa data engineering a Bologna?")
    assert (reply.language, reply.heading) == ("it", "4 cooperative")
    assert reply.notes == ("Ho capito così: cerco: data engineering · dove: Bologna (BO)",)
    (section,) = reply.sections
    first, last = section.items[0], section.items[-1]
    assert (first.name.label, first.name.url) == (
        "Bussola",
        f"{ORIGIN}/organisations/it01114601006",
    )
    assert first.facts == ("Bologna (BO)", "sede qui", "dato inventato")
    assert last.facts == ("Palermo (PA)", "lavora a distanza")
    assert first.quote
    assert first.proof in ("dichiarato", "dimostrato")
    assert first.source.url.startswith(f"{ORIGIN}/documents/")
    assert reply.more is not None
    assert reply.more.url == f"{ORIGIN}/?q=chi+fa+data+engineering+a+Bologna%3F"


def test_it_says_what_the_search_says_in_its_order(ask: Ask, searcher: Searcher) -> None:
    for question in ("data engineering", "sartoria", "accessibilità", "navigazione satellitare"):
        answer = searcher.search(searcher.understand(question), 5)
        hits = (*answer.organisations, *answer.elsewhere)
        expected = [hit.organisation.name for hit in hits]
        expected += [hit.document.title for hit in answer.documents[:3]]
        assert sorted(names(ask(question))) == sorted(expected)
        assert names(ask(question))[: len(hits)] == [hit.organisation.name for hit in hits]


def test_nobody_is_said_as_such(ask: Ask) -> None:
    reply = ask("sartoria ATECO 99.99")
    assert reply.heading == "Nessuna cooperativa documentata per questa ricerca"
    assert reply.hints[0] == "Prova con altre parole, o con parole più comuni."


def test_a_question_in_english_is_answered_in_english(ask: Ask) -> None:
    reply = ask("who does data engineering in Bologna?")
    assert reply.language == "en"
    assert reply.heading.endswith(" cooperatives")
    assert reply.sections[0].items[0].facts == ("Bologna (BO)", "based here", "invented data")
    assert reply.more is not None
    assert reply.more.label == "See all of it on the page"


def test_without_a_public_address_nothing_is_linked(state: ServiceState, store: Store) -> None:
    reply = Desk(state, store).reply(Message("slack", "C", "C", "u", "e", "sartoria"))
    assert reply is not None
    links = [reply.more, *(i.name for s in reply.sections for i in s.items)]
    assert {link.url for link in links if link} == {""}


def test_a_follow_up_refines_within_its_conversation(ask: Ask) -> None:
    assert "Distante" in names(ask("data engineering"))
    there = ask("e a Milano?")
    assert there.more is not None
    assert there.more.url == f"{ORIGIN}/?q=data+engineering+a+Milano"
    other = ask("e a Milano?", conversation="C1 u2")  # nothing was asked here
    assert other.more is not None
    assert other.more.url == f"{ORIGIN}/?q=e+a+Milano%3F"


def test_more_of_the_same_is_the_next_five(state: ServiceState, store: Store, ask: Ask) -> None:
    everybody = ask("tutte le cooperative")
    total = len(state.searcher.generation.organisations)
    assert len(names(everybody)) == 5
    assert everybody.hints == (f"Ce ne sono altre {total - 5}: scrivi «altri».",)
    assert everybody.sections[0].first == 1
    more = ask("altri")
    assert more.sections[0].first == 6
    assert len(names(more)) == total - 5
    assert not set(names(more)) & set(names(everybody))
    assert ask("altri").hints == ("Non ce ne sono altre.",)


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("", "Che cosa cerchi?"),
        ("aiuto", "Chiedi chi sa fare che cosa, tra le cooperative della rete."),
        ("help", "Ask who can do what among the cooperatives of the network."),
        ("sarti " * 500, "La domanda è troppo lunga: scrivila in una o due frasi, fino a 2.000"),
        ("alerts", "There are no alerts here."),
        ("togli avviso 5", "Qui non c'è un avviso 5."),
    ],
)
def test_every_message_gets_a_kind_answer(ask: Ask, text: str, heading: str) -> None:
    assert ask(text).heading.startswith(heading)


def test_a_standing_question_is_kept_listed_and_removed(ask: Ask, store: Store) -> None:
    kept = ask("avvisami quando qualcuno fa sartoria a Imola")
    (watch,) = store.of_channel("slack", "C1")
    assert kept.heading == f"Avviso {watch.number}: «qualcuno fa sartoria a Imola»"
    assert "vicina" in watch.known
    assert f"Oggi vi rispondono {len(watch.known)} cooperative." in kept.notes
    assert ask("avvisi").heading == "1 avviso"
    assert ask("avvisi", channel="C2").heading == "Qui non ci sono avvisi."
    assert ask(f"togli avviso {watch.number}", channel="C2").heading.startswith("Qui non c'è")
    assert ask(f"togli avviso {watch.number}").heading == f"Avviso {watch.number} tolto."
    assert store.of_channel("slack", "C1") == ()


def test_where_nothing_can_be_posted_no_standing_question_is_kept(ask: Ask, store: Store) -> None:
    reply = ask("avvisami quando c'è sartoria", platform="teams")
    assert reply.heading.startswith("Qui non posso scrivere da me")
    assert store.of_channel("teams", "C1") == ()


def test_one_event_sent_a_hundred_times_at_once_is_answered_once(
    state: ServiceState, store: Store
) -> None:
    desk = Desk(state, store, limits=NO_LIMITS)
    message = Message("slack", "C1", "C1", "u1", "same", "sartoria")
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(desk.reply, [message] * 100))
    assert sum(reply is not None for reply in replies) == 1


def test_who_asks_too_often_is_told_and_others_are_answered(
    state: ServiceState, store: Store
) -> None:
    desk = Desk(state, store, limits=Limits("2/minute", "3/minute"))

    def heading(user: str, channel: str = "C1") -> str | None:
        reply = desk.reply(Message("slack", channel, channel, user, "", "sartoria"))
        return reply.heading if reply else None

    refused = "Troppe domande in un minuto: aspetta un momento e riprova."
    assert [heading("u1") == refused for _ in range(3)] == [False, False, True]
    assert heading("u1") is None  # told once: a flood is not answered by another
    assert heading("u2") != refused
    assert heading("u2") == refused  # the channel's third was the last
    assert heading("u2", "C2") not in (refused, None)


def test_while_it_starts_and_without_an_index_it_says_so(tmp_path: Path, store: Store) -> None:
    state = ServiceState(tmp_path / "nowhere", ToyEncoder())
    desk = Desk(state, store)

    def heading(event: str) -> str:
        reply = desk.reply(Message("slack", "C", "C", "u", event, "sartoria"))
        assert reply is not None
        return reply.heading

    assert heading("1") == "La ricerca si sta avviando: riprova tra un minuto."
    state.refresh()
    assert heading("2") == "Ora non posso cercare: l'indice manca o non si può leggere."


def test_a_fault_is_told_without_its_details(
    state: ServiceState, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Searcher, "search", fail)
    reply = Desk(state, store).reply(Message("slack", "C", "C", "u", "e", "sartoria"))
    assert reply is not None
    assert reply.heading == "Qualcosa è andato storto"
    assert "secret" not in str(reply)


def test_what_was_not_taken_is_answered_again(state: ServiceState, store: Store) -> None:
    desk = Desk(state, store, limits=NO_LIMITS)
    message = Message("slack", "C1", "C1", "u1", "e1", "sartoria")
    assert desk.reply(message) is not None
    assert desk.reply(message) is None
    desk.unanswered(message)
    assert desk.reply(message) is not None


def test_an_english_question_is_refused_in_english(ask: Ask) -> None:
    assert ask("who does this and that " * 100).heading.startswith("The question is too long")


def test_refining_past_the_longest_question_is_no_fault(ask: Ask) -> None:
    ask("chi fa sartoria " + "e ancora cappotti " * 108)
    refined = ask("e nella provincia di Reggio nell'Emilia e Modena?")
    assert refined.heading != "Qualcosa è andato storto"


def test_help_and_alerts_are_for_who_asked_and_answers_for_all(ask: Ask) -> None:
    assert ask("sartoria").is_answer
    assert ask("sartoria ATECO 99.99").is_answer
    assert not ask("aiuto").is_answer
    assert not ask("avvisi").is_answer
