"""Watching: a build at the start, one after each change that has settled, until a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.index.snapshot import current_name, load_current
from indexer.pipeline import watch as watching
from indexer.pipeline.watch import watch_corpus
from tests.indexer.pipeline.test_build import put
from tests.waiting import until

ROOT = Path(__file__).parents[3]
PROFILE = "---\nname: Arca\nseat: Bardi\n---\nFacciamo reti in montagna.\n"


@contextmanager
def watcher(corpus: Path, index: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    program = [sys.executable, "-m", "tests.indexer.torture.toy_indexer", "watch", str(corpus)]
    running = subprocess.Popen(
        [*program, "--index", str(index), "--settle", "0.2", *options],
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


def documents(index: Path) -> set[str]:
    return set(load_current(index)[0].documents)


@pytest.mark.parametrize("options", [(), ("--poll", "0.2")])
def test_changes_are_indexed_once_they_settle_until_a_signal(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "corpus" / ".index"
    put(corpus, "profiles/arca.md", PROFILE)
    with watcher(corpus, index, "--json", *options) as running:
        until(lambda: current_name(index))
        first = current_name(index)
        for path in sorted(corpus.rglob("*.md")):  # the build fails, and the watch goes on
            path.rename(tmp_path / path.name)
        assert running.stderr is not None
        until(lambda: "holds no documents" in running.stderr.readline())  # type: ignore[union-attr]
        assert current_name(index) == first
        for n in range(5):
            put(corpus, f"profiles/nuovo-{n}.md", PROFILE.replace("Arca", f"Bora {n}"))
        until(lambda: len(documents(index)) == 5)
        running.send_signal(signal.SIGTERM)
        out, _ = running.communicate(timeout=20)
        assert running.returncode == 0
        assert out.count('"published": true') <= 3, "changes are indexed together"
    assert not [p for p in (index / "generations").iterdir() if p.name.startswith(".")]


class Builds:
    """A build that succeeds or not, in turn, and ends the watch after the last."""

    def __init__(self, *results: bool) -> None:
        self._results = list(results)
        self.at: list[float] = []

    def __call__(self) -> bool:
        self.at.append(time.monotonic())
        if not self._results:
            raise KeyboardInterrupt
        return self._results.pop(0)


def test_a_build_that_failed_is_tried_again_though_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0.2)
    monkeypatch.setattr(watching, "_LOOK_SECONDS", 0.6)
    builds = Builds(False, False, True)
    with pytest.raises(KeyboardInterrupt):
        watch_corpus(tmp_path, tmp_path / "index", builds, settle=0.05)
    first, second, third, fourth = builds.at
    assert second - first >= 0.2
    assert third - second >= 0.2
    assert fourth - third >= 0.6, "once it succeeded, only after a long while"


def test_without_word_of_changes_from_the_system_it_looks_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    watch = watching.watch

    def mute(*paths: object, force_polling: bool, **how: object) -> object:
        asked.append(force_polling)
        if not force_polling:
            raise RuntimeError("OS file watch limit reached")
        return watch(*paths, force_polling=True, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(watching, "watch", mute)
    with pytest.raises(KeyboardInterrupt):
        watch_corpus(tmp_path, tmp_path / "index", Builds(), settle=0.05)
    assert asked == [False, True]


def test_a_folder_that_goes_and_comes_back_is_watched_again(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    seen: list[bool] = []

    def build() -> bool:
        seen.append(corpus.is_dir())
        if len(seen) == 1:
            corpus.rmdir()
        elif len(seen) == 2:
            (corpus / "nuovo.md").write_text("x")
        else:
            raise KeyboardInterrupt
        if not corpus.exists():
            corpus.mkdir()
            (corpus / "a.md").write_text("x")
        return True

    with pytest.raises(KeyboardInterrupt):
        watch_corpus(corpus, tmp_path / "index", build, settle=0.05)
    assert seen == [True] * 3
