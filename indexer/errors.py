"""Errors, each with a remedy."""

from __future__ import annotations

from indexer.domain import Reason


class CompetenzeError(Exception):
    """Base of all errors shown to users: what happened, and the remedy."""

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class SettingsError(CompetenzeError):
    """A setting is unknown or has an invalid value."""


class UnreadableFileError(CompetenzeError):
    """A file cannot be read; others are not affected."""

    def __init__(self, reason: Reason, message: str, *, remedy: str) -> None:
        super().__init__(message, remedy=remedy)
        self.reason = reason


class IsolationError(CompetenzeError):
    """The sandboxed parsing process cannot be started."""


class CorpusError(CompetenzeError):
    """The corpus folder as a whole cannot be used."""


class ModelError(CompetenzeError):
    """The embedding model cannot be prepared or is not the expected one."""


class CacheError(CompetenzeError):
    """The embedding cache is temporarily unavailable."""


class GenerationError(CompetenzeError):
    """A generation is missing, damaged, or built with other settings."""


class BusyError(CompetenzeError):
    """Another process is writing to the index."""


class BackupError(CompetenzeError):
    """A backup cannot be written there, or the file is not a complete backup."""


class ForgetError(CompetenzeError):
    """An erasure could not be completed."""


class VocabularyError(CompetenzeError):
    """A vocabulary of competencies cannot be used."""
