"""Signing in and out as a person does: browsers send with a form what no test client does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from search_service.auth.middleware import COOKIE
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from tests.e2e.conftest import NewPage

pytestmark = pytest.mark.browser


@pytest.fixture
def secret(tokens: TokenStore) -> str:
    return tokens.make("Ufficio soci", Scope.MEMBERS, utc_now())[1]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_in_on_to_another_page_and_out(new_page: NewPage, secret: str, scripts: bool) -> None:
    page = new_page(java_script_enabled=scripts)
    page.goto("/")
    page.get_by_role("link", name="Accedi").click()
    enter(page, secret)
    page.wait_for_url("**/")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == (COOKIE, True, "Lax")
    page.goto("/network")
    expect(page.get_by_text("Accesso come Ufficio soci")).to_be_visible()
    page.get_by_role("button", name="Esci").click()
    expect(page.get_by_role("link", name="Accedi")).to_be_visible()
    assert page.context.cookies() == []


def test_a_wrong_key_is_said_where_it_was_written(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/login")
    field = enter(page, "sbagliata")
    expect(page.get_by_role("alert")).to_contain_text("Chiave non valida")
    expect(field).to_have_attribute("aria-invalid", "true")
    assert page.context.cookies() == []


def enter(page: Page, secret: str) -> Locator:
    field = page.get_by_label("Chiave di accesso")
    field.fill(secret)
    page.get_by_role("main").get_by_role("button", name="Accedi").click()
    return field
