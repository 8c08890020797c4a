"""What may go wrong between a platform and us."""

from __future__ import annotations

from indexer.errors import CompetenzeError


class RefusedError(CompetenzeError):
    """A request that is not the platform's, or is too old: it gets no answer (401)."""


class UnreadableError(CompetenzeError):
    """A request from the platform that is not of the shape it documents (400)."""


class DeliveryError(CompetenzeError):
    """The platform did not take a message."""


class StoreError(CompetenzeError):
    """The file of the chats' memory cannot be used."""
