"""The original files of documents, each kept once under its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from indexer.domain import Document
from indexer.storage.durable import make_folder, replace_synced


def keep_file(index: Path, content_hash: str, data: bytes) -> None:
    """Store an original file once, for all the generations that refer to it.

    Args:
        index: The index folder.
        content_hash: The SHA-256 of ``data``, in hex.
        data: The file's bytes.
    """
    path = file_path(index / "files", content_hash)
    if is_kept(index, content_hash):
        return
    make_folder(path.parent)
    replace_synced(path, data)


def is_kept(index: Path, content_hash: str) -> bool:
    """Whether the file with this SHA-256 is kept whole."""
    # A build asks of each file: file_path would take longer than to read one.
    return _is_whole(f"{index}/files/{content_hash[:2]}/{content_hash}", content_hash)


def file_path(files: Path, content_hash: str) -> Path:
    """Where the file with this SHA-256 is kept."""
    return files / content_hash[:2] / content_hash


def damaged_originals(index: Path, documents: Iterable[Document]) -> list[Path]:
    """The kept originals of some documents that are missing, or not as they were kept."""
    hashes = sorted({document.content_hash for document in documents})
    paths = [file_path(index / "files", wanted) for wanted in hashes]
    return [path for path in paths if not _is_whole(path, path.name)]


def _is_whole(path: Path | str, content_hash: str) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - for a path that is a text
            return hashlib.sha256(file.read()).hexdigest() == content_hash
    except OSError:
        return False
