"""Measures everything, prints it, and draws the curve: see ``python -m tools.bench --help``."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import curve, one_change, starts
from tools.bench import ROOT
from tools.bench.contest import contest
from tools.bench.environment import FOLDER, interpreter

_SIZES = (1_000, 10_000, 100_000, 1_000_000)
_LARGEST_BUILT = 100_000  # a first build of more takes an hour, all but the encoder


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench",
        description="The encoder beside torch, txtai and this product beside each other, the "
        "service's start, searches among ever more passages, builds of one change. Takes an hour "
        "and 15 GB of disk with a million passages. Prints JSON, and keeps it with a picture in "
        "var/bench.",
    )
    parser.add_argument("--passages", type=int, nargs="+", default=_SIZES)
    parser.add_argument("--rounds", type=int, default=3, help="starts of each program")
    parser.add_argument(
        "--only", choices=("encoder", "beside", "service", "curve", "one_change"), nargs="+"
    )
    arguments = parser.parse_args()
    sizes: Sequence[int] = arguments.passages
    parts: dict[str, Callable[[], object]] = {
        "encoder": lambda: _of_tool("encoders"),
        "beside": lambda: contest(arguments.rounds),
        "service": lambda: starts.compared([ROOT], arguments.rounds),
        "curve": lambda: curve.curve(sizes),
        "one_change": lambda: [
            one_change.measured(size) for size in sizes if size <= _LARGEST_BUILT
        ],
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    results: dict[str, object] = {
        "commit": starts.commit(ROOT),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
    }
    kept = FOLDER / "results.json"
    for name in arguments.only or parts:
        print(f"==> {name}", file=sys.stderr)
        results[name] = parts[name]()
        kept.write_text(json.dumps(results, indent=1), encoding="utf-8")
    print(json.dumps(results, indent=1))
    if "curve" in results:
        picture = FOLDER / "curve.svg"
        command: list[str | Path] = [interpreter(), "-m", "tools.bench.plot", kept, picture]
        subprocess.run(command, cwd=ROOT, check=True)
    return 0


def _of_tool(name: str) -> object:
    """What another tool prints: it has a process of its own, as its threads are."""
    command = [sys.executable, "-m", f"tools.{name}"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
