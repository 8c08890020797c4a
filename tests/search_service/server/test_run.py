"""Several processes that serve as one, and how the service starts."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from indexer.errors import SettingsError
from search_service.http.places import WRITE_SECONDS
from search_service.server import process, run
from search_service.settings import ServiceSettings
from tests.toy import ToyEncoder
from tools.load import children, publish, service


def get(host: str, path: str) -> str:
    with urlopen(f"http://{host}{path}", timeout=30) as answer:
        return str(answer.read(), "utf-8")


@pytest.mark.process
@pytest.mark.xdist_group("load")
def test_several_processes_count_as_one_and_one_that_dies_is_replaced(tmp_path: Path) -> None:
    publish(tmp_path, 0)
    with service(tmp_path / "index", 2, metrics="true") as (host, pid):
        for _ in range(30):
            get(host, "/api/v1/facets")
        counted = 'competenze_requests_total{method="GET",route="/api/v1/facets",status="200"} '
        assert f"{counted}30.0" in get(host, "/metrics")
        workers = {child for child in children(pid) if is_worker(child)}
        assert len(workers) == 2
        gone = min(workers)
        os.kill(gone, signal.SIGKILL)
        end = time.monotonic() + 60
        while len({c for c in children(pid) if is_worker(c)} - {gone}) < 2:
            get(host, "/api/v1/facets")  # the other answers meanwhile
            assert time.monotonic() < end
            time.sleep(0.1)
        found = get(host, "/metrics")
        counts = [float(x[len(counted) :]) for x in found.splitlines() if x.startswith(counted)]
        assert counts[0] >= 30  # what the dead one counted is not lost
    lines = (tmp_path / "service.log").read_text("utf-8").splitlines()
    assert lines[0] == f"Competenze in Rete: http://{host}"
    assert {json.loads(line)["level"] for line in lines[1:]} <= {"INFO"}


def is_worker(pid: int) -> bool:
    """A child that serves, not the one that watches over shared resources."""
    try:
        return b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_a_process_that_cannot_start_says_why_and_ends_the_service(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, settings: ServiceSettings
) -> None:
    def fail(*_: object) -> None:
        raise SettingsError("The chat has no token.", remedy="Give it one.")

    monkeypatch.setattr(run, "create_app", fail)
    monkeypatch.setattr(run.logs, "configure_logging", lambda **_: None)
    with caplog.at_level(logging.ERROR), pytest.raises(SystemExit) as ended:
        run._application_of_a_worker(settings, ToyEncoder())
    assert ended.value.code == STARTUP_FAILURE
    assert "The chat has no token. Give it one." in caplog.text
    assert "Traceback" not in caplog.text


def test_the_only_process_raises_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, settings: ServiceSettings
) -> None:
    def fail(*_: object) -> None:
        raise SettingsError("The chat has no token.", remedy="Give it one.")

    monkeypatch.setattr(run, "create_app", fail)
    monkeypatch.setattr(run.logs, "configure_logging", lambda **_: None)
    with pytest.raises(SettingsError, match="no token"):
        run.serve(settings, ToyEncoder())


def test_answers_are_not_delayed_and_not_kept_for_who_reads_nothing() -> None:
    """asyncio sends at once on what is made as TCP, and accepted connections inherit it."""
    with run.listening("127.0.0.1", 0) as made:
        assert made.proto == socket.IPPROTO_TCP
        if sys.platform == "linux":
            kept = made.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            assert kept == 1000 * WRITE_SECONDS


@pytest.mark.skipif(not socket.has_ipv6, reason="a machine without IPv6")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_it_listens_on_ipv6_and_says_so_as_an_address_is_written(
    host: str, settings: ServiceSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    with run.listening(host, 0) as made:
        assert made.family == socket.AF_INET6
    run._announce(settings.model_copy(update={"host": host, "port": 8101}))
    assert capsys.readouterr().out == f"Competenze in Rete: http://[{host}]:8101\n"


@pytest.mark.parametrize(("workers", "given", "threads"), [(2, 0, 3), (1, 0, 6), (2, 5, 5)])
def test_processes_share_the_cores(
    monkeypatch: pytest.MonkeyPatch,
    settings: ServiceSettings,
    workers: int,
    given: int,
    threads: int,
) -> None:
    """Else each runs its model on all of them, and all wait for each other."""
    monkeypatch.setattr(run, "usable_cores", lambda: 6)
    monkeypatch.setattr(run.logs, "configure_logging", lambda **_: None)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")  # undone afterwards
    monkeypatch.setenv("OMP_NUM_THREADS", "")  # undone afterwards
    monkeypatch.delenv("OMP_NUM_THREADS")
    seen: list[int] = []
    monkeypatch.setattr(process, "threadpool_limits", lambda *_, **__: None)  # stays otherwise
    monkeypatch.setattr(run, "application", lambda s, _: seen.append(s.encoder_threads))

    class Stopped:
        started, processes = True, ()

        def __init__(self, configured: uvicorn.Config, *_: object) -> None:
            self.app = configured.app

        def run(self, *_: object) -> None:
            if workers > 1:
                self.app()  # type: ignore[operator]
            seen.append(int(os.environ["OMP_NUM_THREADS"]))

    monkeypatch.setattr(run, "DrainingServer", Stopped)
    monkeypatch.setattr(run, "Multiprocess", Stopped)
    monkeypatch.setattr(run, "listening", lambda *_: None)
    changed = {"workers": workers, "encoder_threads": given}
    assert run.serve(settings.model_copy(update=changed), ToyEncoder())
    assert seen == [threads, 1], "of the model, and of FAISS and numpy"
