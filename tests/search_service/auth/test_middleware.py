"""Who is let in, to what, and how guessing is slowed."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from indexer.domain import Level
from indexer.errors import SettingsError
from search_service.auth.middleware import COOKIE, Authenticator
from search_service.auth.token_store import TokenStore
from search_service.auth.visitor import Scope, Visitor
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.search_service.canary import FULL, IDENTITY, NAME
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

NOW = datetime.now(UTC)
HIDDEN = f"/api/v1/organisations/{IDENTITY}"
OF_ADMINS = "/api/v1/organisations/yeti-soli"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[ServiceSettings, ServiceState]:
    settings = build_sources(tmp_path_factory.mktemp("entrance"), FULL)
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    return settings, state


@pytest.fixture
def settings(built: tuple[ServiceSettings, ServiceState], tmp_path: Path) -> ServiceSettings:
    return read_service_settings(index=built[0].index, tokens=tmp_path / "tokens.sqlite")


@pytest.fixture
def secrets(settings: ServiceSettings) -> Mapping[Scope, str]:
    store = TokenStore(settings.tokens)
    return {scope: store.make(scope, scope, NOW)[1] for scope in Scope}


@pytest.fixture
def client(
    built: tuple[ServiceSettings, ServiceState], settings: ServiceSettings
) -> Iterator[TestClient]:
    with TestClient(create_app(built[1], settings)) as client:
        yield client


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize(
    ("scope", "hidden", "of_admins"),
    [(None, 404, 404), ("search", 404, 404), ("members", 200, 404), ("admin", 200, 200)],
)
def test_a_token_shows_what_its_scope_may_see(
    client: TestClient, secrets: Mapping[Scope, str], scope: str | None, hidden: int, of_admins: int
) -> None:
    shown = bearer(secrets[Scope(scope)]) if scope else {}
    assert client.get(HIDDEN, headers=shown).status_code == hidden
    assert client.get(OF_ADMINS, headers=shown).status_code == of_admins
    answer = client.get("/api/v1/search", params={"q": "criptozoologia"}, headers=shown)
    assert (NAME in answer.text) is (hidden == 200)
    assert answer.headers.get("cache-control") == ("no-store" if hidden == 200 else None)


@pytest.mark.parametrize("shown", ["nessuno", "", "cir_", "x" * 5000, "a b"])
def test_a_token_that_opens_nothing_is_refused_whatever_is_asked(
    client: TestClient, secrets: Mapping[Scope, str], shown: str
) -> None:
    assert secrets
    for path in ("/api/v1/facets", HIDDEN):
        answer = client.get(path, headers=bearer(shown))
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"].startswith("Bearer ")
        assert not shown or shown not in answer.text
    assert client.get("/healthz", headers=bearer(shown)).status_code == 200


def test_a_token_shown_twice_is_refused(client: TestClient, secrets: Mapping[Scope, str]) -> None:
    two = [("Authorization", f"Bearer {secrets[scope]}") for scope in (Scope.ADMIN, Scope.SEARCH)]
    assert client.get(HIDDEN, headers=two).status_code == 401


def test_revoking_takes_effect_at_once(
    client: TestClient, secrets: Mapping[Scope, str], settings: ServiceSettings
) -> None:
    shown = bearer(secrets[Scope.MEMBERS])
    assert client.get(HIDDEN, headers=shown).status_code == 200
    TokenStore(settings.tokens).revoke(2, NOW)
    assert client.get(HIDDEN, headers=shown).status_code == 401


def test_guessing_is_slowed_and_the_right_one_waits_too(
    client: TestClient, secrets: Mapping[Scope, str], settings: ServiceSettings
) -> None:
    guesses = [client.get(HIDDEN, headers=bearer(f"guess {n}")) for n in range(8)]
    assert [g.status_code for g in guesses] == [401] * 5 + [429] * 3
    assert 1 <= int(guesses[-1].headers["retry-after"]) <= 60
    right = client.get(HIDDEN, headers=bearer(secrets[Scope.ADMIN]))
    assert right.status_code == 429  # else a guess that is right would tell itself
    assert client.get("/api/v1/facets").status_code == 200  # who shows none is not kept out
    told = [entry.what for entry in TokenStore(settings.tokens).log(20)]
    assert told == ["a wrong token was shown from testclient"] * 5


def test_an_address_is_counted_by_itself_however_it_is_written(
    built: tuple[ServiceSettings, ServiceState],
    settings: ServiceSettings,
    secrets: Mapping[Scope, str],
) -> None:
    app = create_app(built[1], settings)
    one, other = (TestClient(app, client=(f"::ffff:192.0.2.{n}", 5000)) for n in (1, 2))
    assert [one.get(HIDDEN, headers=bearer("guess")).status_code for _ in range(6)][-1] == 429
    assert other.get(HIDDEN, headers=bearer(secrets[Scope.MEMBERS])).status_code == 200


def test_while_the_file_is_held_who_shows_nothing_is_answered(
    client: TestClient, secrets: Mapping[Scope, str], settings: ServiceSettings
) -> None:
    assert secrets
    held = sqlite3.connect(settings.tokens)
    held.execute("BEGIN EXCLUSIVE")
    guesses = [
        threading.Thread(target=client.get, args=[HIDDEN], kwargs={"headers": bearer(f"{n}")})
        for n in range(9)
    ]
    try:
        for guess in guesses:
            guess.start()
        start = time.perf_counter()
        assert client.get("/healthz", headers=bearer("x")).status_code == 200
        assert client.get("/api/v1/facets").status_code == 200
        assert time.perf_counter() - start < 1
    finally:
        held.close()
        for guess in guesses:
            guess.join()


def test_an_old_session_is_anybody_and_not_counted(
    client: TestClient, secrets: Mapping[Scope, str], settings: ServiceSettings
) -> None:
    store = TokenStore(settings.tokens)
    token = store.find(secrets[Scope.MEMBERS], NOW)
    assert token is not None
    client.cookies.set(COOKIE, store.open_session(token, NOW - timedelta(hours=13)))
    assert [client.get(HIDDEN).status_code for _ in range(8)] == [404] * 8
    client.cookies.set(COOKIE, store.open_session(token, NOW))
    assert client.get(HIDDEN).status_code == 200


def test_a_session_is_counted_as_its_token(
    settings: ServiceSettings, secrets: Mapping[Scope, str]
) -> None:
    authenticator = Authenticator(settings)
    store = TokenStore(settings.tokens)
    token = store.find(secrets[Scope.MEMBERS], NOW)
    assert token is not None

    def identity(name: str, value: str) -> str:
        headers = [(name.encode(), value.encode())]
        found = authenticator.visitor(HTTPConnection({"type": "http", "headers": headers}))
        assert isinstance(found, Visitor)
        return found.identity

    assert identity("cookie", f"{COOKIE}={store.open_session(token, NOW)}") == "token 2"
    assert identity("authorization", f"Bearer {secrets[Scope.MEMBERS]}") == "token 2"


def test_where_a_token_is_needed_nobody_is_answered_without(
    built: tuple[ServiceSettings, ServiceState],
    settings: ServiceSettings,
    secrets: Mapping[Scope, str],
) -> None:
    closed = settings.model_copy(update={"require_token": True, "metrics": True})
    with TestClient(create_app(built[1], closed)) as client:
        for path in (
            *("/api/v1/facets", "/api/v1/search?q=dati", "/metrics"),
            *("/", "/network", "/embed?q=dati"),
        ):
            assert client.get(path).status_code == 401, path
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
        for host in ("x/healthz?", "x/readyz#", "testserver/healthz?"):  # no part of the path
            assert client.get("/api/v1/facets", headers={"Host": host}).status_code == 401, host
        shown = bearer(secrets[Scope.SEARCH])
        assert client.get("/api/v1/facets", headers=shown).status_code == 200
        assert client.get("/network", headers=shown).status_code == 200


def test_an_unusable_file_of_tokens_opens_nothing(
    client: TestClient, settings: ServiceSettings
) -> None:
    settings.tokens.write_bytes(b"damaged, and long enough to be looked at more than once" * 20)
    assert client.get(HIDDEN, headers=bearer("x")).status_code == 503
    assert client.get("/api/v1/facets").status_code == 200  # who shows nothing needs no file


def test_an_unusable_file_of_tokens_takes_nothing_public_from_who_has_a_cookie(
    client: TestClient, settings: ServiceSettings, built: tuple[ServiceSettings, ServiceState]
) -> None:
    settings.tokens.write_bytes(b"damaged, and long enough to be looked at more than once" * 20)
    client.cookies.set(COOKIE, "old")
    assert client.get("/").status_code == client.get("/api/v1/facets").status_code == 200
    assert client.get(HIDDEN).status_code == 404
    closed = create_app(built[1], settings.model_copy(update={"require_token": True}))
    assert TestClient(closed, cookies={COOKIE: "old"}).get("/").status_code == 503


# --- what a proxy says -------------------------------------------------------------------------


def vouched(
    built: tuple[ServiceSettings, ServiceState],
    settings: ServiceSettings,
    sent: object,
    peer: str = "10.0.0.9",
    **more: str,
) -> int:
    behind = {
        "proxy_header": "X-Forwarded-Groups",
        "proxy_members": "soci cooperative",
        "proxy_admins": "direzione",
        "trusted_proxies": "10.0.0.0/24",
        **more,
    }
    app = create_app(built[1], settings.model_copy(update=behind))
    return TestClient(app, client=(peer, 5000)).get(HIDDEN, headers=sent).status_code  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"X-Forwarded-Groups": "soci"}, 200),
        ({"x-forwarded-groups": "altri, direzione"}, 200),
        ({"X-Forwarded-Groups": "soci", "X-Forwarded-For": "93.184.216.34"}, 200),
        ({"X-Forwarded-Groups": "soci", "X-Forwarded-For": "93.184.216.34:5123"}, 200),
        ({"X-Forwarded-Groups": "soci", "X-Forwarded-For": "[2001:db8::1]:5123"}, 200),
        ({"X-Forwarded-Groups": "soci", "X-Forwarded-For": "no address"}, 200),
        ({"X-Forwarded-Groups": "soci", "X-Forwarded-For": "10.0.0.7, 10.0.0.8"}, 200),
        ({"X-Forwarded-Groups": "socievoli"}, 404),
        ({"X-Forwarded-Groups": ""}, 404),
        ({"X-Other": "soci"}, 404),
        ([("X-Forwarded-Groups", "altri"), ("X-Forwarded-Groups", "soci")], 404),
    ],
)
def test_a_trusted_proxy_says_who_it_is(
    built: tuple[ServiceSettings, ServiceState],
    settings: ServiceSettings,
    sent: object,
    status: int,
) -> None:
    assert vouched(built, settings, sent) == status


@pytest.mark.parametrize("peer", ["93.184.216.34", "10.0.1.1", "testclient", "::1"])
def test_anybody_else_who_says_so_is_not_believed(
    built: tuple[ServiceSettings, ServiceState], settings: ServiceSettings, peer: str
) -> None:
    for said in ("10.0.0.9", "10.0.0.9:0"):
        sent = {"X-Forwarded-Groups": "soci", "X-Forwarded-For": said}
        assert vouched(built, settings, sent, peer) == 404


def test_without_the_setting_no_header_is_believed(
    built: tuple[ServiceSettings, ServiceState], settings: ServiceSettings
) -> None:
    assert vouched(built, settings, {"X-Forwarded-Groups": "soci"}, proxy_header="") == 404


@pytest.mark.parametrize("proxies", ["proxy.example", "10.0.0.1/8", "127.0.0.1 10.0.0.0/33"])
def test_a_proxy_that_is_no_address_is_refused(proxies: str) -> None:
    with pytest.raises(SettingsError, match="TRUSTED_PROXIES"):
        read_service_settings(trusted_proxies=proxies)


def test_the_public_searcher_is_what_nobody_in_particular_gets(
    built: tuple[ServiceSettings, ServiceState],
) -> None:
    state = built[1]
    assert state.searcher is state.searcher_for(Level.PUBLIC)
    assert state.searcher is not state.searcher_for(Level.MEMBERS)
