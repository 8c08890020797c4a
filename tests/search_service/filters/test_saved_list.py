from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace

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
    return SavedList().changed(QueryParams(list(pairs)))


def written(saved: SavedList) -> SavedList:
    """A list as the address of a page hands it on."""
    return SavedList.decode(saved.root.strip("/~"))


def test_the_path_of_an_address_holds_the_list_and_links_are_relative_to_it() -> None:
    assert written(TWO) == TWO
    asked = SearchUrl("siti", saved=TWO, root="../")
    assert asked.absolute("/shortlist") == f"{TWO.root}shortlist?q=siti"
    assert asked.on("/network") == "../network?q=siti"
    assert asked.on("/", TWO.toggling("b")) == "../?q=siti&drop=b"
    assert SearchUrl.read(QueryParams(asked.pairs), TWO) == replace(asked, root="/")
    assert asked.kept == SearchUrl(saved=TWO, root="../")
    assert SearchUrl("siti").absolute("/network") == "/network?q=siti"


def test_addresses_of_before_hold_the_list_in_their_query() -> None:
    assert read(("pick", "a"), ("pick", "b"), ("list", "Gara"), ("note.b", "sentita")) == TWO


@given(st.text(max_size=400), st.text(max_size=400))
def test_what_was_read_is_read_again(name: str, note: str) -> None:
    once = read(("pick", "a"), ("list", name), ("note.a", note))
    assert written(once) == once
    assert len(once.name) <= MAX_NAME
    assert len(once.note("a")) <= MAX_NOTE


def test_a_full_list_is_read_again() -> None:
    full = read(
        *(("pick", f"coop-{n}") for n in range(200)),
        *((f"note.coop-{n}", "\U0001f600" * MAX_NOTE) for n in range(200)),
    )
    assert len(full.notes) == 200
    assert written(full) == full


@pytest.mark.parametrize(
    "code",
    [
        TWO.root[2:-9],  # cut, as by a mail program
        "zzz",
        "è",
        "eJw",
        urlsafe_b64encode(zlib.compress(b"pick=" + b"a" * (1 << 20))).decode(),
        urlsafe_b64encode(zlib.compress(b"pick=a&" * 70_000)).decode(),
    ],
)
def test_a_damaged_code_is_no_list(code: str) -> None:
    with pytest.raises(ValueError, match="damaged"):
        SavedList.decode(code)


def test_texts_are_one_line_and_are_cut() -> None:
    found = read(("pick", "a"), ("list", " due\r\n righe "), ("note.a", "à" * 500))
    assert (found.name, found.note("a")) == ("due righe", "à" * MAX_NOTE)


def test_a_note_belongs_to_somebody_in_the_list() -> None:
    found = read(("pick", "a"), ("note.a", " "), ("note.b", "di nessuno"))
    assert found.notes == ()
    assert found.note("b") == ""


def test_a_query_changes_what_it_names_and_nothing_else() -> None:
    assert changed(("pick", "c")) == replace(TWO, picks=("a", "b", "c"))
    assert changed(("list", " "), ("note.a", "chiamare")) == SavedList(
        ("a", "b"), "", (("a", "chiamare"), ("b", "sentita"))
    )
    assert changed(("note.b", "")) == replace(TWO, notes=())
    assert changed(("q", "siti")) == TWO


def test_who_leaves_takes_its_note_along() -> None:
    assert changed(*TWO.toggling("b")) == SavedList(("a",), "Gara")
    assert changed(*TWO.toggling("c")).picks == ("a", "b", "c")
    assert changed(*TWO.dropping(["a", "b", "x"])) == SavedList(name="Gara")
    assert changed(("note.b", "scritta ora"), ("drop", "b")) == SavedList(("a",), "Gara")


def changed(*pairs: tuple[str, str]) -> SavedList:
    return TWO.changed(QueryParams(list(pairs)))


@pytest.mark.parametrize(("inside", "more", "held"), [(0, 3, 3), (48, 5, 50), (50, 1, 50)])
def test_all_are_added_as_far_as_there_is_room(inside: int, more: int, held: int) -> None:
    saved = SavedList(tuple(f"x{n}" for n in range(inside)))
    found = saved.changed(QueryParams(saved.adding([f"y{n}" for n in range(more)])))
    assert len(found.picks) == held <= MAX_PICKS
    assert found.picks[:inside] == saved.picks
    assert found.picks[inside:] == tuple(f"y{n}" for n in range(held - inside))


def test_nobody_is_added_twice() -> None:
    assert TWO.adding(["b", "c", "c", "a"]) == [("pick", "c")]
    assert changed(("pick", "c"), ("pick", "a"), ("pick", "c")).picks == ("a", "b", "c")


def test_so_many_are_read_that_those_left_out_can_be_counted() -> None:
    assert len(read(*(("pick", f"p{n}") for n in range(300))).picks) == 200
