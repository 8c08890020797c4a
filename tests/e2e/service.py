"""The real service, started in its own process as its users start it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.shared_builds import ROOT, default_environment
from tools.proxies import free_port

CONTACT = "rete@competenze.example"  # whom its pages say to write to
READY_SECONDS = 120  # to start or to stop; loading the model takes ten on an idle machine


@contextmanager
def running(index: Path, tokens: Path) -> Iterator[str]:
    """Run the service over an index and a file of tokens; gives its address, without a final slash.

    Its log is written beside the tokens.
    """
    url = f"http://127.0.0.1:{free_port()}"
    log = tokens.with_name("service.log")
    command = [sys.executable, "-m", "search_service", "serve", "--index", str(index)]
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--port", url.rpartition(":")[2]],
            cwd=ROOT,
            env=default_environment()
            | {"COMPETENZE_TOKENS": str(tokens), "COMPETENZE_CONTACT": CONTACT},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=READY_SECONDS)


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
