"""What may lie in a folder and is no file, or none that may be read; and files that do not wait."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from indexer.domain import Reason

_AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
_TEXT = "# Un evento\n\nSi parla di reti.\n"


def make_strange(corpus: Path) -> dict[str, Reason]:
    """Put strange things under ``corpus/events``: the path each is reported by, and why."""
    folder = corpus / "events"
    secret = corpus.parent / "secret.md"
    secret.write_text("Il codice segreto e' balena.")
    os.mkfifo(folder / "pipe.md")
    with socket.socket(socket.AF_UNIX) as door:
        here = Path.cwd()
        os.chdir(folder)  # a socket's address may be no longer than a hundred characters
        try:
            door.bind("socket.md")
        finally:
            os.chdir(here)
    (folder / "zero.md").symlink_to("/dev/zero")
    (folder / "terminal.md").symlink_to("/dev/tty")
    (folder / "memory.md").symlink_to("/proc/self/mem")
    (folder / "escape.md").symlink_to("../../secret.md")
    (folder / "ring.md").symlink_to("ring2.md")
    (folder / "ring2.md").symlink_to("ring.md")
    (folder / "nowhere.md").symlink_to("missing.md")
    (folder / "around").symlink_to("..", target_is_directory=True)
    (folder / "itself.md").symlink_to(".", target_is_directory=True)
    (folder / "huge.pdf").touch()
    os.truncate(folder / "huge.pdf", 10**12)
    (folder / "riga\nfalsa.md").write_text(_TEXT)
    (folder / "\x1b]0;titolo\x07.md").write_text(_TEXT)
    Path(os.fsdecode(os.fsencode(folder) + b"/per\xf2.md")).write_text(_TEXT)
    (folder / "closed.md").write_text(_TEXT)
    (folder / "closed.md").chmod(0)
    closed = {} if _AS_ROOT else {"closed.md": Reason.UNREADABLE}
    names = {
        **dict.fromkeys(
            "pipe.md socket.md zero.md terminal.md memory.md escape.md ring.md ring2.md nowhere.md "
            "itself.md riga\\nfalsa.md \\x1b]0;titolo\\x07.md per\\xf2.md".split(),
            Reason.UNREADABLE,
        ),
        "around": Reason.UNSUPPORTED,
        "huge.pdf": Reason.TOO_LARGE,
        **closed,
    }
    return {f"events/{name}": reason for name, reason in names.items()}


class Restless:
    """A Progress that changes files once the first one is read: all were looked at by then."""

    def __init__(self, corpus: Path) -> None:
        self._folder = corpus / "events"
        self._names = ("z_changes.md", "z_grows.txt", "z_pipe.md", "z_secret.md", "z_vanishes.md")
        for name in self._names:
            (self._folder / name).write_text(_TEXT)

    @property
    def paths(self) -> dict[str, Reason]:
        """The files that change, and why each is reported."""
        return {f"events/{name}": Reason.UNREADABLE for name in self._names}

    def step(self, stage: str, done: int, total: int) -> None:
        """Change them."""
        if stage != "parse" or done != 1:
            return
        (self._folder / "z_changes.md").write_text(_TEXT.replace("reti", "cavi"))
        with (self._folder / "z_grows.txt").open("a") as file:
            file.write("a" * 10_000_000)
        for name in ("z_pipe.md", "z_secret.md", "z_vanishes.md"):
            (self._folder / name).unlink()
        os.mkfifo(self._folder / "z_pipe.md")
        (self._folder / "z_secret.md").symlink_to("../../secret.md")
