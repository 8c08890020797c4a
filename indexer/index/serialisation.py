"""The domain's dataclasses as JSON and back, through pydantic; never pickle."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import TypeAdapter

from indexer.domain import Document, Organisation, Passage

_PASSAGES = TypeAdapter(tuple[Passage, ...])
_DOCUMENTS = TypeAdapter(tuple[Document, ...])
_ORGANISATIONS = TypeAdapter(tuple[Organisation, ...])


def dump_passages(passages: Iterable[Passage]) -> bytes:
    """Passages as a JSON array."""
    return _PASSAGES.dump_json(tuple(passages))


def load_passages(data: bytes) -> tuple[Passage, ...]:
    """The passages of a JSON array."""
    return _PASSAGES.validate_json(data)


def dump_documents(documents: Iterable[Document]) -> bytes:
    """Documents as a JSON array."""
    return _DOCUMENTS.dump_json(tuple(documents))


def load_documents(data: bytes) -> tuple[Document, ...]:
    """The documents of a JSON array."""
    return _DOCUMENTS.validate_json(data)


def dump_organisations(organisations: Iterable[Organisation]) -> bytes:
    """Organisations as a JSON array."""
    return _ORGANISATIONS.dump_json(tuple(organisations))


def load_organisations(data: bytes) -> tuple[Organisation, ...]:
    """The organisations of a JSON array."""
    return _ORGANISATIONS.validate_json(data)
