"""What `make bench` measures with: orders to programs, and the indexes that it makes up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from indexer.domain import Document, DocumentKind
from tools import curve
from tools.bench import ROOT
from tools.bench.child import READY

_PROGRAM = """
from tools.bench.child import obey
def double(text):
    print("working")
    return 2 * int(text)
obey({"double": double})
"""


@pytest.mark.process
def test_a_program_answers_orders_in_turn_whatever_its_libraries_print() -> None:
    orders = "".join(json.dumps(["double", str(n)]) + "\n" for n in (3, 21))
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        cwd=ROOT,
        input=orders,
        capture_output=True,
        text=True,
        check=True,
    )
    said, *answers = map(json.loads, done.stdout.splitlines())
    assert said == READY
    assert [came_out for came_out, _, _ in answers] == [6, 42]
    assert all(clock >= 0 and processor >= 0 for _, clock, processor in answers)
    assert done.stderr == "working\nworking\n"


def test_a_filter_lets_through_the_share_that_it_is_named_after() -> None:
    one = Document("a", "a.md", DocumentKind.PROFILE, "A", "it", "")
    years = Counter(
        document.period.start.year
        for document in (curve._copy_of_document(one, f"a~{n}", n) for n in range(1000))
        if document.period and document.period.start
    )
    assert years == {2001: 10, 2002: 50, 2003: 940}
    named = {int(year): share for share, year in curve._YEARS.items() if year}
    assert {year: years[year] / 1000 for year in named} == named


def test_a_made_up_vector_does_not_depend_on_which_others_are_asked_for() -> None:
    real = np.eye(8, dtype=np.float32)
    size = curve._RUN + 5
    every = np.array(list(curve._vectors(real, 0, size)))
    assert np.allclose(np.linalg.norm(every, axis=1), 1)
    some = np.array(list(curve._vectors(real, size - 7, size)))
    assert np.array_equal(some, every[-7:])
