"""Messages in, replies out: the same for every platform."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import html

from search_service.chat.answer_reply import AnswerReplies
from search_service.chat.commands import Command, Intent
from search_service.chat.handler import MessageHandler
from search_service.chat.store import Store
from search_service.chat.types import Message, Reply
from search_service.filters.search_url import SearchUrl
from search_service.live.live_index import ServiceState
from search_service.presentation.labels import words_in
from search_service.rate_limit import RateLimiter
from search_service.search.searcher import Searcher
from tests.toy import ToyEncoder

ORIGIN = "https://rete.example"
NO_LIMITS = RateLimiter(person=100_000, channel=100_000)
Ask = Callable[..., Reply]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "chat.sqlite")


@pytest.fixture
def ask(state: ServiceState, store: Store) -> Ask:
    handler = MessageHandler(state, store, ORIGIN, ("slack",), NO_LIMITS)
    numbers = count()

    def say(text: str, **values: str) -> Reply:
        message = Message("slack", "C1", "C1 u1", "u1", str(next(numbers)), text)
        reply = handler.reply(replace(message, **values))
        assert reply is not None
        return reply

    return say


def names(reply: Reply) -> list[str]:
    return [item.name.label for section in reply.sections for item in section.items]


def test_an_answer_says_who_with_evidence_and_where_to_see_it(ask: Ask) -> None:
    reply = ask("chi fa data engineering a Bologna?")
    assert (reply.language, reply.heading) == ("it", "1 cooperativa con sede qui · 1 a distanza")
    assert reply.notes == ("Abbiamo cercato: data engineering · dove: Bologna (BO)",)
    (section,) = reply.sections
    first, last = section.items[0], section.items[-1]
    assert (first.name.label, first.name.url) == (
        "Bussola",
        f"{ORIGIN}/organisations/it01114601006",
    )
    assert first.facts == ("Bologna (BO)", "sede qui", "dato inventato")
    assert last.facts == ("Palermo (PA)", "lavora a distanza")
    assert first.quote
    assert first.proof == "Dichiara: ingegneria dei dati"
    assert first.source.url.startswith(f"{ORIGIN}/documents/")
    assert reply.more is not None
    assert reply.more.url == f"{ORIGIN}/?q=chi+fa+data+engineering+a+Bologna%3F"


def test_it_says_what_the_search_says_in_its_order(ask: Ask, searcher: Searcher) -> None:
    for question in ("data engineering", "sartoria", "accessibilità", "navigazione satellitare"):
        answer = searcher.search(searcher.understand(question), 5)
        hits = (*(answer.documented or answer.close), *answer.elsewhere)
        expected = [hit.organisation.name for hit in hits]
        shown = {hit.evidence[0].document.id for hit in hits}
        documents = (hit.document for hit in answer.documents)
        expected += [document.title for document in documents if document.id not in shown]
        assert sorted(names(ask(question))) == sorted(expected)
        assert names(ask(question))[: len(hits)] == [hit.organisation.name for hit in hits]


def test_nobody_is_said_as_such(ask: Ask) -> None:
    reply = ask("sartoria ATECO 99.99")
    assert reply.heading == "Nessuna cooperativa documentata per questa ricerca"
    assert reply.hints[0] == "Prova con altre parole, o con parole più comuni."


def test_who_is_only_close_is_named_as_that(searcher: Searcher) -> None:
    asked = SearchUrl("sartoria")
    found = searcher.search(searcher.understand(asked.question))
    (vicina,) = found.documented
    close = searcher.close([vicina], found.query)
    answers = AnswerReplies(words_in("it"), ORIGIN, date(2026, 1, 1))
    only_close = replace(
        found, documented=(), total=0, close=close, documents=(), total_documents=0
    )
    reply = answers.answer(only_close, asked)
    assert reply.heading == "Nessuna prova diretta: le più vicine"
    (section,) = reply.sections
    assert section.heading == "Le più vicine:"
    assert [(item.name.label, item.proof) for item in section.items] == [
        ("Vicina", "Vicina per significato")
    ]


def test_a_question_in_english_is_answered_in_english(ask: Ask) -> None:
    reply = ask("who does data engineering in Bologna?")
    assert reply.language == "en"
    assert reply.heading == "1 cooperative based here · 1 working remotely"
    assert reply.sections[0].items[0].facts == ("Bologna (BO)", "based here", "invented data")
    assert reply.more is not None
    assert reply.more.label == "See all results"


def test_without_a_public_address_nothing_is_linked(state: ServiceState, store: Store) -> None:
    reply = MessageHandler(state, store).reply(Message("slack", "C", "C", "u", "e", "sartoria"))
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
    complete_answer = ask("tutte le cooperative")
    total = len(state.searcher.generation.organisations)
    assert len(names(complete_answer)) == 5
    assert complete_answer.hints == (f"Ci sono altre {total - 5} cooperative: scrivi «altri».",)
    assert complete_answer.sections[0].first == 1
    more = ask("altri")
    assert more.sections[0].first == 6
    assert len(names(more)) == total - 5
    assert not set(names(more)) & set(names(complete_answer))
    for _ in range(2):
        past = ask("altri")
        assert (past.heading, past.sections) == ("Non ci sono altri risultati.", ())
        assert past.more == complete_answer.more


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("", "Che cosa cerchi?"),
        ("aiuto", "Trova le cooperative della rete in base a ciò che sanno fare."),
        ("help", "Find the network's cooperatives by what they can do."),
        ("sarti " * 500, "La domanda è troppo lunga: una o due frasi, al massimo 2.000"),
        ("alerts", "There are no alerts here."),
        ("togli avviso 5", "Qui non c'è un avviso 5."),
        ("togli avviso tre", "Qui non c'è un avviso 3."),
        ("togli avviso", "Quale avviso vuoi togliere?"),
        ("remove alert", "Which alert do you want to remove?"),
        ("avvisami", "Di che cosa vuoi ricevere avvisi?"),
        ("avvisami quando", "Di che cosa vuoi ricevere avvisi?"),
        ("alert me", "What do you want to be alerted about?"),
        ("ciao", "Ciao! Dimmi che cosa cerchi."),
        ("Buongiorno!", "Ciao! Dimmi che cosa cerchi."),
        ("hi", "Hello! Tell me what you are looking for."),
        ("grazie", "Prego! Se ti serve altro, chiedi."),
        ("thanks", "You're welcome! Ask if you need anything else."),
        ("e", "Che cosa cerchi?"),
        ("and", "What are you looking for?"),
        ("altri", "Non c'è una ricerca recente da continuare."),
        ("more", "There is no recent search to continue."),
    ],
)
def test_every_message_gets_a_kind_answer(ask: Ask, text: str, heading: str) -> None:
    assert ask(text).heading.startswith(heading)


def test_a_standing_question_is_kept_listed_and_removed(ask: Ask, store: Store) -> None:
    kept = ask("avvisami quando qualcuno fa sartoria a Imola")
    (alert,) = store.of_channel("slack", "C1")
    assert kept.heading == f"Avviso {alert.number} attivo: «qualcuno fa sartoria a Imola»"
    assert "vicina" in alert.known
    assert "Oggi corrisponde 1 cooperativa." in kept.notes
    assert len(alert.known) == 1
    assert ask("avvisi").heading == "1 avviso"
    assert ask("avvisi", channel="C2").heading == "Qui non ci sono avvisi."
    assert ask(f"togli avviso {alert.number}", channel="C2").heading.startswith("Qui non c'è")
    assert ask(f"togli avviso {alert.number}").heading == f"Avviso {alert.number} tolto."
    assert store.of_channel("slack", "C1") == ()


def test_where_nothing_can_be_posted_no_standing_question_is_kept(ask: Ask, store: Store) -> None:
    reply = ask("avvisami quando c'è sartoria", platform="teams")
    assert reply.heading.startswith("In questa chat gli avvisi non")
    assert store.of_channel("teams", "C1") == ()


def test_one_event_sent_a_hundred_times_at_once_is_answered_once(
    state: ServiceState, store: Store
) -> None:
    handler = MessageHandler(state, store, limits=NO_LIMITS)
    message = Message("slack", "C1", "C1", "u1", "same", "sartoria")
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(handler.reply, [message] * 100))
    assert sum(reply is not None for reply in replies) == 1


def test_who_asks_too_often_is_told_and_others_are_answered(
    state: ServiceState, store: Store
) -> None:
    handler = MessageHandler(state, store, limits=RateLimiter(person=2, channel=3, notice=1))

    def heading(user: str, channel: str = "C1") -> str | None:
        reply = handler.reply(Message("slack", channel, channel, user, "", "sartoria"))
        return reply.heading if reply else None

    refused = "Troppe domande in un minuto: aspetta un momento e riprova."
    assert [heading("u1") == refused for _ in range(3)] == [False, False, True]
    assert heading("u1") is None  # told once: a flood is not answered by another
    assert heading("u2") != refused
    assert heading("u2") == refused  # the channel's third was the last
    assert heading("u2", "C2") not in (refused, None)


def test_while_it_starts_and_without_an_index_it_says_so(tmp_path: Path, store: Store) -> None:
    state = ServiceState(tmp_path / "nowhere", ToyEncoder())
    handler = MessageHandler(state, store)

    def heading(event: str) -> str:
        reply = handler.reply(Message("slack", "C", "C", "u", event, "sartoria"))
        assert reply is not None
        return reply.heading

    assert heading("1") == "La ricerca si sta avviando: riprova tra un minuto."
    state.refresh()
    assert heading("2") == "La ricerca non è disponibile: l'indice manca o non è leggibile."


def test_a_fault_is_told_without_its_details(
    state: ServiceState, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(Searcher, "search", fail)
    reply = MessageHandler(state, store).reply(Message("slack", "C", "C", "u", "e", "sartoria"))
    assert reply is not None
    assert reply.heading == "Qualcosa è andato storto"
    assert "secret" not in str(reply)


def test_what_was_not_taken_is_answered_again(state: ServiceState, store: Store) -> None:
    handler = MessageHandler(state, store, limits=NO_LIMITS)
    message = Message("slack", "C1", "C1", "u1", "e1", "sartoria")
    assert handler.reply(message) is not None
    assert handler.reply(message) is None
    handler.allow_retry(message)
    assert handler.reply(message) is not None


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


def test_more_after_a_late_reply_skips_nobody(state: ServiceState, store: Store) -> None:
    handler = MessageHandler(state, store, limits=NO_LIMITS)

    def reply(text: str, event: str) -> Reply | None:
        return handler.reply(Message("teams", "C", "C", "u", event, text))

    reply("tutte le cooperative", "1")
    handler.late(Message("teams", "C", "C", "u", "2", "altri"))
    lost, again = reply("altri", "2"), reply("altri", "3")
    assert lost is not None
    assert lost.sections[0].first == 6
    assert again == lost


@pytest.mark.parametrize("intent", list(Intent))
def test_every_wish_is_answered(intent: Intent, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "search_service.chat.handler.parse", lambda text: Command(intent, text, 1, "it")
    )
    assert ask("sartoria").heading != "Qualcosa è andato storto"


@pytest.mark.parametrize(
    ("texts", "languages"),
    [
        (("chi fa data engineering?", "data engineering", "altri"), ("it", "it", "it")),
        (("who does sartoria in Imola?", "sartoria", "in Toscana"), ("en", "en", "en")),
        (("chi fa sartoria?", "who does it in English?", "sartoria"), ("it", "en", "en")),
        (("sartoria", "and in Bologna?", "sartoria", ""), ("it", "en", "en", "en")),
        (("who does sartoria?", "e a Bologna?", "sartoria"), ("en", "it", "it")),
    ],
)
def test_a_reply_is_in_the_language_of_its_conversation(
    ask: Ask, texts: tuple[str, ...], languages: tuple[str, ...]
) -> None:
    assert tuple(ask(text).language for text in texts) == languages


def test_where_nothing_was_asked_before_the_platform_tells_the_language(ask: Ask) -> None:
    assert ask("sartoria", language="en", conversation="1").language == "en"
    assert ask("sartoria", language="de", conversation="2").language == "it"
    assert ask("chi fa sartoria?", language="en", conversation="3").language == "it"
    assert ask("", language="en", conversation="4").language == "en"


def test_an_unknown_place_leaves_the_question_as_it_was(ask: Ask) -> None:
    ask("chi fa data engineering a Bologna?")
    abroad = ask("e a Parigi?")
    assert abroad.heading == "Non conosco il luogo «Parigi»: la ricerca copre solo l'Italia."
    assert abroad.notes == ("La ricerca precedente resta: chi fa data engineering a Bologna?",)
    assert abroad.hints[1] == "Se non è un luogo, scrivi la domanda per intero."
    assert ask("and in Paris?").heading == (
        "I don't know the place “Paris”: the search covers Italy only."
    )
    then = ask("e a Milano?")
    assert then.notes[0] == "Abbiamo cercato: data engineering · dove: Milano (MI)"


def test_only_case_studies_keeps_those_of_the_place(ask: Ask, client: TestClient) -> None:
    ask("chi fa data engineering a Bologna?")  # the case study of Bussola's is placed in Parma
    reply = ask("solo casi di studio")
    assert names(reply)[0] == "Bussola"
    assert reply.sections[0].items[0].source.label == "Dati e musei"
    assert reply.more is not None
    path = reply.more.url.removeprefix(ORIGIN)
    assert path == "/?q=chi+fa+data+engineering+a+Bologna%3F&kind=case_study"
    page = html.fromstring(client.get(path).text)
    titles = page.xpath("//section[@aria-labelledby='cooperative']//h3")
    assert [title.text_content() for title in titles] == [
        item.name.label for item in reply.sections[0].items
    ]


def test_kinds_are_widened_and_what_is_included_is_said(ask: Ask) -> None:
    ask("chi fa data engineering a Bologna?")
    assert ask("anche eventi").heading == "La ricerca comprende già: eventi."
    ask("solo casi di studio")
    both = ask("anche eventi")
    assert "che cosa: casi di studio · che cosa: eventi" in both.notes[0]
    assert "data engineering" in both.notes[0]
    assert ask("also events").heading == "Already included: events."


def test_no_document_is_shown_twice(ask: Ask) -> None:
    ask("chi fa data engineering a Bologna?")
    for text in ("solo profili", "solo casi di studio", "anche eventi"):
        reply = ask(text)
        cooperatives, *others = reply.sections
        evidence = {item.source.label for item in cooperatives.items}
        documents = {item.name.label for section in others for item in section.items}
        assert evidence
        assert not evidence & documents, text
    assert ask("solo profili").heading == "1 cooperativa con sede qui · 1 a distanza"


def test_documents_go_on_where_the_cooperatives_end(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("handler", "answer_reply"):
        monkeypatch.setattr(f"search_service.chat.{module}.PAGE", 2)
    first = ask("casi di studio ed eventi")
    assert (first.heading, first.sections[0].heading) == (
        "3 cooperative · 5 documenti",
        "Documenti",
    )
    assert first.hints == ("C'è un'altra cooperativa: scrivi «altri».",)
    second = ask("altri")
    assert [section.first for section in second.sections] == [3, 3]
    assert second.hints == ("C'è un altro documento: scrivi «altri».",)
    third = ask("altri")
    assert [(s.heading, s.first) for s in third.sections] == [("Documenti", 5)]
    assert third.hints == ()
    assert ask("altri").heading == "Non ci sono altri risultati."


def test_who_is_elsewhere_is_named_once(searcher: Searcher) -> None:
    asked = SearchUrl("sartoria")
    found = searcher.search(searcher.understand(asked.question))
    nobody = replace(found, documented=(), total=0, close=(), elsewhere=found.documented[:1])
    answers = AnswerReplies(words_in("it"), ORIGIN, date(2026, 1, 1))
    assert names(answers.answer(nobody, asked)) == ["Vicina"]
    assert names(answers.answer(replace(nobody, offset=5), asked)) == []
