"""The pages beside the search: the network, a competence, the shortlist, about the service."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import openpyxl
import pytest
from fastapi.testclient import TestClient

from search_service.filters.saved_list import SavedList
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

BUSSOLA, REMOTA = "it01114601006", "remota"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("pages"), SOURCES) as client:
        yield client


PAGES = (
    "/network",
    "/competencies",
    "/organisations",
    "/competencies/data-engineering",
    "/shortlist",
    "/ranking",
    "/api",
    "/accessibility",
    "/privacy",
    f"/shortlist?q=dati&pick={BUSSOLA}&pick={REMOTA}",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_in_both_languages(client: TestClient, path: str) -> None:
    titles = {}
    for code in ("it", "en"):
        response = client.get(path, headers={"accept-language": code})
        assert response.status_code == 200
        assert f'<html lang="{code}">' in response.text
        assert response.text.count("<h1") == 1
        titles[code] = re.findall(r"<title>(.*?) · Competenze in Rete</title>", response.text)
    assert all(titles.values())
    if path != "/privacy" and "competencies/" not in path:
        assert titles["it"] != titles["en"]


# --- searching ------------------------------------------------------------------------------


def test_a_facet_narrows_the_answer_and_can_be_taken_back(client: TestClient) -> None:
    page = client.get("/", params={"q": "data engineering"}).text
    found = names(page)
    assert "Remota" in found
    sicily = link(page, "Sicilia 1")
    assert params_of(sicily) == {"q": ["data engineering"], "place": ["sede: regione:19"]}
    narrowed = client.get(sicily).text
    assert names(narrowed) == ["Remota"]
    assert params_of(link(narrowed, "Togli dove: sede nella regione Sicilia")) == {
        "q": ["data engineering"]
    }


def test_a_region_of_the_question_gives_way_to_a_narrower_place(client: TestClient) -> None:
    sources = {"q": "data engineering al nord e in Sicilia"}
    page = client.get("/", params=sources).text
    url = next(h for h in hrefs(page) if "place=sede%3A+regione%3A08" in h)
    assert any(key.startswith("place:") for key in params_of(url)["off"])
    narrowed = client.get(url).text
    assert "Remota" not in names(narrowed)  # it works there remotely, and is not counted there
    assert "ripristina dove: Sicilia" in text_of(narrowed)


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"certification": "iso 9001"}, "Togli certificata: ISO 9001"),
        ({"competence": "Data Engineering"}, "Togli competenza: ingegneria dei dati"),
    ],
)
def test_a_chosen_filter_goes_however_it_is_written(
    client: TestClient, filters: dict[str, str], words: str
) -> None:
    page = client.get("/", params={"q": "dati", **filters}).text
    assert params_of(link(page, words)) == {"q": ["dati"]}


def test_what_is_said_and_chosen_goes_at_once(client: TestClient) -> None:
    page = client.get("/", params={"q": "eventi su data engineering", "kind": "event"}).text
    without = link(page, "Togli che cosa: eventi")
    assert params_of(without) == {"q": ["eventi su data engineering"], "off": ["kind:event"]}


def test_the_map_links_each_region_with_somebody(client: TestClient) -> None:
    page = client.get("/").text
    assert page.count('<path class="shade-') == 20
    assert params_of(link_labelled(page, "Emilia-Romagna: 2 cooperative con sede qui"))[
        "place"
    ] == ["sede: regione:08"]
    assert 'aria-label="Sicilia: 1 cooperativa con sede qui"' in page


def link_labelled(page: str, label: str) -> str:
    found = re.search(rf'<a href="([^"]*)" aria-label="{label}"', page)
    assert found, label
    return found[1].replace("&amp;", "&")


def test_an_answer_can_be_sorted(client: TestClient) -> None:
    page = client.get("/", params={"q": "data engineering"}).text
    by_name = client.get(link(page, "nome")).text
    assert names(by_name)[:2] == sorted(names(page)[:2])  # the third is only close
    assert params_of(link(by_name, "pertinenza")) == {"q": ["data engineering"]}
    assert client.get("/", params={"q": "data engineering", "sort": "boh"}).status_code == 200


def test_nobody_tells_what_each_filter_costs(client: TestClient) -> None:
    page = client.get("/", params={"q": "biciclette in Sicilia", "certification": "ISO 9001"}).text
    assert "Nessuna cooperativa documentata" in text_of(page)
    assert re.search(r"Cerca senza «ISO 9001» : \d+ cooperativ|ancora nessuna", text_of(page))


# --- the shortlist --------------------------------------------------------------------------


def test_a_cooperative_is_set_aside_and_taken_back(client: TestClient) -> None:
    page = client.get("/", params={"q": "data engineering", "lang": "it"})
    ticked = follow(client, page, "Salva Remota")
    assert saved_in(ticked).picks == (REMOTA,)
    assert params_of(str(ticked.url)) == {"q": ["data engineering"], "lang": ["it"]}
    unticked = follow(client, ticked, "Salvata : togli Remota")
    assert unticked.url == page.url
    other = follow(client, ticked, "La rete")
    assert saved_in(other).picks == (REMOTA,)  # it goes along to other pages
    compared = text_of(follow(client, ticked, "La tua lista: 1").text)
    assert "Per la domanda: data engineering" in compared
    assert "Facciamo data engineering a distanza" in compared


def test_a_shortlist_is_exported(client: TestClient) -> None:
    page = client.get(f"/shortlist?q=data+engineering&pick={BUSSOLA}&pick={REMOTA}")
    found = [href for href in hrefs(page.text) if href.startswith("/shortlist/results")]
    root = saved_in(page).root.rstrip("/")
    files = {href.split("?")[0].rsplit(".")[-1]: root + href for href in found}
    assert set(files) == {"csv", "xlsx", "json"}
    rows = list(
        csv.reader(io.StringIO(client.get(files["csv"]).content.decode("utf-8-sig")), delimiter=";")
    )
    assert [row[0] for row in rows] == [
        "Cooperativa",
        "Bussola <script>alert(1)</script> {{7*7}}",
        "Remota",
    ]
    english = client.get(files["csv"], headers={"accept-language": "en"}).content.decode(
        "utf-8-sig"
    )
    assert english.startswith('"Cooperative";')
    book = openpyxl.load_workbook(io.BytesIO(client.get(files["xlsx"]).content))
    assert [row[0].value for row in book.worksheets[0].iter_rows()][1:] == [rows[1][0], "Remota"]
    told = json.loads(client.get(files["json"]).content)
    assert [o["id"] for o in told["organisations"]] == [BUSSOLA, REMOTA]
    assert told["organisations"][0]["url"].startswith("http://testserver/organisations/")
    assert client.get("/shortlist/results.exe").status_code == 404


def test_a_shortlist_says_what_it_leaves_out(client: TestClient) -> None:
    picks = "&".join(f"pick=p{n}" for n in range(52))
    text = text_of(client.get(f"/shortlist?{picks}").text)
    assert "La lista può contenere 50 cooperative: 2 non sono mostrate." in text


NAMED = {
    "pick": [BUSSOLA, REMOTA],
    "list": "Gara <b>biblioteca</b>; Bologna",
    f"note.{BUSSOLA}": '"><script>alert(9)</script> sentita lunedì',
}


def test_a_shortlist_has_a_name_and_notes_that_go_along_and_are_texts(client: TestClient) -> None:
    listed = client.get("/shortlist", params=NAMED)
    page = listed.text
    assert "<h1>Gara &lt;b&gt;biblioteca&lt;/b&gt;; Bologna</h1>" in page
    assert "<title>Gara &lt;b&gt;biblioteca&lt;/b&gt;; Bologna · Competenze in Rete</title>" in page
    assert "<script>alert(9)" not in page
    assert '<meta name="robots" content="noindex">' in page
    assert html.unescape(page).count('"><script>alert(9)') == 2  # in its field and on paper
    elsewhere = follow(client, follow(client, listed, "La rete"), "English")
    back = follow(client, elsewhere, "Your list: 2").text
    assert f'name="note.{BUSSOLA}" value="&#34;&gt;&lt;script&gt;' in back
    assert f'name="drop" value="{BUSSOLA}"' in page
    dropped = client.get("/shortlist", params={**NAMED, "drop": BUSSOLA})
    assert saved_in(dropped) == SavedList((REMOTA,), str(NAMED["list"]))


def test_the_link_to_send_leaves_the_language_to_its_reader(client: TestClient) -> None:
    listed = client.get("/shortlist", params={**NAMED, "lang": "en"})
    page = listed.text
    found = re.search(r'id="indirizzo" value="([^"]*)" readonly', page)
    assert found
    sent = html.unescape(found[1])
    assert sent == str(listed.url).removesuffix("?lang=en")
    assert saved_in(listed) == SavedList(
        (BUSSOLA, REMOTA), str(NAMED["list"]), ((BUSSOLA, str(NAMED[f"note.{BUSSOLA}"])),)
    )
    mail = next(h for h in hrefs(page) if h.startswith("mailto:?"))
    assert sent in params_of(mail)["body"][0]


def test_what_a_person_wrote_is_in_every_file(client: TestClient) -> None:
    page = client.get("/shortlist", params=NAMED)
    root = saved_in(page).root.rstrip("/")
    files = [href for href in hrefs(page.text) if re.match(r"/shortlist/\w+\.", href)]
    assert len(files) == 5
    answers = {href.split("?")[0].rpartition("/")[2]: client.get(root + href) for href in files}
    note = NAMED[f"note.{BUSSOLA}"]
    for name, answer in answers.items():
        assert answer.headers["content-disposition"] == (
            f'attachment; filename="gara-b-biblioteca-b-bologna-{name}"'
        )
    for name in ("results.csv", "contacts.csv"):
        text = answers[name].content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        assert [row["Lista"] for row in rows] == [NAMED["list"]] * 2
        assert [row["Nota"] for row in rows] == [note, ""]
    sheet = openpyxl.load_workbook(io.BytesIO(answers["results.xlsx"].content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][1:3] == [NAMED["list"], note]
    told = answers["results.json"].json()
    assert (told["name"], [one["note"] for one in told["organisations"]]) == (
        NAMED["list"],
        [note, ""],
    )
    cards = answers["contacts.vcf"].text.replace("\r\n ", "")
    assert cards.count("CATEGORIES:Gara <b>biblioteca</b>\\; Bologna\r\n") == 2
    assert f"NOTE:{note}; dato inventato\r\n".replace(";", "\\;") in cards


def test_a_shortlist_says_that_its_question_cannot_be_read(client: TestClient) -> None:
    address = f"?q=dati&since=ieri&pick={REMOTA}"
    page = client.get(f"/shortlist{address}")
    assert page.status_code == 200
    assert "Le date si scrivono così" in text_of(page.text)
    assert client.get(f"/shortlist/results.csv{address}").status_code == 400


def test_what_is_wrong_is_told_and_not_something_else(client: TestClient) -> None:
    wrong_place = client.get("/?place=zzz&since=2025-03&until=2025")
    assert "Non conosco questo luogo" in text_of(wrong_place.text)
    swapped = client.get("/?q=dati&since=2025-03&until=2024")
    assert "scambiale" in text_of(swapped.text)


# --- the network, and others ----------------------------------------------------------------


def test_the_network_tells_its_numbers(client: TestClient) -> None:
    text = text_of(client.get("/network").text)
    assert "3 cooperative" in text
    assert "2 /20 regioni" in text
    assert "ingegneria dei dati solo Bussola" in text
    assert '<td class="shade-5">1</td>' in client.get("/network").text


def test_a_competence_tells_who_declares_it(client: TestClient) -> None:
    page = client.get("/competencies/data-engineering").text
    assert "Chi la dichiara (1)" in text_of(page)
    assert f"/organisations/{BUSSOLA}" in hrefs(page)
    assert client.get("/competencies/nessuna").status_code == 404


def test_a_competence_is_named_in_the_language_of_the_page(client: TestClient) -> None:
    for path in ("/competencies/data-engineering", "/competencies/ingegneria-dei-dati"):
        assert "<h1>Ingegneria dei dati</h1>" in client.get(path).text
        assert "<h1>Data engineering</h1>" in client.get(f"{path}?lang=en").text
    assert "ingegneria dei dati" in text_of(client.get("/competencies").text)
    assert "ingegneria dei dati" not in text_of(client.get("/competencies?lang=en").text)
    for name in ("data engineering", "Ingegneria dei dati", "data-engineering"):
        page = client.get("/", params={"competence": name, "lang": "en"}).text
        assert "Remove competence: data engineering" in page
        assert f"/organisations/{BUSSOLA}?lang=en" in hrefs(page)


def test_a_fault_is_told_in_words_and_not_by_its_stack(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("segreto")

    monkeypatch.setattr("search_service.web.network_pages.competence_page", broken)
    response = client.get("/competencies/x", headers={"accept-language": "en"})
    assert response.status_code == 500
    assert "Something went wrong" in text_of(response.text)
    assert "segreto" not in response.text


def test_only_the_page_for_embedding_may_be_framed(client: TestClient) -> None:
    page = client.get("/embed", params={"q": "data engineering"})
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    assert "<header" not in page.text
    assert 'action="./embed"' in page.text
    assert 'target="_blank"' in page.text
    assert "frame-ancestors 'none'" in client.get("/").headers["content-security-policy"]


@pytest.mark.parametrize("query", ["", "?q=dati&since=ieri"])
def test_an_embedded_page_stays_in_its_frame(client: TestClient, query: str) -> None:
    response = client.get(f"/embed{query}")
    assert "frame-ancestors *" in response.headers["content-security-policy"]
    assert "<header" not in response.text
    links = re.findall(r'<a href="([^"]*)"(?![^>]*_blank)', response.text)
    assert all(h.startswith("./embed?") for h in links)
    assert bool(links) is not bool(query)  # the invitation has examples


def test_browsers_and_crawlers_find_what_they_ask_for(client: TestClient) -> None:
    assert "Disallow: /api/" in client.get("/robots.txt").text
    search = ElementTree.fromstring(client.get("/opensearch.xml").content)
    urls = [child.get("template") for child in search if child.tag.endswith("Url")]
    assert urls == ["http://testserver/?q={searchTerms}"]
    icon = client.get("/favicon.ico")
    assert icon.headers["content-type"] == "image/svg+xml"
    assert '<meta property="og:title" content="La rete">' in client.get("/network").text


@pytest.mark.parametrize("path", ["//altrove.example/x", "/%5Caltrove.example", "/a%23b%3Fc"])
def test_no_path_leads_to_another_site(client: TestClient, path: str) -> None:
    page = client.get(f"http://testserver{path}").text
    assert not any(h.startswith(("//", "/\\", "/a#")) for h in hrefs(page))


# --- a cooperative --------------------------------------------------------------------------


def test_a_cooperative_begins_with_what_it_does_and_how_to_reach_it(client: TestClient) -> None:
    before = client.get("/organisations/remota").text.partition('<div class="columns">')[0]
    assert "Facciamo data engineering a distanza." in text_of(before)
    assert "/documents/profiles/remota.md#p0" in hrefs(before)
    bussola = client.get(f"/organisations/{BUSSOLA}").text.partition('<div class="columns">')[0]
    assert "mailto:info@bussola.example" in hrefs(bussola)
    assert "051 123456" in text_of(bussola)
    assert "https://bussola.example/chi-siamo" in hrefs(bussola)


def test_a_cooperative_reads_what_its_profile_lacks(client: TestClient) -> None:
    castello = text_of(client.get("/organisations/castello").text)
    _, _, lacking = castello.partition("È la vostra cooperativa?")
    for words in ("Un lavoro che dimostri", "L'elenco delle competenze", "Un contatto", "La data"):
        assert words in lacking
    assert "La sede:" not in lacking


# --- a document -----------------------------------------------------------------------------


def test_a_table_of_a_document_is_a_table_on_its_page(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    text = """
        ---
        name: Nodi
        competencies: [vela, "<b>nodi</b>"]
        sectors: ["62.10"]
        ---
        I nostri corsi.

        | Corso | Ore |
        |---|---|
        | vela & remo | 20 |
        | nodi | 8 |
        """
    rows = {
        "profiles/a.html": "<h1>Remi</h1><table><tr><th>Che cosa</th><th>Dove</th></tr>"
        "<tr><td>remi</td><td>Bari</td></tr><tr><td>vele</td><td>Lecce</td></tr></table>",
        "profiles/a.html.yaml": "name: Remi\n",
    }
    with site(tmp_path_factory.mktemp("tables"), {"profiles/nodi.md": text, **rows}) as client:
        page = client.get("/documents/profiles/nodi.md").text
        assert '<th scope="col">Corso</th><th scope="col">Ore</th>' in page
        assert (
            "<tr><td>vela &amp; remo</td><td>20</td></tr><tr><td>nodi</td><td>8</td></tr>" in page
        )
        assert "<p>I nostri corsi.</p>" in page
        assert page.count('id="p1"') == 1
        fields = text_of(page.partition('id="p0"')[2].partition("</dl>")[0])
        assert fields.endswith(
            "Competenze vela <b>nodi</b> Settori 62.10 Attività di programmazione informatica"
        )
        english = client.get("/documents/profiles/nodi.md?lang=en").text
        assert '<h2 lang="en">Profile</h2>' in english
        assert '<dt lang="en">Competencies</dt>' in english
        other = client.get("/documents/profiles/a.html").text
        assert "<tr><td>remi</td><td>Bari</td></tr><tr><td>vele</td><td>Lecce</td></tr>" in other
