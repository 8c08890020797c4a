"""Start and memory of the service, with the sample corpus and the real model.

``python -m tools.starts [--program FOLDER] [--rounds 5]`` prints one JSON object. Each round starts
this checkout and, where one is named, another with its own .venv, one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.floods import ROOT, SHORT, ask, environment, python
from tools.load import children
from tools.proxies import free_port

_READY_SECONDS = 240
_TICKS = os.sysconf("SC_CLK_TCK")


def build(program: Path, folder: Path) -> float:
    """Seconds of a build; a first one converts the model, too.

    Args:
        program: The checkout that is run.
        folder: A scratch folder with the corpus, and for the index and the model.
    """
    own = _environment(folder)
    command = [python(program), "-m", "indexer", "build", own["COMPETENZE_CORPUS"]]
    started = time.perf_counter()
    subprocess.run(
        [*command, "--index", own["COMPETENZE_INDEX"]],
        cwd=program,
        env=own,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def start(program: Path, folder: Path) -> dict[str, float]:
    """Start one process, then two: until they are ready, and what they hold after a question.

    Args:
        program: The checkout that is run.
        folder: As ``build`` left it.
    """
    with serving(program, folder, 1) as (_, pid, ready):
        found = {
            "ready_seconds": ready,
            "ready_cpu_seconds": _cpu_seconds(pid),
            "one_process_mb": _memory(pid, "Rss"),
        }
    with serving(program, folder, 2) as (_, pid, _):
        workers = sorted((_memory(child, "Private") for child in children(pid)), reverse=True)[:2]
        found["each_further_mb"] = max(workers)
    return found


@contextmanager
def serving(program: Path, folder: Path, workers: int = 1) -> Iterator[tuple[int, int, float]]:
    """Run the service; yields its port, its process id and the seconds until it was ready, when it
    has answered questions.

    Args:
        program: The checkout that is run.
        folder: Holds the index.
        workers: How many processes answer.
    """
    port = free_port()
    command = [python(program), "-m", "search_service", "serve"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--port", str(port), "--workers", str(workers)],
        cwd=program,
        env=_environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while ask(port, "/readyz")[0] != 200:
            assert time.perf_counter() - started < _READY_SECONDS
            time.sleep(0.02)
        ready = time.perf_counter() - started
        for _ in range(8 * workers):
            ask(port, SHORT)
        yield port, process.pid, ready
    finally:
        process.terminate()
        process.wait(timeout=60)


def _environment(folder: Path) -> dict[str, str]:
    return environment(folder, COMPETENZE_CACHE=str(folder / "cache"))


def _cpu_seconds(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / _TICKS


def _memory(pid: int, kind: str) -> float:
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith(kind)) / 1024


def compared(programs: Sequence[Path], rounds: int) -> dict[str, object]:
    """Build the index of some checkouts, and start their services in turn.

    Args:
        programs: The checkouts.
        rounds: How many times each is started.
    """
    with TemporaryDirectory() as scratch:
        folders = {program: Path(scratch, str(n)) for n, program in enumerate(programs)}
        for program, folder in folders.items():
            shutil.copytree(program / "corpus", folder / "corpus")
        built = {program: build(program, folder) for program, folder in folders.items()}
        figures: dict[Path, dict[str, list[float]]] = {p: defaultdict(list) for p in programs}
        for _ in range(rounds):
            for program, folder in folders.items():
                for name, value in start(program, folder).items():
                    figures[program][name].append(value)
    return {
        commit(program): {
            "first_build_seconds": round(built[program], 1),
            **{
                name: {"min": round(min(values), 2), "median": round(statistics.median(values), 2)}
                for name, values in figures[program].items()
            },
        }
        for program in programs
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.starts", description=__doc__)
    parser.add_argument("--program", type=Path, help="another checkout, to compare with")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    programs = [ROOT, *([arguments.program.absolute()] if arguments.program else [])]
    results = compared(programs, arguments.rounds)
    about = {"cores": os.cpu_count(), "rounds": arguments.rounds}
    print(json.dumps({**about, **results}, indent=1))
    return 0


def commit(program: Path) -> str:
    """The commit of a checkout."""
    command = ["git", "-C", str(program), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
