"""Whether whole files hold what is to be forgotten: originals, the corpus, temporary files."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from indexer.errors import UnreadableFileError
from indexer.maintenance.erase_search import ErasureTarget
from indexer.parsing.sandbox.client import SandboxedParser


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
        self._known: dict[tuple[str, str], bool] = {}

    def in_file(self, path: str, data: bytes) -> bool:
        """Whether a file holds one of the texts sought; ``path`` tells its format."""
        if not self.target.texts:
            return False
        key = hashlib.sha256(data).hexdigest(), PurePosixPath(path).suffix.lower()
        if key not in self._known:
            self._known[key] = self._look(path, data)
        return self._known[key]

    def _look(self, path: str, data: bytes) -> bool:
        try:
            texts, unread = self._parser.searchable_text(path, data)
        except UnreadableFileError as error:
            texts, unread = (data.decode("utf-8", "replace"),), (error.message,)
        found = any(map(self.target.in_text, texts))
        if unread and not found:
            self.unsearched[path] = " ".join(unread)
        return found
