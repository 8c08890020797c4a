"""What pages of a large network cost: the processor's time, and their weight."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi.testclient import TestClient

from search_service.filters.saved_list import MAX_PICKS, SavedList
from search_service.web.search_panels import MAX_CHOICES
from tests.large_network import hub, large_network
from tests.web_site import follow, hrefs, params_of, saved_in, site, text_of

MOST_BYTES = 150_000  # of a page's HTML, before compression
QUESTION = "/?q=accessibilit%C3%A0"
NOTE = "Sentita lunedì: chiede trenta giorni, manda il preventivo e un referente per la gara " * 2


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("large"), large_network(500)) as client:
        yield client


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with site(tmp_path_factory.mktemp("hub"), hub(150)) as client:
        yield client


def milliseconds(client: TestClient, *addresses: str) -> list[float]:
    """The median time of the processor that each page takes, asked in turn."""
    taken: dict[str, list[float]] = {address: [] for address in addresses}
    for _ in range(12):
        for address, times in taken.items():
            start = time.process_time()
            assert client.get(address).status_code == 200
            times.append(1000 * (time.process_time() - start))
    return [statistics.median(times[2:]) for times in taken.values()]


def test_a_list_of_five_hundred_takes_no_longer_than_a_search(large: TestClient) -> None:
    listed, third, searched = milliseconds(
        large, "/organisations", "/organisations?page=3", "/?q=accessibilit%C3%A0"
    )
    assert max(listed, third) <= searched


def test_a_list_of_a_region_takes_about_as_long_as_the_whole(large: TestClient) -> None:
    listed, filtered = milliseconds(large, "/organisations", "/organisations?place=regione:08")
    assert filtered <= 1.3 * listed


@pytest.mark.parametrize(
    "address",
    [
        "/",
        QUESTION,
        "/organisations",
        "/organisations?place=regione:08",
        "/competencies",
        "/network",
        "/organisations/aarana-0",
    ],
)
def test_no_page_of_a_large_network_is_heavy(large: TestClient, address: str) -> None:
    answer = large.get(address)
    assert answer.status_code == 200
    assert len(answer.content) <= MOST_BYTES


def test_who_has_worked_with_many_has_a_page_like_others(busy: TestClient) -> None:
    page = busy.get("/organisations/centro")
    assert len(page.content) <= MOST_BYTES
    works = {href for href in hrefs(page.text) if href.startswith("/documents/case_studies/")}
    assert len(works) == 300  # none is lost
    for address in ("/network", "/competencies"):
        assert len(busy.get(address).content) <= MOST_BYTES


def test_a_facet_has_its_most_frequent_values_and_says_how_many_it_leaves_out(
    large: TestClient,
) -> None:
    page = large.get("/organisations")
    values = [href for href in hrefs(page.text) if "competence" in params_of(href)]
    assert len(values) == MAX_CHOICES
    left = len(large.get("/api/v1/facets").json()["competencies"]) - MAX_CHOICES
    all_of_them = follow(large, page, f"mostra altre {left} voci, meno frequenti")
    found = {href for href in hrefs(all_of_them.text) if "competence" in params_of(href)}
    assert len(found) == MAX_CHOICES + left
    assert not any("all" in params_of(href) for href in found)  # a choice begins anew
    # It weighs what was asked for, and nothing else.
    assert len(all_of_them.content) <= len(page.content) + 300 * left


def test_a_facet_s_address_is_that_of_its_own_value(large: TestClient) -> None:
    value = large.get("/api/v1/facets").json()["competencies"]
    value = next(iter(value))
    first = large.get("/organisations", params={"competence": value, "off": "x"}).text
    address = next(
        href
        for href in hrefs(first)
        if len(params_of(href).get("competence", [])) == 2 and href.startswith("/organisations")
    )
    assert params_of(address)["off"] == ["x"]
    assert large.get(address).status_code == 200


# --- a long list of saved cooperatives -------------------------------------------------------


def noted(client: TestClient, count: int) -> SavedList:
    found = re.findall(r'id="tieni-([^"]*)"', client.get("/organisations").text)[:count]
    return SavedList(tuple(found), "Gara", tuple((one, NOTE[:150]) for one in found))


@pytest.mark.parametrize("count", [28, MAX_PICKS])
@pytest.mark.parametrize(
    "path", ["", "?q=accessibilit%C3%A0", "organisations", "network", "organisations/aarana-0"]
)
def test_a_list_makes_no_page_heavy(large: TestClient, path: str, count: int) -> None:
    without, along = large.get(f"/{path}"), large.get(f"{noted(large, count).root}{path}")
    assert f"La tua lista: {count}" in text_of(along.text)
    # The page's own address, and for each cooperative that it shows that it is saved.
    assert len(along.content) - len(without.content) <= 10_000
    assert len(along.content) <= MOST_BYTES


def test_the_list_s_own_page_is_not_heavy(large: TestClient) -> None:
    assert len(large.get(f"{noted(large, 28).root}shortlist").content) <= MOST_BYTES


def test_the_list_goes_along_to_every_page_without_a_script(large: TestClient) -> None:
    saved = noted(large, 3)
    page = large.get(f"{saved.root}organisations/aarana-0")
    own = re.findall(r'<a [^>]*href="([^"#][^"]*)"', page.text)
    inside = [href for href in own if not re.match("https?:|mailto:|/static/|/api/", href)]
    assert len(inside) > 10
    for href in inside:
        assert urlsplit(urljoin(str(page.url), href)).path.startswith(saved.root)


def test_taking_one_out_leaves_the_notes_on_the_others(large: TestClient) -> None:
    saved = noted(large, 3)
    gone = saved.picks[0]
    page = large.get(f"{saved.root}shortlist?q=sartoria")
    assert f'name="drop" value="{gone}"' in page.text
    answer = large.get(f"{saved.root}shortlist?q=sartoria&drop={gone}")
    assert saved_in(answer) == SavedList(saved.picks[1:], "Gara", saved.notes[1:])
    assert params_of(str(answer.url)) == {"q": ["sartoria"]}
