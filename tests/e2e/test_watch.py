"""The watch notices each kind of problem; otherwise the other tests here would pass in silence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e import checks
from tests.e2e.watch import Watch
from tests.waiting import until

pytestmark = pytest.mark.browser


def saw(page: Page, watch: Watch, *texts: str) -> bool:
    """Wait until each text is among the problems, then forget these."""

    def look() -> bool:
        page.wait_for_timeout(10)  # lets Playwright hand over what it has heard
        return all(text in "\n".join(watch.problems) for text in texts)

    until(look)
    watch.forgive()
    return True


def test_a_request_to_another_host(page: Page, watch: Watch) -> None:
    page.set_content('<img alt="" src="http://altrove.invalid/x.png">')
    assert saw(page, watch, "request to another host: http://altrove.invalid/x.png")


def test_what_the_content_security_policy_refuses(page: Page, watch: Watch) -> None:
    page.goto("/")
    page.evaluate("fetch('data:text/plain,x').catch(() => {})")
    page.evaluate("document.body.setAttribute('onclick', 'alert(1)')")
    expected = ("CSP: script-src-attr refused inline", "CSP: connect-src refused data")
    assert saw(page, watch, *expected)


def test_an_error_of_a_script(page: Page, watch: Watch) -> None:
    page.goto("/")
    page.evaluate("setTimeout(() => { throw new Error('rotto') })")
    page.evaluate("console.error('detto')")
    assert saw(page, watch, "uncaught: ", "rotto", "console: detto")


def test_a_missing_file_is_a_problem_and_a_missing_page_is_none(page: Page, watch: Watch) -> None:
    page.goto("/non-esiste")
    assert watch.problems == []
    page.evaluate("document.body.append(Object.assign(new Image(), {src: '/static/no.png'}))")
    assert saw(page, watch, "/static/no.png")


def test_the_checks_see_what_is_wrong(page: Page) -> None:
    page.set_content(
        """<html lang="it"><title>x</title><style>
        .wide { width: 3000px } .cut { width: 20px; height: 20px; overflow: hidden }
        .moves { transition: color 0.3s } .pale { color: #ccc; background: #fff }
        </style><main><h1>Prova</h1><p class="wide">largo</p><p class="cut">testo tagliato</p>
        <p class="moves">mosso</p><p class="pale">chiaro</p></main></html>"""
    )
    assert "wide" in checks.sideways(page)[1]
    (cut,) = checks.cut_off(page)
    assert 'class="cut"' in cut
    (moved,) = checks.moving(page)
    assert 'class="moves"' in moved
    assert [line.split(":")[0] for line in checks.accessibility(page)] == ["color-contrast"]
