"""The life of an index against a plain dictionary: nothing it serves is ever another thing.

A crash is a death within this process: from the n-th change to the disk on, every change fails,
also those of clearing up, as after a kill.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

from hypothesis import settings as how
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from indexer.errors import GenerationError
from indexer.index.integrity import verify
from indexer.index.retention import prune, roll_back
from indexer.index.snapshot import current_name, generation_names, load_current
from indexer.maintenance.backup import backup
from indexer.maintenance.restore import restore
from indexer.pipeline.build import build_index
from indexer.storage.lock import one_writer
from tests.indexer.torture.scene import ENCODER, settings_in

_CALLS = ("fsync", "replace", "rename", "unlink", "rmdir", "mkdir")
_NAMES = st.sampled_from([f"events/{name}.md" for name in ("alba", "brina", "corte", "duna")])
_TEXTS = st.lists(st.sampled_from("reti forno dati acqua pane legno".split()), min_size=1).map(
    lambda words: f"Di {' '.join(words)} si parla."
)
_Content = dict[str, str]


class _Death(BaseException):
    """What a kill is to the program that it meets: nothing that it does has an effect any more."""


@contextmanager
def _dying(at: int) -> Iterator[None]:
    """Die at the n-th change to the disk."""
    count = 0

    def mortal(call: Callable[..., object]) -> Callable[..., object]:
        def change(*arguments: object, **named: object) -> object:
            nonlocal count
            count += 1
            if count >= at:
                raise _Death
            return call(*arguments, **named)

        return change

    with ExitStack() as stack:
        for name in _CALLS:
            stack.enter_context(mock.patch.object(os, name, mortal(getattr(os, name))))
        yield


class IndexLife(RuleBasedStateMachine):
    """Files come, change, move and go; builds succeed or die; generations come back."""

    def __init__(self) -> None:
        super().__init__()
        self._root = Path(tempfile.mkdtemp())
        self._settings = settings_in(self._root)
        self._settings.corpus.mkdir()
        self._index = self._settings.index
        self._files: _Content = {}
        self._published: dict[str, _Content] = {}
        self._current: str | None = None
        self._saved: str | None = None

    def teardown(self) -> None:
        shutil.rmtree(self._root)

    @rule(path=_NAMES, text=_TEXTS)
    def write(self, path: str, text: str) -> None:
        """Add a file, or edit it."""
        (self._settings.corpus / path).parent.mkdir(exist_ok=True)
        (self._settings.corpus / path).write_text(text)
        self._files[path] = text

    @precondition(lambda self: len(self._files) > 1)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        path = data.draw(st.sampled_from(sorted(self._files)))
        (self._settings.corpus / path).unlink()
        del self._files[path]

    @precondition(lambda self: self._files)
    @rule(data=st.data(), to=_NAMES)
    def rename(self, data: st.DataObject, to: str) -> None:
        path = data.draw(st.sampled_from(sorted(self._files)))
        (self._settings.corpus / path).rename(self._settings.corpus / to)
        self._files[to] = self._files.pop(path)

    @precondition(lambda self: self._files)
    @rule()
    def build(self) -> None:
        report = build_index(self._settings, ENCODER)
        assert report.published == (self._published.get(self._current or "") != self._files)
        self._current = report.generation
        self._published[self._current] = dict(self._files)

    @precondition(lambda self: self._files)
    @rule(at=st.integers(1, 70))
    def crash(self, at: int) -> None:
        """A build that dies; what it had published by then is the corpus, or nothing was."""
        try:
            with _dying(at):
                build_index(self._settings, ENCODER)
        except _Death:
            pass
        name = current_name(self._index)
        if name != self._current:
            assert name is not None
            self._current = name
            self._published[name] = dict(self._files)

    @precondition(lambda self: self._current)
    @rule()
    def go_back(self) -> None:
        earlier = [n for n in generation_names(self._index) if n < (self._current or "")]
        with one_writer(self._index):
            if not earlier:
                try:
                    roll_back(self._index)
                except GenerationError:
                    return
                raise AssertionError("went back to nothing")
            name = roll_back(self._index)
        assert name == earlier[0]
        # One that a crash left complete but never announced holds what the corpus had then.
        self._published.setdefault(name, self._content())
        self._current = name

    @precondition(lambda self: self._current)
    @rule(keep=st.integers(1, 3))
    def prune(self, keep: int) -> None:
        with one_writer(self._index):
            prune(self._index, keep)
        assert len(generation_names(self._index)) <= keep + 1

    @precondition(lambda self: self._current)
    @rule()
    def save(self) -> None:
        self._saved = backup(self._index, self._root / "b.tar", force=True).generation

    @precondition(lambda self: self._saved)
    @rule()
    def bring_back(self) -> None:
        with one_writer(self._index):
            self._current = restore(self._index, self._root / "b.tar").generation
        assert self._current == self._saved

    @invariant()
    def serves_what_was_published(self) -> None:
        """After each step a service that starts, or looks again, finds the same."""
        assert current_name(self._index) == self._current
        if self._current is not None:
            assert self._content() == self._published[self._current]
            assert verify(self._index, "toy").faults == ()

    def _content(self) -> _Content:
        generation, refused = load_current(self._index)
        assert refused == ()
        texts = {d.path: "" for d in generation.documents.values()}
        for passage in generation.passages:
            texts[generation.documents[passage.document].path] += passage.text
        return texts


def run(examples: int, steps: int = 12) -> dict[str, object]:
    """Run that many lives; a divergence raises, with the shortest life that shows it."""
    given = how(max_examples=examples, stateful_step_count=steps, deadline=None, database=None)
    run_state_machine_as_test(IndexLife, settings=given)
    return {"runs": examples, "steps": steps, "divergences": 0}
