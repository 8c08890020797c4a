"""Short versions of the runs of ``make torture``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.indexer.torture import damage, disk, machine, rights, writers

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.process


def test_a_killed_command_leaves_a_whole_index_and_nothing_in_the_way() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.indexer.torture.crashes", "--stride", "20", "--moments", "6"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    result = json.loads(done.stdout)
    assert result["killed_at"] >= 10
    assert min(result["changes"].values()) > 4, "each command was really watched"


def test_damage_of_every_kind_is_refused_before_faiss_reads_it() -> None:
    assert damage.run(300, seed=0)["refused"] == 300


def test_a_full_disk_costs_the_build_and_nothing_else() -> None:
    assert disk.run(stride=4)["failed"] >= 2


def test_a_limit_on_files_costs_the_build_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "_mount", lambda *_: 1)
    result = disk.run(stride=2)
    assert (result["on"], result["failed"] >= 1) == ("RLIMIT_FSIZE", True)


def test_a_second_indexer_is_told_and_a_dead_one_holds_nothing() -> None:
    assert writers.run(1)["failures"] == 0


def test_an_index_lives_as_a_plain_dictionary_would() -> None:
    assert machine.run(12)["divergences"] == 0


def test_a_normal_users_rights_and_a_clock_that_lies_cost_nothing_else() -> None:
    assert rights.run() == {"tortures": 4, "failures": 0}
