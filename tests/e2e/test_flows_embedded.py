"""The search inside a page of another site, and only where it is meant to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import QUESTION, asking
from tests.e2e.watch import Watch

pytestmark = pytest.mark.browser

Embed = Callable[[str], str]


@pytest.fixture
def embed(service: str) -> Iterator[Embed]:
    """Another site; gives the address of its page with one of ours in a frame."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            frame = f'<iframe title="ricerca" src="{service}{self.path}" width="900" height="700">'
            page = (
                '<!doctype html><html lang="it"><link rel="icon" href="data:,"><title>Altro</title>'
            )
            self.wfile.write(f"{page}{frame}</iframe></html>".encode())

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield lambda path: f"http://127.0.0.1:{server.server_port}{path}"
        server.shutdown()


def test_it_searches_in_a_frame_and_opens_beside_it(page: Page, embed: Embed, watch: Watch) -> None:
    outside = embed("/embed")
    page.goto(outside)
    assert watch.problems == [f"request to another host: {outside}"]
    watch.forgive()
    frame = page.frame_locator("iframe")
    frame.locator("#q").press_sequentially(QUESTION)
    name = frame.get_by_role("article").first.get_by_role("heading").get_by_role("link")
    expect(name).to_have_text("Bussoladati")
    expect(frame.get_by_role("banner")).to_have_count(0)
    with page.context.expect_page() as opened:
        name.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Bussoladati")
    assert page.url == outside
    expect(name).to_be_visible()
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Apri in Competenze in Rete").click()
    expect(opened.value.locator("#q")).to_have_value(QUESTION)


@pytest.mark.parametrize("path", ["/", asking(QUESTION), "/shortlist"])
def test_no_other_page_is_shown_in_a_frame(
    page: Page, embed: Embed, watch: Watch, path: str
) -> None:
    page.goto(embed(path))
    assert page.frames[1].url.startswith("chrome-error://")
    refused = [line for line in watch.problems if "frame-ancestors 'none'" in line]
    assert len(refused) == 1
    watch.forgive()
