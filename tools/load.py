"""Load: many requests while indexes are published, and instances restarted behind a proxy.

``python -m tools.load --requests 200000 --generations 50`` and ``python -m tools.load --restarts 20
--proxy nginx`` print one JSON object each. The service is the real one, with the toy encoder: the
model's time would hide everything else.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from indexer.pipeline.build import build_index
from search_service.settings import read_service_settings
from tests.toy import ToyEncoder
from tools.proxies import PROXIES, free_port, proxy, unverified

ROOT = Path(__file__).parent.parent
NAMES = tuple("alfa beta gamma delta zeta eta teta iota".split())
_WORKS = ("pane", "vino", "dati", "teatro")
_READY_SECONDS = 60
_SEEN_BY_PROXY_SECONDS = 5.0  # as in deploy/rolling-restart
_FRESH_SECONDS = 2.0  # in which a published index must be served by every process
_SENT = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
_SHOWN = 10  # failures, of however many
_COUNTED = 5  # generations after which memory must be flat


@dataclass
class Outcome:
    """What one client saw: ``seconds`` of each answer, ``failures`` in words, and which version of
    the texts each generation's answers held.
    """

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    versions: dict[str, list[int]] = field(default_factory=dict)


def publish(folder: Path, version: int) -> None:
    """Index the same cooperatives with the next version of their texts."""
    corpus = folder / "corpus" / "profiles"
    corpus.mkdir(parents=True, exist_ok=True)
    for name, work in zip(NAMES, _WORKS * 2, strict=True):
        text = f"---\nname: Ditta {name}\nseat: Bologna\n---\nFacciamo {work}, testo{version}.\n"
        (corpus / f"{name}.md").write_text(text, "utf-8")
    build_index(
        read_service_settings(corpus=folder / "corpus", index=folder / "index"), ToyEncoder()
    )


@contextmanager
def service(index: Path, workers: int = 1, **settings: str) -> Iterator[tuple[str, int]]:
    """Run the service until it is ready; yields its address ("host:port") and process id.

    Args:
        index: The index folder.
        workers: How many worker processes.
        settings: Further settings, by the name of their environment variable.
    """
    port = free_port()
    process = start(index, port, workers, **settings)
    try:
        _wait_until_ready(f"127.0.0.1:{port}", workers)
        yield f"127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def start(index: Path, port: int, workers: int = 1, **settings: str) -> subprocess.Popen[bytes]:
    """Start the real service; it is ready some time later.

    Args:
        index: Folder of the index; the log is written beside it.
        port: Of this machine.
        workers: Processes.
        settings: More of the service's settings, in lower case.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("COMPETENZE_")}
    own |= {"COMPETENZE_MODEL": "toy", "COMPETENZE_RATE_PER_MINUTE": "0"}
    own |= {f"COMPETENZE_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "tests.toy_service", "serve", "--index", str(index)]
    with (index.parent / "service.log").open("a") as log:
        return subprocess.Popen(
            [*command, "--port", str(port), "--workers", str(workers)],
            cwd=ROOT,
            env=own,
            stdout=log,
            stderr=log,
        )


def _wait_until_ready(host: str, workers: int) -> None:
    """Until it was ready so often in a row that each process has very likely been asked."""
    end = time.monotonic() + _READY_SECONDS
    ready = 0
    while ready < (1 if workers == 1 else 12 * workers):
        assert time.monotonic() < end, "the service does not get ready"
        try:
            with urlopen(f"http://{host}/readyz", timeout=5):
                ready += 1
        except (URLError, OSError):
            ready = 0
            time.sleep(0.1)


def client(
    host: str, count: int, seed: int, until: Path | None = None, *, sends: bool = False
) -> Outcome:
    """Ask ``count`` times and ``until`` there is this file, on one connection after the other.

    Args:
        host: Host and port, or an address (``https://…``).
        count: Requests at least.
        seed: Of the choice of questions.
        until: A file; without one, ``count`` is enough.
        sends: Whether some requests are an assistant's.
    """
    seen, chosen = Outcome(), random.Random(seed)
    connection = _connection(host)
    asked = 0
    while asked < count or (until is not None and not until.exists()):
        asked += 1
        method, path, body = _request(chosen, sends=sends)
        started = time.perf_counter()
        try:
            connection.request(method, path, body, _SENT if body else {})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            seen.failures.append(f"{method} {path}: {error!r}")
            connection.close()
            continue
        seen.seconds.append(time.perf_counter() - started)
        if answer.status not in ((200, 429) if body else (200,)):  # assistants have a limit
            seen.failures.append(f"{method} {path}: {answer.status} {content[:200]!r}")
        elif path.startswith("/api/v1/search"):
            _note(json.loads(content), seen)
    connection.close()
    return seen


def _connection(host: str) -> http.client.HTTPConnection:
    if host.startswith("https://"):
        name = host.removeprefix("https://")
        return http.client.HTTPSConnection(name, timeout=60, context=unverified())
    return http.client.HTTPConnection(host, timeout=60)


def _request(chosen: random.Random, *, sends: bool) -> tuple[str, str, bytes | None]:
    """Method, path and body of a request; with ``sends`` some are an assistant's."""
    if sends and chosen.random() < 0.1:
        return "POST", "/mcp", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
    return "GET", _path(chosen), None


def _path(chosen: random.Random) -> str:
    kind = chosen.random()
    name = chosen.choice(NAMES)
    if kind < 0.2:
        return f"/api/v1/search?q=facciamo+{chosen.choice(_WORKS)}&limit=3"
    if kind < 0.3:
        return f"/organisations/ditta-{name}"
    return f"/api/v1/organisations/ditta-{name}"


def _note(answer: dict[str, object], seen: Outcome) -> None:
    """Which versions of the texts an answer holds: there must be one."""
    words = json.dumps(answer["documented"]).replace(".", " ").split()
    held = {int(word.removeprefix("testo")) for word in words if word[:5] == "testo"}
    if len(held) != 1:
        seen.failures.append(f"an answer of the versions {held}")
    known = set(seen.versions.get(str(answer["generation"]), []))
    seen.versions[str(answer["generation"])] = sorted(known | held)


def memory(pid: int) -> float:
    """MB that a process and its children hold, without memory shared with others."""
    return sum(_own_memory(one) for one in (pid, *children(pid)))


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    return [int(child) for child in found]


def _own_memory(pid: int) -> float:
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    private = (row.split()[1] for row in rows if row.startswith("Private_"))
    return sum(map(int, private)) / 1024


def percentile(seconds: Sequence[float], share: float) -> float:
    """Milliseconds that this share of the answers took at most."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)


def publishing(
    requests: int, generations: int, clients: int = 4, workers: int = 2
) -> dict[str, object]:
    """Ask while nothing is published, then while generations are.

    Args:
        requests: How many are sent, at least, while generations are published.
        generations: How many are published.
        clients: Processes that ask.
        workers: Processes that answer.

    Returns:
        Figures by name.
    """
    with (
        TemporaryDirectory() as name,
        ProcessPoolExecutor(clients + 1, mp_context=get_context("spawn")) as pool,
    ):
        folder = Path(name)
        pool.submit(publish, folder, 0).result()
        with service(folder / "index", workers) as (host, pid):
            _joined([future.result() for future in _ask(pool, host, 20 * clients, clients)])
            idle = _ask(pool, host, requests // 4, clients)
            quiet = _joined([future.result() for future in idle])
            published = folder / "published"
            running = _ask(pool, host, requests, clients, published)
            held, late = [], []
            try:
                for version in range(1, generations + 1):
                    pool.submit(publish, folder, version).result()
                    late.append(_all_serve(folder / "index", host, workers))
                    held.append(memory(pid))
            finally:
                published.touch()
            busy = _joined([future.result() for future in running])
        mixed = {g: v for g, v in busy.versions.items() if len(v) != 1}
        flat = held[_COUNTED:] or held[-1:]
        return {
            "requests": len(quiet.seconds) + len(busy.seconds),
            "failures": (quiet.failures + busy.failures)[:_SHOWN],
            "workers": workers,
            "generations": generations,
            "generations_seen": len(busy.versions),
            "generations_mixed": mixed,
            "idle_ms": _times(quiet.seconds),
            "publishing_ms": _times(busy.seconds),
            "taken_up_seconds_max": round(max(late), 2),
            "memory_mb": [round(mb) for mb in held],
            "memory_growth": round(flat[-1] / flat[0], 3),
        }


def _ask(
    pool: ProcessPoolExecutor, host: str, requests: int, clients: int, until: Path | None = None
) -> list[Future[Outcome]]:
    each = requests // clients
    return [pool.submit(client, host, each, seed, until) for seed in range(clients)]


def _all_serve(index: Path, host: str, workers: int) -> float:
    """Seconds until every process (very likely) serves the newest generation."""
    newest = (index / "CURRENT").read_text("utf-8").strip()
    started, last_old, same = time.monotonic(), 0.0, 0
    while same < 8 * workers:
        with urlopen(f"http://{host}/readyz", timeout=30) as answer:
            if json.load(answer)["generation"] == newest:
                same += 1
            else:
                same, last_old = 0, time.monotonic() - started
        assert time.monotonic() - started < 10 * _FRESH_SECONDS, "it is not taken up"
    return last_old


def _joined(outcomes: Sequence[Outcome]) -> Outcome:
    whole = Outcome()
    for one in outcomes:
        whole.seconds += one.seconds
        whole.failures += one.failures
        for generation, versions in one.versions.items():
            known = whole.versions.get(generation, [])
            whole.versions[generation] = sorted({*known, *versions})
    return whole


def _times(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "mean": round(statistics.mean(seconds) * 1000, 1),
        "p50": percentile(seconds, 0.5),
        "p99": percentile(seconds, 0.99),
    }


def restarting(name: str, restarts: int, clients: int = 4) -> dict[str, object]:
    """Restart two instances behind a proxy of deploy/, in turn, under load: all is answered.

    Args:
        name: Of the proxy.
        restarts: How often each instance is restarted.
        clients: Programs that ask all the while, each on a connection that is kept.
    """
    with (
        TemporaryDirectory() as folder_name,
        ProcessPoolExecutor(clients, mp_context=get_context("spawn")) as pool,
    ):
        folder = Path(folder_name)
        publish(folder, 0)
        ports = [free_port(), free_port()]
        hosts = [f"127.0.0.1:{port}" for port in ports]
        more = {"mcp": "true"}
        running = [start(folder / "index", port, **more) for port in ports]
        enough = folder / "enough"
        try:
            for host in hosts:
                _wait_until_ready(host, 1)
            with proxy(name, folder / name, hosts) as address:
                asked = [
                    pool.submit(client, address, 0, seed, enough, sends=True)
                    for seed in range(clients)
                ]
                time.sleep(1)
                for place in list(range(len(ports))) * restarts:
                    running[place].terminate()
                    running[place].wait(timeout=60)
                    running[place] = start(folder / "index", ports[place], **more)
                    _wait_until_ready(hosts[place], 1)
                    time.sleep(_SEEN_BY_PROXY_SECONDS)
                enough.touch()
                seen = _joined([future.result() for future in asked])
        finally:
            enough.touch()
            for process in running:
                process.terminate()
                process.wait(timeout=60)
        return {
            "proxy": name,
            "restarts": 2 * restarts,
            "answered": len(seen.seconds),
            "failures": seen.failures[:_SHOWN],
            "ms": _times(seen.seconds),
        }


def main() -> None:
    """Run the measurement and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200_000)
    parser.add_argument("--generations", type=int, default=50)
    parser.add_argument("--restarts", type=int, default=0, help="of each instance, behind --proxy")
    parser.add_argument("--proxy", choices=PROXIES, default="nginx")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    if chosen.restarts:
        found = restarting(chosen.proxy, chosen.restarts, chosen.clients)
    else:
        found = publishing(chosen.requests, chosen.generations, chosen.clients, chosen.workers)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
