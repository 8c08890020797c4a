"""Rebuilds the index after the corpus has changed and settled."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import Change, watch

RETRY_SECONDS = 30.0  # after a build that failed
_LOOK_SECONDS = 3600.0  # without change events: network folders may not send any
_LONGEST_SECONDS = 60.0  # the longest wait for continuous changes to settle
_POLL_SECONDS = 5.0  # if the system sends no change events


def watch_corpus(
    corpus: Path,
    index: Path,
    build: Callable[[], bool],
    *,
    settle: float = 2.0,
    poll: float | None = None,
) -> None:
    """Build now and after every change of the corpus; ends only by KeyboardInterrupt.

    Args:
        corpus: the corpus folder.
        index: the index folder, whose changes are ignored.
        build: builds and returns whether it succeeded; after a failure it is retried later.
        settle: seconds without changes before a build.
        poll: interval in seconds for polling instead of system events.
    """
    while True:
        due = 0.0  # the watch is on before the first build: what changes meanwhile is not missed
        for changed in _changes(corpus, index, settle, poll):
            if changed or time.monotonic() >= due:
                wait = _LOOK_SECONDS if build() else RETRY_SECONDS
                due = time.monotonic() + wait
            if not corpus.is_dir():
                break
        while not corpus.is_dir():
            time.sleep(settle)


def _changes(corpus: Path, index: Path, settle: float, poll: float | None) -> Iterator[bool]:
    """Again and again whether something has changed, once it has settled."""
    try:
        yield from _watched(corpus, index, settle, poll)
    except (OSError, RuntimeError):  # the latter is what watchfiles raises
        if poll is not None:
            raise
        # No inotify, or too many folders for it.
        yield from _watched(corpus, index, settle, _POLL_SECONDS)


def _watched(corpus: Path, index: Path, settle: float, poll: float | None) -> Iterator[bool]:
    root, own = corpus.absolute(), index.absolute()
    step = max(1, math.ceil(settle * 1000))
    for changes in watch(
        root,
        watch_filter=lambda _, path: not Path(path).is_relative_to(own),
        debounce=max(step, int(_LONGEST_SECONDS * 1000)),
        step=step,
        rust_timeout=step,
        yield_on_timeout=True,
        force_polling=poll is not None,
        poll_delay_ms=int((poll or 1) * 1000),
    ):
        yield bool(changes)
        if (Change.deleted, str(root)) in changes:
            return  # the watched folder is gone, even if another has its name
