"""The time of a whole answer: ``python -m tools.answers [--program FOLDER] [--folder FOLDER]``.

Serves an index of some 7,000 passages and asks it 200 judged questions, each once, as JSON and as
a page, its embedding included. Where another checkout with its own .venv is named, both are served
and asked in turn. Prints one JSON object: milliseconds by the clock and of the processor; only the
latter hold on a shared machine.

The passages are those of the judged networks, over and over; in each copy the cooperatives and the
documents have names of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import numpy as np

from tools.floods import ROOT, ask
from tools.starts import build, commit, serving

_EVALUATION = ROOT / "tests" / "evaluation"
_CORPORA = (_EVALUATION / "network" / "corpus", ROOT / "corpus")
_QUESTIONS = (
    _EVALUATION / "network" / "questions_dev.jsonl",
    _EVALUATION / "topics.jsonl",
    _EVALUATION / "topics_dev.jsonl",
)
_ASKED = 200
WARMING = 10  # questions that are not counted
_SCREENS = {"api": "/api/v1/search?q=", "page": "/?q="}
_COPIES = (
    "Alfa Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Omicron Sigma Omega".split()
)
_NAME = re.compile(r"^name: *(.+)$", re.MULTILINE)
_VAT = re.compile(r"^vat:.*\n", re.MULTILINE)
_TITLE = re.compile(r"^(title: \"?|# )", re.MULTILINE)


def multiply(target: Path) -> None:
    """Write copies of the Markdown documents of the judged networks."""
    texts = {path: path.read_text("utf-8") for root in _CORPORA for path in root.glob("*/*.md")}
    found = (name.strip() for text in texts.values() for name in _NAME.findall(text))
    names = "|".join(map(re.escape, sorted(found, key=len, reverse=True)))
    named = re.compile(rf"\b({names})\b")
    for copy in _COPIES:
        for path, text in texts.items():
            text = _TITLE.sub(rf"\g<1>{copy} ", named.sub(rf"\1 {copy}", _VAT.sub("", text)))
            file = target / path.parent.name / f"{copy}-{path.parts[-4]}-{path.name}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")


def questions() -> list[str]:
    """Judged questions, evenly taken from all; those that are not counted first."""
    lines = [line for path in _QUESTIONS for line in path.read_text("utf-8").splitlines()]
    every = list(dict.fromkeys(json.loads(line)["question"] for line in lines))
    wanted = _ASKED + WARMING
    return [every[n * len(every) // wanted] for n in range(wanted)]


def measure(programs: Sequence[Path], folder: Path) -> dict[str, object]:
    """Ask the services of some checkouts in turn.

    Args:
        programs: The checkouts.
        folder: Holds, or is to hold, a folder for each.
    """
    own = {program: folder / commit(program) for program in programs}
    times: dict[tuple[Path, str], list[tuple[float, float]]] = defaultdict(list)
    with ExitStack() as stack:
        served = {}
        for program in programs:
            if not (own[program] / "index" / "CURRENT").exists():
                multiply(own[program] / "corpus")
                build(program, own[program])
            served[program] = stack.enter_context(serving(program, own[program]))[:2]
        for screen, path in _SCREENS.items():  # so many questions later, none is remembered
            for question in questions():
                for program, (port, pid) in served.items():
                    busy = processor_seconds(pid)
                    status, seconds = ask(port, path + quote(question))
                    assert status == 200, f"{status}: {question}"
                    both = seconds, processor_seconds(pid) - busy
                    times[program, screen].append((both[0] * 1000, both[1] * 1000))
    return {
        commit(program): {screen: _summary(times[program, screen]) for screen in _SCREENS}
        for program in programs
    }


def processor_seconds(pid: int) -> float:
    """What all threads of a process have had of the processor."""
    return time.clock_gettime(~pid << 3 | 2)  # what Linux calls its clock (clock_getcpuclockid)


def _summary(times: Sequence[tuple[float, float]]) -> dict[str, float]:
    clock, processor = np.array(times[WARMING:]).T
    return {
        "p50": round(float(np.percentile(clock, 50)), 1),
        "p95": round(float(np.percentile(clock, 95)), 1),
        "cpu_p50": round(float(np.percentile(processor, 50)), 1),
        "cpu_p95": round(float(np.percentile(processor, 95)), 1),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.answers", description=__doc__)
    parser.add_argument("--program", type=Path, help="another checkout, to compare with")
    parser.add_argument("--folder", type=Path, help="keeps the indexes for the next time")
    arguments = parser.parse_args()
    programs = [*([arguments.program.absolute()] if arguments.program else []), ROOT]
    with TemporaryDirectory() as scratch:
        results = measure(programs, (arguments.folder or Path(scratch)).absolute())
    print(json.dumps({"cores": os.cpu_count(), "questions": _ASKED, **results}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
