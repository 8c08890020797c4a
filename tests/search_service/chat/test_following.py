"""Follow-ups refine the question before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_service.chat.following import Conversations, Turn, follow
from search_service.searcher import Searcher

ASKED = Turn("chi fa data engineering a Bologna?", 0)


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
        ("solo casi di studio", "chi fa data engineering a Bologna casi di studio"),
        ("solo eventi", "eventi che fanno data engineering a Bologna"),
        ("con ISO 9001", "chi fa data engineering a Bologna con ISO 9001"),
        ("e penetration testing?", "penetration testing a Bologna"),
        ("e penetration testing a Milano?", "penetration testing a Milano"),
    ],
)
def test_a_follow_up_refines(text: str, question: str, searcher: Searcher) -> None:
    assert follow(text, ASKED, 5, searcher) == Turn(question)
    said = searcher.understand(question)
    assert said.text in ("data engineering", "penetration testing")
    assert len(said.understood) >= 1


@pytest.mark.parametrize("text", ["altri", "Altre?", "ce ne sono altri?", "more", "e ancora?"])
def test_more_of_the_same(text: str, searcher: Searcher) -> None:
    assert follow(text, Turn("sartoria", 5), 5, searcher) == Turn("sartoria", 10)


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
    assert follow(text, ASKED, 5, searcher) == Turn(text)


@pytest.mark.parametrize("text", ["e a Milano?", "altri", "solo eventi"])
def test_without_a_question_before_there_is_nothing_to_follow(
    text: str, searcher: Searcher
) -> None:
    assert follow(text, None, 5, searcher) == Turn(text)


@given(text=st.text(max_size=60), before=st.text(min_size=1, max_size=60))
def test_any_text_after_any_text_is_a_turn(text: str, before: str, searcher: Searcher) -> None:
    turn = follow(text, Turn(before), 5, searcher)
    assert turn.offset in (0, 5)


def test_a_conversation_is_kept_for_half_an_hour_and_apart() -> None:
    now = [0.0]
    kept = Conversations(lambda: now[0])
    kept.keep("a", ASKED)
    assert kept.last("a") == ASKED
    assert kept.last("b") is None
    now[0] = 1799.0
    assert kept.last("a") == ASKED
    now[0] = 1800.0
    assert kept.last("a") is None


def test_the_longest_silent_conversation_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_service.chat.following._KEEP", 2)
    kept = Conversations(lambda: 0.0)
    for name in ("a", "b", "a", "c"):
        kept.keep(name, Turn(name))
    assert [kept.last(name) for name in "abc"] == [Turn("a"), None, Turn("c")]
