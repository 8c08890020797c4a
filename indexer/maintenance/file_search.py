"""Searches whole files for the target of an erasure: originals, the corpus, temporary files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from indexer.errors import UnreadableFileError
from indexer.maintenance.erase_search import ErasureTarget
from indexer.parsing.formats import SUFFIXES
from indexer.parsing.sandbox.client import SandboxedParser
from indexer.source.every_file import every_file
from indexer.source.leftovers import final_name
from indexer.source.scan import Scan
from indexer.source.sidecars import is_sidecar


class FileSearch:
    """Searches files for one target, each content once.

    Attributes:
        target: What is sought.
        unsearched: Files that could not be read whole, by path: why.

    """

    def __init__(self, target: ErasureTarget, parser: SandboxedParser) -> None:
        self.target = target
        self.unsearched: dict[str, str] = {}
        self._parser = parser
        self._known: dict[tuple[str, str], tuple[bool, str]] = {}

    def in_file(self, path: str, data: bytes, name: str = "") -> bool:
        """Whether a file holds one of the texts sought.

        Args:
            path: Names the file in ``unsearched``.
            data: Its bytes.
            name: Tells its format, where the path does not.

        """
        if not self.target.texts:
            return False
        key = hashlib.sha256(data).hexdigest(), PurePosixPath(name or path).suffix.lower()
        if key not in self._known:
            self._known[key] = self._look(name or path, data)
        found, unread = self._known[key]
        if unread and not found:
            self.unsearched[path] = unread
        return found

    def in_files_besides(self, scan: Scan, max_bytes: int) -> Iterator[str]:
        """The paths of files in the corpus that hold one of the texts sought, and no build reads.

        Args:
            scan: What builds read: its files and their sidecars are left out here.
            max_bytes: Files that are larger are not searched.

        """
        if not self.target.texts:
            return
        read = {one.location for file in scan.files for one in (file, *file.sidecars)}
        for file in every_file(scan.root, max_bytes, read):
            name = final_name(PurePosixPath(file.path).name)
            if self.target.in_text(file.path):
                yield file.path
            elif file.data is None:
                self.unsearched[file.path] = file.unread
            elif self.in_file(file.path, file.data, name):
                yield file.path
            elif _is_foreign(name, file.data):
                suffix = PurePosixPath(name).suffix or "(no suffix)"
                shown = _hidden_folder(file.path) or file.path
                self.unsearched[shown] = f"files of type {suffix} are not read"

    def _look(self, name: str, data: bytes) -> tuple[bool, str]:
        """Whether it is found, and why some of the file could not be read."""
        try:
            texts, unread = self._parser.searchable_text(name, data)
        except UnreadableFileError as error:
            texts, unread = (data.decode("utf-8", "replace"),), (error.message,)
        return any(map(self.target.in_text, texts)), " ".join(unread)


def _is_foreign(name: str, data: bytes) -> bool:
    """Whether it may hold a text in a way that only a program for its format can show."""
    suffix = PurePosixPath(name).suffix.lower()
    if not suffix:
        return b"\0" in data
    return bool(data) and suffix not in SUFFIXES and not is_sidecar(name)


def _hidden_folder(path: str) -> str:
    """The outermost hidden folder of a file, if it is in one (``.git/``): it may hold thousands."""
    folders = path.split("/")[:-1]
    for depth, folder in enumerate(folders, start=1):
        if folder.startswith("."):
            return "/".join(folders[:depth]) + "/"
    return ""
