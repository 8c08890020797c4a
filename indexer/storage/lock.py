"""One writer at a time: a lock on the index that the system frees when its holder dies.

Readers never lock: generations are immutable, and replaced atomically.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from indexer.errors import BusyError
from indexer.storage.durable import make_private_folder


@contextmanager
def one_writer(index: Path) -> Iterator[None]:
    """Hold the index's lock for the block; raises BusyError at once where another holds it."""
    make_private_folder(index)
    try:
        with FileLock(index / "lock", timeout=0, mode=0o600):
            yield
    except Timeout as error:
        raise BusyError(
            f"Another program is writing to {index}.",
            remedy="Wait until it ends, then try again; nothing was changed.",
        ) from error
