"""A question that nobody answers: who comes close, what one thing less would give, and when."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import checks
from tests.e2e.conftest import NewPage
from tests.e2e.pages import asking
from tests.e2e.steps import ask, asked, box, first_result, names, total

pytestmark = pytest.mark.browser

NOBODY = "app mobile per sottomarini nucleari"
A_LETTER_MS = 350  # longer than the page waits before it asks what is typed
REST_MS = 1000
# Everything that the page has said of how many there are, since it was loaded.
_RECORD = """() => {
  const said = window.said = [];
  const status = document.getElementById("conteggio");
  new MutationObserver(() => said.push(status.textContent)).observe(status, {childList: true});
}"""


def test_the_close_ones_are_open_and_say_why_each_may_fit(page: Page) -> None:
    page.goto(asking(NOBODY))
    expect(page.get_by_role("status")).to_have_text("Nessuna prova diretta: le più vicine")
    cards = page.get_by_role("region", name="Le più vicine").get_by_role("article")
    assert 0 < cards.count() <= 5
    for card in cards.all():
        expect(card.locator(".why")).to_be_visible()
        expect(card.locator(".why")).not_to_be_empty()


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_one_word_less_finds_as_many_as_it_says(new_page: NewPage, *, javascript: bool) -> None:
    page = new_page(java_script_enabled=javascript)
    page.goto(asking(NOBODY))
    offers = page.get_by_role("region", name="Se togli un filtro o una parola")
    offer = offers.get_by_role("listitem").first
    said = re.fullmatch(r"Cerca senza «(\w+)»: (\d+) cooperativ[ae]", offer.inner_text().strip())
    assert said is not None
    assert said[1] in NOBODY
    offer.get_by_role("link").click()
    page.wait_for_url(lambda url: said[1] not in url)
    assert total(page) == int(said[2]) == len(names(page)) > 0
    assert said[1] not in asked(page)[0]


def test_a_phone_shows_the_offers_and_the_close_ones_whole(new_page: NewPage) -> None:
    page = new_page(width=360, height=740)
    page.goto(asking(NOBODY))
    assert checks.sideways(page) == []
    assert checks.accessibility(page) == []


def test_half_a_word_is_not_told_that_there_is_nobody(page: Page) -> None:
    ask(page, "data engineering")
    expect(first_result(page)).to_have_text("Bussoladati")
    page.evaluate(_RECORD)
    box(page).fill("")
    box(page).press_sequentially("dichiaraz", delay=A_LETTER_MS)
    page.keyboard.type("ioni di accessibilità", delay=A_LETTER_MS / 10)
    page.wait_for_url("**q=dichiarazioni+di+accessibilit*")
    expect(page.locator("main[aria-busy=true]")).to_have_count(0)
    assert page.evaluate("said.filter(text => text.includes('Nessuna'))") == []
    assert names(page)


def test_the_last_answer_stays_dimmed_until_typing_rests(page: Page) -> None:
    ask(page, "data engineering")
    box(page).fill("sottomarini nucl")
    page.wait_for_timeout(REST_MS / 2)  # the answer to this is there, but not its turn
    assert names(page)
    assert page.locator("#risultati").evaluate("e => getComputedStyle(e).opacity") == "0.5"
    page.keyboard.type("eari")
    expect(page.get_by_role("status")).to_contain_text("Nessuna")
    assert asked(page) == ["sottomarini nucleari"]
    assert page.locator("#risultati").evaluate("e => getComputedStyle(e).opacity") == "1"


def test_enter_asks_at_once(page: Page) -> None:
    ask(page, "data engineering")
    box(page).fill("sottomarini nucleari")
    box(page).press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Nessuna", timeout=REST_MS)
