"""What can go wrong between a platform and us."""

from __future__ import annotations

from indexer.errors import CompetenzeError


class RefusedError(CompetenzeError):
    """A request that the platform did not send, or too old: it gets no answer (401)."""


class UnreadableError(CompetenzeError):
    """A request from the platform that is not in its documented shape (400)."""


class DeliveryError(CompetenzeError):
    """The platform did not accept a message."""


class StoreError(CompetenzeError):
    """The file with the chats' state cannot be used."""
