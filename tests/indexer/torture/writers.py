"""Two indexers at once: the second says so and ends; the lock goes with its holder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from indexer.cli.terminal import BUSY, OK
from indexer.settings import Settings
from tests.indexer.torture.scene import change, make, mend, served
from tests.waiting import until

ROOT = Path(__file__).parents[3]


def _start(settings: Settings, **environment: str) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "tests.indexer.torture.toy_indexer", "build"]
    return subprocess.Popen(
        [*program, str(settings.corpus), "--index", str(settings.index)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _until_it_holds(flag: Path, holder: subprocess.Popen[str]) -> None:
    until(lambda: flag.exists() or holder.poll() is not None)
    assert holder.poll() is None


def run(times: int) -> dict[str, object]:
    """Have one hold the lock, another refused, the first killed, and a third succeed."""
    longest = 0.0
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            settings = make(Path(folder))
            change(settings)
            before, flag = served(settings), Path(folder) / "holding"
            holder = _start(settings, HOLD=str(flag))
            try:
                _until_it_holds(flag, holder)
                second = _start(settings)
                _, said = second.communicate(timeout=60)
                assert second.returncode == BUSY
                assert "Another program is writing to" in said
                assert served(settings) == before
            finally:
                holder.send_signal(signal.SIGKILL)
                holder.communicate()
            start = time.perf_counter()
            third = _start(settings)
            third.communicate(timeout=60)
            longest = max(longest, time.perf_counter() - start)
            assert third.returncode == OK
            assert served(settings) != before
            mend(settings)
    return {"times": times, "failures": 0, "longest_third_seconds": round(longest, 2)}
