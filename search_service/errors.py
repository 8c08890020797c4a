"""Errors of the search service, beside those of the indexer."""

from __future__ import annotations

from indexer.errors import CompetenzeError


class QueryError(CompetenzeError):
    """A question, or a filter chosen with it, cannot be used."""


class NotFoundError(CompetenzeError):
    """There is no such organisation or document in the index."""


class MissingExtraError(CompetenzeError):
    """A library of an optional part is not installed; ``extra`` is the name that brings it."""

    def __init__(self, extra: str) -> None:
        super().__init__(
            f"A library that {extra!r} needs is not installed.",
            remedy=f"Run: pip install 'competenze-in-rete[{extra}]'.",
        )
