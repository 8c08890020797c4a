"""The real service, in several processes, under load; `python -m tools.load` is the long run."""

from __future__ import annotations

import pytest

from tools.load import publishing, restarting
from tools.proxies import PROXIES, is_installed

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("load")]


def test_indexes_are_published_under_load_and_no_request_fails() -> None:
    found = publishing(requests=2000, generations=3)
    assert found["failures"] == []
    assert found["generations_mixed"] == {}
    assert isinstance(found["generations_seen"], int)
    assert found["generations_seen"] >= 2
    assert isinstance(found["taken_up_seconds_max"], float)
    assert found["taken_up_seconds_max"] <= 20  # 2 on a machine that has nothing else to do


@pytest.mark.parametrize("name", PROXIES)
def test_no_request_is_lost_while_two_instances_are_restarted_behind_a_proxy(name: str) -> None:
    if not is_installed(name):
        pytest.skip(f"{name} is not installed")
    found = restarting(name, restarts=1)
    assert found["failures"] == []
    assert isinstance(found["answered"], int)
    assert found["answered"] > 100


@pytest.mark.torture
def test_memory_and_time_stay_what_they_were_over_many_indexes() -> None:
    found = publishing(requests=200_000, generations=50)
    assert (found["failures"], found["generations_mixed"]) == ([], {})
    idle, busy = found["idle_ms"], found["publishing_ms"]
    assert isinstance(idle, dict)
    assert isinstance(busy, dict)
    assert busy["p99"] <= 2 * idle["p99"]
    assert isinstance(found["memory_growth"], float)
    assert found["memory_growth"] <= 1.05


@pytest.mark.torture
@pytest.mark.parametrize("name", PROXIES)
def test_nothing_is_lost_in_fifty_restarts(name: str) -> None:
    assert restarting(name, restarts=25)["failures"] == []
