"""The domain's dataclasses as JSON and back, through pydantic; never pickle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from indexer.domain import Document, Organisation, Passage
from indexer.vocabulary import Concept, Vocabulary


@dataclass(frozen=True, slots=True)
class _StoredVocabulary:
    concepts: tuple[Concept, ...]
    families: Mapping[str, tuple[str, str]]


_CONTENT_HASH = re.compile(rb'"content_hash":"([0-9a-f]{64})"')
_PASSAGE = TypeAdapter(Passage)
_PASSAGES = TypeAdapter(tuple[Passage, ...])
_DOCUMENTS = TypeAdapter(tuple[Document, ...])
_ORGANISATIONS = TypeAdapter(tuple[Organisation, ...])
_VOCABULARY = TypeAdapter(_StoredVocabulary)


def dump_passage(passage: Passage) -> bytes:
    """A passage as a JSON object, in one line."""
    return _PASSAGE.dump_json(passage)


def load_passage_lines(data: bytes) -> tuple[Passage, ...]:
    """The passages of lines that ``dump_passage`` wrote, each with a line break behind it."""
    return _PASSAGES.validate_json(b"[" + data[:-1].replace(b"\n", b",") + b"]")


def dump_documents(documents: Iterable[Document]) -> bytes:
    """Documents as a JSON array."""
    return _DOCUMENTS.dump_json(tuple(documents))


def load_documents(data: bytes) -> tuple[Document, ...]:
    """The documents of a JSON array."""
    return _DOCUMENTS.validate_json(data)


def content_hashes(data: bytes | memoryview) -> set[str]:
    """The hashes of the files of documents that ``dump_documents`` wrote, without making them.

    A quotation mark inside a text has a backslash before it: no text is taken for a field.
    """
    return {match[1].decode() for match in _CONTENT_HASH.finditer(data)}


def dump_organisations(organisations: Iterable[Organisation]) -> bytes:
    """Organisations as a JSON array."""
    return _ORGANISATIONS.dump_json(tuple(organisations))


def load_organisations(data: bytes) -> tuple[Organisation, ...]:
    """The organisations of a JSON array."""
    return _ORGANISATIONS.validate_json(data)


def dump_vocabulary(vocabulary: Vocabulary) -> bytes:
    """A vocabulary as a JSON object."""
    concepts = tuple(vocabulary.concepts.values())
    return _VOCABULARY.dump_json(_StoredVocabulary(concepts, vocabulary.families))


def load_vocabulary(data: bytes) -> Vocabulary:
    """The vocabulary of a JSON object."""
    stored = _VOCABULARY.validate_json(data)
    return Vocabulary(stored.concepts, stored.families)
