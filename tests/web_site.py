"""A small site for tests of the web page, and how to read its pages."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from indexer.pipeline.build import build_index
from search_service.api import search_routes
from search_service.api.reference_page import reference_pages
from search_service.filters.saved_list import SavedList
from search_service.live.live_index import ServiceState
from search_service.settings import read_service_settings
from search_service.web import routes
from tests.toy import ToyEncoder

LONG = " ".join(f"Frase numero {n} sulle condotte di dati." for n in range(12))
SOURCES = {
    "profiles/bussola.md": """
        ---
        name: Bussola <script>alert(1)</script> {{7*7}}
        aliases: [Bussola Dati]
        vat: "01114601006"
        legal_form: cooperativa sociale di tipo B
        seat: Bologna
        works_in: [provincia di Parma]
        competencies: [data engineering]
        sectors: ["62.10.00"]
        certifications: [ISO 9001]
        members: 12
        website: https://bussola.example/chi-siamo
        contacts: [info@bussola.example, 051 123456]
        fictional: true
        ---
        # Servizi

        Facciamo data engineering, con `<img src=x onerror=alert(2)>` e {{7*7}}.
        """,
    "profiles/remota.md": """
        ---
        name: Remota
        seat: Palermo
        remote: true
        website: "javascript:alert(3)"
        ---
        Facciamo data engineering a distanza.
        """,
    "profiles/castello.md": """
        ---
        name: Castello
        seat: Faenza
        ---
        Ripariamo biciclette.
        """,
    "case_studies/città d'arte #1 50%.md": f"""
        ---
        title: "Dati & musei"
        cooperatives: [Bussola Dati]
        client: un museo
        place: Parma
        date: 2024-05
        source: https://fonte.example/pagina
        ---
        {LONG}
        """,
    "events/meetup.md": """
        ---
        title: Data engineering meetup
        organisers: [Remota]
        place: Milano
        date: 2025-03-05
        language: en
        source: "javascript:alert(4)"
        ---
        # Programme

        Remota spoke about data engineering pipelines.
        """,
}
CASE = "case_studies/città d'arte #1 50%.md"


def _write(corpus: Path, sources: Mapping[str, str]) -> None:
    for name, text in sources.items():
        path = corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (line.removeprefix("        ") for line in text.strip("\n").splitlines())
        path.write_text("\n".join(lines), "utf-8")


def site(folder: Path, sources: Mapping[str, str]) -> TestClient:
    _write(folder / "corpus", sources)
    build_index(
        read_service_settings(corpus=folder / "corpus", index=folder / "index"), ToyEncoder()
    )
    state = ServiceState(folder / "index", ToyEncoder())
    state.refresh()
    app = FastAPI()
    app.include_router(search_routes.create_router(state))
    app.include_router(routes.create_router(state, more=reference_pages(app.openapi, 60)))
    return TestClient(app)


def hrefs(page: str) -> list[str]:
    return [_from_top(href) for href in re.findall(r'href="([^"]*)"', page)]


def _from_top(href: str) -> str:
    """The address of a page that a link, which is relative, leads to without a shortlist."""
    return re.sub(r"^(?:\.\.?/)+", "/", html.unescape(href))


def follow(client: TestClient, page: Response, words: str) -> Response:
    """The page that the link with these words leads to, the shortlist in its address kept."""
    return client.get(urljoin(str(page.url), _href(page.text, words)))


def saved_in(page: Response) -> SavedList:
    """The shortlist in the address of a page."""
    return list_in(str(page.url))


def list_in(url: str) -> SavedList:
    """The shortlist that an address begins with."""
    found = re.match("/~([^/]+)/", urlsplit(url).path)
    return SavedList.decode(found[1]) if found else SavedList()


_UNSPOKEN = re.compile(r'<span [^>]*aria-hidden="true"[^>]*>[^<]*</span>')


def link(page: str, words: str) -> str:
    """The address of the link with these words, as a screen reader says them."""
    return _from_top(_href(page, words))


def _href(page: str, words: str) -> str:
    for href, text in re.findall(r'<a [^>]*?href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL):
        if words == text_of(_UNSPOKEN.sub("", text)).strip("×←→ "):
            return html.unescape(href)
    raise AssertionError(f"no link {words!r}")


def params_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def names(page: str) -> list[str]:
    found = re.findall(
        r'<h3 id="(?:cooperative|distanza|vicine|altrove)-\d+"><a [^>]*>(.*?)</a>', page
    )
    return [html.unescape(name) for name in found]


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
