"""The service's settings: its own beside the indexer's, under the same rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import SettingsError
from indexer.settings import PREFIX, Settings, expected
from search_service.settings import (
    ServiceSettings,
    check_service_settings,
    read_service_settings,
)


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_the_service_has_the_indexers_settings_and_its_own() -> None:
    assert set(Settings.model_fields) < set(ServiceSettings.model_fields)
    settings = read_service_settings()
    assert settings.index == Path("var/index")
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_what_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZE_PORT", "9000")
    monkeypatch.setenv("COMPETENZE_HOST", "0.0.0.0")
    settings = read_service_settings(port=9001, host=None)
    assert (settings.port, settings.host) == (9001, "0.0.0.0")


def test_an_unknown_name_is_refused_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZE_PROT", "1")
    with pytest.raises(SettingsError, match="Unknown setting COMPETENZE_PROT") as caught:
        read_service_settings()
    assert caught.value.remedy == "Did you mean COMPETENZE_PORT?"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "molte"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PASSAGE_TOKENS", "31"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "proxy.example"),
    ],
)
def test_a_bad_value_is_refused_and_its_meaning_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError, match=f"COMPETENZE_{name} cannot be used") as caught:
        read_service_settings()
    assert str(ServiceSettings.model_fields[name.lower()].description) in caught.value.remedy


def test_every_fault_is_told_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {"PORT": "0", "ORIGIN": "qui", "MAX_FILE_MB": "no", "PROT": "1", "TEAMS_SECRET": "short"}
    for name, value in (bad | {"HOST": "0.0.0.0"}).items():
        monkeypatch.setenv(PREFIX + name, value)
    settings, faults = check_service_settings(index=Path("x"))
    assert (settings.port, settings.origin, settings.max_file_mb) == (8000, "", 100)
    assert (settings.host, settings.index, settings.teams_secret) == ("0.0.0.0", Path("x"), None)
    assert [f.field for f in faults] == ["", "max_file_mb", "port", "origin", "teams_secret"]
    assert not any("short" in str(fault.error) for fault in faults)


@pytest.mark.parametrize("name", ServiceSettings.model_fields)
def test_what_a_setting_must_look_like_can_be_told_of_all_that_may_be_refused(name: str) -> None:
    field = ServiceSettings.model_fields[name]
    if field.metadata or field.annotation is bool or name == "trusted_proxies":
        assert expected(field) != "a text"


@pytest.mark.parametrize("name", ServiceSettings.model_fields)
def test_every_setting_says_what_it_is(name: str) -> None:
    assert ServiceSettings.model_fields[name].description
