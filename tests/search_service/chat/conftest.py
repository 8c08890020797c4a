from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.settings import Settings
from search_service.chat.desk import Desk
from search_service.chat.store import Store
from search_service.state import ServiceState
from tests.search_service.chat.mcp_clients import TOKEN, on, serving
from tests.search_service.chat.strategies import ORIGIN
from tests.toy import ToyEncoder

PLATFORMS = ("slack", "mattermost", "telegram", "matrix", "teams")


@pytest.fixture(scope="session")
def service(settings: Settings) -> Iterator[str]:
    """The address of a service that answers assistants, whoever they are."""
    with serving(on(settings)) as url:
        yield url


@pytest.fixture(scope="session")
def guarded(settings: Settings) -> Iterator[str]:
    """The address of one that has tokens, and is known by several names."""
    more = {
        "mcp_tokens": f"{TOKEN} un-altro-gettone-lungo",
        "mcp_hosts": "mcp.example altro.example:8443",
        "mcp_origins": "https://pagina.example",
    }
    with serving(on(settings, **more)) as url:
        yield url


@pytest.fixture(scope="session")
def state(settings: Settings) -> ServiceState:
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    return state


@pytest.fixture
def desk(state: ServiceState, tmp_path: Path) -> Desk:
    """What answers on every platform, over the small index."""
    return Desk(state, Store(tmp_path / "chat.sqlite"), ORIGIN, PLATFORMS)
