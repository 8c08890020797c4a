"""Floods: what one address can take from the others, against the service with the real model.

``python -m tools.floods deaf|long|threads|building|forwarded [--program FOLDER]`` prints one JSON
object. The service is that of FOLDER, another checkout with its .venv, or else this one. The index
is made of the sample corpus.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from tools.proxies import free_port

ROOT = Path(__file__).parent.parent
SHORT = "/api/v1/search?q=" + quote("chi fa data engineering in Emilia-Romagna")
_LONG = "sviluppo di applicazioni web accessibili e analisi dei dati sanitari "
_READY_SECONDS = 120
_OTHER = {"X-Forwarded-For": "203.0.113.9"}  # another visitor, by the word of a trusted proxy


def python(program: Path) -> str:
    """The interpreter of a checkout."""
    return str(program / ".venv" / "bin" / "python") if program != ROOT else sys.executable


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Settings that keep all that is written in one folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("COMPETENZE_")}
    paths = {
        "CORPUS": "corpus",
        "INDEX": "index",
        "TOKENS": "tokens.sqlite",
        "CHAT_STORE": "chat.sqlite",
    }
    return own | {f"COMPETENZE_{k}": str(folder / v) for k, v in paths.items()} | more


@contextmanager
def serving(program: Path, folder: Path, *options: str) -> Iterator[tuple[int, int]]:
    """Run the service over an index of a copy of the sample corpus; yields its port and process id.

    Args:
        program: The checkout that is run.
        folder: A scratch folder for the corpus, the index, the state and the log.
        options: Further options of ``serve``.
    """
    shutil.copytree(program / "corpus", folder / "corpus", dirs_exist_ok=True)
    own = environment(folder)
    build = [python(program), "-m", "indexer", "build", own["COMPETENZE_CORPUS"], "--json"]
    subprocess.run(
        [*build, "--index", own["COMPETENZE_INDEX"]],
        cwd=program,
        env=own,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    port = free_port()
    serve = [python(program), "-m", "search_service", "serve", "--port", str(port), *options]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(serve, cwd=program, env=own, stdout=log, stderr=log)
    try:
        end = time.monotonic() + _READY_SECONDS
        while ask(port, "/readyz")[0] != 200:
            assert time.monotonic() < end, (folder / "log").read_text("utf-8")
            time.sleep(0.2)
        ask(port, SHORT)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def ask(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, float]:
    """Request a path; returns the status (0 without an answer) and the seconds it took.

    Args:
        port: The service's port on this machine.
        path: The path with its query.
        headers: Further headers.
    """
    started, status = time.perf_counter(), 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=90)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        answer.read()
        status = answer.status
    connection.close()
    return status, time.perf_counter() - started


def others(port: int, seconds: float) -> dict[str, object]:
    """How another visitor is served meanwhile, with a short question twice a second."""
    end, seen = time.monotonic() + seconds, []
    while time.monotonic() < end:
        seen.append(ask(port, SHORT, _OTHER))
        time.sleep(0.5)
    times = [took for status, took in seen if status == 200]
    return {
        "statuses": dict(Counter(str(status) for status, _ in seen)),
        "median_ms": round(statistics.median(times) * 1000) if times else None,
        "max_ms": round(max(times) * 1000) if times else None,
    }


def deaf(program: Path, folder: Path) -> dict[str, object]:
    """105 connections, each with more requests for the stylesheet than a socket holds, not read."""
    with serving(program, folder) as (port, _), ExitStack() as held:
        quiet = others(port, 3)
        css = b"GET /api/v1/facets HTTP/1.1\r\nHost: x\r\n\r\n"
        page = http.client.HTTPConnection("127.0.0.1", port)
        page.request("GET", "/")
        html = page.getresponse().read()
        page.close()
        for part in html.split(b'"'):
            if part.startswith(b"/static/") and b".css" in part:
                css = b"GET " + part + b" HTTP/1.1\r\nHost: x\r\n\r\n"
        for _ in range(105):
            one = held.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.connect(("127.0.0.1", port))
            one.sendall(css * 300)
        time.sleep(1)
        return {"quiet": quiet, "flooded": others(port, 45)}


def long(program: Path, folder: Path) -> dict[str, object]:
    """100 questions of 2,000 characters at once, of one address."""
    path = "/api/v1/search?q=" + quote((_LONG * 40)[:2000])
    with serving(program, folder) as (port, _), ThreadPoolExecutor(100) as pool:
        quiet = others(port, 3)
        alone = ask(port, path)[1]
        started = time.monotonic()
        asked = [pool.submit(ask, port, path) for _ in range(100)]
        flooded = others(port, 20)
        statuses = Counter(str(future.result()[0]) for future in asked)
        return {
            "quiet": quiet,
            "long_question_ms": round(alone * 1000),
            "flooded": flooded,
            "flood_statuses": dict(statuses),
            "flood_seconds": round(time.monotonic() - started, 1),
        }


def threads(program: Path, folder: Path) -> dict[str, object]:
    """Questions a second of four clients, by one process and by two."""
    found: dict[str, object] = {}
    for workers in (1, 2):
        with serving(program, folder, "--workers", str(workers)) as (port, _):
            time.sleep(3)
            end, counts = time.monotonic() + 15, []

            def client(until: float = end, port: int = port, counts: list[int] = counts) -> None:
                done = 0
                while time.monotonic() < until:
                    done += ask(port, f"{SHORT}+{done}")[0] == 200
                counts.append(done)

            clients = [threading.Thread(target=client) for _ in range(4)]
            for one in clients:
                one.start()
            for one in clients:
                one.join()
            found[f"workers_{workers}_questions_per_second"] = round(sum(counts) / 15, 1)
    return found


def building(program: Path, folder: Path) -> dict[str, object]:
    """A short question beside a build, asked for over the API, that embeds every text anew."""
    make = [python(program), "-m", "search_service", "token", "make", "--json"]
    made = subprocess.run(
        [*make, "--name", "floods", "--scope", "admin"],
        cwd=program,
        env=environment(folder),
        check=True,
        stdout=subprocess.PIPE,
    )
    secret = json.loads(made.stdout)["secret"]
    signed = {"Authorization": f"Bearer {secret}"}
    with serving(program, folder) as (port, _):
        quiet = others(port, 5)
        for file in (folder / "corpus").rglob("*.md"):
            with file.open("a", encoding="utf-8") as text:
                text.write("\nAggiornato in autunno.\n")
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("POST", "/api/v1/index", headers=signed)
        accepted = connection.getresponse().status
        connection.close()
        return {"quiet": quiet, "accepted": accepted, "building": others(port, 15)}


def forwarded(program: Path, folder: Path) -> dict[str, object]:
    """MB that 1,500 requests with 50 kB of X-Forwarded-For each leave in memory."""
    with serving(program, folder) as (port, pid):
        before = _resident(pid)
        for number in range(1500):
            ask(
                port,
                "/static/none.css" if number % 2 else "/api/v1/suggestions?q=a",
                {"X-Forwarded-For": f"{number}" + "x" * 50_000},
            )
        return {"memory_mb": round(_resident(pid) - before)}


def _resident(pid: int) -> float:
    rows = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmRSS")) / 1024


FLOODS: dict[str, Callable[[Path, Path], dict[str, object]]] = {
    "deaf": deaf,
    "long": long,
    "threads": threads,
    "building": building,
    "forwarded": forwarded,
}


def main() -> None:
    """Run one flood, and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("flood", choices=FLOODS)
    parser.add_argument("--program", type=Path, default=ROOT)
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        print(json.dumps(FLOODS[chosen.flood](chosen.program.resolve(), Path(folder))))


if __name__ == "__main__":
    main()
