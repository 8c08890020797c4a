"""What people do with a search, from end to end, in a real browser on the real service."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import NewPage
from tests.e2e.pages import ACCESSIBILITY, LANGUAGES, QUESTION, asking
from tests.e2e.steps import (
    EVIDENCE,
    ask,
    asked,
    box,
    chips,
    facet,
    first_result,
    letters,
    names,
    number,
    seated,
    total,
)

pytestmark = pytest.mark.browser

MUSIC = "traduzione in Molise con ISO 27001"  # nobody: what to do then is in the answer


def test_search_open_and_back(page: Page) -> None:
    ask(page, QUESTION)
    assert asked(page) == [QUESTION]
    expect(first_result(page)).to_have_text("Bussoladati")
    first_result(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bussoladati")
    page.go_back()
    assert asked(page) == [QUESTION]
    expect(box(page)).to_have_value(QUESTION)
    expect(first_result(page)).to_have_text("Bussoladati")
    page.go_back()
    assert urlsplit(page.url)[2:] == ("/", "", "")


def test_typing_is_enough(page: Page) -> None:
    page.goto("/")
    home = page.title()
    box(page).press_sequentially("data engineering", delay=30)
    page.wait_for_url("**q=data+engineering")
    expect(first_result(page)).to_have_text("Bussoladati")
    assert asked(page) == ["data engineering"]
    assert page.title().startswith("data engineering · ")
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ cooperativ[ae]"))
    expect(box(page)).to_be_focused()
    page.keyboard.type(" in Toscana")  # at the end of what is written: nothing has moved
    page.wait_for_url(lambda url: "Toscana" in url)
    expect(box(page)).to_have_value("data engineering in Toscana")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Togli dove: Toscana")).to_be_attached()
    page.go_back()
    expect(page).to_have_title(home)
    expect(box(page)).to_have_value("")
    expect(page.get_by_role("status")).to_have_text("")
    assert urlsplit(page.url)[2:] == ("/", "", "")


def test_a_question_corrected_by_typing_is_not_lost(page: Page) -> None:
    ask(page, "data engineering")
    box(page).fill("dichiarazioni di accessibilità")
    page.wait_for_url("**/?q=dichiarazioni*")
    page.go_back()
    expect(box(page)).to_have_value("data engineering")
    expect(first_result(page)).to_have_text("Bussoladati")


def test_what_is_typed_is_completed_with_the_vocabulary_s_names(page: Page) -> None:
    page.goto("/")
    box(page).press_sequentially("chi fa cyb")
    option = page.get_by_role("option").first
    expect(option).to_have_text("chi fa sicurezza informatica")
    option.click()
    expect(box(page)).to_have_value("chi fa sicurezza informatica")
    expect(first_result(page)).to_have_text("Doppiachiave")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_is_a_question_that_somebody_answers(page: Page, language: str) -> None:
    page.goto(f"/?lang={language}")
    examples = page.locator(".examples a").all_inner_texts()
    assert len(examples) == 4
    for example in examples:
        page.goto(f"/?lang={language}")
        page.locator(".examples").get_by_role("link", name=example, exact=True).click()
        expect(box(page)).to_have_value(example)
        expect(first_result(page)).to_be_visible()
        assert names(page), example


def test_recent_works_and_shared_competencies_are_on_the_first_page(page: Page) -> None:
    page.goto("/")
    works = page.get_by_role("region", name="Lavori recenti").get_by_role("listitem")
    expect(works).to_have_count(5)
    expect(works.first).to_contain_text("settembre 2026")
    expect(works.first.get_by_role("link", name="Due Voci")).to_be_visible()
    shared = page.get_by_role("region", name="Le competenze più diffuse").get_by_role("listitem")
    counts = [int(one) for one in shared.locator(".number").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] > 1
    shared.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ccessibilità digitale")


def test_a_link_shows_a_colleague_the_same(page: Page, new_page: NewPage) -> None:
    ask(page, QUESTION)
    page.get_by_role("link", name="Togli dove: Emilia-Romagna").click()
    page.wait_for_url("**off=*")
    colleague = new_page()
    colleague.goto(page.url)
    assert names(page)
    assert names(colleague) == names(page)


def test_a_chip_removed_is_a_wider_search_and_can_be_put_back(page: Page) -> None:
    ask(page, QUESTION)
    narrow = total(page)
    assert narrow > 0
    page.get_by_role("link", name="Togli dove: Emilia-Romagna").click()
    page.wait_for_url("**off=*")
    assert total(page) >= narrow
    page.get_by_role("link", name="ripristina dove: Emilia-Romagna").click()
    page.wait_for_url(lambda url: "off=" not in url)
    assert total(page) == narrow


def test_a_facet_narrows_to_as_many_as_it_says(page: Page, new_page: NewPage) -> None:
    page.goto(asking("accessibilità"))
    everywhere = names(page)
    page.get_by_text("Competenza", exact=True).click()
    choices = facet(page, "Competenza").get_by_role("link").all()
    choice = next(one for one in choices if number(one) < len(everywhere))
    count, label = number(choice), choice.locator("span").first.inner_text()
    assert count > 0
    choice.click()
    page.wait_for_url("**competence=*")
    assert total(page) == count
    there = names(page)
    assert set(there) < set(everywhere)
    colleague = new_page()
    colleague.goto(page.url)
    assert names(colleague) == there
    page.get_by_role("link", name=f"Togli competenza: {label}").click()
    page.wait_for_url(lambda url: "competence=" not in url)
    assert names(page) == everywhere
    page.go_back()
    expect(page.get_by_role("status")).to_have_text(re.compile(rf"^{count} cooperativ"))
    assert names(page) == there
    page.go_back()
    expect(page.get_by_role("status")).to_have_text(re.compile(rf"^{len(everywhere)} cooperativ"))


def test_a_region_counts_the_seats_in_it_and_these_come_first(page: Page) -> None:
    page.goto(asking(ACCESSIBILITY))
    choice = facet(page, "Regione della sede").get_by_role("link").first
    region, count = choice.locator("span").first.inner_text(), number(choice)
    choice.click()
    page.wait_for_url("**place=*")
    assert any(chip.endswith(region) for chip in chips(page))
    assert seated(page) == names(page)[:count]


def test_what_was_chosen_holds_for_the_next_question(page: Page) -> None:
    page.goto(asking(ACCESSIBILITY))
    choice = facet(page, "Regione della sede").get_by_role("link").first
    region = choice.locator("span").first.inner_text()
    choice.click()
    page.wait_for_url("**place=*")
    box(page).fill("siti web")
    box(page).press("Enter")
    page.wait_for_url("**q=siti*")
    away = page.get_by_role("link", name=re.compile(rf"^Togli dove: .*{re.escape(region)}$"))
    expect(away).to_be_attached()
    away.click()
    page.wait_for_url(lambda url: "place=" not in url)
    box(page).fill(ACCESSIBILITY)
    box(page).press("Enter")
    page.wait_for_url("**q=accessibilit*")
    assert asked(page, "place") == []


def test_every_group_of_facets_counts_right(page: Page) -> None:
    page.goto(asking(ACCESSIBILITY))
    groups = page.get_by_role("complementary").locator("details.facet")
    links = {
        group.locator("summary").first.inner_text(): group.locator("a").first
        for group in groups.all()
    }
    assert {
        "Regione della sede",
        "Provincia della sede",
        "Prova",
        "Competenza",
        "Anno",
    } <= links.keys()
    counts = {
        label: (link.get_attribute("href") or "", int(link.locator(".number").text_content() or 0))
        for label, link in links.items()
    }
    for label, (address, count) in counts.items():
        page.goto(address)
        assert total(page) == count, label


def test_a_region_on_the_map_leads_to_its_cooperatives(page: Page) -> None:
    page.goto("/")
    region = page.get_by_role("link", name=re.compile(r"^Toscana: \d+ cooperativ"))
    count = re.search(r"\d+", region.get_attribute("aria-label") or "")
    assert count is not None
    region.click()
    page.wait_for_url("**place=*")
    assert chips(page) == ["dove: sede nella regione Toscana"]
    assert total(page) == int(count.group())


def test_another_order_stays(page: Page) -> None:
    page.goto(asking("siti web"))
    relevant = names(page)
    page.get_by_role("navigation", name="Ordine").get_by_role("link", name="nome").click()
    page.wait_for_url("**sort=name*")
    expect(page.locator(".orders [aria-current=true]")).to_have_text("nome")
    ordered = names(page)
    assert ordered == sorted(relevant, key=str.casefold) != relevant
    page.reload()
    assert names(page) == ordered
    page.go_back()
    expect(page.locator(".orders [aria-current=true]")).to_have_text("pertinenza")
    assert names(page) == relevant


def test_only_close_ones_are_shown_as_that_and_what_to_do(page: Page) -> None:
    page.goto(asking(MUSIC))
    expect(page.get_by_role("status")).to_have_text("Nessuna prova diretta: le più vicine")
    assert names(page) == []
    close = page.get_by_role("region", name="Le più vicine")
    expect(close.get_by_role("article").first.locator(".why")).to_be_visible()
    expect(close.get_by_role("article").first.locator("blockquote")).to_be_visible()
    expect(page.get_by_role("heading", name="Che cosa puoi fare")).to_be_visible()
    without_place = page.locator("li", has=page.get_by_role("link", name="Cerca senza «Molise»"))
    expect(without_place).to_contain_text("ancora nessuna")
    link = page.get_by_role("link", name="Cerca senza «ISO 27001»")
    said = re.search(r"(\d+) cooperativ", page.locator("li", has=link).inner_text())
    assert said is not None
    link.click()
    page.wait_for_url("**off=certification*")
    assert total(page) == int(said.group(1)) > 0


def test_evidence_opens_its_document_with_the_passage_in_view(page: Page) -> None:
    page.goto(asking(ACCESSIBILITY))
    for summary in page.locator("details.others > summary").all():
        summary.click()
    places = [
        (item.locator("blockquote").inner_text(), item.locator("a[href*='#p']").first)
        for item in page.locator(EVIDENCE, has=page.locator("blockquote")).all()
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
    expect(target).to_be_in_viewport()


def test_evidence_of_a_pdf_opens_at_its_page(page: Page) -> None:
    page.goto(asking("open data"))
    item = page.locator(EVIDENCE, has=page.locator("a[href*='#page=']")).first
    quoted = item.locator("blockquote").inner_text()
    original = item.locator("a[href*='#page=']").get_attribute("href") or ""
    address, _, at = original.partition("#page=")
    response = page.request.get(address)
    assert response.headers["content-type"] == "application/pdf"
    text = PdfReader(BytesIO(response.body())).pages[int(at) - 1].extract_text()
    assert letters(quoted.strip("… "))[:60] in letters(text)
    item.locator("a[href*='#p']").first.click()  # the same, as a page of ours
    page.wait_for_url("**/documents/**")
    target = page.locator(":target")
    assert letters(quoted.strip("… ")) in letters(target.inner_text())
    expect(target).to_be_in_viewport()
    expect(page.locator(f"a[href$='#page={at}']")).to_be_attached()
    plain = page.locator(".text .passage:not(:target)").first
    background = "element => getComputedStyle(element).backgroundColor"
    assert target.evaluate(background) != plain.evaluate(background)
