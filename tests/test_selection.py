"""`make test` and `make test-slow` together run every test once, and CI runs both."""

from __future__ import annotations

import re
import tomllib
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parents[1]
# A test may bear any of these and no other marker of ours: pytest runs with --strict-markers.
MARKERS = [
    line.partition(":")[0]
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"][
        "ini_options"
    ]["markers"]
]


def selected_by(target: str, marks: dict[str, bool]) -> bool:
    """Whether a target's ``-m`` expression selects a test that bears these markers."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (slow,) = re.findall(r"^SLOW := (.+)$", makefile, re.MULTILINE)
    (recipe,) = re.findall(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    (expression,) = re.findall(r'-m "(.+)"', recipe)
    return bool(eval(expression.replace("$(SLOW)", slow), {}, marks))


def test_every_test_is_selected_once_unless_it_is_torture() -> None:
    for values in product([False, True], repeat=len(MARKERS)):
        marks = dict(zip(MARKERS, values, strict=True))
        times = [selected_by(target, marks) for target in ("test", "test-slow")].count(True)
        assert times == (0 if marks["torture"] else 1), marks


def test_a_test_without_markers_is_run_by_make_test() -> None:
    assert selected_by("test", dict.fromkeys(MARKERS, False))


def test_ci_runs_both() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert {"test", "test-slow"} <= set(re.findall(r"^make (\S+)", script, re.MULTILINE))
