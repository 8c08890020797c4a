"""Documents that administrators upload: into the corpus folder, and nowhere else.

While one is written its name is hidden (``.NAME.upload-xxxxxxxx``). If a kill leaves it so, the
next build removes it (indexer/source/leftovers.py).
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from indexer.storage.durable import make_folder, replace_synced
from search_service.errors import UploadError

_PART = re.compile(r"[^\W_][\w .,'&()+#%@-]*")
_LONGEST = 120  # characters of a name


def checked_path(name: str) -> PurePosixPath:
    """A document's path inside the corpus; raises UploadError for one that may lead elsewhere."""
    parts = name.split("/")
    fits = all(
        _PART.fullmatch(part) and len(part) <= _LONGEST and not part.endswith((" ", "."))
        for part in parts
    )
    if not fits or len(parts) < 2 or len(parts) > 6:
        raise UploadError(
            "This is no name for a document.",
            remedy="Write a folder and a name, of letters, digits, spaces and . , ' & ( ) + # % @ "
            "or hyphens, as case_studies/latte-in-ordine.md.",
        )
    path = PurePosixPath(name)
    accepted = _accepted_suffixes()
    if path.suffix.lower() not in accepted:
        raise UploadError(
            f"Documents of the format {path.suffix or '(none)'} are not read.",
            remedy=f"Send one of: {', '.join(sorted(accepted))}.",
        )
    return path


def _accepted_suffixes() -> frozenset[str]:
    """Those of the corpus' formats, and of a sidecar."""
    from indexer.parsing.formats import SUFFIXES  # the service starts without the parsing room

    return SUFFIXES | {".yaml"}


def write(corpus: Path, path: PurePosixPath, data: bytes) -> bool:
    """Write a document into the corpus atomically; returns whether it is new there.

    Args:
        corpus: The corpus folder.
        path: The document's path inside it.
        data: The file's bytes.

    Raises:
        UploadError: A symbolic link leads out of the folder.
        OSError: The file cannot be written.
    """
    root = corpus.resolve(strict=True)
    target = root / path
    for folder in (target, *target.parents[: len(path.parts) - 1]):
        if folder.is_symlink() or folder.resolve() != folder:
            raise UploadError(
                "A link stands where this document would be.", remedy="Choose another name."
            )
    is_new = not target.exists()
    make_folder(target.parent)
    replace_synced(target, data)
    return is_new
