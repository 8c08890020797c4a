"""What people write is shown as it is, and never does anything."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.e2e.pages import OTHER, asking
from tests.e2e.steps import ask, box, chips

pytestmark = pytest.mark.browser

HOSTILE = {
    "script": "dati <script>alert(1)</script> aperti",
    "image": "dati <img src=x onerror=alert(1)> aperti",
    "closing": "dati \"><svg onload=alert(1)></title></textarea> 'aperti'",
    "template": "dati {{7*7}} {% raw %} ${7*7} %(n)s aperti",
    "address": "javascript:alert(1) dati aperti",
    "right-to-left": "dati \u202eitrepa\u202c \u200faperti",
    "emoji": "dati aperti 🦀👩‍🔧",
    "formula": "=1+1 dati aperti",
}
every_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


@pytest.fixture(autouse=True)
def dialogs(page: Page) -> list[str]:
    """The dialogs that a page opened."""
    opened: list[str] = []

    def note(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)
    return opened


@every_text
def test_a_question(page: Page, dialogs: list[str], text: str) -> None:
    page.goto(asking(text))
    expect(box(page)).to_have_value(text)
    expect(page).to_have_title(f"{text} · Competenze in Rete")
    understood = chips(page)[0]
    assert understood.startswith("testo: ")
    assert page.locator("main script, main img, main [onerror], main [onload]").count() == 0
    ask(page, text)  # as the page does it without leaving
    expect(box(page)).to_have_value(text)
    expect(page).to_have_title(f"{text} · Competenze in Rete")
    assert chips(page)[0] == understood
    assert page.locator("main script, main img, main [onerror], main [onload]").count() == 0
    assert dialogs == []


@every_text
def test_a_shortlist(page: Page, dialogs: list[str], text: str) -> None:
    page.goto(f"/shortlist?{urlencode({'q': text})}&pick={OTHER}&{urlencode({'pick': text})}")
    expect(page.get_by_role("main").get_by_role("link", name=text, exact=True)).to_be_visible()
    expect(page.get_by_text(f"«{text}» non è più presente.")).to_be_visible()
    assert page.locator("main script, main img, main [onerror], main [onload]").count() == 0
    page.get_by_role("main").get_by_role("link", name=text, exact=True).click()
    expect(box(page)).to_have_value(text)
    assert dialogs == []


@pytest.mark.parametrize("name", ["place", "kind", "since", "competence", "proof"])
def test_a_filter(page: Page, dialogs: list[str], name: str) -> None:
    text = HOSTILE["closing"]
    response = page.goto(asking("dati aperti", **{name: text}))
    assert response is not None
    assert response.status in {200, 400}
    assert page.locator("main script, main [onerror], main [onload]").count() == 0
    assert page.locator(f'[name="{name}"]').evaluate_all("all => all.map(e => e.value)")[0]
    assert dialogs == []
