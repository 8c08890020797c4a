from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from search_service.filters.saved_list import (
    MAX_NAME,
    MAX_NOTE,
    MAX_PICKS,
    SavedList,
)
from search_service.filters.search_url import SearchUrl

TWO = SavedList(("a", "b"), "Gara", (("b", "sentita"),))


def read(*pairs: tuple[str, str]) -> SavedList:
    return SavedList.read(QueryParams(list(pairs)))


def test_an_address_holds_all_of_it() -> None:
    assert read(*TWO.pairs) == TWO
    asked = SearchUrl("siti", saved=TWO)
    whole = "/shortlist?q=siti&pick=a&pick=b&list=Gara&note.b=sentita"
    assert asked.annotated_on("/shortlist") == whole
    assert asked.on("/network") == "/network?q=siti&pick=a&pick=b&list=Gara"
    assert SearchUrl.read(QueryParams(asked.pairs)) == asked
    assert asked.kept == SearchUrl(saved=TWO)


@given(st.text(max_size=400), st.text(max_size=400))
def test_what_was_read_is_read_again(name: str, note: str) -> None:
    once = read(("pick", "a"), ("list", name), ("note.a", note))
    assert read(*once.pairs) == once
    assert len(once.name) <= MAX_NAME
    assert len(once.note("a")) <= MAX_NOTE


def test_texts_are_one_line_and_are_cut() -> None:
    found = read(("pick", "a"), ("list", " due\r\n righe "), ("note.a", "à" * 500))
    assert (found.name, found.note("a")) == ("due righe", "à" * MAX_NOTE)


def test_a_note_belongs_to_somebody_in_the_list() -> None:
    found = read(("pick", "a"), ("note.a", " "), ("note.b", "di nessuno"))
    assert found.notes == ()
    assert found.note("b") == ""


def test_who_leaves_takes_its_note_along() -> None:
    assert TWO.toggled("b") == SavedList(("a",), "Gara")
    assert TWO.toggled("c").picks == ("a", "b", "c")
    assert TWO.without(["a", "b", "x"]) == SavedList(name="Gara")


@pytest.mark.parametrize(("inside", "more", "held"), [(0, 3, 3), (48, 5, 50), (50, 1, 50)])
def test_all_are_added_as_far_as_there_is_room(inside: int, more: int, held: int) -> None:
    saved = SavedList(tuple(f"x{n}" for n in range(inside)))
    found = saved.adding([f"y{n}" for n in range(more)])
    assert len(found.picks) == held <= MAX_PICKS
    assert found.picks[:inside] == saved.picks
    assert found.picks[inside:] == tuple(f"y{n}" for n in range(held - inside))


def test_nobody_is_added_twice() -> None:
    assert TWO.adding(["b", "c", "c", "a"]).picks == ("a", "b", "c")


def test_so_many_are_read_that_those_left_out_can_be_counted() -> None:
    assert len(read(*(("pick", f"p{n}") for n in range(300))).picks) == 200
