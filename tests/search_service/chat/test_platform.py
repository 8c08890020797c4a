"""When a platform is on; one of another package has settings of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from pydantic import Field, SecretStr
from starlette.routing import BaseRoute

from indexer import settings as indexer_settings
from indexer.errors import SettingsError
from search_service.chat.adapter import Adapter
from search_service.chat.handler import MessageHandler
from search_service.chat.platform import Platform
from search_service.chat.types import Poster
from search_service.settings import ServiceSettings, read_service_settings


class ForeignSettings(ServiceSettings):
    """What a package that is not this one is configured with."""

    foreign_token: SecretStr | None = Field(None, min_length=16, description="A token.")
    foreign_room: str = Field("", description="A room.")


@dataclass
class ForeignAdapter:
    settings: ServiceSettings
    platform: str = "foreign"
    routes: tuple[BaseRoute, ...] = ()
    poster: Poster | None = None
    bot: Callable[[], Awaitable[None]] | None = None


def create(settings: ServiceSettings, _handler: MessageHandler) -> Adapter:
    return ForeignAdapter(settings)


FOREIGN = Platform(
    "foreign",
    ("foreign_token", "foreign_room"),
    create,
    posts_with="foreign_room",
    called_with="foreign_token",
    settings=ForeignSettings,
)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    classes = {"service": ServiceSettings, "foreign": ForeignSettings}
    monkeypatch.setattr(indexer_settings, "registered", lambda _: classes)


def test_a_platform_of_another_package_reads_settings_of_its_own(
    monkeypatch: pytest.MonkeyPatch, handler: MessageHandler
) -> None:
    monkeypatch.setenv("COMPETENZE_FOREIGN_TOKEN", "0123456789abcdef")
    monkeypatch.setenv("COMPETENZE_FOREIGN_ROOM", "piazza")
    settings = read_service_settings(port=8123)
    assert FOREIGN.is_on(settings)
    assert FOREIGN.posts(settings)
    assert FOREIGN.is_called(settings)
    adapter = FOREIGN.adapter(settings, handler)
    assert isinstance(adapter, ForeignAdapter)
    own = adapter.settings
    assert isinstance(own, ForeignSettings)
    assert own.foreign_token is not None
    assert own.foreign_token.get_secret_value() == "0123456789abcdef"
    assert (own.foreign_room, own.port) == ("piazza", 8123)


def test_it_is_off_without_them_and_an_error_with_some(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not FOREIGN.is_on(read_service_settings())
    monkeypatch.setenv("COMPETENZE_FOREIGN_ROOM", "piazza")
    with pytest.raises(SettingsError, match="only in part") as caught:
        FOREIGN.is_on(read_service_settings())
    assert "COMPETENZE_FOREIGN_TOKEN" in str(caught.value.remedy)


def test_a_bad_value_of_theirs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZE_FOREIGN_TOKEN", "short")
    with pytest.raises(SettingsError, match="COMPETENZE_FOREIGN_TOKEN"):
        FOREIGN.is_on(read_service_settings())
