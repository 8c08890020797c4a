from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from search_service.auth import middleware
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from search_service.settings import ServiceSettings
from tests.search_service.mcp.clients import on, serving


@pytest.fixture(scope="session")
def service(settings: ServiceSettings) -> Iterator[str]:
    """The address of a service that answers assistants, whoever they are."""
    with serving(on(settings)) as url:
        yield url


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, str]]:
    """The file of the tokens, and two of them: of the smallest scope, and of members."""
    path = tmp_path_factory.mktemp("mcp") / "tokens.sqlite"
    store = TokenStore(path)
    secrets = [store.make(scope, scope, utc_now())[1] for scope in (Scope.SEARCH, Scope.MEMBERS)]
    return path, (secrets[0], secrets[1])


@pytest.fixture(scope="session")
def guarded(settings: ServiceSettings, tokens: tuple[Path, tuple[str, str]]) -> Iterator[str]:
    """The address of one that asks for a token, and is known by several names."""
    more = {
        "tokens": tokens[0],
        "require_token": True,
        "mcp_hosts": "mcp.example altro.example:8443",
        "mcp_origins": "https://pagina.example",
    }
    with ExitStack() as served:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(middleware, "WRONG_TOKENS", 1000)  # they are tried here
            url = served.enter_context(serving(on(settings, **more)))
        yield url


@pytest.fixture(scope="session")
def shown(tokens: tuple[Path, tuple[str, str]]) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {tokens[1][0]}"}
