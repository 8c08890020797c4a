"""What a normal user may not read or write, and clocks that lie.

Started by root, it goes on without what makes root special: a file's mode holds for it too.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from unittest.mock import patch

from indexer.cli.main import main
from indexer.cli.terminal import FAILED, OK, PROBLEMS
from indexer.domain import Reason
from indexer.index.snapshot import load_current
from indexer.pipeline import build as building
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from tests.indexer.torture.scene import ENCODER, make, mend, put, served

ROOT = Path(__file__).parents[3]
_PR_CAPBSET_DROP = 24  # of Linux' prctl
_CAPABILITIES = (1, 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: to pass over a file's mode
_YEAR = timedelta(days=365)


def run() -> dict[str, object]:
    """All of it, in a process of its own, with a normal user's rights."""
    done = subprocess.run(
        [sys.executable, "-B", "-m", "tests.indexer.torture.rights"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_as_a_normal_user,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _as_a_normal_user() -> None:
    if os.geteuid() == 0:
        system = ctypes.CDLL(None)
        for capability in _CAPABILITIES:
            system.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


def _drill() -> dict[str, object]:
    for torture in (_unreadable, _read_only, _equal_times, _clock):
        with tempfile.TemporaryDirectory() as folder:
            settings = make(Path(folder))
            torture(settings)
            mend(settings)
    return {"tortures": 4, "failures": 0}


def _unreadable(settings: Settings) -> None:
    """A file and a folder that may not be read are named; the others are indexed."""
    put(settings, "events/chiuso.md", "Un testo che nessuno legge.")
    put(settings, "case_studies/dentro.md", "Un testo in una cartella chiusa.")
    put(settings, "events/aperto.md", "Un testo che si legge.")
    with _closed(settings.corpus / "events/chiuso.md"), _closed(settings.corpus / "case_studies"):
        assert not os.access(settings.corpus / "events/chiuso.md", os.R_OK), "or it tests nothing"
        report = build_index(settings, ENCODER)
        named = {(p.path, p.reason) for p in report.problems}
        assert named == {
            ("events/chiuso.md", Reason.UNREADABLE),
            ("case_studies/", Reason.UNREADABLE),
        }, named
        assert all(p.remedy for p in report.problems)
        assert _command(settings)[0] == PROBLEMS
    documents = load_current(settings.index)[0].documents
    assert "events/aperto.md" in documents
    assert not {"events/chiuso.md", "case_studies/dentro.md"} & documents.keys()


def _read_only(settings: Settings) -> None:
    """Where the index may not be written to, a build says so; what is served stays."""
    before = served(settings)
    put(settings, "events/nuovo.md", "Un testo nuovo.")
    for place in (settings.index, settings.index / "generations"):
        with _closed(place, 0o555):
            status, said = _command(settings)
            assert status == FAILED, (place, status)
            assert str(settings.index) in said, said
            assert "→" in said or "Traceback" not in said, said
            assert served(settings) == before
    assert _command(settings)[0] == OK


def _equal_times(settings: Settings) -> None:
    """A file that changes, but neither its size nor its times, has changed."""
    path = settings.corpus / "events/giornata.txt"
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    path.write_text(path.read_text().replace("dati", "pani"))
    os.utime(path, ns=times)
    before = served(settings)
    assert build_index(settings, ENCODER).published
    assert served(settings) != before
    assert any("pani aperti" in p.text for p in load_current(settings.index)[0].passages)


def _clock(settings: Settings) -> None:
    """A clock a year back, or ahead, neither hides a change nor makes an old index the newest."""
    for n, by in enumerate((-_YEAR, _YEAR, -_YEAR)):
        put(settings, f"events/{n}.md", f"Un testo numero {n}.")
        stamp = (datetime.now() + by).timestamp()
        os.utime(settings.corpus / f"events/{n}.md", (stamp, stamp))
        with patch.object(building, "datetime", _shifted(by)):
            report = build_index(settings, ENCODER)
        assert report.published
        assert report.generation == served(settings)
        assert f"events/{n}.md" in load_current(settings.index)[0].documents


def _shifted(by: timedelta) -> type[datetime]:
    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + by

    return Shifted


@contextmanager
def _closed(path: Path, mode: int = 0) -> Iterator[None]:
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


def _command(settings: Settings) -> tuple[int, str]:
    """The exit status of ``indexer build``, and what it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = main(["build", str(settings.corpus), "--index", str(settings.index)], ENCODER)
    return status, said.getvalue()


if __name__ == "__main__":
    print(json.dumps(_drill()))
