"""Errors of the search service, beside those of the indexer."""

from __future__ import annotations

from indexer.errors import CompetenzeError


class QueryError(CompetenzeError):
    """A question, or a filter chosen with it, cannot be used."""


class NotFoundError(CompetenzeError):
    """There is no such organisation or document in the index."""


class ConflictError(CompetenzeError):
    """What is asked for cannot be done beside what is being done."""
