from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from indexer.errors import CompetenzeError
from search_service.insights.italy_map import LICENCE_URL, SOURCE_URL
from search_service.presentation.urls import document_path, mail_link, web_link
from search_service.web import rendering
from tests.web_site import CASE, SOURCES, hrefs, site, text_of

DECLARED_LINKS = {"https://bussola.example/chi-siamo", "https://fonte.example/pagina"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("web"), SOURCES) as client:
        yield client


PAGES = (
    "/",
    "/?q=data+engineering",
    "/?q=eventi",
    "/?q=dati&kind=nessuno",
    "/organisations/it01114601006",
    "/organisations/remota",
    "/documents/profiles/bussola.md",
    "/documents/events/meetup.md",
    document_path(CASE),
    "/organisations/nessuna",
    "/network",
    "/organisations",
)


@pytest.mark.parametrize("url", PAGES)
def test_every_page_is_safe(client: TestClient, url: str) -> None:
    response = client.get(url)
    page = response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    own = re.findall(r'<script src="/static/site\.js\?v=\w{8}" type="module"></script>', page)
    assert len(own) == 1
    rest = page.replace(own[0], "")
    rest = re.sub(r'<script type="application/ld\+json">[^<>&]*</script>', "", rest)  # not run
    assert not re.search(r"<(?:script|style|iframe|img src=x)|\son\w+=\"|\sstyle=", rest)
    shown = re.sub(r'"/static/[^"]*"', '""', page)
    assert "49" not in shown  # {{7*7}} stays what was written
    assert "javascript:" not in "".join(hrefs(page))
    hosts = {href for href in hrefs(page) if "//" in href}
    assert hosts <= {*DECLARED_LINKS, SOURCE_URL, LICENCE_URL}
    loaded = set(re.findall(r'(?:src|action)="([^"]*)"', page))
    assert all(
        re.fullmatch(r"\./|(?:\.\./)+|/static/(?:favicon|site)\.\w+\?v=\w{8}", url)
        for url in loaded
    )


def test_what_people_write_is_shown_as_written(client: TestClient) -> None:
    question = '"><script>alert(1)</script> {{7*7}} {% raw %}'
    page = client.get("/", params={"q": question}).text
    assert "<script>" not in page
    assert question in html.unescape(page)
    profile = client.get("/documents/profiles/bussola.md").text
    assert "&lt;img src=x onerror=alert(2)&gt; e {{7*7}}" in profile
    organisation = client.get("/organisations/it01114601006").text
    assert "<h1>Bussola &lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}</h1>" in organisation


def test_a_script_is_no_website_and_no_source(client: TestClient) -> None:
    for url, text in (
        ("/organisations/remota", "Sito javascript:alert(3)"),
        ("/documents/events/meetup.md", "Fonte javascript:alert(4)"),
    ):
        page = client.get(url).text
        assert text in text_of(page)
        assert not any(href.startswith("javascript") for href in hrefs(page))


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//evil.example", ""),
        *("www.a.example", "https:/x", 'https://a.example/"x', "https://a.example/ x"),
        "\thttps://a.example",
    ],
)
def test_only_web_addresses_are_linked(url: str) -> None:
    assert web_link(url) == ""
    assert mail_link(url) == ""


def test_web_and_mail_addresses_are_linked() -> None:
    assert web_link("HTTPS://a.example/b?c=d#e") == "HTTPS://a.example/b?c=d#e"
    assert mail_link("info@a.example") == "mailto:info@a.example"
    assert mail_link("info@a.example?cc=b@c.example") == ""


def test_templates_escape_everything() -> None:
    folder = rendering.templates_folder()
    env = rendering.environment(folder, rendering.read_assets(folder / "static"), "it")
    assert env.autoescape is True
    for path in folder.rglob("*.html"):
        assert not re.search(r"\|\s*safe|autoescape\s+false|Markup", path.read_text("utf-8"))


def test_missing_templates_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        rendering, "__file__", str(tmp_path / "search_service" / "web" / "rendering.py")
    )
    with pytest.raises(CompetenzeError, match="Install the package again"):
        rendering.templates_folder()
    installed = tmp_path / "search_service" / "templates"
    installed.mkdir(parents=True)
    (installed / "base.html").touch()
    assert rendering.templates_folder() == installed


def test_assets_have_their_media_type(client: TestClient) -> None:
    page = client.get("/").text
    styles = next(href for href in hrefs(page) if href.startswith("/static/site.css?v="))
    response = client.get(styles)
    assert response.headers["content-type"] == "text/css; charset=utf-8"
    files = re.findall(r'url\("([^"]*)"\)', response.text)
    assert len(files) == response.text.count("url(")
    for file in files:
        assert client.get(f"/static/{file}").headers["content-type"] == "font/woff2"
    assert not re.search(r"@import|//", response.text)
    icon = next(href for href in hrefs(page) if href.startswith("/static/favicon.svg?v="))
    assert client.get(icon).headers["content-type"] == "image/svg+xml"
    assert client.head("/").status_code == 200


def test_the_api_s_examples_are_safe(client: TestClient) -> None:
    response = client.get("/api")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "Bussola &lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in response.text
    assert not re.search(r"<script>|<img src=x|\sstyle=", response.text)
