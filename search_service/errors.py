"""Errors of the search service, beside those of the indexer."""

from __future__ import annotations

from enum import StrEnum

from indexer.errors import CompetenzeError, SettingsError


class QueryProblem(StrEnum):
    """Why a question, or a filter chosen with it, cannot be used."""

    EMPTY = "empty"
    TOO_LONG = "too_long"  # value n: the most characters
    UNKNOWN_PLACE = "unknown_place"  # value places: those with a similar name
    UNKNOWN_KIND = "unknown_kind"
    BAD_DATE = "bad_date"
    REVERSED_DATES = "reversed_dates"
    UNKNOWN_FILTER = "unknown_filter"


class QueryError(CompetenzeError):
    """A question, or a filter chosen with it, cannot be used."""

    def __init__(
        self, message: str, *, remedy: str, problem: QueryProblem, **values: object
    ) -> None:
        """Make the error.

        Args:
            message: The fault, for logs and programs.
            remedy: What to do about it.
            problem: The code by which screens look up their own words.
            values: What those words are filled with.

        """
        super().__init__(message, remedy=remedy)
        self.problem = problem
        self.values = values


class UploadError(CompetenzeError):
    """An uploaded document cannot be stored under its name."""


class NotFoundError(CompetenzeError):
    """There is no such organisation or document in the index."""


class CheckError(CompetenzeError):
    """The corpus could not be checked."""


class ConflictError(CompetenzeError):
    """The request conflicts with an operation in progress."""


def missing_library(what: str, library: str, extra: str) -> SettingsError:
    """The error for a configured feature whose library is not installed.

    Args:
        what: The feature, which starts the sentence.
        library: The library's name.
        extra: The extra of this project that installs it.
    """
    return SettingsError(
        f"{what} is configured, but its library {library} is not installed.",
        remedy=f"Run, in the project's folder: pip install '.[{extra}]'.",
    )
