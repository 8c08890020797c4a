"""The real service over the sample corpus, as its users start it, in a process of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
READY_SECONDS = 120  # loading the model takes about ten on a quiet machine


def index_corpus(folder: Path, kept: Path) -> None:
    """Index the sample corpus in ``folder``; embeddings are kept in the folder ``kept``.

    From nothing it takes a minute, with the embeddings of another run a few seconds.
    """
    known, own = kept / "embeddings.sqlite", folder / "embeddings.sqlite"
    folder.mkdir(parents=True, exist_ok=True)
    if known.exists():
        shutil.copyfile(known, own)
    command = [sys.executable, "-m", "indexer", "build", "--index", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    whole = kept / f"{os.getpid()}.sqlite"  # a run beside this one must not read half a file
    shutil.copyfile(own, whole)
    whole.replace(known)


@contextmanager
def running(index: Path, tokens: Path) -> Iterator[str]:
    """The service over an index and a file of tokens, at the address that is given; stopped at the
    end.
    """
    url = f"http://127.0.0.1:{_free_port()}"
    log = index.parent / "service.log"
    command = [sys.executable, "-m", "search_service", "serve", "--index", str(index)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--port", url.rpartition(":")[2]],
            cwd=ROOT,
            env=_environment() | {"COMPETENZE_TOKENS": str(tokens)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit:
        assert process.poll() is None, f"the service ended: {log.read_text('utf-8')}"
        try:
            with urlopen(f"{url}/readyz", timeout=5) as answer:  # 503 until it is ready
                if answer.status == 200:
                    return
        except (URLError, TimeoutError):
            pass
        time.sleep(0.2)
    raise AssertionError(f"not ready in {READY_SECONDS} s: {log.read_text('utf-8')}")


def _environment() -> dict[str, str]:
    """The environment without our settings: the other tests set a toy model."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COMPETENZE_")}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
