"""The list of all cooperatives, and the files of all results."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import openpyxl
import pytest
from fastapi.testclient import TestClient

from indexer.errors import SettingsError
from search_service.filters.saved_list import SavedList
from search_service.filters.search_url import SearchUrl
from search_service.settings import read_service_settings
from search_service.web import list_pages
from search_service.web.page_request import PageRequest
from search_service.web.rendering import Renderer
from tests.web_site import (
    SOURCES,
    follow,
    hrefs,
    link,
    names,
    params_of,
    saved_in,
    site,
    text_of,
)

MANY = {
    f"profiles/coop{number:03}.md": f"""\
        ---
        name: {"ABCDEFGHIJ"[number % 10]}lfa {number:03}
        seat: {("Bologna", "Palermo")[number % 2]}
        competencies: [sartoria]
        contacts: [info{number}@coop.example, "+39 051 000{number:03}"]
        ---
        Cuce abiti da lavoro.
        """
    for number in range(120)
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("lists"), SOURCES) as client:
        yield client


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("large"), MANY) as client:
        yield client


def listed(page: str) -> list[str]:
    found = re.search(r'<ul class="listing">(.*?)</ul>', page, re.DOTALL)
    assert found
    return re.findall(r'<li><a href="[^"]*">(.*?)</a>', found[1])


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


# --- the list -------------------------------------------------------------------------------


def test_every_cooperative_is_listed_once_by_name(large: TestClient) -> None:
    pages = [large.get(f"/organisations?page={number}").text for number in (1, 2, 3)]
    assert [len(listed(page)) for page in pages] == [50, 50, 20]
    found = [name for page in pages for name in listed(page)]
    assert found == sorted(found)
    assert len(set(found)) == 120
    assert "120 cooperative · pagina 1 di 3" in text_of(pages[0])
    assert large.get("/organisations?page=9").text.count("pagina 3 di 3") == 1


def test_an_initial_leads_to_the_page_where_it_begins(large: TestClient) -> None:
    address = link(large.get("/organisations").text, "J")
    assert params_of(address) == {"page": ["3"]}
    assert any(name.startswith("J") for name in listed(large.get(address).text))


def test_a_facet_limits_the_list_to_as_many_as_it_says(large: TestClient) -> None:
    address = link(large.get("/organisations").text, "Sicilia 60")
    page = large.get(address).text
    assert address.startswith("/organisations?")
    assert "60 cooperative" in text_of(page)
    assert all(int(name[-3:]) % 2 for name in listed(page))


def test_the_map_shows_as_many_as_its_click_and_those_who_work_there_on_demand(
    client: TestClient,
) -> None:
    page = client.get("/?q=data+engineering").text
    seated = re.search(r'href="([^"]*)" aria-label="Sicilia: 1 cooperativa con sede qui"', page)
    assert seated
    there = client.get(html.unescape(seated[1])).text
    assert names(there) == ["Remota"]
    assert 'value="sede: Sicilia"' in there
    wider = client.get(link(there, "Mostra anche chi lavora lì o a distanza")).text
    assert set(names(wider)) >= {"Remota"}
    assert params_of(link(wider, "Mostra solo chi ha sede lì"))["place"] == ["sede: regione:19"]


def test_a_seat_alone_leaves_out_who_works_there_remotely(client: TestClient) -> None:
    both = client.get("/organisations?place=regione:08").text
    seated = client.get(link(both, "Mostra solo chi ha sede lì")).text
    assert "Remota" in listed(both)
    assert "Remota" not in listed(seated)
    assert listed(client.get(link(seated, "Mostra anche chi lavora lì o a distanza")).text) == (
        listed(both)
    )


def test_nobody_left_says_what_to_do(large: TestClient) -> None:
    page = large.get("/organisations?place=regione:08&competence=sartoria&since=1990&until=1991")
    assert "togli un filtro" in page.text


def test_a_filter_that_means_nothing_is_refused(client: TestClient) -> None:
    assert client.get("/organisations?place=Atlantide").status_code == 400


def test_a_page_holds_fifty() -> None:
    assert list_pages.PAGE == 50


# --- saving all of a list -------------------------------------------------------------------


def test_all_of_a_page_are_saved_and_taken_out_again(large: TestClient) -> None:
    page = large.get("/organisations?place=regione:19&list=Gara")
    done = follow(large, page, "Salva tutte e 50")
    assert saved_in(done).picks == tuple(re.findall(r'id="tieni-([^"]*)"', page.text))
    assert len(saved_in(done).picks) == 50
    assert saved_in(done).name == "Gara"
    assert params_of(str(done.url)) == {"place": ["regione:19"]}
    assert "La tua lista: 50" in text_of(done.text)
    assert saved_in(follow(large, done, "Salvate tutte e 50 : toglile")) == SavedList(name="Gara")


def test_what_finds_no_room_is_told(large: TestClient) -> None:
    full = saved_in(follow(large, large.get("/organisations"), "Salva tutte e 50"))
    second = large.get(f"{full.root}organisations?page=2").text
    assert "La tua lista può contenere al massimo 50 cooperative." in text_of(second)
    assert not re.search("Salv[ae] (tutte|le|la)", text_of(second))
    for fewer, words in ((49, "Salva la prima"), (48, "Salva le prime 2")):
        root = replace(full, picks=full.picks[:fewer]).root
        again = follow(large, large.get(f"{root}organisations?page=2"), words)
        assert len(saved_in(again).picks) == 50


def test_those_not_yet_saved_are_counted(large: TestClient) -> None:
    page = large.get("/?q=chi+fa+sartoria")
    shown = saved_in(follow(large, page, "Salva tutte e 10")).picks
    for fewer, words in ((9, "Salva l'altra"), (8, "Salva le altre 2")):
        some = large.get("/", params={"q": "chi fa sartoria", "pick": shown[:fewer]})
        assert saved_in(follow(large, some, words)).picks == shown


def test_a_list_of_one_has_no_link_for_all(client: TestClient) -> None:
    page = client.get("/competencies/data-engineering").text
    assert "Salva Bussola" in text_of(page)
    assert "Salva tutte" not in text_of(page)


def test_all_who_have_a_competence_are_saved(large: TestClient) -> None:
    page = large.get("/competencies/sartoria")
    assert "La tua lista può contenere al massimo 50 cooperative." in text_of(page.text)
    assert len(saved_in(follow(large, page, "Salva le prime 50")).picks) == 50


# --- the competencies -----------------------------------------------------------------------


def test_competencies_stand_under_their_families(client: TestClient) -> None:
    page = client.get("/competencies").text
    assert re.search(r'<h2 [^>]*class="family">Dati</h2>', page)
    assert ">Data</h2>" in client.get("/competencies?lang=en").text


def test_the_filter_box_keeps_what_has_its_words(client: TestClient) -> None:
    found = client.get("/competencies?q=data+eng&pick=remota")
    page = found.text
    assert text_of(page).count("dichiarata da") == 1
    assert 'value="data eng"' in page
    assert 'action="./competencies"' in page
    everything = follow(client, found, "mostra tutte")
    assert saved_in(everything).picks == ("remota",)
    assert params_of(str(everything.url)) == {}


def test_a_filter_that_keeps_nothing_leads_to_the_search(client: TestClient) -> None:
    page = client.get("/competencies?q=zzz").text
    assert params_of(link(page, "Cerca «zzz»")) == {"q": ["zzz"]}


# --- the files ------------------------------------------------------------------------------


def test_the_files_of_the_list_hold_everybody(large: TestClient) -> None:
    page = large.get("/organisations?place=regione:19").text
    files = [href for href in hrefs(page) if href.startswith("/export/")]
    assert [re.split(r"[/?]", href)[2] for href in files] == [
        "results.xlsx",
        "results.csv",
        "results.json",
        "contacts.csv",
        "contacts.vcf",
    ]
    workbook, table, json_file, contacts, cards = (large.get(href) for href in files)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook.content)).worksheets[0]
    assert sheet.max_row == 61
    assert len(rows_of(table.content)) == 60
    assert len(json.loads(json_file.content)["organisations"]) == 60
    assert len(rows_of(contacts.content)) == 60
    assert cards.text.count("BEGIN:VCARD") == cards.text.count("END:VCARD") == 60
    assert cards.headers["content-type"] == "text/vcard; charset=utf-8"
    assert cards.headers["content-disposition"].endswith('"competenze-in-rete-contacts.vcf"')


def test_without_filters_all_are_exported(large: TestClient) -> None:
    assert len(rows_of(large.get("/export/results.csv").content)) == 120


def test_an_answer_is_exported_whole(large: TestClient) -> None:
    page = large.get("/?q=chi+fa+sartoria&page=2").text
    address = link(page, "CSV")
    assert params_of(address) == {"q": ["chi fa sartoria"]}
    assert len(rows_of(large.get(address).content)) == 120


def test_contacts_are_told_apart(large: TestClient) -> None:
    row = rows_of(large.get("/export/contacts.csv").content)[0]
    assert row == {
        "Cooperativa": "Alfa 000",
        "Sede": "Bologna (BO)",
        "E-mail": "info0@coop.example",
        "Telefono": "'+39 051 000000",
        "Altri contatti": "",
        "Referenti": "",
        "Sito": "",
        "Scheda": "http://testserver/organisations/alfa-000",
    }
    card = large.get("/export/contacts.vcf").text.split("END:VCARD")[0]
    assert "EMAIL;TYPE=INTERNET:info0@coop.example\r\n" in card
    assert "TEL;TYPE=WORK:+39 051 000000\r\n" in card


def test_nothing_that_was_written_becomes_a_field_or_a_formula(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    sources = {
        "profiles/x.md": """\
        ---
        name: "=CMD; Evil, Coop"
        contacts: ["a\\nTEL:666", "=1+1", "via Càrpi à è ì ò ù, n. 1; cortile interno"]
        website: "javascript:alert(1)"
        ---
        Cuce abiti.
        """
    }
    with site(tmp_path_factory.mktemp("evil"), sources) as client:
        text = client.get("/export/contacts.vcf").content
        csv_text = client.get("/export/contacts.csv").content.decode("utf-8-sig")
    assert all(len(line) <= 75 for line in text.split(b"\r\n"))
    card = text.decode().replace("\r\n ", "")
    assert "FN:=CMD\\; Evil\\, Coop\r\n" in card
    assert "\r\nTEL" not in card
    assert "URL" not in card
    assert '"=' not in csv_text
    assert not re.search(r";\s*=", csv_text)


def test_what_is_no_file_is_missing(client: TestClient) -> None:
    assert client.get("/export/results.pdf").status_code == 404
    assert client.get("/export/results.csv?since=ieri").status_code == 400


# --- for other sites, and for people who ask -----------------------------------------------


def test_the_sitemap_lists_what_may_be_seen(client: TestClient) -> None:
    response = client.get("/sitemap.xml")
    found = [one.text for one in ElementTree.fromstring(response.content).iter() if one.text]
    assert response.headers["content-type"] == "application/xml"
    assert "http://testserver/organisations/remota" in found
    assert "http://testserver/competencies/data-engineering" in found
    for address in found:
        assert not address.strip() or client.get(address).status_code == 200
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").text


def test_a_shared_page_is_described_by_what_it_is_about(client: TestClient) -> None:
    def told(path: str) -> str:
        found = re.search(
            r'<meta property="og:description" content="([^"]*)">', client.get(path).text
        )
        assert found
        return html.unescape(found[1])

    assert told("/organisations/remota") == "Remota, Palermo (PA)"
    assert "(BO): ingegneria dei dati" in told("/organisations/it01114601006")
    assert told("/competencies/data-engineering") == (
        "Quali cooperative sanno fare ingegneria dei dati, con le prove."
    )
    assert told("/").startswith("Chi sa fare che cosa")


@pytest.mark.parametrize(
    ("contact", "address"),
    [
        ("rete@example.coop", "mailto:rete@example.coop"),
        ("https://example.coop/contatti", "https://example.coop/contatti"),
    ],
)
def test_the_contact_is_where_people_look_for_it(contact: str, address: str) -> None:
    renderer = Renderer(contact=contact)
    visit = PageRequest(renderer, "/privacy", "http://testserver", SearchUrl(), "it")
    page = visit.page("privacy.html", {}).body
    assert bytes(page).decode().count(f'href="{address}"') == 2  # in the text, in the footer
    assert (
        address
        not in bytes(replace(visit, renderer=Renderer()).page("privacy.html", {}).body).decode()
    )


@pytest.mark.parametrize("contact", ["telefonami", "javascript:alert(1)", "a@b", "https://x y"])
def test_a_contact_that_is_no_address_is_refused(contact: str) -> None:
    with pytest.raises(SettingsError, match="CONTACT"):
        read_service_settings(contact=contact)


def test_pages_tell_programs_what_they_are_about(client: TestClient) -> None:
    def told(path: str) -> dict[str, object]:
        page = client.get(path).text
        found = re.search(r'<script type="application/ld\+json">([^<]*)</script>', page)
        return json.loads(found[1]) if found else {}

    remota = told("/organisations/remota")
    assert (remota["@type"], remota["name"], remota["address"]) == (
        "Organization",
        "Remota",
        "Palermo (PA)",
    )
    assert told("/organisations/it01114601006")["name"] == (
        "Bussola <script>alert(1)</script> {{7*7}}"
    )
    meetup = told("/documents/events/meetup.md")
    assert meetup["@type"] == "Event"
    assert told("/documents/profiles/bussola.md") == {}
