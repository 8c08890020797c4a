"""Lists that are taken away, and pages that are passed on to other people and programs."""

from __future__ import annotations

import csv
import json
import re
from io import BytesIO, StringIO
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.e2e.pages import NOBODY, asking
from tests.e2e.service import CONTACT
from tests.e2e.steps import facet, number

pytestmark = pytest.mark.browser


def listed(page: Page) -> list[str]:
    """The cooperatives of a list."""
    return page.locator("ul.listing > li > a:first-child").all_inner_texts()


def files(page: Page) -> dict[str, bytes]:
    """What each link below "Scarica tutti i risultati" gives."""
    page.get_by_text("Scarica tutti i risultati").click()
    links = page.locator("details.files a[download]")
    expect(links.first).to_be_visible()
    return {
        link.inner_text(): page.request.get(link.get_attribute("href") or "").body()
        for link in links.all()
    }


def rows(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file of ours."""
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig")), delimiter=";"))


def test_all_cooperatives_stand_by_name_and_a_facet_narrows_them(page: Page) -> None:
    page.goto("/organisations")
    everybody = listed(page)
    assert everybody == sorted(everybody, key=str.casefold)
    assert len(everybody) == 28
    page.get_by_text("Settore", exact=True).click()
    choice = facet(page, "Settore").get_by_role("link").filter(has_text="pubblica amministrazione")
    count = number(choice)
    choice.click()
    page.wait_for_url("**sector=*")
    assert len(listed(page)) == count
    expect(page.locator(".count")).to_have_text(f"{count} cooperative")
    page.get_by_role("link", name="Togli settore: pubblica amministrazione").click()
    page.wait_for_url("**/organisations")


@pytest.mark.parametrize("path", ["/organisations", asking("accessibilità")])
def test_a_list_and_an_answer_are_taken_away_whole(page: Page, path: str) -> None:
    page.goto(path)
    count = int(re.findall(r"\d+", page.locator(".count").inner_text())[0])
    assert count > 2
    found = files(page)
    everybody = rows(found["CSV"])  # those that are only close are told apart
    assert len([row for row in everybody if "solo vicina" not in row["Avvertenze"]]) == count
    assert load_workbook(BytesIO(found["XLSX"])).worksheets[0].max_row == len(everybody) + 1
    assert len(json.loads(found["JSON"])["organisations"]) == len(everybody)
    contacts = rows(found["Solo contatti (CSV)"])
    assert len(contacts) >= count
    assert all("@" in row["E-mail"] for row in contacts)
    assert found["Solo contatti (vCard)"].count(b"BEGIN:VCARD") == len(contacts)


def test_competencies_are_filtered_and_lead_to_who_has_them(page: Page) -> None:
    page.goto("/competencies")
    everything = int(re.findall(r"\d+", page.locator(".count").inner_text())[0])
    page.get_by_label("Filtra per nome").fill("accessibilità")
    page.get_by_role("button", name="Filtra").click()
    page.wait_for_url("**q=*")
    found = page.locator("ul.many a").all_inner_texts()
    assert 0 < len(found) < everything
    page.get_by_role("link", name="accessibilità digitale", exact=True).click()
    shown = page.get_by_role("region", name=re.compile("^Chi l'ha dimostrata"))
    expect(shown.get_by_role("link", name="Gradino Zero", exact=True)).to_be_visible()


def test_a_region_shows_its_seats_and_on_demand_who_works_there(page: Page) -> None:
    page.goto("/organisations")
    region = page.get_by_role("link", name=re.compile(r"^Molise: \d+ cooperativ"))
    said = re.findall(r"\d+", region.get_attribute("aria-label") or "")
    region.click()
    page.wait_for_url("**place=*")
    seats = listed(page)
    assert [str(len(seats))] == said
    page.get_by_role("link", name="Mostra anche chi lavora lì o a distanza").click()
    only_seats = page.get_by_role("link", name="Mostra solo chi ha sede lì")
    expect(only_seats).to_be_visible()
    assert set(seats) < set(listed(page))
    only_seats.click()
    expect(only_seats).to_be_hidden()
    assert listed(page) == seats


def test_whom_to_ask_is_in_the_footer_in_privacy_and_where_nobody_is_found(page: Page) -> None:
    page.goto(asking(NOBODY))
    advice = page.locator("section", has=page.get_by_role("heading", name="Che cosa puoi fare"))
    mail = f"mailto:{CONTACT}"
    expect(advice.get_by_role("link", name=CONTACT)).to_have_attribute("href", mail)
    footer = page.get_by_role("contentinfo")
    expect(footer.get_by_role("link", name="Contatti")).to_have_attribute("href", mail)
    footer.get_by_role("link", name="Privacy").click()
    expect(page.get_by_role("main").get_by_role("link", name=CONTACT)).to_be_visible()


def test_a_page_passed_on_says_what_it_is_to_people_and_programs(page: Page) -> None:
    page.goto("/organisations/it99900018880")
    told = page.locator("meta[property='og:description']").get_attribute("content") or ""
    assert told.startswith("Bussoladati, Bologna (BO): ingegneria dei dati")
    data = json.loads(page.locator("script[type='application/ld+json']").inner_text())
    assert (data["@type"], data["name"]) == ("Organization", "Bussoladati")
    sitemap = ElementTree.fromstring(page.request.get("/sitemap.xml").body())
    assert page.url in [one.text for one in sitemap.iter()]
    page.goto("/documents/events/cooperative-ai-meetup-2026.md")
    data = json.loads(page.locator("script[type='application/ld+json']").inner_text())
    assert data["@type"] == "Event"
