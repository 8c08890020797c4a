"""Temporary files in the corpus folder, of uploads whose writer was killed midway.

They are hidden, so no build reads them; but they hold what was sent, and would stay for ever.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from indexer.storage.durable import ASIDE_MARK

_ABANDONED = 3600  # seconds without a write: no upload takes that long
_NAME = re.compile(rf"\.(?P<final>.+){re.escape(ASIDE_MARK)}[a-z0-9_]{{8}}")


def final_name(name: str) -> str:
    """The name that a temporary file of an upload would have got; of other files, their own."""
    found = _NAME.fullmatch(name)
    return found["final"] if found else name


def leftovers(corpus: Path) -> Iterator[Path]:
    """The temporary files of uploads under a folder, those still being written too."""
    for folder, _, names in os.walk(corpus):
        yield from (Path(folder, name) for name in names if _NAME.fullmatch(name))


def sweep_uploads(corpus: Path) -> None:
    """Remove those whose writer is gone; one that cannot be removed stays."""
    for path in leftovers(corpus):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                path.unlink()
