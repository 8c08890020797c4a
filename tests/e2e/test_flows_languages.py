"""Italian and English: who decides, what stays, and that nothing is left in the other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.pages import PAGES, QUESTION, Place, asking
from tests.e2e.service import ROOT
from tests.e2e.steps import box, first_result

pytestmark = pytest.mark.browser

CATALOGUE = ROOT / "search_service" / "presentation" / "locale" / "en.po"
SHORT = 12  # letters: so little may be a word of both languages, or of a document

# All words of a page but those of documents, and those marked as Italian.
OWN_WORDS = """() => {
  const body = document.body.cloneNode(true);
  for (const e of body.querySelectorAll("[lang=it], blockquote, script")) e.remove();
  const said = [...body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")]
    .flatMap(e => ["aria-label", "title", "placeholder", "alt"].map(a => e.getAttribute(a) ?? ""));
  const meta = [...document.querySelectorAll("meta[content]")].map(e => e.content);
  return [document.title, body.textContent, ...said, ...meta].join("\\n").replace(/\\s+/g, " ");
}"""


def italian(catalogue: Path) -> list[str]:
    """What the interface says in Italian only: its messages, without what is filled into them."""
    with catalogue.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    pairs = [
        (one, str(message.string if isinstance(message.string, str) else message.string[0]))
        for message in messages
        for one in (message.id if isinstance(message.id, tuple) else (message.id,))
    ]
    parts = [(p.strip(), english) for one, english in pairs for p in re.split(r"%\(\w+\)s", one)]
    return [part for part, english in parts if len(part) > SHORT and part not in english]


ITALIAN = italian(CATALOGUE)


def test_the_messages_are_there() -> None:
    assert len(ITALIAN) > 100
    assert "Che cosa cerchi?" in ITALIAN


@pytest.mark.parametrize("place", PAGES, ids=[place.name for place in PAGES])
def test_an_english_page_is_all_english(new_page: NewPage, place: Place) -> None:
    page = new_page(locale="en-GB")  # what the browser asks for is enough
    page.goto(place.path)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    words = page.evaluate(OWN_WORDS)
    assert len(words) > 100
    assert [message for message in ITALIAN if message in words] == []


def test_the_browser_decides_and_the_switch_overrides(new_page: NewPage) -> None:
    page = new_page(locale="en-US")
    page.goto("/")
    expect(page.get_by_role("combobox", name="What are you looking for?")).to_be_visible()
    page.get_by_role("link", name="Italiano").click()
    page.wait_for_url("**lang=it*")
    expect(page.get_by_role("combobox", name="Che cosa cerchi?")).to_be_visible()
    box(page).fill(QUESTION)
    page.wait_for_url("**q=chi*")
    expect(page.get_by_role("heading", name="Risultati")).to_be_attached()
    first_result(page).click()
    expect(page.get_by_role("heading", name="Che cosa sa fare")).to_be_visible()
    page.get_by_role("link", name="La rete", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("La rete in numeri")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/network?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text("The network in numbers")


def test_the_switch_keeps_the_search(page: Page) -> None:
    page.goto(asking(QUESTION, place="Toscana"))
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**lang=en*")
    expect(box(page)).to_have_value(QUESTION)
    expect(page.get_by_role("link", name=re.compile("^Remove .*Toscana"))).to_be_attached()
