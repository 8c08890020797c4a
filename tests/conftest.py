"""Settings and fixtures that every test shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.shared_builds import index_sample_corpus, once

settings.register_profile(
    "steady",
    # Property tests judge what the code does, not how busy the machine is.
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    # In CI the examples are the same at every run, so a failure is due to the change.
    derandomize="CI" in os.environ,
)
settings.load_profile("steady")

# The workers share the cores: more threads in each of them would only wait for one another.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# Tests use the encoder of toy.py, for which "nobody" is not calibrated; those marked "model" name
# the real one.
os.environ["COMPETENZE_MODEL"] = "toy"


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def sample_index(run_folder: Path, pytestconfig: pytest.Config) -> Path:
    """The index of the sample corpus, made with the real model; read only."""
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.mkdir("sample-index")
    return once(run_folder / "sample" / "index", lambda folder: index_sample_corpus(folder, kept))
