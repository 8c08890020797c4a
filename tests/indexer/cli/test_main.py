"""The indexer's command line: exit statuses for scripts, words for people, one object for JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from indexer.cli import main as command_line
from indexer.cli import options
from indexer.cli.terminal import FAILED, OK, PROBLEMS
from indexer.errors import CompetenzeError
from indexer.index.snapshot import current_name
from indexer.settings import PREFIX, Settings
from tests.toy import ToyEncoder

PROFILE = "---\nname: Arca\nseat: Bardi\ncompetencies: [reti]\n---\nFacciamo reti in montagna.\n"


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("TERM", "dumb")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus" / "profiles").mkdir(parents=True)
    (tmp_path / "corpus" / "profiles" / "arca.md").write_text(PROFILE)
    return tmp_path / "corpus"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    return tmp_path / "index"


def main(*arguments: object) -> int:
    return command_line.main([str(argument) for argument in arguments], ToyEncoder())


Capture = pytest.CaptureFixture[str]


# --- build ---------------------------------------------------------------------------------


def test_a_build_says_what_it_published(corpus: Path, index: Path, capsys: Capture) -> None:
    assert main("build", corpus, "--index", index) == OK
    out = capsys.readouterr().out
    assert f"Published {current_name(index)}: 1 documents, 2 passages, 1 organisations" in out
    assert "2 passages embedded, 0 reused" in out
    assert main("build", corpus, "--index", index) == OK
    assert capsys.readouterr().out.startswith(f"Nothing to do: {current_name(index)} has 1 docu")


def test_a_build_with_files_left_out_names_them_and_their_remedy(
    corpus: Path, index: Path, capsys: Capture
) -> None:
    (corpus / "profiles" / "[b]note.rtf").write_text("x")
    (corpus / "profiles" / "arca.md").write_text(PROFILE.replace("Bardi", "Bardo"))
    for _ in range(2):  # a second build, with nothing to do, says it again
        assert main("build", corpus, "--index", index) == PROBLEMS
        out = capsys.readouterr().out
        assert "error profiles/[b]note.rtf\n  unsupported: files of type .rtf" in out
        assert "  → Save it as one of: .csv, .docx" in out
        assert "warning profiles/arca.md\n  unknown_place: seat: 'Bardo' is not a place" in out
        assert "1 not indexed, see above." in out


def test_warnings_alone_are_no_failure(corpus: Path, index: Path) -> None:
    (corpus / "profiles" / "arca.md").write_text(PROFILE.replace("Bardi", "Bardo"))
    assert main("build", corpus, "--index", index) == OK


def test_a_report_in_json_is_one_object_and_nothing_else(
    corpus: Path, index: Path, capsys: Capture
) -> None:
    (corpus / "profiles" / "città.rtf").write_text("x")
    assert main("build", corpus, "--index", index, "--json") == PROBLEMS
    report = json.loads(capsys.readouterr().out)
    assert report["generation"] == current_name(index)
    assert report["published"] is True
    assert (report["files"], report["documents"], report["passages"]) == (1, 1, 2)
    (problem,) = report["problems"]
    assert problem["path"] == "profiles/città.rtf"
    assert (problem["severity"], problem["reason"]) == ("error", "unsupported")
    assert set(report["seconds"]) == {"scan", "parse", "split", "embed", "publish"}


# --- check ---------------------------------------------------------------------------------


def test_a_check_says_what_would_be_indexed_and_writes_nothing(
    corpus: Path, index: Path, capsys: Capture
) -> None:
    assert main("check", corpus, "--index", index) == OK
    assert "Would index 1 documents, 2 passages, 1 organisations" in capsys.readouterr().out
    assert not index.exists()
    (corpus / "x.rtf").write_text("x")
    assert main("check", corpus, "--index", index, "--json") == PROBLEMS
    report = json.loads(capsys.readouterr().out)
    assert (report["published"], report["generation"], report["passages"]) == (False, "", 2)


# --- inspect -------------------------------------------------------------------------------


def test_inspect_shows_what_the_index_holds(corpus: Path, index: Path, capsys: Capture) -> None:
    main("build", corpus, "--index", index)
    capsys.readouterr()
    assert main("inspect", "--index", index) == OK
    out = capsys.readouterr().out
    assert f"generation {current_name(index)}" in out
    assert "organisations (1)\n  Arca · Bardi (PR)" in out
    assert main("inspect", "--index", index, "--json") == OK
    facts = json.loads(capsys.readouterr().out)
    assert facts["generation"] == current_name(index)
    assert facts["documents"] == {"profile": 1}
    assert facts["organisations"] == [{"id": "arca", "name": "Arca", "seat": "Bardi (PR)"}]
    assert facts["build_fingerprint"]["model_fingerprint"] == "toy"
    assert facts["parts"]["documents.json"] > 0
    assert facts["refused"] == []


def test_inspect_names_the_files_with_problems(corpus: Path, index: Path, capsys: Capture) -> None:
    (corpus / "profiles" / "bora.md").write_text("---\nname: Bora\nsoci: tanti\n---\nVento.\n")
    main("build", corpus, "--index", index)
    capsys.readouterr()
    assert main("inspect", "--index", index) == OK
    out = capsys.readouterr().out
    assert "problems 1\n  warning profiles/bora.md: members: 'tanti' is not a number\n" in out


def test_inspect_says_which_generation_was_refused(
    corpus: Path, index: Path, capsys: Capture
) -> None:
    main("build", corpus, "--index", index)
    first = current_name(index)
    (corpus / "profiles" / "arca.md").write_text(PROFILE + "Altro testo.\n")
    main("build", corpus, "--index", index)
    (dense,) = (index / "generations" / str(current_name(index))).glob("dense-*.faiss")
    dense.write_bytes(b"x")
    capsys.readouterr()
    assert main("inspect", "--index", index, "--json") == OK
    facts = json.loads(capsys.readouterr().out)
    assert facts["generation"] == first
    assert f"{dense.name} is damaged" in facts["refused"][0]


# --- errors --------------------------------------------------------------------------------


def error(capsys: Capture) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err


def test_no_index_is_a_readable_error(index: Path, capsys: Capture) -> None:
    assert main("inspect", "--index", index) == FAILED
    text = error(capsys)
    assert "There is no index in" in text
    assert "Run: python -m indexer build." in text


def test_a_missing_corpus_is_a_readable_error(tmp_path: Path, index: Path, capsys: Capture) -> None:
    assert main("build", tmp_path / "[bold]nowhere", "--index", index, "--json") == FAILED
    text = error(capsys)
    assert "[bold]nowhere does not exist." in text
    assert "Create it, or name another one" in text


def test_an_empty_corpus_is_a_readable_error(tmp_path: Path, index: Path, capsys: Capture) -> None:
    (tmp_path / "empty").mkdir()
    assert main("build", tmp_path / "empty", "--index", index) == FAILED
    assert "it holds no documents" in error(capsys)


def test_an_unknown_setting_is_a_readable_error(
    corpus: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPETENZE_INDEXX", "x")
    assert main("build", corpus) == FAILED
    assert "Unknown setting COMPETENZE_INDEXX.\nDid you mean COMPETENZE_INDEX?" in error(capsys)


def test_a_disk_that_cannot_be_written_is_a_readable_error(
    corpus: Path, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "file").write_text("x")
    assert main("build", corpus, "--index", tmp_path / "file" / "index") == FAILED
    assert "the index served until now is untouched" in error(capsys)


def test_a_missing_model_is_a_readable_error(
    corpus: Path, index: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_model(_: Settings) -> None:
        raise CompetenzeError("No model.", remedy="Install it.")

    monkeypatch.setattr(options, "load_encoder", no_model)
    assert command_line.main(["build", str(corpus), "--index", str(index)]) == FAILED
    assert "No model.\nInstall it." in error(capsys)


@pytest.mark.parametrize("arguments", [[], ["bild"], ["build", "--idnex", "x"], ["inspect", "x"]])
def test_a_mistyped_command_ends_with_the_usage(arguments: list[str], capsys: Capture) -> None:
    assert main(*arguments) == FAILED
    assert "Usage: python -m indexer" in error(capsys)


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["inspect", "--help"]])
def test_help_is_there_for_every_command(arguments: list[str], capsys: Capture) -> None:
    assert main(*arguments) == OK
    assert "Usage: python -m indexer" in capsys.readouterr().out


def test_a_check_tells_which_competencies_no_concept_knows(
    corpus: Path, index: Path, capsys: Capture
) -> None:
    profile = "---\nname: {}\ncompetencies: [{}]\n---\nTesto.\n"
    known = "penetration testing, Drupal, sito in WordPress, GDPR"
    for name, competencies in (
        ("Alfa", f"sicureza informatica, {known}"),
        ("Beta", "Guida in canoa"),
        ("Gamma", "guida in canoa"),
    ):
        path = corpus / "profiles" / f"{name.lower()}.md"
        path.write_text(profile.format(name, competencies), "utf-8")
    (corpus / "profiles" / "arca.md").unlink()
    assert main("check", corpus, "--index", index) == OK
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("notice")] == [
        "notice profiles/beta.md and 1 more: no concept of the vocabulary knows 'Guida in canoa'",
        "notice profiles/alfa.md: no concept of the vocabulary knows 'sicureza informatica'; "
        "nearest: sicurezza informatica (cybersecurity)",
    ]
    assert main("check", corpus, "--index", index, "--json") == OK
    found = json.loads(capsys.readouterr().out)["unknown_competencies"]
    assert found[1] == {
        "written": "sicureza informatica",
        "documents": ["profiles/alfa.md"],
        "nearest": "sicurezza informatica",
        "concept": "cybersecurity",
    }
    assert main("build", corpus, "--index", index) == OK
    assert "notice" not in capsys.readouterr().out
