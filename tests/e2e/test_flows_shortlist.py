"""Cooperatives set aside: kept from page to page, compared, taken away as a file or on paper."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.pages import OTHER, QUESTION, asking
from tests.e2e.steps import ask, asked, box, first_result

pytestmark = pytest.mark.browser

TWO = f"{asking(QUESTION).replace('/?', '/shortlist?')}&pick=it99900018880&pick={OTHER}"


def set_aside(page: Page, count: int) -> list[str]:
    """Save the first cooperatives found; their names."""
    found = []
    for number in range(count):
        card = page.get_by_role("article").nth(number)
        found.append(card.get_by_role("heading").inner_text())
        card.get_by_role("link", name=f"Salva {found[-1]}").click()
        expect(page.get_by_role("link", name=f"La tua lista: {number + 1}")).to_be_visible()
    return found


def compared(page: Page) -> list[str]:
    """The cooperatives that the page puts side by side."""
    return page.locator("table.compared thead th > a:first-child").all_inner_texts()


def saved(page: Page, kind: str) -> bytes:
    """The file that a link of the shortlist gives."""
    with page.expect_download() as download:
        page.get_by_role("link", name=kind, exact=True).click()
    assert download.value.suggested_filename == f"competenze-in-rete.{kind.lower()}"
    return download.value.path().read_bytes()


def test_two_are_set_aside_kept_and_compared(page: Page, new_page: NewPage) -> None:
    ask(page, QUESTION)
    two = set_aside(page, 2)
    assert two == ["Bussoladati", "Grande Orsa Servizi"]
    box(page).fill("siti web")  # another question does not lose them
    box(page).press("Enter")
    page.wait_for_url("**q=siti*")
    page.get_by_role("link", name="La rete", exact=True).click()  # nor does another page
    page.wait_for_url("**/network*")
    expect(page.get_by_role("link", name="La tua lista: 2")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="La tua lista: 2").click()
    page.wait_for_url("**/shortlist?*")
    assert compared(page) == two
    colleague = new_page()
    colleague.goto(page.url)
    assert compared(colleague) == two
    page.get_by_role("link", name="togli Bussoladati").click()
    page.wait_for_url(lambda url: "it99900018880" not in url)
    assert compared(page) == ["Grande Orsa Servizi"]
    expect(page.get_by_role("link", name="La tua lista: 1")).to_be_visible()


def test_one_set_aside_by_mistake_is_put_back(page: Page) -> None:
    page.goto(asking(QUESTION))
    set_aside(page, 1)
    page.get_by_role("link", name="togli Bussoladati").click()
    expect(page.get_by_role("link", name="La tua lista:")).to_have_count(0)
    assert asked(page, "pick") == []
    page.go_back()
    expect(page.get_by_role("link", name="La tua lista: 1")).to_be_visible()
    expect(first_result(page)).to_have_text("Bussoladati")


def test_files_hold_what_the_page_shows(page: Page) -> None:
    page.goto(TWO)
    two = compared(page)
    assert two == ["Bussoladati", "Paginachiara"]
    quoted = page.locator("blockquote").first.inner_text()

    workbook = load_workbook(BytesIO(saved(page, "XLSX")))
    organisations, evidence = workbook.worksheets
    assert organisations["A1"].value == "Cooperativa"
    assert [row[0] for row in organisations.iter_rows(min_row=2, values_only=True)] == two
    passages = [row[5] for row in evidence.iter_rows(min_row=2, values_only=True)]
    assert quoted in passages

    text = saved(page, "CSV").decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=";"))
    assert [row["Cooperativa"] for row in rows] == two
    assert rows[0]["Passo migliore"] == quoted

    told = json.loads(saved(page, "JSON"))
    assert told["question"] == QUESTION
    assert [one["name"] for one in told["organisations"]] == two
    assert told["organisations"][0]["evidence"][0]["text"] == quoted


def test_on_paper_it_is_a_dossier(page: Page) -> None:
    page.goto(TWO)
    expect(page.get_by_role("button", name="Stampa")).to_be_visible()
    addresses = page.locator(".address")
    assert [shown for shown in addresses.all() if shown.is_visible()] == []
    page.emulate_media(media="print")
    for kind in ("navigation", "button", "search"):
        assert page.get_by_role(kind).filter(visible=True).count() == 0, kind  # type: ignore[arg-type]
    for name in ("XLSX", "CSV", "JSON", "togli", "Da parte", "Vai al contenuto"):
        assert page.get_by_role("link", name=name).filter(visible=True).count() == 0, name
    expect(page.get_by_role("heading", level=1)).to_have_text("La tua lista")
    expect(page.get_by_text(QUESTION)).to_be_visible()
    passages = page.locator("blockquote")
    assert passages.count() == addresses.count() > 1
    for shown in (*passages.all(), *addresses.all()):
        expect(shown).to_be_visible()
        assert shown.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), shown.inner_text()
    address = addresses.first.inner_text()
    assert address.startswith("http://")
    page.goto(address)
    expect(page.locator(":target")).to_be_visible()
