"""What holds on every page, for people who look at it, listen to it or magnify it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from tests.e2e import checks
from tests.e2e.conftest import NewPage
from tests.e2e.pages import LANGUAGES, PAGES, VISIT_IDS, VISITS, WIDTHS, Place

pytestmark = pytest.mark.browser

FIRST_PAGE_BYTES = 150_000  # over the wire, without fonts
NARROWEST = 320  # CSS pixels: a window of 1280 at 400 %
every_page = pytest.mark.parametrize("place", PAGES, ids=[place.name for place in PAGES])


def fails(found: dict[str, list[str]]) -> str:
    """The findings, one line each, with where they were found."""
    return "\n".join(f"[{where}] {line}" for where, lines in found.items() for line in lines)


@every_page
def test_it_answers_in_each_language_without_barriers(new_page: NewPage, place: Place) -> None:
    page = new_page(reduced_motion="reduce")  # a colour half way through a fade is no colour
    site, other = LANGUAGES  # in this order: a choice of language is remembered
    answers(page, place, site)
    found = {"moving": checks.moving(page), site: checks.accessibility(page)}
    # Colours and widths do not depend on the language.
    page.emulate_media(color_scheme="dark")
    found["dark"] = checks.colours(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    found["phone"] = checks.accessibility(page)
    page.set_viewport_size({"width": WIDTHS[-1], "height": 900})
    answers(page, place, other)
    found[other] = checks.accessibility(page)
    assert not fails(found), fails(found)


def answers(page: Page, place: Place, language: str) -> None:
    response = page.goto(place.address(language))
    assert response is not None
    assert response.status == place.status
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1


@every_page
def test_nothing_scrolls_sideways_or_is_cut_off(page: Page, place: Place) -> None:
    page.goto(place.path)
    found = {}
    for width in (NARROWEST, *WIDTHS):
        page.set_viewport_size({"width": width, "height": 800})
        found[f"{width} px"] = checks.sideways(page)
    page.set_viewport_size({"width": 640, "height": 400})  # 1280 × 800 at 200 %
    found["200 %"] = [*checks.sideways(page), *checks.cut_off(page)]
    assert not fails(found), fails(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_tell_pages_apart(page: Page, language: str) -> None:
    texts = [
        page.request.get(place.address(language)).text()
        for place in PAGES
        if place.name != "embed"  # part of another site's page, with a title of its own
    ]
    titles = [re.findall(r"<title>(.+)</title>", text)[0] for text in texts]  # maps have some too
    assert len(set(titles)) == len(PAGES) - 1
    assert all(title.endswith("Competenze in Rete") for title in titles)


def test_the_html_is_valid(page: Page, tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("no Java: apt-get install --no-install-recommends default-jre-headless")
    for (place, language), name in zip(VISITS, VISIT_IDS, strict=True):
        response = page.request.get(place.address(language))
        (tmp_path / f"{quote(name, safe='')}.html").write_bytes(response.body())
    assert len(list(tmp_path.iterdir())) == len(VISITS)
    assert checks.invalid_html(tmp_path) == []


def test_the_first_page_is_light(page: Page) -> None:
    kinds: dict[str, str] = {}
    sizes: dict[str, float] = {}
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    wire.on(
        "Network.loadingFinished", lambda e: sizes.update({e["requestId"]: e["encodedDataLength"]})
    )
    page.goto("/", wait_until="networkidle")
    by_kind: Counter[str] = Counter()
    for request, size in sizes.items():
        by_kind[kinds[request]] += round(size)
    assert {"Document", "Stylesheet"} <= by_kind.keys()
    del by_kind["Font"]
    assert by_kind.total() < FIRST_PAGE_BYTES, dict(by_kind)
