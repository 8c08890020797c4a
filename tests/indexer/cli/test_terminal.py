"""What strangers wrote never controls the administrator's terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.table import Table

from indexer.cli.main import main
from indexer.cli.terminal import FAILED, OK, PROBLEMS, Terminal, print_json
from indexer.text.printable import printable, printable_json
from tests.toy import ToyEncoder

# Clear the screen, set the title (OSC), CSI and OSC as C1 characters, back-space, reversed text.
HOSTILE = "A\x1b[2JB\x1b]0;titolo\x07C\x9b31mD\x9d0;x\x9cE\x08F\x7fG\u202eH"
CONTROL = "\x1b\x07\x08\x7f\x9b\x9c\x9d\u202e"
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("TERM", "dumb")


def unsafe(text: str) -> set[str]:
    return set(text) & set(CONTROL)


def test_every_control_character_is_replaced_and_text_is_kept() -> None:
    assert unsafe(printable("".join(map(chr, range(0x110))) + HOSTILE)) == set()
    assert printable("Città\tdi\nBaruffaldi – 中文 👍🏽") == "Città\tdi\nBaruffaldi – 中文 👍🏽"
    assert printable("a\x1b[31mb") == "a\N{REPLACEMENT CHARACTER}[31mb"


def test_json_keeps_its_value_without_them() -> None:
    text = printable_json(json.dumps({"name": HOSTILE}, ensure_ascii=False))
    assert unsafe(text) == set()
    assert json.loads(text) == {"name": HOSTILE}


def test_nothing_that_is_printed_holds_them(capsys: Capture) -> None:
    table = Table(HOSTILE)
    table.add_row(HOSTILE)
    Terminal().print(HOSTILE, table)
    Terminal().print_lines([HOSTILE])
    Terminal(stderr=True).print(f"[bold]{HOSTILE}[/]")
    print_json({"name": HOSTILE})
    out, err = capsys.readouterr()
    assert "titolo" in out
    assert "titolo" in err
    assert unsafe(out + err) == set()


def test_colours_of_our_own_are_kept(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    Terminal().print(f"[red]{HOSTILE}[/]")
    assert capsys.readouterr().out.count("\x1b") == 2  # red, and its end


def test_names_titles_and_file_names_of_a_corpus_do_not(tmp_path: Path, capsys: Capture) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    (corpus / "profiles").mkdir(parents=True)
    (corpus / "events").mkdir()
    quoted = json.dumps(HOSTILE)  # escapes that YAML reads as JSON does
    profile = f"---\nname: {quoted}\nseat: {quoted}\ncompetencies: [{quoted}]\n---\nReti.\n"
    (corpus / "profiles" / "arca.md").write_text(profile)
    (corpus / "events" / f"a{HOSTILE.replace('/', '')}.rtf").write_text("x")
    (corpus / "events" / "b.md").write_text(f"---\ntitle: {quoted}\nplace: {quoted}\n---\nPane.\n")
    arguments = [str(corpus), "--index", str(index)]
    for command in (["check", *arguments], ["build", *arguments]):
        for form in ([], ["--json"]):
            assert main([*command, *form], ToyEncoder()) == PROBLEMS
    statuses = {
        ("inspect",): OK,
        ("list",): OK,
        ("verify",): OK,
        ("rollback", HOSTILE): FAILED,
        ("forget", HOSTILE, "--dry-run"): PROBLEMS,
    }
    for words, status in statuses.items():
        for form in ([], ["--json"]):
            assert main([*words, "--index", str(index), *form], ToyEncoder()) == status
    out, err = capsys.readouterr()
    assert "titolo" in out
    assert unsafe(out + err) == set()
