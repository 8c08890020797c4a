"""Kill, damage and fill up the index in every way: python -m tools.torture [NAME ...] [--out FILE].

The full versions of tests/indexer/torture, some minutes each, with the toy encoder; prints one JSON
object, to be kept in docs/results. A failure raises, and says what to repeat it with.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.indexer.torture import damage, disk, machine, rights, writers

ROOT = Path(__file__).parent.parent


def _crashes() -> dict[str, object]:
    command = [sys.executable, "-m", "tests.indexer.torture.crashes"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


TORTURES: dict[str, Callable[[], dict[str, object]]] = {
    "crashes": _crashes,
    "damage": lambda: damage.run(10_000, seed=time.time_ns() % 10**6),
    "disk": disk.run,
    "writers": lambda: writers.run(10),
    "rights": rights.run,
    "machine": lambda: machine.run(2_000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TORTURES, []], help="which (default: all)")
    parser.add_argument("--out", type=Path, help="write the results there too")
    chosen = parser.parse_args()
    results: dict[str, object] = {}
    for name in chosen.names or TORTURES:
        start = time.perf_counter()
        results[name] = {**TORTURES[name](), "seconds": round(time.perf_counter() - start)}
        print(f"{name}: {results[name]}", file=sys.stderr)
    text = json.dumps(results, indent=1)
    print(text)
    if chosen.out:
        chosen.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
