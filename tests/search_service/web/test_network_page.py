"""The page of the network: families by region, what is rare, profiles to complete; their files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import openpyxl
import pytest
from fastapi.testclient import TestClient

from tests.web_site import hrefs, site, text_of

SOURCES = {
    "profiles/alba.md": """
        ---
        name: Alba
        seat: Bologna
        competencies: [data engineering, =falconeria]
        contacts: [info@alba.example]
        website: https://alba.example
        updated: 2020-01-10
        ---
        Alba fa data engineering.
        """,
    "profiles/brina.md": """
        ---
        name: Brina
        seat: Lecce
        competencies: [data engineering, business intelligence]
        ---
        Brina fa data engineering e business intelligence.
        """,
    "case_studies/dati.md": """
        ---
        title: Dati in ordine
        cooperatives: [Alba]
        client: un comune
        date: 2024-05
        competencies: [data engineering, arte del vetro]
        ---
        Alba ha messo in ordine i dati.
        """,
}
NAMES = ("regions", "families", "scarce", "undeclared", "competencies")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("network"), SOURCES) as client:
        yield client


def rows(client: TestClient, name: str) -> list[list[str]]:
    response = client.get(f"/network/{name}/table.csv?lang=it")
    assert response.status_code == 200
    assert response.headers["content-disposition"] == (
        f'attachment; filename="competenze-in-rete-{name}-table.csv"'
    )
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_families_stand_beside_regions_with_what_only_one_has(client: TestClient) -> None:
    assert rows(client, "families") == [
        [
            "Famiglia",
            "Cooperative",
            "Competenze rare",
            "Emilia-Romagna",
            "Puglia",
            "Indirizzo",
        ],
        ["dati", "2", "1", "1", "1", "http://testserver/competencies#famiglia-data"],
        ["altre competenze", "1", "1", "1", "0", "http://testserver/competencies#famiglia-altre"],
    ]
    page = client.get("/network").text
    assert "/competencies#famiglia-data" in hrefs(page)
    assert "/competencies#famiglia-altre" in hrefs(page)
    assert 'id="famiglia-altre"' in client.get("/competencies").text


def test_each_list_says_all_that_it_holds(client: TestClient) -> None:
    assert rows(client, "scarce")[1:] == [
        [
            "dati",
            "business intelligence e cruscotti",
            "Brina",
            "Puglia",
            "0",
            "http://testserver/organisations/brina",
        ],
        [
            "altre competenze",
            "'=falconeria",
            "Alba",
            "Emilia-Romagna",
            "0",
            "http://testserver/organisations/alba",
        ],
    ]
    assert rows(client, "undeclared")[1:] == [
        [
            "arte del vetro",
            "Dati in ordine",
            "2024-05",
            "http://testserver/documents/case_studies/dati.md",
        ]
    ]
    assert [row[:4] for row in rows(client, "competencies")[1:]] == [
        ["dati", "ingegneria dei dati", "2", "1"],
        ["dati", "business intelligence e cruscotti", "1", "0"],
        ["servizi, cibo, logistica, agricoltura e mestieri", "arte del vetro", "0", "1"],
        ["altre competenze", "'=falconeria", "1", "0"],
    ]
    regions = rows(client, "regions")[1:]
    assert [row[:2] for row in regions] == [["Emilia-Romagna", "1"], ["Puglia", "1"]]
    address = regions[0][2].removeprefix("http://testserver")
    assert "1 cooperativa Abbiamo cercato" in text_of(client.get(address).text)


def test_every_page_and_file_tells_the_same_numbers_of_competencies(client: TestClient) -> None:
    listed = rows(client, "competencies")[1:]
    declared = [row for row in listed if row[2] != "0"]
    assert (len(listed), len(declared)) == (4, 3)
    network = text_of(client.get("/network").text)
    assert "3 competenze dichiarate (un'altra è solo nei casi di studio)" in network
    assert "Nei casi di studio, ma non dichiarate (1)" in network
    every = text_of(client.get("/competencies").text)
    assert "4 competenze (3 dichiarate nei profili, 1 solo nei casi di studio)" in every
    assert len({row[0] for row in rows(client, "undeclared")[1:]}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_page_links_each_list_as_a_workbook_and_as_text(client: TestClient, name: str) -> None:
    found = hrefs(client.get("/network").text)
    assert {f"/network/{name}/table.xlsx", f"/network/{name}/table.csv"} <= set(found)
    content = client.get(f"/network/{name}/table.xlsx").content
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    assert sheet.max_row == len(rows(client, name))


def test_one_workbook_has_all_lists_and_the_profiles_to_complete(client: TestClient) -> None:
    page = client.get("/network?lang=it").text
    (address,) = (url for url in hrefs(page) if url.startswith("/network/network.xlsx"))
    workbook = openpyxl.load_workbook(io.BytesIO(client.get(address).content))
    assert workbook.sheetnames == [
        "Regioni",
        "Famiglie per regione",
        "Competenze rare",
        "Competenze non dichiarate",
        "Competenze",
        "Profili da completare",
    ]
    first, *gaps = workbook["Profili da completare"].iter_rows(values_only=True)
    told = [{h: v for h, v in zip(first, row, strict=True) if v} for row in gaps]
    assert told == [
        {
            "Cooperativa": "Alba",
            "Profili più vecchi di 18 mesi": "x",
            "Contatti": "info@alba.example",
            "Scheda": "http://testserver/organisations/alba",
        },
        {
            "Cooperativa": "Brina",
            "Profili senza data di aggiornamento": "x",
            "Senza lavori che dimostrino una competenza": "x",
            "Senza contatti": "x",
            "Senza sito": "x",
            "Scheda": "http://testserver/organisations/brina",
        },
    ]


def test_an_old_profile_says_of_when_it_is(client: TestClient) -> None:
    page = text_of(client.get("/network?lang=it").text)
    assert "Profili più vecchi di 18 mesi 1 Alba aggiornata a gennaio 2020" in page


def test_those_who_have_a_competence_can_be_downloaded(client: TestClient) -> None:
    page = client.get("/competencies/data-engineering?lang=it&pick=alba").text
    (address,) = (url for url in hrefs(page) if url.startswith("/export/contacts.csv"))
    assert address == "/export/contacts.csv?competence=data-engineering&lang=it"
    text = client.get(address).content.decode("utf-8-sig")
    first, *found = csv.reader(io.StringIO(text), delimiter=";")
    assert first[0] == "Cooperativa"
    assert sorted(row[0] for row in found) == ["Alba", "Brina"]
    (glass,) = (url for url in hrefs(client.get("/network").text) if "arte-del-vetro" in url)
    assert "/export/results.xlsx" in client.get(glass).text


def test_a_list_that_does_not_exist_is_missing(client: TestClient) -> None:
    for name in ("scarce/table.ods", "nothing/table.csv", "scarce", "families/results.csv"):
        assert client.get(f"/network/{name}").status_code == 404
