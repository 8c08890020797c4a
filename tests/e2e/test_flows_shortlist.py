"""Cooperatives set aside: kept from page to page, compared, taken away as a file or on paper."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from search_service.filters.saved_list import SavedList
from tests.e2e import checks
from tests.e2e.conftest import NewPage
from tests.e2e.pages import LANGUAGES, OTHER, QUESTION, asking
from tests.e2e.steps import ask, box, first_result, letters
from tests.e2e.steps import saved as saved_list

pytestmark = pytest.mark.browser

TEN = {
    "it99900018880": ("Bussoladati", "progetti@bussoladati.example"),
    "it99900028889": ("Grande Orsa Servizi", "alleanze@grandeorsa.example"),
    "botteghe-d-altura": ("Botteghe d'Altura", "info@botteghedaltura.example"),
    OTHER: ("Paginachiara", "leggere@paginachiara.example"),
    "it99900148885": ("Consorzio Trama Lunga", "presidenza@tramalunga.example"),
    "refolo": ("Refolo", "hello@refolo.example"),
    "it99900058886": ("Gradino Zero", "verifiche@gradinozero.example"),
    "it99900078884": ("Lumecivico", "ciao@lumecivico.example"),
    "tensorella": ("Tensorella", "lab@tensorella.example"),
    "rammendo-del-mare": ("Rammendo del Mare", "banchina@rammendodelmare.example"),
}


PAPER = 680  # CSS pixels between the margins of a sheet of A4


def listing(count: int, **more: str) -> str:
    """The address of a list of the first of TEN."""
    picks = [("pick", one) for one in list(TEN)[:count]]
    return f"/shortlist?{urlencode([('q', QUESTION), *picks, *more.items()])}"


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
    return page.locator("table.compared thead th > a").all_inner_texts()


def saved(page: Page, kind: str) -> bytes:
    """The file that a link of the shortlist gives."""
    files = page.get_by_text("Scarica la lista")
    if not page.get_by_role("link", name=kind, exact=True).is_visible():
        files.click()
    with page.expect_download() as download:
        page.get_by_role("link", name=kind, exact=True).click()
    assert download.value.suggested_filename == f"competenze-in-rete-results.{kind.lower()}"
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
    page.get_by_role("button", name="Togli Bussoladati").click()
    expect(page.get_by_role("link", name="La tua lista: 1")).to_be_visible()
    assert compared(page) == ["Grande Orsa Servizi"]
    expect(page.get_by_role("link", name="La tua lista: 1")).to_be_visible()


def test_one_set_aside_by_mistake_is_put_back(page: Page) -> None:
    page.goto(asking(QUESTION))
    set_aside(page, 1)
    page.get_by_role("link", name="togli Bussoladati").click()
    expect(page.get_by_role("link", name="La tua lista:")).to_have_count(0)
    assert saved_list(page) == SavedList()
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
    assert rows[0]["Brano migliore"] == quoted

    told = json.loads(saved(page, "JSON"))
    assert told["question"] == QUESTION
    assert [one["name"] for one in told["organisations"]] == two
    assert told["organisations"][0]["evidence"][0]["text"] == quoted


def test_name_and_notes_go_into_the_link_while_they_are_written(
    page: Page, new_page: NewPage
) -> None:
    page.goto(TWO)
    page.get_by_label("Nome della lista").fill("Gara biblioteca Bologna")
    page.get_by_label("Nota su Bussoladati").fill("sentita lunedì")
    page.get_by_label("Nota su Paginachiara").fill("chiede 30 giorni")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gara biblioteca Bologna")
    expect(page.get_by_label("Link della lista")).to_have_value(page.url)
    expect(page.get_by_label("Nota su Bussoladati")).to_have_value("sentita lunedì")
    expect(page.get_by_label("Nota su Paginachiara")).to_be_focused()
    colleague = new_page()
    colleague.goto(page.get_by_label("Link della lista").input_value())
    expect(colleague.get_by_label("Nota su Bussoladati")).to_have_value("sentita lunedì")
    mail = page.get_by_role("link", name="Invia per e-mail").get_attribute("href") or ""
    told = parse_qs(urlsplit(mail).query)
    assert told["subject"] == ["Gara biblioteca Bologna"]
    for part in ("Bussoladati", "sentita lunedì", colleague.url.split("&lang")[0]):
        assert part in told["body"][0]
    page.get_by_role("button", name="Togli Bussoladati").click()  # the other's note stays
    expect(page.get_by_role("link", name="La tua lista: 1")).to_be_visible()
    expect(page.get_by_label("Nota su Paginachiara")).to_have_value("chiede 30 giorni")
    assert saved_list(page).name == "Gara biblioteca Bologna"
    page.get_by_role("link", name="La rete", exact=True).click()
    page.get_by_role("link", name="La tua lista: 1").click()
    expect(page.get_by_label("Nota su Paginachiara")).to_have_value("chiede 30 giorni")


def test_notes_go_along_to_every_page(page: Page) -> None:
    page.goto(f"{TWO}&note.{OTHER}=chiede+30+giorni")
    page.get_by_role("link", name=QUESTION).click()  # to the answer
    page.wait_for_url("**/?q=*")
    page.get_by_role("link", name="Salva Grande Orsa Servizi").click()
    expect(page.get_by_role("link", name="La tua lista: 3")).to_be_visible()
    page.get_by_role("article").first.get_by_role("heading").get_by_role("link").click()
    page.wait_for_url("**/organisations/*")
    assert saved_list(page).note(OTHER) == "chiede 30 giorni"
    page.keyboard.press("/")  # to the box of the first page
    expect(box(page)).to_be_focused()
    assert saved_list(page).note(OTHER) == "chiede 30 giorni"
    page.get_by_role("link", name="La tua lista: 3").click()
    expect(page.get_by_label("Nota su Paginachiara")).to_have_value("chiede 30 giorni")


def test_what_was_just_written_goes_into_the_link_that_is_followed(page: Page) -> None:
    page.goto(f"{TWO}&note.{OTHER}=chiede+30+giorni")
    page.get_by_label("Nota su Paginachiara").fill("")
    page.get_by_role("link", name="La rete", exact=True).click(button="right")  # and stays
    page.get_by_label("Nota su Bussoladati").fill("sentita")
    page.get_by_role("link", name="La rete", exact=True).click()
    page.wait_for_url("**/network")
    assert saved_list(page).notes == (("it99900018880", "sentita"),)


def test_the_link_to_the_content_does_not_load_the_page_again(page: Page) -> None:
    page.goto(TWO)
    page.evaluate("window.same = true")
    page.get_by_label("Nota su Bussoladati").fill("sentita")
    skip = page.get_by_role("link", name="Vai al contenuto")
    skip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#contenuto")).to_be_focused()
    assert page.evaluate("window.same")
    expect(page.get_by_label("Nota su Bussoladati")).to_have_value("sentita")


def test_the_link_is_copied(new_page: NewPage) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(TWO)
    page.get_by_role("button", name="Copia link").click()
    expect(page.get_by_text("Link copiato.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("Link della lista").input_value()


def test_a_phone_compares_without_scrolling_sideways(new_page: NewPage) -> None:
    page = new_page(width=360, height=740)
    page.goto(listing(6))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    table = page.locator("table.compared")
    assert table.evaluate("e => e.scrollWidth <= e.parentElement.clientWidth + 1")
    seats = table.locator("tr", has=page.get_by_role("rowheader", name="Sede", exact=True))
    cells = seats.locator("td").all_inner_texts()
    assert len(cells) == 6
    assert cells[0].split() == ["Bussoladati", "Bologna", "(BO)"]
    page.set_viewport_size({"width": 1440, "height": 900})
    first, second = (cell.bounding_box() for cell in seats.locator("td").all()[:2])
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]  # side by side


def test_on_paper_the_comparison_is_a_table(page: Page, tmp_path: Path) -> None:
    page.goto(listing(3))
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 900})
    seats = page.locator("tr", has=page.get_by_role("rowheader", name="Sede", exact=True))
    boxes = [cell.bounding_box() or {} for cell in seats.locator("th, td").all()]
    assert len(boxes) == 4
    assert len({box["y"] for box in boxes}) == 1  # side by side
    assert seats.locator(".whose").filter(visible=True).count() == 0
    expect(page.get_by_role("columnheader", name="Bussoladati")).to_be_visible()
    expect(page.get_by_role("contentinfo")).to_be_hidden()
    page.pdf(path=tmp_path / "three.pdf", format="A4", prefer_css_page_size=True)
    sheets = [sheet.extract_text() for sheet in PdfReader(tmp_path / "three.pdf").pages]
    compared = [n for n, text in enumerate(sheets) if "Documento più" in text]
    assert compared == [1]  # contacts and comparison take two sheets


def test_more_than_six_are_compared_in_several_tables(page: Page) -> None:
    page.goto(listing(10))
    tables = page.locator("table.compared")
    expect(tables).to_have_count(2)
    assert [table.locator("thead th").count() for table in tables.all()] == [5, 5]
    assert compared(page) == [name for name, _contact in TEN.values()]
    for table in tables.all():
        assert table.evaluate("e => e.scrollWidth <= e.parentElement.clientWidth + 1")


@pytest.mark.parametrize("width", [360, 768])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_leaves_the_header_as_it_is(new_page: NewPage, width: int, language: str) -> None:
    page = new_page(width=width, height=740)
    page.goto(f"/organisations?lang={language}")
    height = "document.getElementById('testata').offsetHeight"
    without = page.evaluate(height)
    picks = "&".join(f"pick={one}" for one in TEN)
    page.goto(f"/organisations?lang={language}&{picks}")
    assert page.evaluate(height) == pytest.approx(without, abs=4)
    expect(page.get_by_role("banner").get_by_role("link", name="Italiano")).to_be_visible()


def test_on_paper_it_is_a_dossier(page: Page) -> None:
    page.goto(TWO)
    expect(page.get_by_role("button", name="Stampa")).to_be_visible()
    addresses = page.locator(".address")
    assert [shown for shown in addresses.all() if shown.is_visible()] == []
    page.emulate_media(media="print")
    for kind in ("navigation", "button", "search"):
        assert page.get_by_role(kind).filter(visible=True).count() == 0, kind  # type: ignore[arg-type]
    for name in ("XLSX", "CSV", "JSON", "Invia per e-mail", "Togli", "Vai al contenuto"):
        assert page.get_by_role("link", name=name).filter(visible=True).count() == 0, name
    expect(page.get_by_role("heading", level=1)).to_have_text("La tua lista")
    expect(page.get_by_text(QUESTION)).to_be_visible()
    passages, of_list = page.locator("blockquote"), 1
    assert passages.count() + of_list == addresses.count() > 2
    for shown in (*passages.all(), *addresses.all()):
        expect(shown).to_be_visible()
        assert shown.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), shown.inner_text()
    address = addresses.last.inner_text()
    assert address.startswith("http://")
    page.goto(address)
    expect(page.locator(":target")).to_be_visible()


@pytest.mark.parametrize("count", [6, 10])
def test_the_printed_dossier_loses_nobody(page: Page, tmp_path: Path, count: int) -> None:
    note = "Sentita lunedì: chiede trenta giorni e manda un preventivo " * 2
    page.goto(listing(count, list="Gara biblioteca Bologna", **{"note.refolo": note}))
    page.pdf(path=tmp_path / "dossier.pdf", format="A4")
    paper = PdfReader(tmp_path / "dossier.pdf")
    sheets = [sheet.extract_text() for sheet in paper.pages]
    contacts, told = letters(" ".join(sheets[:2])), letters(" ".join(sheets))
    assert "Gara biblioteca Bologna" in sheets[0]
    for name, contact in list(TEN.values())[:count]:
        assert letters(name) in contacts
        assert letters(contact) in contacts
        assert told.count(letters(contact)) == 2  # in the list and in the comparison
    assert letters(note) in told
    for button in ("Salva nome", "Copia link", "Invia per e-mail", "Scarica la lista"):
        assert letters(button) not in told, button
    assert [float(side) for side in paper.pages[0].mediabox[2:]] == pytest.approx([595, 842], abs=1)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 900})
    assert checks.sideways(page) == []
    for table in page.locator(".scroll").all():
        assert table.evaluate("e => e.scrollWidth <= e.clientWidth")
