"""The command that makes, lists and revokes tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from search_service.cli.main import main

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPETENZE_TOKENS", str(tmp_path / "tokens.sqlite"))
    return tmp_path / "tokens.sqlite"


@pytest.fixture
def run(path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: str) -> tuple[int, str]:
        assert path
        status = main(["token", *arguments])
        said = capsys.readouterr()
        return status, said.out + said.err

    return ran


def as_json(run: Run, *arguments: str) -> dict[str, Any]:
    status, said = run(*arguments, "--json")
    assert status == 0
    found: dict[str, Any] = json.loads(said)
    return found


def test_a_token_is_made_shown_once_and_works(run: Run, path: Path) -> None:
    status, said = run("make", "--name", "Ufficio soci", "--scope", "members", "--days", "90")
    secret = said.strip().splitlines()[-1]
    assert status == 0
    token = TokenStore(path).find(secret, utc_now())
    assert token is not None
    assert (token.name, token.scope) == ("Ufficio soci", Scope.MEMBERS)
    assert TokenStore(path).find(secret, utc_now() + timedelta(days=91)) is None
    for later in (run("list")[1], run("log")[1], run("list", "--json")[1]):
        assert secret not in later
        assert token.prefix in later or "Ufficio soci" in later


def test_a_token_is_revoked_by_its_number(run: Run, path: Path) -> None:
    made = [as_json(run, "make", "--name", name) for name in ("una", "altra")]
    assert [one["scope"] for one in made] == ["search", "search"]
    assert as_json(run, "revoke", "2") == {"revoked": 2}
    assert TokenStore(path).find(made[0]["secret"], utc_now()) is not None
    assert TokenStore(path).find(made[1]["secret"], utc_now()) is None
    listed = as_json(run, "list")["tokens"]
    assert [(t["name"], t["revoked"] is None) for t in listed] == [("una", True), ("altra", False)]
    told = [entry["what"].split(" (")[0] for entry in as_json(run, "log")["log"]]
    assert told == ["revoked token 2", "made token 2", "made token 1"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["make"], "needs a name"),
        (["make", "--name", "  "], "needs a name"),
        (["revoke", "7"], "no token 7"),
        (["revoke"], "token list"),
    ],
)
def test_what_cannot_be_done_says_why(run: Run, arguments: list[str], said: str) -> None:
    status, told = run(*arguments)
    assert status == 2
    assert said in " ".join(told.split())


@pytest.mark.parametrize("arguments", [["make", "--name", "x", "--days", "0"], ["burn"], []])
def test_a_wrong_command_line_is_refused(run: Run, arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


def test_a_revoked_token_cannot_be_revoked_again(run: Run) -> None:
    as_json(run, "make", "--name", "una")
    assert run("revoke", "1")[0] == 0
    assert run("revoke", "1")[0] == 2
