"""What tells one model's folder from another."""

from __future__ import annotations

import hashlib
from pathlib import Path

_EDGE = 1 << 20  # bytes


def folder_fingerprint(folder: Path) -> str:
    """SHA-256 of the names and sizes of the files in a folder, and of their first and last MiB.

    The ends tell two sets of weights apart without reading all of them at each start.
    """
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder)}\0{size}\0".encode())
        with path.open("rb") as file:
            digest.update(file.read(_EDGE))
            file.seek(max(0, size - _EDGE))
            digest.update(file.read())
    return digest.hexdigest()
