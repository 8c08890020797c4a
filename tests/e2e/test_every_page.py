"""What holds on every page: for whoever looks at it, listens to it, magnifies it or prints it."""

from __future__ import annotations

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
# What a layout does, it does in every language.
every_layout = pytest.mark.parametrize(
    ("place", "language"), [(place, LANGUAGES[0]) for place in PAGES], ids=[p.name for p in PAGES]
)
every_page = pytest.mark.parametrize(("place", "language"), VISITS, ids=VISIT_IDS)


def fails(found: dict[str, list[str]]) -> str:
    """What was found, by where; empty when nothing was."""
    return "\n".join(f"[{where}] {line}" for where, lines in found.items() for line in lines)


@every_page
def test_it_answers_in_its_language(page: Page, place: Place, language: str) -> None:
    response = page.goto(place.address(language))
    assert response is not None
    assert response.status == place.status
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("h1").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_tell_pages_apart(page: Page, language: str) -> None:
    titles = []
    for place in PAGES:
        if place.name == "embed":
            continue  # another site's page, which has its own title
        page.goto(place.address(language))
        titles.append(page.title())
    assert [title for title, count in Counter(titles).items() if count > 1] == []
    assert all(title.endswith("Competenze in Rete") for title in titles)


@every_page
def test_axe_finds_nothing(new_page: NewPage, place: Place, language: str) -> None:
    page = new_page(reduced_motion="reduce")  # a colour half way through a fade is no colour
    page.goto(place.address(language))
    found = {"light": checks.accessibility(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = checks.colours(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": WIDTHS[0], "height": 800})
    found["phone"] = checks.accessibility(page)
    assert not fails(found), fails(found)


@every_layout
def test_nothing_scrolls_sideways(page: Page, place: Place, language: str) -> None:
    page.goto(place.address(language))
    found = {}
    for width in (NARROWEST, *WIDTHS):
        page.set_viewport_size({"width": width, "height": 800})
        found[f"{width} px"] = checks.sideways(page)
    assert not fails(found), fails(found)


@every_layout
def test_at_twice_the_size_all_can_be_read(new_page: NewPage, place: Place, language: str) -> None:
    page = new_page(width=640, height=400, device_scale_factor=2)  # 1280 × 800 at 200 %
    page.goto(place.address(language))
    found = {"sideways": checks.sideways(page), "cut": checks.cut_off(page)}
    assert not fails(found), fails(found)


@every_layout
def test_nothing_moves_for_who_asks_so(new_page: NewPage, place: Place, language: str) -> None:
    page = new_page(reduced_motion="reduce")
    page.goto(place.address(language))
    assert checks.moving(page) == []


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
