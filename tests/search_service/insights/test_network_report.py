from __future__ import annotations

from search_service.insights.network_report import Shortened, sharing, shortened


def test_the_first_items_that_fit_are_kept() -> None:
    assert shortened(["uno", "due", "sei"], 6, len) == Shortened(("uno", "due"), 1)
    assert shortened(["uno", "due", "sei"], 9, len) == Shortened(("uno", "due", "sei"), 0)
    assert shortened(["quattordici", "due"], 1, len) == Shortened(("quattordici",), 1)
    assert shortened([], 5, len) == Shortened((), 0)


def test_what_a_short_list_does_not_need_is_left_to_the_others() -> None:
    lists = [["aa", "bb", "cc", "dd"], ["e"], ["ff", "gg", "hh"]]
    found = sharing(lists, 11, len)
    assert [(one.items, one.left) for one in found] == [
        (("aa", "bb"), 2),
        (("e",), 0),
        (("ff", "gg"), 1),
    ]
    assert sharing([], 10, len) == []
