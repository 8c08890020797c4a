"""The cards of an answer: compact on a desk, at most half a screen on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import checks
from tests.e2e.conftest import NewPage
from tests.e2e.pages import ACCESSIBILITY, QUESTION, REMOTE, asking
from tests.e2e.steps import EVIDENCE, first_result, names

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}
ABOVE_THE_FOLD = 560  # CSS pixels from the top of a phone
BOTH = "formazione a Bologna"  # one seated there, two at a distance
HALF_A_SCREEN = 370
CARD_ON_A_DESK = 250  # CSS pixels: ten of them, and all around them, in 45 % of 7,121
ASKED = (QUESTION, ACCESSIBILITY, "accessibilità", "siti web", "open data", "data engineering")


def heights(page: Page) -> list[int]:
    cards = page.locator("section.documented article").all()
    return [round(box["height"]) for card in cards if (box := card.bounding_box())]


def test_a_card_says_what_one_needs_and_folds_the_rest(page: Page) -> None:
    page.goto(asking(QUESTION))
    card = page.get_by_role("article").first
    expect(card.locator(".facts")).to_contain_text("sede qui")
    expect(card.locator(".facts")).to_contain_text("aggiornata a giugno 2026")
    expect(card.locator(".facts")).to_contain_text("addetti")
    expect(card.locator(".does")).to_be_visible()
    expect(card.locator(".tags li").first.locator("mark")).to_have_text("ingegneria dei dati")
    assert card.locator(".tags li").count() <= 5
    expect(card.get_by_role("link", name="Scrivi Bussoladati")).to_have_attribute(
        "href", re.compile("^mailto:")
    )
    expect(card.get_by_role("link", name="Sito Bussoladati")).to_be_visible()
    others = card.locator("details.others")
    expect(others.locator(".source").first).to_be_hidden()
    others.locator("summary").click()
    expect(others.locator(".source").first).to_be_visible()


@pytest.mark.parametrize("question", ASKED)
def test_no_card_dumps_a_document_s_fields(page: Page, question: str) -> None:
    page.goto(asking(question))
    assert names(page)
    quotes = page.locator("article blockquote").all_text_contents()
    assert not [quote for quote in quotes if quote.strip().startswith("Competenze:")]
    assert page.locator(f"{EVIDENCE} .why, {EVIDENCE} .proof").count() > 0


def test_what_only_names_a_cooperative_is_neutral(page: Page) -> None:
    page.goto(asking(ACCESSIBILITY))
    colour = "element => getComputedStyle(element).color"
    cited = page.locator(".why", has_text=re.compile("^(Citata in|Ha organizzato|Ne ha parlato)"))
    name = page.get_by_role("article").first.get_by_role("heading").get_by_role("link")
    assert cited.count() > 0
    for one in cited.all():
        assert one.evaluate(colour) == page.locator("body").evaluate(colour)
        assert one.evaluate(colour) != name.evaluate(colour)


def test_who_works_there_or_at_a_distance_is_folded_with_a_count(page: Page) -> None:
    page.goto(asking(BOTH))
    assert page.locator("details.group").count() == 1
    for group in page.locator("details.group").all():
        summary = group.locator("> summary").inner_text()
        count = re.fullmatch(r"Lavorano (in zona|a distanza): (\d+)", summary.strip())
        assert count is not None
        expect(group.locator("article").first).to_be_hidden()
        group.locator("> summary").click()
        expect(group.locator("article").first).to_be_visible()
        assert group.locator("article").count() == int(count[2])


def test_each_group_is_saved_by_itself(page: Page) -> None:
    page.goto(asking(BOTH))
    expect(page.get_by_role("status")).to_have_text("1 cooperativa con sede qui · 2 a distanza")
    group = page.locator("details.group").last
    group.locator("> summary").click()
    remote = group.locator("article h3").all_inner_texts()
    assert len(remote) > 1
    group.get_by_role("link", name=f"Salva tutte e {len(remote)}").click()
    page.wait_for_url("**/~*/?*")
    expect(page.get_by_role("link", name=f"La tua lista: {len(remote)}")).to_be_visible()
    # The group stays open, or nobody would see what was saved.
    expect(page.locator("details.group").last.get_by_text("Salvate tutte")).to_be_visible()
    others = page.locator("section.documented").first.locator("article .pick.inside")
    assert others.count() == 0


def test_those_outside_a_place_are_said_to_be_so(page: Page) -> None:
    page.goto(asking("accessibilità fuori dalla Sardegna"))
    expect(page.locator(".chip-of", has_text="fuori dalla Sardegna")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^\d+ cooperative"))
    assert page.get_by_text("Con sede qui").count() == 0


def test_where_nobody_is_seated_those_at_a_distance_are_open(page: Page) -> None:
    page.goto(asking(REMOTE))
    assert page.locator("details.group").count() == 0
    expect(page.get_by_role("heading", name="Lavorano a distanza")).to_be_visible()
    expect(first_result(page)).to_be_visible()


@pytest.mark.parametrize("question", ASKED)
def test_a_desk_shows_ten_cards_in_less_than_half_of_what_they_took(
    page: Page, question: str
) -> None:
    page.goto(asking(question))
    found = heights(page)
    assert found
    assert sum(found) / len(found) <= CARD_ON_A_DESK, found


@pytest.mark.parametrize(
    ("question", "locale"), [*((question, "it-IT") for question in ASKED), (QUESTION, "en-GB")]
)
def test_a_phone_shows_the_first_name_at_once_and_cards_of_half_a_screen(
    new_page: NewPage, question: str, locale: str
) -> None:
    page = new_page(**PHONE, locale=locale)
    page.goto(asking(question))
    top = first_result(page).bounding_box()
    assert top is not None
    assert top["y"] < ABOVE_THE_FOLD
    found = heights(page)
    assert max(found) <= HALF_A_SCREEN, found
    assert checks.sideways(page) == []


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_a_phone_has_the_filters_in_a_drawer(new_page: NewPage, *, javascript: bool) -> None:
    page = new_page(**PHONE, java_script_enabled=javascript)
    page.goto(asking("accessibilità"))
    drawer = page.locator("details.drawer")
    below = drawer.bounding_box()
    first = page.get_by_role("article").first.bounding_box()
    assert below is not None
    assert first is not None
    assert below["y"] < first["y"]
    choice = drawer.locator(".facet a").first
    expect(choice).to_be_hidden()
    drawer.locator("summary").first.click()
    expect(choice).to_be_visible()
    expect(drawer.get_by_role("navigation", name="Ordine")).to_be_visible()
    if javascript:
        assert checks.accessibility(page) == []
    choice.click()
    page.wait_for_url("**place=*")
    expect(first_result(page)).to_be_visible()


def test_a_desk_has_the_filters_open_beside_the_results(page: Page) -> None:
    page.goto(asking("accessibilità"))
    choice = page.locator("details.drawer .facet a").first
    expect(choice).to_be_visible()
    beside, first = choice.bounding_box(), page.get_by_role("article").first.bounding_box()
    assert beside is not None
    assert first is not None
    assert beside["x"] > first["x"] + first["width"]
