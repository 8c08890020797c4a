"""What people do, from end to end, in a real browser on the real service."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import NewPage
from tests.e2e.pages import ACCESSIBILITY, QUESTION, asking

pytestmark = pytest.mark.xdist_group("e2e")

EVIDENCE = ".evidence > li"
IN_VIEW = """element => {
  const box = element.getBoundingClientRect();
  return box.top < innerHeight && box.bottom > 0 && box.height > 0;
}"""


def box(page: Page) -> Locator:
    return page.get_by_role("searchbox")


def first_result(page: Page) -> Locator:
    """The first cooperative's name, a link to its page."""
    return page.get_by_role("article").first.get_by_role("heading").get_by_role("link")


def total(page: Page) -> int:
    """How many cooperatives answer, as the page announces it."""
    found = re.search(r"\d+", page.get_by_role("status").inner_text())
    return int(found.group()) if found else 0


def asked(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query).get("q", [""])[0]


def letters(text: str) -> str:
    """What stays of a text when its lines are broken elsewhere."""
    return "".join(filter(str.isalnum, text)).lower()


def ask(page: Page, question: str) -> None:
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


def test_search_open_and_back(page: Page) -> None:
    ask(page, QUESTION)
    assert asked(page) == QUESTION
    expect(first_result(page)).to_have_text("Bussoladati")
    first_result(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bussoladati")
    page.go_back()
    assert asked(page) == QUESTION
    expect(box(page)).to_have_value(QUESTION)
    expect(first_result(page)).to_have_text("Bussoladati")
    page.go_back()
    assert urlsplit(page.url)[2:] == ("/", "", "")


def test_a_link_shows_a_colleague_the_same(page: Page, new_page: NewPage) -> None:
    ask(page, QUESTION)
    page.get_by_role("link", name=re.compile("Togli .*Emilia-Romagna")).click()
    colleague = new_page()
    colleague.goto(page.url)
    names = [
        p.get_by_role("article").get_by_role("heading").all_inner_texts() for p in (page, colleague)
    ]
    assert names[0] == names[1]
    assert len(names[0]) > 1


def test_a_chip_removed_is_a_wider_search_and_can_be_put_back(page: Page) -> None:
    ask(page, QUESTION)
    narrow = total(page)
    assert narrow > 0
    page.get_by_role("link", name=re.compile("Togli .*Emilia-Romagna")).click()
    page.wait_for_url("**off=*")
    assert total(page) > narrow
    page.get_by_role("link", name=re.compile("rimetti .*Emilia-Romagna")).click()
    page.wait_for_url(lambda url: "off=" not in url)
    assert total(page) == narrow


def test_evidence_opens_its_document_with_the_passage_in_view(page: Page) -> None:
    page.goto(asking(ACCESSIBILITY))
    evidence = page.locator(EVIDENCE)
    places = [
        (item.locator("blockquote").inner_text(), item.locator("a[href*='#p']").first)
        for item in evidence.all()
    ]
    quoted, link = next(
        (quoted, link)
        for quoted, link in places
        if not (link.get_attribute("href") or "").endswith("#p0")  # the top is in view by itself
    )
    link.click()
    page.wait_for_url("**/documents/**")
    target = page.locator(":target")
    assert letters(quoted.strip("… ")) in letters(target.inner_text())
    assert target.evaluate(IN_VIEW)


def test_evidence_of_a_pdf_opens_at_its_page(page: Page) -> None:
    page.goto(asking(ACCESSIBILITY))
    item = page.locator(EVIDENCE, has=page.locator("a[href*='#page=']")).first
    quoted = item.locator("blockquote").inner_text()
    address, _, number = (item.locator("a[href*='#page=']").get_attribute("href") or "").partition(
        "#page="
    )
    response = page.request.get(address)
    assert response.headers["content-type"] == "application/pdf"
    text = PdfReader(BytesIO(response.body())).pages[int(number) - 1].extract_text()
    assert letters(quoted.strip("… "))[:60] in letters(text)


def test_without_javascript(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    ask(page, QUESTION)
    expect(first_result(page)).to_have_text("Bussoladati")
    page.get_by_role("link", name=re.compile("Togli .*Emilia-Romagna")).click()
    page.wait_for_url("**off=*")
    first_result(page).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/")
    tab_to(page, box(page), most=12)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    tab_to(page, first_result(page))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Bussoladati")
