"""What strangers wrote never controls the terminal: search, token, doctor, and the log."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from search_service.auth.token_store import TokenStore, utc_now
from search_service.cli.main import main
from search_service.observability.logs import JsonFormatter
from tests.indexer.cli.test_terminal import HOSTILE, unsafe
from tests.search_service.conftest import build_sources
from tests.toy import ToyEncoder

Capture = pytest.CaptureFixture[str]
QUOTED = json.dumps(HOSTILE)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COMPETENZE_TOKENS", str(tmp_path / "tokens.sqlite"))
    profile = f"name: {QUOTED}\nseat: Imola\ncompetencies: [pane, {QUOTED}]"
    other = f"name: Altra\nseat: Imola\ncompetencies: [pane, {QUOTED}]"
    study = f"title: {QUOTED}\ncooperatives: [{QUOTED}]"
    files = {
        "profiles/a.md": f"---\n{profile}\n---\nFacciamo pane e focacce. {HOSTILE}\n",
        "profiles/b.md": f"---\n{other}\n---\nFacciamo pane e focacce.\n",
        "case_studies/c.md": f"---\n{study}\n---\nAbbiamo fatto pane e focacce per Imola.\n",
    }
    return build_sources(tmp_path, files).index


@pytest.mark.parametrize("form", [[], ["--explain"], ["--json"], ["--json", "--explain"]])
@pytest.mark.parametrize("question", ["pane e focacce a Imola", "casi di studio sul pane"])
def test_an_answer_does_not(index: Path, capsys: Capture, form: list[str], question: str) -> None:
    assert main(["search", question, "--index", str(index), *form], ToyEncoder()) == 0
    out, err = capsys.readouterr()
    assert "titolo" in out
    assert unsafe(out + err) == set()


def test_an_error_does_not(index: Path, capsys: Capture) -> None:
    for choice in (["--place", HOSTILE], ["--competence", HOSTILE], ["--kind", HOSTILE]):
        main(["search", "pane", "--index", str(index), *choice], ToyEncoder())
    assert unsafe("".join(capsys.readouterr())) == set()


def test_tokens_and_their_log_do_not(index: Path, tmp_path: Path, capsys: Capture) -> None:
    TokenStore(tmp_path / "tokens.sqlite").note(HOSTILE, HOSTILE, utc_now())
    for words in (["make", "--name", HOSTILE], ["list"], ["log"], ["revoke", "1"]):
        assert main(["token", *words]) == 0
        out, err = capsys.readouterr()
        assert "titolo" in out
        assert unsafe(out + err) == set()
    for words in (["make", "--name", HOSTILE], ["list"], ["log"]):
        assert main(["token", *words, "--json"]) == 0
        out, err = capsys.readouterr()
        assert "titolo" in out
        assert unsafe(out + err) == set()


def test_the_doctor_does_not(index: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPETENZE_CORPUS", HOSTILE)
    for form in ([], ["--json"]):
        assert main(["doctor", "--index", str(index), *form], ToyEncoder()) == 0
        out, err = capsys.readouterr()
        assert "titolo" in out
        assert unsafe(out + err) == set()


def test_a_line_of_the_log_does_not() -> None:
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, HOSTILE, None, None)
    line = JsonFormatter(log_questions=True).format(record)
    assert unsafe(line) == set()
    assert json.loads(line)["message"] == HOSTILE
