"""A program under measurement: it does what it is told, and says how long each thing took.

Imports nothing but the standard library: the other program's environment reads it, too.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

READY = "ready"


def obey(orders: Mapping[str, Callable[[str], object]]) -> None:
    """Carry out orders from standard input until it ends.

    Each is a line of JSON, ``[name, argument]``; so is each answer: what came out, milliseconds by
    the clock, and those of the processor in all threads and finished processes.

    Args:
        orders: What can be ordered, by name.

    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    print(json.dumps(READY), file=answers, flush=True)
    for line in sys.stdin:
        name, argument = json.loads(line)
        started, busy = time.perf_counter(), _processor_seconds()
        came_out = orders[name](argument)
        took = time.perf_counter() - started, _processor_seconds() - busy
        print(json.dumps([came_out, *(1000 * each for each in took)]), file=answers, flush=True)


def memory(_: str = "") -> float:
    """What this process holds, the pages of mapped files that it has touched included, in MB."""
    rows = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmRSS")) / 1024


def _processor_seconds() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system
