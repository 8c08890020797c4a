"""Reading about one cooperative, one document, all of the network, and the API."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.conftest import NewPage
from tests.e2e.pages import QUESTION, asking
from tests.e2e.steps import first_result

pytestmark = pytest.mark.browser


def test_a_cooperative_is_known_in_a_glance_and_each_work_stands_once(page: Page) -> None:
    page.goto(asking(QUESTION))
    first_result(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bussoladati")
    expect(page.locator(".facts").first).to_contain_text("aggiornata a giugno 2026")
    expect(page.locator(".lead")).to_contain_text("orchestrazione con Airflow")
    mail = page.locator(".actions a[href^='mailto:']").first
    expect(mail).to_have_text("info@bussoladati.example")
    similar = page.get_by_role("region", name="Cooperative simili").get_by_role("listitem").first
    expect(similar).to_contain_text("Dichiarano entrambe: business intelligence e cruscotti")
    expect(similar).to_contain_text("Una la dichiara, l'altra ne scrive:")
    works = page.locator("section", has=page.get_by_role("heading", name="I lavori e che cosa"))
    titles = works.locator("li > a").all_inner_texts()
    assert len(titles) == len(set(titles)) == 2
    proof = works.get_by_role("listitem").filter(has_text="Latte in ordine")
    expect(proof).to_contain_text("qualità e bonifica dei dati")
    proof.get_by_role("link", name="data warehouse").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Data warehouse")


def test_a_president_reads_what_the_profile_lacks_on_a_phone(new_page: NewPage) -> None:
    page = new_page(width=360, height=740)
    page.goto("/organisations/carta-piegata")
    lacking = page.locator("section", has=page.get_by_role("heading", name="È la vostra"))
    expect(lacking.get_by_role("listitem")).to_have_count(3)
    expect(lacking).to_contain_text("L'indirizzo del sito.")


def test_a_table_of_a_document_is_read_as_one(page: Page) -> None:
    page.goto("/documents/profiles/nuvolabassa.md#p2")
    table = page.locator(":target").get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Area", "Strumenti e pratiche"])
    expect(table.get_by_role("row").nth(1)).to_contain_text("Kubernetes, Helm, GitOps con Argo CD")
    text, window = page.locator("article.text").bounding_box(), page.viewport_size
    assert text is not None
    assert window is not None
    assert text["width"] > window["width"] / 2  # its facts stand beside it


def test_a_table_of_a_pdf_is_read_as_one(page: Page) -> None:
    page.goto("/documents/case_studies/accessibilita-ateneo.pdf")
    table = page.get_by_role("table")
    expect(table.get_by_role("columnheader")).to_have_text(["Difetto", "Pagine"])
    expect(table.get_by_role("row").nth(1)).to_have_text(re.compile(r"Campi senza etichetta\s*44"))


def test_a_cooperative_s_page_on_paper_has_its_contacts_and_no_sheet_of_nothing(page: Page) -> None:
    page.goto("/organisations/it99900018880")
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(pdf)).pages]
    assert "info@bussoladati.example" in sheets[0]
    assert "Partita IVA" in sheets[-1]
    assert "Ogni nome è accompagnato" not in " ".join(sheets)


def test_the_filters_of_a_list_are_above_it_on_a_phone(new_page: NewPage) -> None:
    page = new_page(width=360, height=740)
    page.goto("/organisations")
    drawer = page.get_by_text("Filtri e mappa")
    first = page.get_by_role("main").get_by_role("link", name="Antennacomune", exact=True)
    boxes = drawer.bounding_box(), first.bounding_box()
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] < boxes[1]["y"] < page.viewport_size["height"]  # type: ignore[index]


def test_an_official_takes_the_lists_away_without_javascript(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/network")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Tutti gli elenchi (XLSX)").click()
    path = Path(waiting.value.path())
    workbook = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    assert "Profili da completare" in workbook.sheetnames
    assert page.get_by_text("e altre 1", exact=True).count() == 0
    gap = page.locator("details", has_text="Senza sito").first
    gap.locator("summary").click()
    expect(gap.get_by_role("link", name="Carta Piegata", exact=True)).to_be_visible()
    with page.expect_download() as waiting:
        gap.get_by_role("link", name=re.compile("CSV")).first.click()
    assert b"Carta Piegata" in Path(waiting.value.path()).read_bytes()
    page.get_by_role("table").first.get_by_role("link", name="cloud, sistemi e reti").click()
    expect(page.locator(":target")).to_have_text("Cloud, sistemi e reti")


def test_a_developer_reads_the_api_and_tries_it(page: Page) -> None:
    page.goto("/")
    page.get_by_role("contentinfo").get_by_role("link", name="API").click()
    page.get_by_role("link", name="GET /api/v1/search").click()
    heading = page.locator(":target")
    expect(heading).to_be_in_viewport()
    operation = page.get_by_role("article", name="GET /api/v1/search")
    expect(operation.get_by_role("row", name=re.compile("^limit "))).to_contain_text("da 1 a 100")
    command = operation.locator("pre").first.inner_text()
    (address,) = re.findall(r"https?://\S+", command)
    values = dict(re.findall(r"--data-urlencode '?(\w+)=([^'\n\\]+)'?", command))
    answer = page.request.get(address, params={k: unquote(v).strip() for k, v in values.items()})
    assert answer.json()["total"] > 0
    operation.locator("summary").click()
    name = answer.json()["documented"][0]["name"]
    expect(operation.locator("pre").last).to_contain_text(f'"name": "{name}"')
    operation.get_by_role("link", name="AnswerOut").click()
    expect(page.locator(":target")).to_have_text("AnswerOut")
