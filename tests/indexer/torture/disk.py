"""A disk that fills up: the exit status says so, and what was served is served still."""

from __future__ import annotations

import contextlib
import io
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.cli.main import main
from indexer.cli.terminal import FAILED, OK
from indexer.settings import Settings
from tests.indexer.torture.scene import ENCODER, change, make, mend, put, served, settings_in

STEP = 64 * 1024  # bytes


def run(stride: int = 1) -> dict[str, object]:
    """Build with ever more room, ``stride`` steps at a time, until it fits.

    On a small file system of its own where one may be mounted; else with a limit on the size of
    files.
    """
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template"
        _fill(settings_in(template))
        make(template)
        mounted = Path(folder) / "disk"
        mounted.mkdir()
        can = _mount(mounted, 1 << 20) == 0
        if can:
            _umount(mounted)
        failed, room, done = 0, 0, False
        while not done:
            disk = _tmpfs(mounted, template, room) if can else _limited(template, room)
            with disk as settings:
                done = _build(settings)
            failed += not done
            room += STEP * stride
        return {
            "on": "tmpfs" if can else "RLIMIT_FSIZE",
            "failed": failed,
            "enough": room - STEP * stride,
        }


def _fill(settings: Settings) -> None:
    """Give the corpus so much that its index takes more than a few steps."""
    for n in range(80):
        put(settings, f"events/lungo-{n}.md", " ".join(f"parola{n * k % 997}" for k in range(150)))


def _build(settings: Settings) -> bool:
    """A build on a disk that may be full; whether it succeeded. Checks what must hold if not."""
    before, said = served(settings), io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        arguments = ["build", str(settings.corpus), "--index", str(settings.index)]
        status = main(arguments, ENCODER)
    if status == OK:
        assert served(settings) != before
        return True
    assert status == FAILED
    assert "Free some disk space" in said.getvalue() or "disk has room" in said.getvalue()
    assert "Traceback" not in said.getvalue()
    assert served(settings) == before
    return False


@contextmanager
def _tmpfs(disk: Path, template: Path, room: int) -> Iterator[Settings]:
    """A scene whose index lies on a disk that has ``room`` bytes left; then it gets more."""
    used = sum(-(-p.stat().st_size // 4096) * 4096 for p in (template / "index").rglob("*"))
    assert _mount(disk, used + room) == 0
    scene = disk.with_name("scene")
    try:
        shutil.copytree(template / "corpus", scene / "corpus")
        shutil.copytree(template / "index", disk / "index")
        settings = settings_in(scene).model_copy(update={"index": disk / "index"})
        change(settings)
        yield settings
        subprocess.run(["mount", "-o", f"remount,size={1 << 26}", str(disk)], check=True)
        mend(settings)
    finally:
        shutil.rmtree(scene)
        _umount(disk)


@contextmanager
def _limited(template: Path, room: int) -> Iterator[Settings]:
    """A scene where no file can grow beyond ``room`` bytes; then it can."""
    scene = template.with_name("scene")
    shutil.copytree(template, scene)
    change(settings_in(scene))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
        yield settings_in(scene)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        mend(settings_in(scene))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        shutil.rmtree(scene)


def _mount(disk: Path, size: int) -> int:
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode
    except OSError:
        return 1


def _umount(disk: Path) -> None:
    subprocess.run(["umount", str(disk)], check=True)
