"""The commands that keep an index: exit statuses, words for people, one object for scripts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from indexer.cli import main as command_line
from indexer.cli.terminal import BUSY, FAILED, OK, PROBLEMS
from indexer.index.snapshot import current_name, generation_names
from indexer.settings import PREFIX, Settings
from search_service.auth.token_store import TokenStore, utc_now
from search_service.auth.visitor import Scope
from search_service.chat.store import Alert, Store
from tests.indexer.by_hand import flip
from tests.indexer.pipeline.test_build import FILES, put
from tests.toy import ToyEncoder

ROOT = Path(__file__).parents[3]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.setenv(f"{PREFIX}CHAT_STORE", str(tmp_path / "chat.sqlite"))
    monkeypatch.setenv(f"{PREFIX}TOKENS", str(tmp_path / "tokens.sqlite"))
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("TERM", "dumb")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        put(tmp_path / "corpus", name, text)
    return tmp_path / "corpus"


@pytest.fixture
def index(corpus: Path, tmp_path: Path, capsys: Capture) -> Path:
    """An index with two generations."""
    main("build", corpus, "--index", tmp_path / "index")
    put(corpus, "events/nuovo.md", "Un incontro nuovo.")
    main("build", corpus, "--index", tmp_path / "index")
    capsys.readouterr()
    return tmp_path / "index"


def main(*arguments: object) -> int:
    return command_line.main([str(argument) for argument in arguments], ToyEncoder())


def test_the_list_marks_the_current_one(index: Path, capsys: Capture) -> None:
    second, first = generation_names(index)
    assert main("list", "--index", index) == OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"* {second}  20")
    assert "  6 documents, " in lines[0]
    assert lines[1].startswith(f"  {first}  20")
    assert main("list", "--index", index, "--json") == OK
    found = json.loads(capsys.readouterr().out)["generations"]
    assert [(g["id"], g["current"], g["documents"]) for g in found] == [
        (second, True, 6),
        (first, False, 5),
    ]


def test_a_list_of_nothing_says_so(tmp_path: Path, capsys: Capture) -> None:
    assert main("list", "--index", tmp_path / "none") == OK
    assert "There is no generation in" in capsys.readouterr().out


def test_rollback_serves_the_one_before(index: Path, capsys: Capture) -> None:
    second, first = generation_names(index)
    assert main("rollback", "--index", index) == OK
    assert current_name(index) == first
    assert f"Serving {first}.\nThe next build indexes" in capsys.readouterr().out
    assert main("rollback", second[:7], "--index", index, "--json") == OK
    assert json.loads(capsys.readouterr().out) == {"generation": second}
    assert main("rollback", "g9", "--index", index) == FAILED
    assert f"There are: {second}, {first}." in capsys.readouterr().err


def test_prune_keeps_as_many_as_it_is_told(index: Path, capsys: Capture) -> None:
    second, first = generation_names(index)
    assert main("prune", "--index", index, "--keep", 2) == OK
    assert "Removed 0 generations and 0 originals." in capsys.readouterr().out
    assert main("prune", "--index", index, "--keep", 1, "--json") == OK
    assert json.loads(capsys.readouterr().out) == {"generations": [first], "originals": 0}
    assert generation_names(index) == [second]


@pytest.mark.parametrize(
    "arguments",
    [
        ["prune", "--keep", "0"],
        ["prune", "--keep", "x"],
        ["watch", "--settle", "-1"],
        ["watch", "--poll", "nan"],
        ["forget"],
        ["forget", "x", "--as", "y"],
        ["backup"],
    ],
)
def test_arguments_that_cannot_be_meant_end_with_the_usage(
    arguments: list[str], capsys: Capture
) -> None:
    assert main(*arguments) == FAILED
    assert "Usage: python -m indexer" in capsys.readouterr().err


def test_verify_names_each_fault_and_its_remedy(index: Path, capsys: Capture) -> None:
    second, first = generation_names(index)
    assert main("verify", "--index", index, "--all") == OK
    assert f"2 generations whole; {second} is current." in capsys.readouterr().out
    (dense,) = (index / "generations" / first).glob("dense-*.faiss")
    flip(dense, 20)
    assert main("verify", "--index", index) == OK
    capsys.readouterr()
    assert main("verify", "--index", index, "--all") == PROBLEMS
    out = capsys.readouterr().out
    assert f"{first}/{dense.name}\n  is damaged (its SHA-256 differs)\n  → " in out
    assert "1 fault in 2 generations." in out
    assert main("verify", "--index", index, "--all", "--json") == PROBLEMS
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert fault["path"].endswith(dense.name)
    assert main("verify", "--index", index / "none") == FAILED


def test_a_backup_comes_back(index: Path, tmp_path: Path, capsys: Capture) -> None:
    second, _ = generation_names(index)
    assert main("backup", tmp_path / "b.tar", "--index", index) == OK
    assert f"Backed up {second}: " in capsys.readouterr().out
    assert main("restore", tmp_path / "b.tar", "--index", tmp_path / "new", "--json") == OK
    assert json.loads(capsys.readouterr().out)["generation"] == second
    assert current_name(tmp_path / "new") == second
    assert main("restore", tmp_path / "none.tar", "--index", tmp_path / "new") == FAILED
    assert main("backup", "/dev/full", "--index", index) == FAILED
    assert Path("/dev/full").is_char_device()


def test_forget_accounts_for_what_went_and_what_remains(
    index: Path, corpus: Path, tmp_path: Path, capsys: Capture
) -> None:
    main("backup", tmp_path / "b.tar", "--index", index)
    capsys.readouterr()
    assert main("forget", "Arca", "--index", index, "--dry-run") == PROBLEMS
    assert capsys.readouterr().out.startswith("Would remove the organisation 'Arca': 2 documents")
    assert main("forget", "Arca", "--index", index) == PROBLEMS
    out = capsys.readouterr().out
    assert out.startswith("Removed the organisation 'Arca': 2 documents from the index, 2 gener")
    assert "until they are edited. Delete them" in out
    assert "  profiles/arca.md\n" in out
    assert f"  {tmp_path / 'b.tar'}, of 20" in out
    for path in ("profiles/arca.md", "case_studies/banda.md"):
        (corpus / path).unlink()
    (tmp_path / "b.tar").unlink()
    for note in (index / "backups").iterdir():
        note.unlink()
    assert main("forget", "Arca", "--index", index, "--as", "text", "--json") == OK
    account = json.loads(capsys.readouterr().out)
    assert (account["kind"], account["remains"], account["documents"]) == ("text", False, [])


def test_forget_erases_from_the_services_files_too(
    index: Path, tmp_path: Path, capsys: Capture
) -> None:
    store = Store(tmp_path / "chat.sqlite")
    store.add(Alert(0, "slack", "C1", "cosa fa Arca?", "it", "2026-01-01", frozenset(), "g"))
    TokenStore(tmp_path / "tokens.sqlite").make("Arca", Scope.SEARCH, utc_now())
    assert main("forget", "Arca", "--index", index, "--json") == PROBLEMS
    report = json.loads(capsys.readouterr().out)
    assert (report["questions"], report["administration"]) == (1, 1)
    assert store.of_channel("slack", "C1") == ()


def test_forget_takes_the_corpus_of_the_index_unless_told(
    index: Path, corpus: Path, tmp_path: Path
) -> None:
    moved = corpus.rename(tmp_path / "moved")
    assert main("forget", "Arca", "--index", index) == FAILED, "the corpus is not there any more"
    assert main("forget", "Arca", "--index", index, "--corpus", moved) == PROBLEMS


@pytest.mark.parametrize(
    "command", [["build"], ["rollback"], ["prune"], ["restore", "b.tar"], ["forget", "Arca"]]
)
def test_a_second_writer_says_so_with_its_own_status(
    index: Path, corpus: Path, command: list[str], capsys: Capture
) -> None:
    name = current_name(index)
    where = [str(corpus)] if command == ["build"] else []
    with FileLock(index / "lock"):
        assert main(*command, *where, "--index", index) == BUSY
        assert "Another program is writing to" in capsys.readouterr().err
        assert current_name(index) == name


@pytest.mark.parametrize("command", ["inspect", "list", "verify"])
def test_readers_never_wait(index: Path, command: str) -> None:
    with FileLock(index / "lock"):
        assert main(command, "--index", index) == OK


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_a_failure(index: Path) -> None:
    program = [sys.executable, "-m", "tests.indexer.torture.toy_indexer"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*program, "list", "--index", str(index)],
            cwd=ROOT,
            env=os.environ,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == FAILED
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
