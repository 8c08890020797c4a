"""Follow-ups refine the question before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.domain import DocumentKind
from indexer.index.snapshot import load_current
from search_service.chat.follow_up import (
    AlreadyIncluded,
    Conversations,
    DialogueState,
    UnknownPlace,
    resolve_follow_up,
)
from search_service.search.searcher import Searcher
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

QUESTION = "chi fa data engineering a Bologna?"
ASKED = DialogueState(QUESTION, "it")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("e a Milano?", "chi fa data engineering a Milano"),
        ("in Toscana", "chi fa data engineering in Toscana"),
        ("ma vicino a Parma", "chi fa data engineering vicino a Parma"),
        ("and in Sicily?", "chi fa data engineering in Sicily"),
        ("e a Parma o Modena?", "chi fa data engineering a Parma o Modena"),
        ("anche a Milano", "chi fa data engineering a Bologna a Milano"),
        ("dal 2024", "chi fa data engineering a Bologna dal 2024"),
        ("con ISO 9001", "chi fa data engineering a Bologna con ISO 9001"),
        ("e penetration testing?", "penetration testing a Bologna"),
        ("e penetration testing a Milano?", "penetration testing a Milano"),
    ],
)
def test_a_follow_up_refines(text: str, question: str, searcher: Searcher) -> None:
    assert resolve_follow_up(text, ASKED, "it", searcher) == DialogueState(question, "it")
    said = searcher.understand(question)
    assert said.text in ("data engineering", "penetration testing")
    assert len(said.understood) >= 1


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (ASKED, "solo casi di studio", DialogueState(QUESTION, "it", ("case_study",))),
        (ASKED, "solo profili", DialogueState(QUESTION, "it", ("profile",))),
        (ASKED, "e gli eventi?", DialogueState(QUESTION, "it", ("event",))),
        (
            ASKED,
            "solo casi di studio ed eventi",
            DialogueState(QUESTION, "it", ("case_study", "event")),
        ),
        (
            ASKED,
            "solo eventi a Milano",
            DialogueState("chi fa data engineering a Milano", "it", ("event",)),
        ),
        (
            DialogueState(QUESTION, "it", ("case_study",), 5),
            "anche eventi",
            DialogueState(QUESTION, "it", ("case_study", "event")),
        ),
        (
            DialogueState(QUESTION, "it", ("case_study",)),
            "solo eventi",
            DialogueState(QUESTION, "it", ("event",)),
        ),
        (
            DialogueState(QUESTION, "it", ("case_study",)),
            "e a Milano?",
            DialogueState("chi fa data engineering a Milano", "it", ("case_study",)),
        ),
        (
            DialogueState(QUESTION, "it", ("case_study",)),
            "e penetration testing?",
            DialogueState("penetration testing a Bologna", "it", ("case_study",)),
        ),
        (
            DialogueState("casi di studio sui musei a Parma", "it"),
            "anche gli eventi",
            DialogueState("casi di studio sui musei a Parma", "it", ("event",)),
        ),
        (
            DialogueState("casi di studio sui musei a Parma", "it"),
            "solo eventi",
            DialogueState("sui musei a Parma", "it", ("event",)),
        ),
        (
            ASKED,
            "anche eventi a Milano",
            DialogueState("chi fa data engineering a Bologna a Milano", "it"),
        ),
        (ASKED, "anche eventi", AlreadyIncluded((DocumentKind.EVENT,))),
        (
            DialogueState("eventi sui musei", "it"),
            "anche eventi",
            AlreadyIncluded((DocumentKind.EVENT,)),
        ),
    ],
)
def test_kinds_of_document_are_chosen_as_on_the_page(
    before: DialogueState, text: str, after: DialogueState | AlreadyIncluded, searcher: Searcher
) -> None:
    assert resolve_follow_up(text, before, "it", searcher) == after


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("e a Parigi?", "Parigi"),
        ("e a parigi?", "parigi"),
        ("e in Francia?", "Francia"),
        ("e negli Stati Uniti?", "Stati Uniti"),
        ("E a Lione?", "Lione"),
        ("e da Marsiglia?", "Marsiglia"),
        ("e vicino a lubiana?", "lubiana"),
        ("e Londra?", "Londra"),
        ("and in Paris?", "Paris"),
        ("and in the Netherlands?", "Netherlands"),
        ("what about near Lyon?", "Lyon"),
        ("a Berlino", "Berlino"),
    ],
)
def test_a_place_that_is_none_of_ours_is_told(text: str, place: str, searcher: Searcher) -> None:
    assert resolve_follow_up(text, ASKED, "it", searcher) == UnknownPlace(place)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("e in legno?", "in legno a Bologna"),
        ("e a domicilio?", "a domicilio a Bologna"),
        ("e in LIS?", "in LIS a Bologna"),
        ("e in Dati?", "in Dati a Bologna"),  # a name, and documents speak of it
        ("e parigini?", "parigini a Bologna"),
    ],
)
def test_what_stands_like_a_place_may_be_what_is_looked_for(
    text: str, question: str, searcher: Searcher
) -> None:
    assert resolve_follow_up(text, ASKED, "it", searcher) == DialogueState(question, "it")


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        (
            DialogueState("chi fa pane a Imola?", "it"),
            "solo cooperative sociali",
            "cooperative sociali che fanno pane a Imola",
        ),
        (
            DialogueState("who does pane in Imola?", "en"),
            "only social cooperatives",
            "social cooperatives that do pane in Imola",
        ),
    ],
)
def test_what_is_put_before_a_question_is_joined_in_its_language(
    before: DialogueState, text: str, after: str, tmp_path: Path
) -> None:
    profile = "---\nname: Solo\nlegal_form: cooperativa sociale\nseat: Imola\n---\nPane.\n"
    settings = build_sources(tmp_path, {"profiles/solo.md": profile})
    searcher = Searcher(load_current(settings.index)[0], ToyEncoder())
    assert resolve_follow_up(text, before, before.language, searcher) == replace(
        before, question=after
    )


@pytest.mark.parametrize(
    "text",
    [
        "chi cuce divise?",
        "eventi nel 2025",
        "casi di studio a Milano",
        "e-commerce",
        "E-learning per le scuole",
        "e",
        "ma",
        "then",
        "Bussola",
        "tutte le cooperative della Toscana",
        "altri risultati di sartoria",
    ],
)
def test_a_new_question_is_new(text: str, searcher: Searcher) -> None:
    assert resolve_follow_up(text, ASKED, "it", searcher) == DialogueState(text, "it")


@pytest.mark.parametrize("text", ["e a Milano?", "e a Parigi?", "solo eventi", "anche eventi"])
def test_without_a_question_before_there_is_nothing_to_follow(
    text: str, searcher: Searcher
) -> None:
    assert resolve_follow_up(text, None, "it", searcher) == DialogueState(text, "it")


@given(text=st.text(max_size=60), before=st.text(min_size=1, max_size=60))
def test_any_text_after_any_text_is_a_turn(text: str, before: str, searcher: Searcher) -> None:
    turn = resolve_follow_up(text, DialogueState(before, "it"), "it", searcher)
    if isinstance(turn, DialogueState):
        assert turn.offset == 0


def test_a_conversation_is_kept_for_half_an_hour_and_apart() -> None:
    now = [0.0]
    kept = Conversations(lambda: now[0])
    kept.remember("a", ASKED)
    assert kept.last("a") == ASKED
    assert kept.last("b") is None
    now[0] = 1799.0
    assert kept.last("a") == ASKED
    now[0] = 1800.0
    assert kept.last("a") is None


def test_more_after_a_reply_that_nobody_saw_is_that_reply() -> None:
    kept = Conversations(lambda: 0.0)
    assert kept.more("a", 5) is None
    kept.remember("a", DialogueState("pane", "it", offset=0), "e1")
    assert kept.more("a", 5) == DialogueState("pane", "it", offset=5)
    kept.late("a", "e2")  # it is still being made: what was seen last is the page before
    assert kept.more("a", 5) == DialogueState("pane", "it", offset=5)
    kept.remember("a", DialogueState("pane", "it", offset=5), "e2")  # made, and thrown away
    assert kept.more("a", 5) == DialogueState("pane", "it", offset=5)
    kept.remember("a", DialogueState("pane", "it", offset=5), "e3")
    assert kept.more("a", 5) == DialogueState("pane", "it", offset=10)


def test_the_longest_silent_conversation_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_service.chat.follow_up._KEEP", 2)
    kept = Conversations(lambda: 0.0)
    for name in ("a", "b", "a", "c"):
        kept.remember(name, DialogueState(name, "it"))
    assert [kept.last(name) for name in "abc"] == [
        DialogueState("a", "it"),
        None,
        DialogueState("c", "it"),
    ]
