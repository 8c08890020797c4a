"""One answer, many screens: the same cooperatives in the same order wherever it is asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import unescape

import pytest
from fastapi.testclient import TestClient
from lxml import html

from search_service.chat.handler import MessageHandler
from search_service.chat.platforms import mattermost, teams
from search_service.chat.platforms.matrix import events
from search_service.chat.platforms.slack import blocks
from search_service.chat.platforms.telegram import markdown
from search_service.chat.types import Message, Reply

RENDERS: dict[str, Callable[[Reply], object]] = {
    "slack": blocks.render,
    "mattermost": mattermost.render,
    "telegram": markdown.render,
    "matrix": events.render,
    "teams": teams.render,
}


@pytest.mark.parametrize(
    "question",
    [
        "data engineering",
        "chi fa data engineering a Bologna?",
        "tutte le cooperative",
    ],
)
def test_every_screen_names_the_same_in_the_same_order(
    question: str, client: TestClient, handler: MessageHandler
) -> None:
    told = client.get("/api/v1/search", params={"q": question}).json()
    names = [hit["name"] for hit in told["documented"]]
    assert len(names) >= 2
    page = html.fromstring(client.get("/", params={"q": question}).text)
    titles = page.xpath("//section[@class='documented']//h3")
    assert [title.text_content() for title in titles] == names
    for platform, render in RENDERS.items():
        reply = handler.reply(Message(platform, "C", f"{platform} {question}", "u", "", question))
        assert reply is not None
        shown = unescape(json.dumps(render(reply), ensure_ascii=False)).replace("\\", "")
        places = [shown.index(f"{name}") for name in names[:5]]
        assert places == sorted(places), platform
        assert not any(name in shown for name in names[5:]), platform
