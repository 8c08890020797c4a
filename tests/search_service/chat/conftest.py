from __future__ import annotations

from pathlib import Path

import pytest

from search_service.chat.handler import MessageHandler
from search_service.chat.store import Store
from search_service.live.live_index import ServiceState
from search_service.settings import ServiceSettings
from tests.search_service.chat.strategies import ORIGIN
from tests.toy import ToyEncoder

PLATFORMS = ("slack", "mattermost", "telegram", "matrix", "teams")


@pytest.fixture(scope="session")
def state(settings: ServiceSettings) -> ServiceState:
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    return state


@pytest.fixture
def handler(state: ServiceState, tmp_path: Path) -> MessageHandler:
    """What answers on every platform, over the small index."""
    return MessageHandler(state, Store(tmp_path / "chat.sqlite"), ORIGIN, PLATFORMS)
