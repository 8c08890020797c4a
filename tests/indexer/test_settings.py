"""Settings: read from the environment, checked, and never silently ignored."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from indexer.errors import SettingsError
from indexer.settings import PREFIX, Settings, _expected, examined_settings, read_settings


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_the_defaults_need_no_environment() -> None:
    settings = read_settings()
    assert settings.corpus == Path("corpus")
    assert settings.index == Path("var/index")
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.model == "multilingual-e5-small"
    assert settings.passage_tokens == 200
    assert settings.max_file_mb == 100


def test_the_environment_changes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZE_PORT", "9000")
    monkeypatch.setenv("COMPETENZE_CORPUS", "/data/corpus")
    settings = read_settings()
    assert (settings.port, settings.corpus) == (9000, Path("/data/corpus"))


def test_what_is_given_wins_over_the_environment_and_none_is_not_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COMPETENZE_PORT", "9000")
    monkeypatch.setenv("COMPETENZE_HOST", "0.0.0.0")
    settings = read_settings(port=9001, host=None, corpus=Path("x"))
    assert (settings.port, settings.host, settings.corpus) == (9001, "0.0.0.0", Path("x"))


@pytest.mark.parametrize("name", ["COMPETENZE_PROT", "competenze_prot"])
def test_an_unknown_name_is_refused_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=f"Unknown setting {name}") as caught:
        read_settings()
    assert caught.value.remedy == "Did you mean COMPETENZE_PORT?"


def test_a_name_like_none_lists_those_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZE_ZZZZZZZZZZZZZZ", "1")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    for name in Settings.model_fields:
        assert PREFIX + name.upper() in caught.value.remedy


def test_names_of_other_programs_are_none_of_our_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZA_PORT", "1")
    monkeypatch.setenv("MY_COMPETENZE_PORT", "1")
    assert read_settings().port == 8000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "molte"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("MAX_FILE_MB", "0"),
        ("PASSAGE_TOKENS", "31"),
        ("PASSAGE_TOKENS", "481"),
        ("PASSAGE_TOKENS", ""),
    ],
)
def test_a_bad_value_is_refused_and_its_meaning_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError, match=f"COMPETENZE_{name} has a value") as caught:
        read_settings()
    assert Settings.model_fields[name.lower()].description in caught.value.remedy


def test_every_fault_is_told_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {"PORT": "0", "ORIGIN": "qui", "MAX_FILE_MB": "no", "PROT": "1", "TEAMS_SECRET": "short"}
    for name, value in (bad | {"HOST": "0.0.0.0"}).items():
        monkeypatch.setenv(PREFIX + name, value)
    settings, faults = examined_settings(index=Path("x"))
    assert (settings.port, settings.origin, settings.max_file_mb) == (8000, "", 100)
    assert (settings.host, settings.index, settings.teams_secret) == ("0.0.0.0", Path("x"), None)
    assert [f.field for f in faults] == ["", "max_file_mb", "port", "origin", "teams_secret"]
    assert "expected a whole number, 1 or more." in faults[1].error.message
    assert not any("short" in str(fault.error) for fault in faults)


def test_what_a_setting_must_look_like_can_be_told_of_all_that_may_be_refused() -> None:
    for name, field in Settings.model_fields.items():
        refuses = field.metadata or field.annotation is bool or name in ("mcp_tokens",)
        if refuses or name == "trusted_proxies":
            assert _expected(name) != "a text", name


def test_a_bad_override_is_refused_like_a_bad_variable() -> None:
    with pytest.raises(SettingsError, match="COMPETENZE_PORT has a value"):
        read_settings(port=0)


def test_settings_do_not_change_once_read() -> None:
    settings = read_settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in Settings.model_fields.values())
