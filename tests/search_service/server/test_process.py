"""What a serving process sets: threads of libraries, and when garbage is looked for."""

from __future__ import annotations

import gc
import json
import subprocess
import sys

import pytest

from search_service.server.process import uncollected

_ASK = """
import json, os
import numpy
from search_service.server.process import limit_library_threads
limit_library_threads()
import faiss
from threadpoolctl import threadpool_info
threads = [library["num_threads"] for library in threadpool_info()]
print(json.dumps([os.environ["OMP_NUM_THREADS"], threads]))
"""


@pytest.mark.process
@pytest.mark.parametrize(("given", "threads"), [({}, 1), ({"OMP_NUM_THREADS": "2"}, 2)])
def test_libraries_have_one_thread_unless_the_environment_says_otherwise(
    given: dict[str, str], threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    answer = subprocess.run(
        [sys.executable, "-c", _ASK], capture_output=True, text=True, check=True
    ).stdout
    said, found = json.loads(answer)
    assert said == str(threads)
    assert found
    assert set(found) == {threads}


def test_what_is_loaded_is_not_looked_through_for_garbage() -> None:
    before = gc.get_stats()[0]["collections"]
    try:
        with uncollected():
            kept = [[n] for n in range(10_000)]
            assert gc.get_stats()[0]["collections"] == before
        assert gc.isenabled()
        assert gc.get_freeze_count() >= len(kept)
    finally:
        gc.unfreeze()


def test_garbage_is_looked_for_again_after_a_failed_start() -> None:
    with pytest.raises(ValueError, match="no index"), uncollected():
        raise ValueError("no index")
    assert gc.isenabled()
