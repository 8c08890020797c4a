"""The same without a mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import QUESTION, asking
from tests.e2e.steps import (
    asked,
    box,
    first_result,
    names,
    seated,
    tab_to,
    total,
)

pytestmark = pytest.mark.browser


def test_from_the_first_page_to_the_evidence(page: Page) -> None:
    page.goto("/")
    tab_to(page, box(page), most=12)
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=*")
    expect(first_result(page)).to_have_text("Bussoladati")
    others = page.locator("details.others").first
    tab_to(page, others.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, others.locator("a[href*='/documents/']").first, most=3)
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/**#p*")
    expect(page.locator(":target")).to_be_in_viewport()


def test_the_skip_link_leads_past_the_header(page: Page) -> None:
    page.goto(asking(QUESTION))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Vai al contenuto")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(box(page)).to_be_focused()


def test_a_region_of_the_map(page: Page) -> None:
    page.goto("/")
    region = page.get_by_role("link", name=re.compile("^Toscana: "))
    said = region.get_attribute("aria-label") or ""
    tab_to(page, region)
    assert region.locator("path").evaluate("e => getComputedStyle(e).strokeWidth") == "6px"
    page.keyboard.press("Enter")
    page.wait_for_url("**place=*")
    assert f"Toscana: {len(seated(page))} " in said
    expect(page.get_by_role("status")).to_be_focused()  # not lost with the link that had it


def test_setting_aside_keeps_the_place(page: Page) -> None:
    page.goto(asking(QUESTION))
    pick = page.locator("article .pick").first
    tab_to(page, pick)
    page.keyboard.press("Enter")
    page.wait_for_url("**/~*/?*")
    expect(page.locator("article .pick").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/~" not in url)
    expect(page.locator("article .pick").first).to_be_focused()


def test_suggestions_are_chosen(page: Page) -> None:
    page.goto("/")
    combobox = page.get_by_role("combobox", name="Che cosa cerchi?")
    expect(combobox).to_have_attribute("aria-expanded", "false")
    combobox.press_sequentially("acc", delay=30)
    listbox = page.get_by_role("listbox", name="Suggerimenti")
    expect(listbox).to_be_visible()
    expect(combobox).to_have_attribute("aria-expanded", "true")
    assert listbox.get_attribute("id") == combobox.get_attribute("aria-controls")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    option = listbox.get_by_role("option").first
    expect(option).to_have_attribute("aria-selected", "true")
    expect(combobox).to_have_attribute(
        "aria-activedescendant", option.get_attribute("id") or "none"
    )
    expect(combobox).to_be_focused()
    chosen = option.inner_text()
    page.keyboard.press("Enter")
    expect(combobox).to_have_value(chosen)
    expect(listbox).to_be_hidden()
    page.wait_for_url(lambda url: asked(page) == [chosen])
    assert chosen == "accessibilità digitale"
    expect(first_result(page)).to_be_visible()
    assert len(names(page)) == total(page) > 0


def test_suggestions_go_with_escape_and_leave_what_was_written(page: Page) -> None:
    page.goto("/")
    box(page).press_sequentially("acc", delay=30)
    listbox = page.get_by_role("listbox")
    expect(listbox).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(listbox).to_be_hidden()
    expect(box(page)).to_have_attribute("aria-expanded", "false")
    assert box(page).get_attribute("aria-activedescendant") is None
    expect(box(page)).to_have_value("acc")
    expect(box(page)).to_be_focused()


@pytest.mark.parametrize("address", ["/", asking(QUESTION), "/network"])
def test_slash_goes_to_the_box(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.type("a/b")  # within the box it is a letter
    expect(box(page)).to_have_value("a/b")
