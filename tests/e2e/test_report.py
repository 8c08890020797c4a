"""The printed report of the network: two sheets, however large the network is."""

from __future__ import annotations

import io

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, Route, expect
from pypdf import PdfReader

from indexer.vocabulary import Linker
from tests.web_site import site

pytestmark = pytest.mark.browser

SEATS = (
    "Torino Aosta Milano Trento Venezia Trieste Genova Bologna Firenze Perugia Ancona Roma "
    "Pescara Campobasso Napoli Bari Potenza Catanzaro Palermo Cagliari"
).split()
COOPERATIVES = 200
NAME = "Cooperativa sociale di produzione e lavoro della Provincia Nuova"


def printed(page: Page) -> list[str]:
    """The text of each sheet, with its line breaks as spaces."""
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    return [" ".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(pdf)).pages]


def large_network() -> dict[str, str]:
    """Two hundred cooperatives with long names, of every region and family; what each can do is
    rare, and its profile lacks something.
    """
    concepts = [concept.it for concept in Linker.load().vocabulary.concepts.values()]
    sources = {}
    for n in range(COOPERATIVES):
        named = (concepts[2 * n], concepts[2 * n + 1], f"mestiere antico numero {n}")
        listed = ", ".join(f'"{one}"' for one in named)
        head = f"name: {NAME} {n:03d}\n"
        head += f"seat: {SEATS[n % 20]}\n" if n < 180 else ""
        head += f"competencies: [{listed}]\n" if n % 40 else ""
        head += "updated: 2020-03-01\n" if n % 3 else ""
        head += f"contacts: [info@prova{n}.example]\n" if n % 2 else ""
        sources[f"profiles/{n:03d}.md"] = f"---\n{head}---\nLavoriamo bene e da tempo.\n"
    for n in range(60):
        head = (
            f"title: Lavoro {n}\ncooperatives: [{NAME} {n:03d}]\n"
            f"date: 2025\ncompetencies: [arte rara numero {n}]\n"
        )
        sources[f"case_studies/{n:03d}.md"] = f"---\n{head}---\nUn lavoro ben fatto.\n"
    return sources


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    return site(tmp_path_factory.mktemp("large"), large_network())


def test_the_report_of_the_sample_network_has_two_sheets(page: Page) -> None:
    page.goto("/network")
    expect(page.get_by_role("button", name="Stampa il rapporto di due pagine")).to_be_visible()
    sheets = printed(page)
    assert len(sheets) == 2
    assert "Dati inventati, a scopo dimostrativo." in sheets[0]
    whole = " ".join(sheets)
    for words in ("La rete in numeri,", "28 cooperative", "Rare", "Profili da completare"):
        assert words in whole
    assert "Scarica" not in whole
    assert "Informazioni" not in whole


def test_a_large_network_is_cut_to_two_sheets_and_says_so(
    large: TestClient, browser: Browser
) -> None:
    def answer(route: Route) -> None:
        response = large.get(route.request.url.removeprefix("http://large.example"))
        kept = {"content-type": response.headers["content-type"]}
        route.fulfill(status=response.status_code, headers=kept, body=response.content)

    page = browser.new_page(locale="it-IT")
    page.route("http://large.example/**", answer)
    page.goto("http://large.example/network")
    sheets = printed(page)
    page.close()
    assert len(sheets) == 2
    assert f"{COOPERATIVES} cooperative" in sheets[0]
    assert "… e altre" in sheets[1]
    assert "Gli elenchi completi si scaricano da" in sheets[1]
