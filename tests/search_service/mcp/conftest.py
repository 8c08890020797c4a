from __future__ import annotations

from collections.abc import Iterator

import pytest

from search_service.settings import ServiceSettings
from tests.search_service.mcp.clients import TOKEN, on, serving


@pytest.fixture(scope="session")
def service(settings: ServiceSettings) -> Iterator[str]:
    """The address of a service that answers assistants, whoever they are."""
    with serving(on(settings)) as url:
        yield url


@pytest.fixture(scope="session")
def guarded(settings: ServiceSettings) -> Iterator[str]:
    """The address of one that has tokens, and is known by several names."""
    more = {
        "mcp_tokens": f"{TOKEN} un-altro-gettone-lungo",
        "mcp_hosts": "mcp.example altro.example:8443",
        "mcp_origins": "https://pagina.example",
    }
    with serving(on(settings, **more)) as url:
        yield url
