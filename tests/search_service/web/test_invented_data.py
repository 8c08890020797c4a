"""Invented data is said to be invented: once, or beside each name where others are real."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.web_site import SOURCES, site, text_of

ONCE = "Dati inventati, a scopo dimostrativo."
LEGEND = "dato inventato, a scopo dimostrativo"
MARK = '<span class="invented" title="dato inventato">'
SAMPLE = {
    name: text.replace("fictional: true\n", "").replace(
        "        ---\n", "        ---\n        fictional: true\n", 1
    )
    for name, text in SOURCES.items()
} | {
    "events/vero.md": """
        ---
        title: Un incontro vero
        organisers: [Remota]
        date: 2025-04
        ---
        Si parla di data engineering.
        """
}
PAGES = (
    "/",
    "/?q=data+engineering",
    "/?q=sottomarini+nucleari",
    "/embed?q=data+engineering",
    "/organisations",
    "/organisations/remota",
    "/competencies/data-engineering",
    "/network",
    "/documents/profiles/bussola.md",
    "/shortlist?pick=remota&pick=it01114601006",
)
AMONG_OTHERS = (
    "/",
    "/?q=data+engineering",
    "/embed?q=data+engineering",
    "/organisations",
    "/organisations/it01114601006",
    "/organisations/remota",
    "/competencies/data-engineering",
    "/network",
    "/documents/profiles/bussola.md",
    "/shortlist?pick=remota&pick=it01114601006",
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A site whose cooperatives are all invented; one of its documents is real."""
    with site(tmp_path_factory.mktemp("sample"), SAMPLE) as client:
        yield client


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A site on which Bussola is invented and the others are real."""
    with site(tmp_path_factory.mktemp("mixed"), SOURCES) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_where_all_is_invented_each_page_says_so_once(sample: TestClient, path: str) -> None:
    text = text_of(sample.get(path).text)
    assert text.count("inventat") == text.count(ONCE) == 1


@pytest.mark.parametrize(
    "path", ["/organisations/remota", "/documents/events/vero.md", "/?q=eventi+data+engineering"]
)
def test_and_what_is_real_is_marked(sample: TestClient, path: str) -> None:
    assert text_of(sample.get(path).text).count("dato reale") == 1


@pytest.mark.parametrize("path", AMONG_OTHERS)
def test_among_real_ones_an_invented_one_is_marked(mixed: TestClient, path: str) -> None:
    page = mixed.get(path).text
    main = page.partition("<main")[2].partition("</main>")[0]
    named = re.findall(r'<a href="[./]+/organisations/it01114601006[^>]*>Bussola|<h1>Bussola', main)
    assert 1 <= len(named) <= main.count(MARK)
    assert ONCE not in page
    assert LEGEND in page
    assert "dato reale" not in page


def test_a_real_one_is_not_marked(mixed: TestClient) -> None:
    assert MARK not in mixed.get("/organisations/castello").text
