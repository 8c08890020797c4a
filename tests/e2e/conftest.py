"""A real browser on the real service; without Chromium these tests are skipped."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from search_service.auth.token_store import TokenStore
from tests.e2e.service import running
from tests.e2e.watch import Watch

TIMEOUT_MS = 20_000  # a busy machine of two cores answers late, not never
NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium: apt-get install --no-install-recommends chromium")
    return path


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> TokenStore:
    """The tokens that the service knows."""
    return TokenStore(tmp_path_factory.mktemp("tokens") / "tokens.sqlite")


@pytest.fixture(scope="session")
def service(chromium: str, tokens: TokenStore, sample_index: Path) -> Iterator[str]:
    """The address of this worker's own service, without a final slash."""
    with running(sample_index, tokens.path) as url:
        yield url


# Per module, not per session: while Playwright runs, its event loop occupies this thread, and
# other tests could not start one.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--disable-gpu", "--disable-quic"]
        )
        yield browser
        browser.close()


@pytest.fixture
def watch(service: str) -> Iterator[Watch]:
    """Collects what goes wrong behind the pages of a test, which fails if anything did."""
    watch = Watch(urlsplit(service).netloc)
    yield watch
    assert not watch.problems, "\n".join(watch.problems)


@pytest.fixture
def new_page(service: str, browser: Browser, watch: Watch) -> Iterator[NewPage]:
    """Opens an empty, watched page in its own context; ``options`` are those of the context."""
    contexts = []

    def make(width: int = 1440, height: int = 900, **options: Any) -> Page:  # noqa: ANN401 - Playwright's own
        context = browser.new_context(
            base_url=service,
            viewport={"width": width, "height": height},
            **{"locale": "it-IT", **options},
        )
        context.set_default_timeout(TIMEOUT_MS)
        watch.follow(context)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """An empty page as most people have it: wide, light, with JavaScript."""
    return new_page()
