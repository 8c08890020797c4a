"""Settings: read from the environment, checked, and never silently ignored."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from indexer.errors import SettingsError
from indexer.settings import PREFIX, Settings, load_settings, read_settings
from search_service.settings import ServiceSettings


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_the_defaults_need_no_environment() -> None:
    settings = read_settings()
    assert settings.corpus == Path("corpus")
    assert settings.index == Path("var/index")
    assert settings.model == "multilingual-e5-small"
    assert settings.passage_tokens == 200
    assert settings.max_file_mb == 100


def test_the_environment_changes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZE_PASSAGE_TOKENS", "90")
    monkeypatch.setenv("COMPETENZE_CORPUS", "/data/corpus")
    settings = read_settings()
    assert (settings.passage_tokens, settings.corpus) == (90, Path("/data/corpus"))


def test_what_is_given_wins_over_the_environment_and_none_is_not_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COMPETENZE_PASSAGE_TOKENS", "90")
    monkeypatch.setenv("COMPETENZE_MODEL", "other")
    settings = read_settings(passage_tokens=91, model=None, corpus=Path("x"))
    assert (settings.passage_tokens, settings.model, settings.corpus) == (91, "other", Path("x"))


@pytest.mark.parametrize("name", ["COMPETENZE_CORPSU", "competenze_corpsu"])
def test_an_unknown_name_is_refused_with_the_nearest(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    with pytest.raises(SettingsError, match=f"Unknown setting {name}") as caught:
        read_settings()
    assert caught.value.remedy == "Did you mean COMPETENZE_CORPUS?"


def test_settings_of_the_service_are_no_fault_and_not_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COMPETENZE_PORT", "no port")
    assert read_settings().corpus == Path("corpus")


def test_a_misspelt_setting_of_the_service_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZE_PROT", "1")
    with pytest.raises(SettingsError, match="Unknown setting COMPETENZE_PROT") as caught:
        read_settings()
    assert caught.value.remedy == "Did you mean COMPETENZE_PORT?"


def test_a_name_like_none_lists_those_that_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZE_ZZZZZZZZZZZZZZ", "1")
    with pytest.raises(SettingsError) as caught:
        read_settings()
    for name in ServiceSettings.model_fields:
        assert PREFIX + name.upper() in caught.value.remedy


def test_names_of_other_programs_are_none_of_our_business(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZA_CORPUS", "1")
    monkeypatch.setenv("MY_COMPETENZE_CORPUS", "1")
    assert read_settings().corpus == Path("corpus")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAX_FILE_MB", "molti"),
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
    with pytest.raises(SettingsError, match=f"COMPETENZE_{name} cannot be used") as caught:
        read_settings()
    assert str(Settings.model_fields[name.lower()].description) in caught.value.remedy


def test_all_faults_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"CORPSU": "1", "MAX_FILE_MB": "0", "PASSAGE_TOKENS": "x"}.items():
        monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError, match="Several settings cannot be used") as caught:
        read_settings()
    told = caught.value.remedy.splitlines()
    assert [line.split(" ", 3)[:3] for line in told] == [
        ["Unknown", "setting", "COMPETENZE_CORPSU."],
        ["COMPETENZE_MAX_FILE_MB", "cannot", "be"],
        ["COMPETENZE_PASSAGE_TOKENS", "cannot", "be"],
    ]


def test_what_cannot_be_used_has_its_default_and_the_rest_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"MAX_FILE_MB": "no", "CORPSU": "1", "MODEL": "other"}.items():
        monkeypatch.setenv(PREFIX + name, value)
    settings, faults = load_settings(Settings, {"index": Path("x")})
    assert (settings.max_file_mb, settings.model, settings.index) == (100, "other", Path("x"))
    assert [f.field for f in faults] == ["", "max_file_mb"]
    assert "expected a whole number, 1 or more." in faults[1].error.message


def test_a_bad_override_is_refused_like_a_bad_variable() -> None:
    with pytest.raises(SettingsError, match="COMPETENZE_PASSAGE_TOKENS cannot be used"):
        read_settings(passage_tokens=0)


def test_settings_do_not_change_once_read() -> None:
    settings = read_settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.model = "x"
