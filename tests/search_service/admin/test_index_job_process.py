"""The process of a build: it reports how it ended, and lets questions go first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from search_service.admin import index_job_process
from search_service.auth.token_store import TokenStore, utc_now

PROGRAM = """
import json, os
names = ("COMPETENZE_ENCODER_THREADS", "OMP_NUM_THREADS")
print(json.dumps({"nice": os.nice(0), "threads": [os.environ[name] for name in names]}))
"""


def test_a_build_is_nice_and_takes_half_of_the_cores(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens.sqlite")
    assert store.begin_job("a", utc_now(), utc_now())
    module = "search_service.admin.index_job_process"
    job = [sys.executable, "-m", module, str(store.path), "a", sys.executable, "-c", PROGRAM]
    subprocess.run(job, check=True)
    (noted,) = store.jobs()
    half = max(1, len(os.sched_getaffinity(0)) // 2)
    own = os.nice(0)
    assert noted.status == 0
    assert json.loads(noted.report) == {"nice": min(19, own + 10), "threads": [str(half)] * 2}


def test_what_fails_reports_what_it_said(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens.sqlite")
    assert store.begin_job("a", utc_now(), utc_now())
    command = [sys.executable, "-c", "import sys; sys.exit('The disk is full.')"]
    assert index_job_process.run(store, "a", command) == 1
    assert json.loads(store.jobs()[0].report) == {"error": "The disk is full."}
