"""Errors of the search service, beside those of the indexer."""

from __future__ import annotations

from indexer.errors import CompetenzeError, SettingsError


class QueryError(CompetenzeError):
    """A question, or a filter chosen with it, cannot be used."""


class NotFoundError(CompetenzeError):
    """There is no such organisation or document in the index."""


class ConflictError(CompetenzeError):
    """What is asked for cannot be done beside what is being done."""


def missing_library(what: str, library: str, extra: str) -> SettingsError:
    """That ``what`` is configured and the library of its extra is not there."""
    return SettingsError(
        f"{what} is configured, but its library {library} is not installed.",
        remedy=f"Run, in the project's folder: pip install '.[{extra}]'.",
    )
