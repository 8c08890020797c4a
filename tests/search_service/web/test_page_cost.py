"""What pages of a large network cost: the processor's time, and their weight."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from search_service.web.search_panels import MAX_CHOICES
from tests.large_network import hub, large_network
from tests.web_site import hrefs, link, params_of, site, text_of

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
    works = set(re.findall(r'href="/documents/case_studies/[^"]*"', page.text))
    assert len(works) == 300  # none is lost
    for address in ("/network", "/competencies"):
        assert len(busy.get(address).content) <= MOST_BYTES


def test_a_facet_has_its_most_frequent_values_and_says_how_many_it_leaves_out(
    large: TestClient,
) -> None:
    page = large.get("/organisations").text
    values = [href for href in hrefs(page) if "competence" in params_of(href)]
    assert len(values) == MAX_CHOICES
    left = len(large.get("/api/v1/facets").json()["competencies"]) - MAX_CHOICES
    assert f"e altri {left}, meno frequenti" in text_of(page)


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


def saved(client: TestClient, count: int) -> list[tuple[str, str]]:
    found = re.findall(r'id="tieni-([^"]*)"', client.get("/organisations").text)[:count]
    return [*(("pick", one) for one in found), *((f"note.{one}", NOTE[:150]) for one in found)]


def test_notes_are_not_in_every_link(large: TestClient) -> None:
    pairs = saved(large, 28)
    bare = urlencode([pair for pair in pairs if pair[0] == "pick"])
    for path in ("/", "/organisations", "/network", "/organisations/aarana-0"):
        question = "q=accessibilit%C3%A0&" if path == "/" else ""
        noted = large.get(f"{path}?{question}{urlencode(pairs)}")
        without = large.get(f"{path}?{question}{bare}")
        # The list's own link, the two languages', and the search form's fields.
        assert len(noted.content) - len(without.content) <= 4.5 * len(urlencode(pairs))
        assert len(noted.content) <= 2.5 * MOST_BYTES
    shortlist = large.get(f"/shortlist?{urlencode(pairs)}")
    assert len(shortlist.content) <= 2.5 * MOST_BYTES


def test_the_notes_are_where_they_must_be_without_a_script(large: TestClient) -> None:
    pairs = saved(large, 3)
    page = large.get(f"{QUESTION}&{urlencode(pairs)}").text
    for words in ("La tua lista: 3", "English"):
        address = params_of(link(page, words))
        assert {name: address[name][0] for name, _ in pairs[3:]} == dict(pairs[3:])
    for name, note in pairs[3:]:
        assert f'<input type="hidden" name="{name}" value="{note}">' in page


def test_taking_one_out_leaves_the_notes_on_the_others(large: TestClient) -> None:
    pairs = saved(large, 3)
    gone = pairs[0][1]
    page = large.get(f"/shortlist?list=Gara&{urlencode(pairs)}").text
    assert f'formaction="/shortlist/without/{gone}"' in page
    answer = large.get(
        f"/shortlist/without/{gone}?list=Gara&{urlencode(pairs)}", follow_redirects=False
    )
    assert answer.status_code == 303
    kept = params_of(answer.headers["location"])
    assert kept["pick"] == [pair[1] for pair in pairs[1:3]]
    assert kept["list"] == ["Gara"]
    assert [name for name in kept if name.startswith("note.")] == [pair[0] for pair in pairs[4:]]
