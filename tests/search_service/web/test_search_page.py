from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from indexer.domain import Document, DocumentKind, Passage
from search_service.domain import ExplicitFilters
from search_service.filters.search_url import SearchUrl
from search_service.live.live_index import ServiceState
from search_service.presentation.urls import document_path, original_url
from search_service.web import routes
from search_service.web.entity_pages import sections
from tests.toy import ToyEncoder
from tests.web_site import CASE, SOURCES, hrefs, link, names, params_of, site, text_of


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("web"), SOURCES) as client:
        yield client


# --- asking --------------------------------------------------------------------------------


def test_without_a_question_the_page_invites_to_ask(client: TestClient) -> None:
    page = client.get("/").text
    assert "Qui trovi 3 cooperative e 5 documenti." in text_of(page)
    example = link(page, "chi si occupa di ingegneria dei dati in Emilia-Romagna?")
    asked = {"q": ["chi si occupa di ingegneria dei dati in Emilia-Romagna?"]}
    assert params_of(example) == asked
    assert names(client.get(example).text)
    assert "Lavori recenti Dati & musei maggio 2024 cliente: un museo" in text_of(page)
    assert client.get("/?q=+&place=&since=").text == page


def test_an_answer_names_cooperatives_with_their_evidence(client: TestClient) -> None:
    response = client.get("/", params={"q": "data engineering a Bologna"})
    page = response.text
    assert response.status_code == 200
    assert names(page)[0] == "Bussola <script>alert(1)</script> {{7*7}}"
    text = text_of(page)
    assert "Bologna (BO) sede qui 12 soci ◇ dato inventato" in text
    assert "Dichiara: ingegneria dei dati Facciamo data engineering , con" in text
    assert "Remota Palermo (PA) lavora a distanza" in text
    assert 'role="status"' in page
    assert page.count("<h1") == 1


def test_evidence_says_where_it_comes_from(client: TestClient) -> None:
    page = client.get("/", params={"q": "condotte di dati"}).text
    assert "Lavoro svolto: «condotte», «dati» Frase numero 0 sulle condotte di dati ." in text_of(
        page
    )
    assert "Dati & musei maggio 2024 cliente: un museo" in text_of(page)
    assert f"/documents/{quote(CASE)}#p1" in hrefs(page)
    assert "Frase numero 11" not in page  # the sentence that answers, and no more


def test_documents_come_first_when_a_kind_is_asked_for(client: TestClient) -> None:
    page = client.get("/", params={"q": "eventi su data engineering"}).text
    assert page.index('id="documenti"') < page.index('id="cooperative"')
    assert '<h3 id="d1" lang="en">' in page
    assert '<blockquote class="passage" lang="en">' in page
    chosen = client.get("/", params={"q": "data engineering", "kind": "profile"}).text
    assert chosen.index('id="documenti"') > chosen.index('id="cooperative"')
    assert 'id="documenti"' not in client.get("/", params={"q": "data engineering"}).text


def test_the_page_speaks_the_browser_s_language_or_the_one_chosen(client: TestClient) -> None:
    asked = {"q": "data engineering vicino a Bologna nel 2024"}
    english = client.get("/", params=asked, headers={"accept-language": "en-GB,it;q=0.5"})
    assert english.headers["content-language"] == "en"
    assert '<html lang="en">' in english.text
    assert "where: within 40 km of Bologna (BO)" in text_of(english.text)
    assert "Only documents with a date count" in text_of(english.text)
    italian = link(english.text, "Italiano")
    assert params_of(italian) == {"q": [asked["q"]], "lang": ["it"]}
    chosen = client.get(italian, headers={"accept-language": "en"}).text
    assert "dove: entro 40 km da Bologna (BO)" in text_of(chosen)
    kept = [h for h in hrefs(chosen) if h.startswith(("/?", "/organisations"))]
    assert [h for h in kept if "lang=it" not in h] == [link(chosen, "English")]


# --- what was understood -------------------------------------------------------------------


def test_a_place_can_be_switched_off_and_on_again(client: TestClient) -> None:
    asked = {"q": "riparazione biciclette a Faenza"}
    page = client.get("/", params=asked).text
    assert names(page)[0] == "Castello"
    off = link(page, "Togli dove: Faenza (RA)")
    assert params_of(off) == {"q": [asked["q"]], "off": ["place:comune:039010"]}
    without = client.get(off).text
    assert len(names(without)) == 3
    assert "Faenza (RA)" in text_of(without)  # still said, as switched off
    assert params_of(link(without, "ripristina dove: Faenza (RA)")) == {"q": [asked["q"]]}


def test_every_aspect_can_be_switched_off(client: TestClient) -> None:
    page = client.get("/", params={"q": "eventi su data engineering a Milano nel 2025"}).text
    for words, key in (
        ("Togli dove: Milano (MI)", "place:comune:015146"),
        ("Togli che cosa: eventi", "kind:event"),
        ("Togli quando: 2025", "period:2025"),
    ):
        assert params_of(link(page, words))["off"] == [key]
    everything = SearchUrl(page=2, question="eventi su data engineering a Milano nel 2025")
    for key in ("place", "kind", "period"):
        everything = everything.switched_off(key)
    without = client.get(everything.url).text
    assert "Togli" not in without
    for words in ("dove: Milano (MI)", "che cosa: eventi", "quando: 2025"):
        assert f"ripristina {words}" in text_of(without)


def test_a_chosen_filter_goes_with_its_parameter(client: TestClient) -> None:
    filters = ExplicitFilters.of(
        place=("Faenza", "comune:037032"), kind="case_study", since="2024", until="2024-06"
    )
    asked = SearchUrl("dati", filters)
    page = client.get(asked.url).text
    place = params_of(link(page, "Togli dove: Imola (BO)"))
    assert place["place"] == ["Faenza"]
    assert "off" not in place
    assert "kind" not in params_of(link(page, "Togli che cosa: casi di studio"))
    when = params_of(link(page, "Togli quando: da gennaio 2024 a giugno 2024"))
    assert "since" not in when
    assert "until" not in when
    assert 'value="Imola (BO)"' in page  # the form keeps what was chosen
    assert 'value="case_study" checked' in page


def test_a_filter_by_date_tells_what_it_leaves_out(client: TestClient) -> None:
    page = client.get("/", params={"q": "data engineering nel 2024"}).text
    told = "Contano solo i documenti con una data, come casi di studio ed eventi"
    assert f"{told}: non i profili senza data." in text_of(page)
    assert told not in client.get("/", params={"q": "data engineering"}).text


def test_a_shared_name_is_asked_about(client: TestClient) -> None:
    page = client.get("/", params={"q": "biciclette", "place": "Castro"}).text
    assert "Più luoghi si chiamano Castro" in text_of(page)
    chosen = params_of(link(page, "Castro (BG)"))
    assert chosen["place"] == ["comune:016065"]
    assert "off" not in chosen


def test_a_shared_name_in_the_question_gives_way_to_the_one_chosen(client: TestClient) -> None:
    page = client.get("/", params={"q": "biciclette a Castro"}).text
    url = link(page, "Castro (BG)")
    settled = client.get(url).text
    assert "Più luoghi si chiamano" not in settled
    assert "ripristina" not in settled
    assert "Togli dove: Castro (BG)" in text_of(settled)


def test_widening_is_said_in_words(tmp_path: Path) -> None:
    sources = {"profiles/castello.md": SOURCES["profiles/castello.md"]}
    client = site(tmp_path, sources)
    page = text_of(client.get("/", params={"q": "biciclette a Ravenna"}).text)
    assert "Nessuna cooperativa a Ravenna (RA): ecco quelle della provincia di Ravenna." in page
    assert "sede in provincia di Ravenna" in page
    page = text_of(client.get("/", params={"q": "biciclette a Parma"}).text)
    assert "ecco quelle della regione Emilia-Romagna." in page


# --- documented, close, nobody ---------------------------------------------------------------

BANDS = {
    "profiles/alfa.md": """
        ---
        name: Alfa
        seat: Bologna
        competencies: [penetration testing]
        ---
        Siamo in sei.
        """,
    "profiles/beta.md": """
        ---
        name: Beta
        seat: Palermo
        remote: true
        competencies: [vulnerability assessment]
        ---
        Cerchiamo le falle. Scriviamo rapporti.
        """,
}


@pytest.fixture(scope="module")
def bands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("bands"), BANDS) as client:
        yield client


def section(page: str, name: str) -> str:
    """The text of the section with a heading of this id; empty where there is none."""
    found = re.search(rf'<section [^>]*aria-labelledby="{name}".*?</section>', page, re.DOTALL)
    return text_of(found[0]) if found else ""


def test_who_is_documented_says_why_and_who_is_close_stands_below(bands: TestClient) -> None:
    page = bands.get("/", params={"q": "penetration testing"}).text
    assert section(page, "cooperative").startswith(
        "Cooperative Alfa Bologna (BO) penetration testing Lo dichiara nel profilo"
    )
    close = section(page, "vicine")
    assert close.startswith("Le più vicine, ma forse non fanno ciò che cerchi")
    assert "Dichiara: vulnerability assessment, vicina a penetration testing" in close
    assert page.index('id="cooperative"') < page.index('id="vicine"')
    assert "<details" not in re.split('id="vicine"', page)[1].split("</section>")[0]


def test_a_narrower_competence_says_what_it_is_part_of(bands: TestClient) -> None:
    page = text_of(bands.get("/", params={"q": "cybersecurity"}).text)
    assert "Lo dichiara nel profilo : penetration testing, che fa parte di sicurezza" in page
    english = text_of(bands.get("/", params={"q": "cybersecurity", "lang": "en"}).text)
    assert "Declared in its profile : penetration testing, which is part of cybers" in english


def test_where_only_close_ones_are_they_are_cards_and_nobody_is_not_said(
    bands: TestClient,
) -> None:
    page = bands.get("/", params={"q": "restauro di mosaici"}).text
    assert (
        '<p class="count" id="conteggio" role="status" tabindex="-1" data-live>Nessuna prova'
        in (page)
    )
    assert section(page, "vicine").startswith("Le più vicine")
    assert set(names(page)) == {"Alfa", "Beta"}
    assert "Nessuna cooperativa" not in page
    assert NOTHING not in text_of(page)


def test_who_works_at_a_distance_is_judged_like_all_in_a_group_of_its_own(
    bands: TestClient,
) -> None:
    for sort in ("", "name", "place", "date"):
        page = bands.get("/", params={"q": "cybersecurity a Bologna", "sort": sort}).text
        assert "Alfa" in section(page, "cooperative")
        remote = section(page, "distanza")
        assert remote.startswith("Lavorano a distanza: 1 Beta")
        assert "vulnerability assessment, che fa parte di sicurezza informatica" in remote
        assert '<ol class="cards" start="2">' in page


# --- nobody, and nothing -------------------------------------------------------------------


def test_nobody_is_said_plainly_with_what_can_be_done(client: TestClient) -> None:
    response = client.get("/", params={"q": "casi di studio sulle biciclette nel 1999"})
    assert response.status_code == 200
    page = response.text
    assert "Nessuna cooperativa documentata" in page
    assert names(page) == []
    assert params_of(link(page, "Cerca senza «1999»"))["off"] == ["period:1999"]
    assert params_of(link(page, "Cerca senza «casi di studio»"))["off"] == ["kind:case_study"]


NOTHING = "Nessun documento risponde alla tua domanda."
NOBODY_THERE = "Nel luogo indicato non risulta nessuna cooperativa che lo faccia. Qui sotto"


def test_nobody_in_the_place_asked_for_is_not_nobody_at_all(tmp_path: Path) -> None:
    sources = {"profiles/castello.md": SOURCES["profiles/castello.md"]}
    client = site(tmp_path, sources)
    page = client.get("/", params={"q": "biciclette a Palermo"}).text
    assert NOBODY_THERE in text_of(page)
    assert NOTHING not in text_of(page)
    assert "Fuori dal luogo indicato:" in text_of(page)
    assert names(page) == ["Castello"]


def test_nobody_at_all_is_said_of_the_whole_index(client: TestClient) -> None:
    page = text_of(client.get("/", params={"q": "casi di studio sulle biciclette nel 1999"}).text)
    assert NOTHING in page
    assert NOBODY_THERE not in page


@pytest.mark.parametrize(
    ("params", "words"),
    [
        (
            {"q": "dati", "kind": "libro"},
            "I tipi di documento sono profili, casi di studio, eventi",
        ),
        ({"q": "dati", "since": "ieri"}, "Le date si scrivono così"),
        ({"q": "dati", "place": "Bolonia"}, "Non conosco questo luogo"),
        ({"q": "d" * 2001}, "La domanda è troppo lunga"),
    ],
)
def test_what_cannot_be_searched_is_explained(
    client: TestClient, params: dict[str, str], words: str
) -> None:
    response = client.get("/", params=params)
    assert response.status_code == 400
    assert words in text_of(response.text)
    assert f'value="{params["q"]}"' in response.text  # the question is still there
    assert "Traceback" not in response.text


def test_without_an_index_the_page_says_so(tmp_path: Path) -> None:
    app = FastAPI()
    app.include_router(routes.create_router(ServiceState(tmp_path, ToyEncoder())))
    for url in ("/", "/?q=dati", "/organisations/x", "/documents/x"):
        response = TestClient(app).get(url)
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        assert "La ricerca non è pronta" in response.text


@pytest.mark.parametrize(
    "url", ["/organisations/nessuna", "/documents/no/no.md", "/static/x.css", "/static/%2e%2e"]
)
def test_what_is_not_there_is_a_page(client: TestClient, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 404
    assert "Pagina non trovata" in html.unescape(response.text)


# --- paging --------------------------------------------------------------------------------


def test_an_answer_has_pages(tmp_path: Path) -> None:
    profile = "---\nname: Coop {n:02}\n---\nFacciamo pane {n}."
    sources = {f"profiles/{n:02}.md": profile.format(n=n) for n in range(12)}
    client = site(tmp_path, sources)
    first = client.get("/", params={"q": "pane"}).text
    assert "12 cooperative · pagina 1 di 2" in text_of(first)
    assert "Pagina precedente" not in first
    url = link(first, "Pagina seguente")
    assert params_of(url) == {"q": ["pane"], "page": ["2"]}
    second = client.get(url).text
    assert '<ol class="cards" start="11">' in second
    assert "Pagina seguente" not in second
    assert params_of(link(second, "Pagina precedente")) == {"q": ["pane"]}
    assert len({*names(first), *names(second)}) == 12
    beyond = client.get("/", params={"q": "pane", "page": "99"}).text
    assert "Non ci sono altri risultati" in text_of(beyond)
    assert params_of(link(beyond, "Pagina precedente")) == {"q": ["pane"], "page": ["2"]}


@pytest.mark.parametrize("page", ["0", "-1", "due", "1e3", "99999999999999999999", "٣"])
def test_a_page_that_is_none_is_the_first(client: TestClient, page: str) -> None:
    response = client.get("/", params={"q": "dati", "page": page})
    assert response.text == client.get("/", params={"q": "dati"}).text


# --- cooperatives and documents ------------------------------------------------------------


def test_a_cooperative_has_a_page(client: TestClient) -> None:
    text = text_of(client.get("/organisations/it01114601006").text)
    for words in (
        "cooperativa sociale di tipo B",
        "Che cosa sa fare ingegneria dei dati",
        "Settori 62.10.00 Attività di programmazione informatica",
        "Certificazioni ISO 9001",
        "Sede Bologna (BO)",
        "Lavora in provincia di Parma",
        "Soci lavoratori 12",
        "Altri nomi Bussola Dati",
        "Partita IVA IT01114601006",
        "I lavori e che cosa dimostrano Dati & musei maggio 2024",
        "cliente: un museo",
    ):
        assert words in text
    page = client.get("/organisations/it01114601006").text
    assert "mailto:info@bussola.example" in hrefs(page)
    assert f"/documents/{quote(CASE)}" in hrefs(page)
    assert 'href="https://bussola.example/chi-siamo" rel="noopener noreferrer"' in page


def test_a_document_has_a_page_whatever_its_name(client: TestClient) -> None:
    url = document_path(CASE)
    assert url == "/documents/case_studies/citt%C3%A0%20d%27arte%20%231%2050%25.md"
    response = client.get(url)
    assert response.status_code == 200
    text = text_of(response.text)
    assert "Dati & musei caso di studio maggio 2024 Parma (PR)" in text
    assert "Cliente un museo" in text
    assert "ha svolto il lavoro" in text
    assert 'id="p0"' in response.text
    assert f"/api/v1/documents/{quote(CASE)}/original" in hrefs(response.text)
    assert "https://fonte.example/pagina" in hrefs(response.text)


def test_a_document_in_another_language_says_so(client: TestClient) -> None:
    page = client.get("/documents/events/meetup.md").text
    assert '<h1 lang="en">Data engineering meetup</h1>' in page
    assert '<article class="text" lang="en">' in page
    assert "<h2>Programme</h2>" in page
    assert "5 marzo 2025" in page
    assert "Lingua inglese" in text_of(page)


def test_pages_of_a_pdf_are_told_once_and_linked() -> None:
    document = Document("a b.pdf", "x/a b.PDF", DocumentKind.EVENT, "Titolo", "it", "0" * 64)

    def passage(n: int, headings: tuple[str, ...], page: int) -> Passage:
        return Passage(f"a#{n}", "a b.pdf", n, "Testo.", "", headings, page, (), "it")

    passages = [passage(0, ("Titolo", "A", "B"), 1), passage(1, ("Titolo", "A", "C"), 1)]
    passages.append(passage(2, ("Titolo", "A"), 2))
    shown = [(s.headings, s.page, s.leaves) for s in sections(document, passages)]
    assert shown == [
        (((2, "A"), (3, "B")), 1, False),
        (((3, "C"),), None, False),
        ((), 2, True),
    ]
    assert original_url(document, 2) == "/api/v1/documents/a%20b.pdf/original#page=2"
    assert original_url(replace(document, path="a.docx"), 2).endswith("/original")
