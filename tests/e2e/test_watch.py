"""The watch sees what it is there for: else every other test here would pass in silence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e import checks
from tests.e2e.watch import Watch

pytestmark = pytest.mark.browser


def seen(watch: Watch) -> str:
    text = "\n".join(watch.problems)
    watch.forgive()
    return text


def test_a_request_to_another_host(page: Page, watch: Watch) -> None:
    page.set_content('<img alt="" src="http://altrove.invalid/x.png">')
    assert "request to another host: http://altrove.invalid/x.png" in seen(watch)


def test_what_the_content_security_policy_refuses(page: Page, watch: Watch) -> None:
    page.goto("/")
    page.evaluate("fetch('data:text/plain,x').catch(() => {})")
    page.evaluate("document.body.setAttribute('onclick', 'alert(1)')")
    page.wait_for_timeout(100)
    text = seen(watch)
    assert "CSP: script-src-attr refused inline" in text
    assert "CSP: connect-src refused data" in text


def test_an_error_of_a_script(page: Page, watch: Watch) -> None:
    page.goto("/")
    page.evaluate("setTimeout(() => { throw new Error('rotto') })")
    page.evaluate("console.error('detto')")
    page.wait_for_timeout(100)
    text = seen(watch)
    assert "uncaught: " in text
    assert "rotto" in text
    assert "console: detto" in text


def test_a_missing_file_is_a_problem_and_a_missing_page_is_none(page: Page, watch: Watch) -> None:
    page.goto("/non-esiste")
    assert watch.problems == []
    page.evaluate("document.body.append(Object.assign(new Image(), {src: '/static/no.png'}))")
    page.wait_for_timeout(200)
    assert "/static/no.png" in seen(watch)


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
