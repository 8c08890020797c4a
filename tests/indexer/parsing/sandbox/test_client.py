"""Parsing in a process that can be killed: what a file may take, and what comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from indexer.domain import ParsedText, Reason
from indexer.errors import IsolationError, UnreadableFileError
from indexer.parsing import parse_file, parse_sidecar
from indexer.parsing.sandbox import client
from indexer.parsing.sandbox.client import ParseLimits, SandboxedParser

ROOT = Path(__file__).parents[4]
CORPUS = sorted(p for p in (ROOT / "corpus").glob("*/*") if p.suffix != ".yaml")
SIDECARS = sorted((ROOT / "corpus").glob("*/*.yaml"))

# A stand-in for the parsing package: a file's text is what it does to the process that reads it.
MISCHIEF = """
import os, signal, sys, time
from indexer.errors import UnreadableFileError
from indexer.domain import Block, ParsedText, Reason

def load_parser(name):
    if name == "slow library":
        time.sleep(2.2)

def parse_file(name, data):
    deed = data.decode()
    exec(deed)
    return (ParsedText((Block(deed),), {"pid": os.getpid()}),)

def parse_sidecar(data):
    return {}, ()
"""


@pytest.fixture
def parser(request: pytest.FixtureRequest) -> Iterator[SandboxedParser]:
    seconds = getattr(request, "param", 5)  # a busy machine takes one for nothing
    made = SandboxedParser(ParseLimits(seconds=seconds, megabytes=512))
    yield made
    made.close()


hurried = pytest.mark.parametrize("parser", [2], indirect=True, ids=["2 s"])


@pytest.fixture
def mischief(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parser: SandboxedParser
) -> SandboxedParser:
    """A Parser whose process does what its files say."""
    copy = tmp_path / "indexer"
    (copy / "parsing").mkdir(parents=True)
    for module in (ROOT / "indexer").glob("*.py"):
        (copy / module.name).symlink_to(module)
    for room in ("domain", "storage", "text"):
        (copy / room).symlink_to(ROOT / "indexer" / room)
    (copy / "parsing" / "sandbox").symlink_to(ROOT / "indexer" / "parsing" / "sandbox")
    (copy / "parsing" / "__init__.py").write_text(MISCHIEF)
    (copy / "parsing" / "frontmatter.py").write_text("")
    monkeypatch.setattr(
        client, "__file__", str(tmp_path / "indexer" / "parsing" / "sandbox" / "client.py")
    )
    return parser


def failure(parser: SandboxedParser, name: str, data: bytes) -> UnreadableFileError:
    with pytest.raises(UnreadableFileError) as caught:
        parser.parse(name, data)
    assert caught.value.remedy
    return caught.value


def process(parser: SandboxedParser) -> int:
    """The id of the process, asked of itself."""
    (text,) = parser.parse("a.txt", b"pass")
    pid = text.metadata["pid"]
    assert isinstance(pid, int)
    return pid


# --- the same as without -------------------------------------------------------------------


def test_the_sample_corpus_reads_as_it_does_without_a_process() -> None:
    parser = client.shared_parser(ParseLimits())
    for path in CORPUS:
        assert parser.parse(path.name, path.read_bytes()) == parse_file(
            path.name, path.read_bytes()
        )
    for path in SIDECARS:
        assert parser.parse_sidecar(path.read_bytes()) == parse_sidecar(path.read_bytes())


def test_values_of_metadata_come_back_as_they_were(parser: SandboxedParser) -> None:
    source = """---
data: 2024-05-03
when: 2024-05-03T10:11:12+02:00
years: [2020, 1.5, .inf, true, null, 2024-01-01, [a, b]]
"$date": x
nested: {"$date": 2024-01-01}
half: "\\ud83d|"
big: 12345678901234567890123
---
Testo.
"""
    (text,) = parser.parse("a.md", source.encode())
    assert text.metadata["data"] == date(2024, 5, 3)
    assert text.metadata["when"] == datetime.fromisoformat("2024-05-03T10:11:12+02:00")
    years = [2020, 1.5, float("inf"), True, None, date(2024, 1, 1), ["a", "b"]]
    assert text.metadata["years"] == years
    assert text.metadata["$date"] == "x"
    assert text.metadata["nested"] == {"$date": date(2024, 1, 1)}
    assert text.metadata["half"] == "?|"
    assert text.metadata["big"] == hex(12345678901234567890123)


def test_a_file_that_a_parser_refuses_is_refused_with_its_reason(parser: SandboxedParser) -> None:
    error = failure(parser, "a.pdf", b"solo testo")
    assert (error.reason, error.message) == (
        Reason.WRONG_TYPE,
        "It is named .pdf but seems to be plain text.",
    )


# --- what a file may take ------------------------------------------------------------------


def test_one_process_reads_many_files(mischief: SandboxedParser) -> None:
    first = process(mischief)
    failure(mischief, "a.txt", b"raise UnreadableFileError(Reason.EMPTY, 'x', remedy='y')")
    assert process(mischief) == first != os.getpid()


@hurried
def test_a_file_that_takes_too_long_is_reported_and_its_process_replaced(
    mischief: SandboxedParser,
) -> None:
    first = process(mischief)
    start = time.perf_counter()
    error = failure(mischief, "a.txt", b"time.sleep(60)")
    assert time.perf_counter() - start < 30
    assert error.reason is Reason.TOO_SLOW
    assert error.message == "It is not read within 2 seconds."
    assert "COMPETENZE_PARSE_SECONDS" in error.remedy
    assert process(mischief) != first
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


@hurried
def test_the_time_that_a_library_takes_to_load_is_not_the_files(mischief: SandboxedParser) -> None:
    assert mischief.parse("slow library", b"time.sleep(0.1)")


def test_a_file_that_takes_too_much_memory_is_reported(mischief: SandboxedParser) -> None:
    error = failure(mischief, "a.txt", b"x = bytearray(600 * 1024 * 1024)")
    assert error.reason is Reason.TOO_LARGE
    assert "512 MiB of memory" in error.message
    assert "COMPETENZE_PARSE_MEMORY_MB" in error.remedy
    failure(mischief, "a.txt", b"#" * 600 * 1024 * 1024)  # it does not even fit
    assert process(mischief)


def test_a_process_that_still_holds_much_memory_reads_no_other_file(
    mischief: SandboxedParser,
) -> None:
    first = process(mischief)
    mischief.parse("a.txt", b"x = b'x' * (300 * 1024 * 1024)")
    assert process(mischief) == first
    mischief.parse("a.txt", b"sys.modules['kept'] = b'x' * (300 * 1024 * 1024)")
    assert process(mischief) != first


def test_a_file_that_becomes_too_much_text_is_reported(
    mischief: SandboxedParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MAX_ANSWER", 2 * 1024 * 1024)
    deed = b"data = b'x' * 3000000; raise UnreadableFileError('empty', data.decode(), remedy='')"
    error = failure(mischief, "a.txt", deed)
    assert (error.reason, error.message) == (
        Reason.TOO_LARGE,
        "It unpacks to more than 2 MiB of text.",
    )


@pytest.mark.parametrize(
    "deed",
    [
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "os._exit(0)",
        "sys.exit()",
        "raise RuntimeError",
        "os.close(0); os.close(3)",
        "raise UnreadableFileError('no reason', 'x', remedy='y')",
        "os.write(3, b'\\0\\0\\0\\2{]')",
    ],
)
def test_a_file_that_ends_its_process_or_garbles_its_answer_is_reported(
    mischief: SandboxedParser, deed: str
) -> None:
    error = failure(mischief, "a.txt", deed.encode())
    assert error.reason is Reason.CORRUPT
    assert process(mischief)


def test_a_process_that_ends_between_two_files_costs_neither(mischief: SandboxedParser) -> None:
    pid = process(mischief)
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # until it has ended; the parser reaps it
    assert process(mischief)


def test_what_a_parser_prints_is_not_its_answer(mischief: SandboxedParser) -> None:
    assert mischief.parse("a.txt", b"print('x' * 9); os.write(1, b'y' * 9); os.write(2, b'z')")


def test_a_file_is_read_without_secrets_files_or_more_processes(
    mischief: SandboxedParser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("COMPETENZE_SLACK_BOT_TOKEN", "segreto")
    mischief.parse("a.txt", b"assert not [n for n in os.environ if n.startswith('COMPETENZE')]")
    written = tmp_path / "written"
    failure(mischief, "a.txt", f"os.write(os.open({str(written)!r}, 65), b'x')".encode())
    assert written.read_bytes() == b""
    mischief.parse("a.txt", b"import resource as r; assert r.getrlimit(r.RLIMIT_NPROC) == (0, 0)")
    failure(mischief, "a.txt", b"files = [open('/dev/null') for _ in range(100)]")


@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="no limit of time here")
def test_a_process_without_a_parent_ends_by_itself(mischief: SandboxedParser) -> None:
    """The deadline is kept by the indexer; if that is killed the system keeps one."""
    pid = process(mischief)
    asking = threading.Thread(target=failure, args=(mischief, "a.txt", b"while True: pass"))
    monkey = pytest.MonkeyPatch()
    monkey.setattr(client._Worker, "_expire", lambda self: None)
    try:
        asking.start()
        asking.join(60)
        assert not asking.is_alive()
    finally:
        monkey.undo()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_worker_ends_with_its_input() -> None:
    command = [sys.executable, "-m", "indexer.parsing.sandbox.worker", "1", "512"]
    done = subprocess.run(command, input=b"", cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == b"\0\0\0\5ready"


def test_a_worker_that_does_not_start_says_how_to_see_why(
    parser: SandboxedParser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        client, "__file__", str(tmp_path / "indexer" / "parsing" / "sandbox" / "client.py")
    )
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(IsolationError, match="does not start") as caught:
        parser.parse("a.txt", b"testo")
    assert "-m indexer.parsing.sandbox.worker 30 1024" in caught.value.remedy


def test_texts_of_one_kind_are_of_the_kind(parser: SandboxedParser) -> None:
    (text,) = parser.parse("a.txt", b"Un testo.\n\nDue.")
    assert isinstance(text, ParsedText)
    assert [block.text for block in text.blocks] == ["Un testo.", "Due."]
