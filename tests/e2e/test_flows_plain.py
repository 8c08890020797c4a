"""The same without JavaScript: links and forms do it all."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewPage
from tests.e2e.pages import CLOSE, QUESTION, asking
from tests.e2e.steps import ask, chips, facet, first_result, names, number, seated, total

pytestmark = pytest.mark.browser


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page(java_script_enabled=False)


def test_search_open_and_back(page: Page) -> None:
    ask(page, QUESTION)
    expect(first_result(page)).to_have_text("Bussoladati")
    page.get_by_role("link", name="Togli dove: Emilia-Romagna").click()
    page.wait_for_url("**off=*")
    first_result(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bussoladati")
    page.go_back()
    page.get_by_role("link", name="ripristina dove: Emilia-Romagna").click()
    expect(page.get_by_role("link", name="Togli dove: Emilia-Romagna")).to_be_attached()


def test_a_facet(page: Page) -> None:
    page.goto(asking("accessibilità"))
    everywhere = names(page)
    page.get_by_text("Competenza", exact=True).click()
    choices = facet(page, "Competenza").get_by_role("link").all()
    choice = next(one for one in choices if number(one) < len(everywhere))
    count = number(choice)
    choice.click()
    page.wait_for_url("**competence=*")
    assert total(page) == count < len(everywhere)


def test_the_filters_beside_the_box(page: Page) -> None:
    page.goto("/")
    page.get_by_text("Luogo, documenti, date").click()
    page.get_by_label("Dove", exact=True).fill("Cagliari")
    page.get_by_label("casi di studio").check()
    page.get_by_role("button", name="Cerca").click()
    page.wait_for_url("**place=Cagliari*")
    assert "dove: Cagliari (CA)" in chips(page)
    assert "che cosa: casi di studio" in chips(page)


def test_the_map(page: Page) -> None:
    page.goto("/")
    region = page.get_by_role("link", name=re.compile("^Toscana: "))
    said = region.get_attribute("aria-label") or ""
    region.click()
    page.wait_for_url("**place=*")
    assert said.startswith(f"Toscana: {len(seated(page))} ")


def test_setting_aside_comparing_and_taking_away(page: Page) -> None:
    page.goto(asking(QUESTION))
    page.get_by_role("link", name="Salva Bussoladati").click()
    page.get_by_role("link", name="Salva Grande Orsa Servizi").click()
    page.get_by_role("link", name="La tua lista: 2").click()
    page.wait_for_url("**/shortlist*")
    expect(page.locator("table.compared thead th")).to_have_count(2)
    expect(page.locator("[data-print]")).to_be_hidden()  # a button that would do nothing
    page.get_by_text("Scarica la lista").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX", exact=True).click()
    sheet = load_workbook(BytesIO(download.value.path().read_bytes())).worksheets[0]
    assert [sheet["A2"].value, sheet["A3"].value] == ["Bussoladati", "Grande Orsa Servizi"]
    page.get_by_role("button", name="Togli Bussoladati").click()
    expect(page.locator("table.compared thead th")).to_have_count(1)


@pytest.mark.parametrize(
    ("path", "main"),
    [
        (asking("accessibilità"), "#salva-cooperative"),
        (asking(CLOSE), "#salva-vicine"),
        ("/organisations", "#salva-elenco"),
        ("/competencies/accessibilita-web", "#salva-competenza"),
    ],
)
def test_all_that_is_listed_is_saved(page: Page, path: str, main: str) -> None:
    page.goto(path)
    count = int(page.locator(main).inner_text().split()[-1])
    assert count > 1
    page.locator(main).click()
    page.wait_for_url("**/~**")
    expect(page.get_by_role("link", name=f"Salvate tutte e {count}")).to_be_visible()
    page.get_by_role("link", name=f"La tua lista: {count}").click()
    page.wait_for_url("**/shortlist*")
    expect(page.locator(".saved > li")).to_have_count(count)


def test_a_list_is_named_annotated_and_sent(page: Page) -> None:
    page.goto("/shortlist?pick=it99900018880&pick=paginachiara")
    page.get_by_label("Nome della lista").fill("Gara biblioteca Bologna")
    page.get_by_label("Nota su Paginachiara").fill("sentita lunedì")
    page.get_by_role("button", name="Salva nome e note").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gara biblioteca Bologna")
    page.get_by_role("link", name="La rete", exact=True).click()  # nothing is lost on the way
    page.get_by_role("link", name="Tutte le competenze", exact=True).click()
    page.get_by_role("link", name="La tua lista: 2").click()
    expect(page.locator("[data-copy]")).to_be_hidden()
    page.goto(page.get_by_label("Link della lista").input_value())
    expect(page.get_by_label("Nota su Paginachiara")).to_have_value("sentita lunedì")
    expect(page.get_by_label("Nota su Bussoladati")).to_have_value("")


def test_the_other_language(page: Page) -> None:
    page.goto(asking(QUESTION))
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(first_result(page)).to_have_text("Bussoladati")
