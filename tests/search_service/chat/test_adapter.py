"""What every platform that calls us has in common."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import NoReturn

import pytest
from fastapi.testclient import TestClient
from starlette.applications import Starlette

from indexer.errors import SettingsError
from search_service.chat.adapter import MAX_BODY, webhook_route
from search_service.chat.errors import RefusedError, UnreadableError
from search_service.chat.handler import MessageHandler
from search_service.chat.platform import Platform
from search_service.chat.registry import ENTRY_POINTS, platforms
from search_service.chat.runner import Chats
from search_service.chat.store import Store
from search_service.chat.types import Message, Reply
from search_service.live.live_index import ServiceState
from search_service.server.app import create_app
from search_service.settings import ServiceSettings, read_service_settings
from tests.toy import ToyEncoder


class Plain:
    """A platform whose signature is a word, and whose messages are their text."""

    platform = "plain"

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        if headers.get("x-word") != "open sesame":
            raise RefusedError("The word is wrong.", remedy="Say the right one.")

    def parse(self, body: bytes) -> Message | None:
        if body == b"bot":
            return None
        if not body.startswith(b"{"):
            raise UnreadableError("It is no JSON.", remedy="Send JSON.")
        said = json.loads(body)
        return Message("plain", "C", "C", "u", said["id"], said["text"])

    def render(self, reply: Reply) -> Mapping[str, object]:
        return {"said": reply.heading}


@pytest.fixture
def plain(settings: ServiceSettings, tmp_path: Path) -> TestClient:
    state = ServiceState(settings.index, ToyEncoder())
    state.refresh()
    handler = MessageHandler(state, Store(tmp_path / "chat.sqlite"))
    return TestClient(Starlette(routes=[webhook_route(Plain(), handler)]))


IRC = Platform("irc", ("irc_server",), lambda *_: None)  # type: ignore[arg-type, return-value]
OPEN = {"x-word": "open sesame"}


def test_a_verified_message_is_answered_once(plain: TestClient) -> None:
    sent = {"id": "1", "text": "aiuto"}
    response = plain.post("/chat/plain", json=sent, headers=OPEN)
    assert (response.status_code, response.json()["said"][:6]) == (200, "Trova ")
    again = plain.post("/chat/plain", json=sent, headers=OPEN)
    assert (again.status_code, again.content) == (200, b"")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{}", {}, 401),
        (b"{}", {"x-word": "open"}, 401),
        (b"not json", OPEN, 400),
        (b"bot", OPEN, 200),
        (b"x" * (MAX_BODY + 1), OPEN, 413),
        (b"x" * (MAX_BODY + 1), {}, 413),
    ],
)
def test_what_is_not_to_be_answered(
    plain: TestClient, body: bytes, headers: dict[str, str], status: int
) -> None:
    response = plain.post("/chat/plain", content=body, headers=headers)
    assert (response.status_code, response.content) == (status, b"")


def test_only_posting_is_answered(plain: TestClient) -> None:
    assert plain.get("/chat/plain").status_code == 405


# --- what is on ----------------------------------------------------------------------------


def test_nothing_configured_is_nothing_served_or_written(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    store = tmp_path / "chat.sqlite"
    state = ServiceState(settings.index, ToyEncoder())
    with TestClient(create_app(state, read_service_settings(chat_store=store))) as client:
        for platform in platforms():
            assert client.post(f"/chat/{platform.name}").status_code == 405  # no such address
    assert not store.exists()


def test_half_a_configuration_is_an_error_that_names_the_rest(settings: ServiceSettings) -> None:
    half = read_service_settings(matrix_homeserver="https://matrix.example")
    with pytest.raises(SettingsError) as error:
        Chats(half, ServiceState(settings.index, ToyEncoder()))
    assert error.value.message == "matrix is configured only in part."
    assert "COMPETENZE_MATRIX_USER, COMPETENZE_MATRIX_TOKEN" in error.value.remedy


def test_every_platform_is_found_by_its_entry_point() -> None:
    assert [platform.name for platform in platforms()] == [
        *("matrix", "mattermost", "slack", "teams", "telegram")
    ]


def test_another_package_can_bring_a_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("irc", "tests.search_service.chat.test_adapter:IRC", ENTRY_POINTS)
    monkeypatch.setattr("indexer.settings.entry_points", lambda group: (point,))
    assert IRC in platforms()
    assert len(platforms()) == 6


def test_a_missing_library_is_an_error_that_names_its_extra(settings: ServiceSettings) -> None:
    def create(*_: object) -> NoReturn:
        raise AssertionError("its library is missing")

    platform = Platform("slack", ("slack_signing_secret",), create, library="no_such_library")
    with pytest.raises(SettingsError) as error:
        platform.adapter(settings, None)  # type: ignore[arg-type]
    assert "pip install '.[slack]'" in error.value.remedy


def test_secrets_are_not_shown() -> None:
    settings = read_service_settings(telegram_token="123456:a-secret-token")
    assert "a-secret-token" not in repr(settings)
    with pytest.raises(SettingsError) as error:
        read_service_settings(telegram_token="too-short")
    assert "too-short" not in f"{error.value} {error.value.__cause__}"
