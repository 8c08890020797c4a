"""Actions and readings that the tests of user journeys share."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page

from search_service.filters.saved_list import SavedList
from tests.web_site import list_in

DOCUMENTED = "section.documented"  # without those that are only close
EVIDENCE = f"{DOCUMENTED} .evidence > li"


def box(page: Page) -> Locator:
    """The question field: a search box, or a combobox where JavaScript runs."""
    return page.get_by_role("search").locator("#q")


def first_result(page: Page) -> Locator:
    """The first cooperative's name, a link to its page."""
    return page.get_by_role("article").first.get_by_role("heading").get_by_role("link")


def names(page: Page) -> list[str]:
    """The cooperatives found, in the order in which they are shown."""
    return page.locator(f"{DOCUMENTED} article h3").all_inner_texts()


def seated(page: Page) -> list[str]:
    """The cooperatives found that have their seat in the place asked for."""
    here = page.get_by_text("sede qui", exact=True)
    return page.locator(f"{DOCUMENTED} article", has=here).locator("h3").all_inner_texts()


def chips(page: Page) -> list[str]:
    """The filters recognised or chosen, as the page writes them."""
    return page.locator(".chip-of > span").all_inner_texts()


def total(page: Page) -> int:
    """How many cooperatives were found, as the page announces it: those of each group together."""
    said = page.get_by_role("status").inner_text().split(" · ")
    counts = (re.match(r"\d+", part) for part in said if "document" not in part)
    return sum(int(count.group()) for count in counts if count)


def number(link: Locator) -> int:
    """The count beside a facet value."""
    return int(link.locator(".number").inner_text())


def facet(page: Page, group: str) -> Locator:
    """The values of one facet."""
    return page.get_by_role("complementary").locator(
        "details.facet", has=page.get_by_text(group, exact=True)
    )


def asked(page: Page, name: str = "q") -> list[str]:
    """The values of one parameter in the address of the page."""
    return parse_qs(urlsplit(page.url).query).get(name, [])


def saved(page: Page) -> SavedList:
    """The shortlist that the address of the page begins with."""
    return list_in(page.url)


def letters(text: str) -> str:
    """The letters and digits of a text, whatever its line breaks."""
    return "".join(filter(str.isalnum, text)).lower()


def ask(page: Page, question: str) -> None:
    """Ask a question from the home page, with Enter."""
    page.goto("/")
    box(page).fill(question)
    box(page).press("Enter")
    page.wait_for_url("**/?q=*")


def tab_to(page: Page, target: Locator, most: int = 80) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{most} times Tab do not reach {target}")
