"""Signing in to the pages and out of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from search_service.auth.middleware import COOKIE
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from search_service.filters.saved_list import SavedList
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.search_service.canary import FULL, HIDDEN, IDENTITY, NAME
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder
from tests.web_site import link, text_of

PAGE = f"/organisations/{IDENTITY}"
OWN = {"Origin": "http://testserver"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ServiceState]:
    settings = build_sources(tmp_path_factory.mktemp("login"), FULL)
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    return settings.index, state


@pytest.fixture
def settings(index: tuple[Path, ServiceState], tmp_path: Path) -> ServiceSettings:
    return read_service_settings(index=index[0], tokens=tmp_path / "tokens.sqlite")


@pytest.fixture
def secret(settings: ServiceSettings) -> str:
    return TokenStore(settings.tokens).make("Ufficio soci", Scope.MEMBERS, utc_now())[1]


@pytest.fixture
def client(index: tuple[Path, ServiceState], settings: ServiceSettings) -> Iterator[TestClient]:
    app = create_app(index[1], settings)
    with TestClient(app, follow_redirects=False) as client:
        yield client


def sign_in(client: TestClient, secret: str, **more: Mapping[str, str]) -> Response:
    return client.post("/login", data={"token": secret}, **{"headers": OWN, **more})  # type: ignore[arg-type]


def test_a_member_enters_sees_more_and_leaves(client: TestClient, secret: str) -> None:
    assert client.get(PAGE).status_code == 404
    entered = sign_in(client, f" {secret}\n")  # as it is pasted
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Accesso come Ufficio soci" in text_of(page.text)
    assert page.headers["cache-control"] == "no-store"
    assert "Cookie" in page.headers["vary"]
    assert NAME in client.get("/api/v1/search", params={"q": "criptozoologia"}).text
    document = client.get(f"/documents/{next(iter(HIDDEN))}").text
    assert "riservato ai soci" in text_of(document)
    left = client.post("/logout", headers=OWN)
    assert (left.status_code, left.headers["location"]) == (303, "/")
    assert client.get(PAGE).status_code == 404
    assert COOKIE not in client.cookies


def test_who_signs_in_again_leaves_the_session_before(client: TestClient, secret: str) -> None:
    sign_in(client, secret)
    before = client.cookies[COOKIE]
    sign_in(client, secret)
    assert client.cookies[COOKIE] != before
    assert client.get(PAGE, headers={"Cookie": f"{COOKIE}={before}"}).status_code == 404
    assert client.get(PAGE).status_code == 200


def test_a_copied_cookie_is_worth_nothing_once_its_owner_left(
    client: TestClient, secret: str
) -> None:
    sign_in(client, secret)
    copied = client.cookies[COOKIE]
    client.post("/logout", headers=OWN)
    assert client.get(PAGE, headers={"Cookie": f"{COOKIE}={copied}"}).status_code == 404


@pytest.mark.parametrize(("origin", "secure"), [("", False), ("https://rete.example", True)])
def test_the_cookie_is_for_this_site_alone(
    index: tuple[Path, ServiceState],
    settings: ServiceSettings,
    secret: str,
    origin: str,
    secure: bool,
) -> None:
    app = create_app(index[1], settings.model_copy(update={"origin": origin}))
    sent = {"Origin": origin} if origin else OWN
    entered = TestClient(app, follow_redirects=False).post(
        "/login", data={"token": secret}, headers=sent
    )
    said = entered.headers["set-cookie"].lower()
    assert {"httponly", "samesite=lax", "path=/", "max-age=43200"} <= set(said.split("; "))
    assert ("secure" in said.split("; ")) is secure
    assert secret not in said


def test_a_wrong_token_is_said_to_be_wrong_and_many_have_to_wait(
    client: TestClient, secret: str
) -> None:
    answers = [sign_in(client, f"{secret}{n}") for n in range(6)]
    assert [a.status_code for a in answers] == [401] * 5 + [429]
    page = answers[0].text
    assert 'role="alert"' in page
    assert 'aria-describedby="errore"' in page
    assert secret not in page
    assert "aspetta un minuto" in answers[-1].text
    assert int(answers[-1].headers["retry-after"]) > 0
    assert sign_in(client, secret).status_code == 429
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    "sent",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_cannot_sign_anybody_in_or_out(
    client: TestClient, secret: str, sent: dict[str, str]
) -> None:
    assert sign_in(client, secret, headers=sent).status_code == 403
    sign_in(client, secret)
    assert client.post("/logout", headers=sent).status_code == 403
    assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"token=", "application/x-www-form-urlencoded"),
        (b"other=1", "application/x-www-form-urlencoded"),
        (b"token=" + b"x" * 5000, "application/x-www-form-urlencoded"),
        (b"&".join([b"a=1"] * 1000), "application/x-www-form-urlencoded"),
        (b'{"token": "x"}', "application/json"),
        (b"\xff\xfe", ""),
    ],
)
def test_what_is_no_such_form_is_refused(client: TestClient, body: bytes, kind: str) -> None:
    answer = client.post("/login", content=body, headers={**OWN, "Content-Type": kind})
    assert answer.status_code == 400
    assert "Inserisci la tua chiave" in answer.text


def test_what_is_shown_on_other_sites_is_for_everybody(client: TestClient, secret: str) -> None:
    sign_in(client, secret)
    assert NAME not in client.get("/embed", params={"q": "data engineering"}).text
    assert NAME in client.get("/", params={"q": "data engineering"}).text


def test_the_form_speaks_both_languages_and_can_be_filled_in(client: TestClient) -> None:
    italian, english = client.get("/login").text, client.get("/login?lang=en").text
    assert link(italian, "Accedi").startswith("/login")
    assert "Chiave di accesso" in italian
    assert "Access key" in english
    for page in (italian, english):
        assert '<label class="question" for="chiave">' in page
        assert 'autocomplete="current-password"' in page


def test_signing_in_is_in_the_log_without_the_token(
    client: TestClient, secret: str, settings: ServiceSettings
) -> None:
    sign_in(client, "sbagliata")
    sign_in(client, secret)
    told = [f"{entry.who} {entry.what}" for entry in TokenStore(settings.tokens).log(5)]
    assert told[0].startswith("Ufficio soci (token 1)")
    assert told[0].endswith("signed in from testclient")
    assert told[1] == "? a wrong token was shown from testclient"
    assert secret not in str(told)


def test_where_everybody_has_to_enter_every_page_says_so(
    index: tuple[Path, ServiceState], settings: ServiceSettings, secret: str
) -> None:
    closed = settings.model_copy(update={"require_token": True})
    with TestClient(create_app(index[1], closed), follow_redirects=False) as client:
        page = client.get("/network")
        assert page.status_code == 401
        assert "devi accedere" in page.text
        assert sign_in(client, secret).status_code == 303
        assert client.get("/network").status_code == 200


def test_signing_in_and_out_keeps_the_notes_on_the_list(client: TestClient, secret: str) -> None:
    noted = SavedList(("due-voci",), notes=(("due-voci", "sentita"),))
    login, logout = f"{noted.root}login?lang=en", f"{noted.root}logout?lang=en"
    home = f"{noted.root}?lang=en"
    assert 'action="./login?lang=en"' in client.get(login).text
    entered = client.post(login, data={"token": secret}, follow_redirects=False)
    assert (entered.status_code, entered.headers["location"]) == (303, home)
    assert 'action="./logout?lang=en"' in client.get(home).text
    left = client.post(logout, follow_redirects=False)
    assert (left.status_code, left.headers["location"]) == (303, home)
