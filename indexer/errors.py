"""Errors that say what to do: each carries a remedy in words a person can follow."""

from __future__ import annotations

from indexer.domain import Reason


class CompetenzeError(Exception):
    """Base of every error shown to a person: what happened, and the remedy."""

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class SettingsError(CompetenzeError):
    """A setting is unknown or has a value that cannot be used."""


class UnreadableFileError(CompetenzeError):
    """One file cannot be read; the others are not affected."""

    def __init__(self, reason: Reason, message: str, *, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.reason = reason


class IsolationError(CompetenzeError):
    """The process in which files are parsed cannot be started."""


class CorpusError(CompetenzeError):
    """The corpus folder as a whole cannot be used."""


class ModelError(CompetenzeError):
    """The embedding model cannot be prepared or is not the expected one."""


class CacheError(CompetenzeError):
    """The cache of embeddings cannot be used just now."""


class GenerationError(CompetenzeError):
    """A generation is missing, damaged, or made with other settings."""


class BusyError(CompetenzeError):
    """Another program is writing to the index."""


class BackupError(CompetenzeError):
    """A backup cannot be written there, or the file is not a complete backup."""


class ForgetError(CompetenzeError):
    """Something could not be forgotten."""
