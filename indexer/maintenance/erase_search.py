"""Where something occurs that is to be forgotten: pure functions over the parts of an index.

Texts are compared folded (case, accents, white space and punctuation do not count), as whole words,
so that a name is found in the title, in the file's name and in the slug made of it.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from indexer.domain import Document, Organisation, Role
from indexer.index.manifest import DOCUMENTS, ORGANISATIONS, PASSAGES, seen_by_levels
from indexer.index.serialisation import load_documents, load_organisations, load_passages

_NOT_WORDS = re.compile(r"[\W_]+")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)  # of a PDF
_MOST = 1 << 26  # bytes that one packed part of a file is unpacked to
_ENCODINGS = ("utf-8", "cp1252", "utf-16")


class Kind(StrEnum):
    """What a thing to forget is."""

    ORGANISATION = "organisation"
    DOCUMENT = "document"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ErasureTarget:
    """What to forget: texts (folded), and the ids of an organisation or a document.

    A document is sought by its own file alone: another that quotes it is another document.
    """

    what: str
    kind: Kind
    texts: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def in_text(self, text: str) -> bool:
        """Whether a text holds one of the texts sought, as whole words."""
        folded = f" {fold(text)} "
        return any(f" {sought} " in folded for sought in self.texts)

    def is_named_in(self, text: str) -> bool:
        """Whether a text holds one of the texts sought, or of their ids, as whole words."""
        folded = f" {fold(text)} "
        return self.in_text(text) or any(f" {fold(id_)} " in folded for id_ in self.ids)

    def in_bytes(self, data: bytes) -> bool:
        """Whether a file's bytes do, as they are or unpacked (DOCX, XLSX, PDF)."""
        if not self.texts:
            return False
        return any(
            self.in_text(piece.decode(encoding, "replace"))
            for piece in unpacked(data)
            for encoding in _ENCODINGS
        )


def fold(text: str) -> str:
    """A text without what does not matter in comparing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return _NOT_WORDS.sub(" ", bare).strip()


def understood(
    what: str,
    organisations: Iterable[Organisation],
    documents: Iterable[Document],
    kind: Kind | None = None,
) -> ErasureTarget | None:
    """What a person means: the document or the organisation of that id or name, else a text.

    ``None`` where it should be of a ``kind`` and there is none.
    """
    name = fold(what)
    ids = frozenset(d.id for d in documents if what in (d.id, d.path))
    found = [o for o in organisations if what == o.id or name in map(fold, (o.name, *o.aliases))]
    if ids and kind in (None, Kind.DOCUMENT):
        return ErasureTarget(what, Kind.DOCUMENT, ids=ids)
    if found and kind in (None, Kind.ORGANISATION):
        names = {fold(text) for o in found for text in (o.name, *o.aliases, o.vat)}
        own = frozenset(o.id for o in found)
        return ErasureTarget(what, Kind.ORGANISATION, frozenset(names - {""}), own)
    if kind in (None, Kind.TEXT):
        return ErasureTarget(what, Kind.TEXT, texts=frozenset({name}))
    return None


def holders(parts: Mapping[str, bytes], sought: ErasureTarget) -> frozenset[str]:
    """The ids of the documents of a generation that hold what is sought, for whichever level."""
    return frozenset(d for seen in seen_by_levels(parts) for d in _holders(seen, sought))


def _holders(parts: Mapping[str, bytes], sought: ErasureTarget) -> frozenset[str]:
    documents = {d.id: d for d in load_documents(parts[DOCUMENTS])}
    if sought.kind is Kind.DOCUMENT:
        return frozenset(d.id for d in documents.values() if sought.ids & {d.id, d.path})
    found = {d.id for d in documents.values() if _is_linked(d, sought.ids)}
    for raw in json.loads(parts[DOCUMENTS]):
        if any(sought.in_text(text) for text in strings(raw)):
            found.add(raw["id"])
    passages = load_passages(parts[PASSAGES])
    for document, own in groupby(passages, key=lambda passage: passage.document):
        several = list(own)
        whole = " ".join(passage.text for passage in several)
        contexts = {passage.context for passage in several}
        if any(sought.in_text(text) for text in (whole, *contexts)):
            found.add(document)
    mine = frozenset(
        o.id
        for o, raw in zip(
            load_organisations(parts[ORGANISATIONS]), json.loads(parts[ORGANISATIONS]), strict=True
        )
        if any(sought.in_text(text) for text in strings(raw))
    )
    found |= {d.id for d in documents.values() if _is_linked(d, mine, Role.SUBJECT)}
    return frozenset(found)


def unpacked(data: bytes) -> Iterator[bytes]:
    """A file's bytes, then those of what is packed in it: a ZIP's files, a PDF's streams."""
    yield data
    if data.startswith(b"PK"):
        yield from _zipped(data)
    elif data.startswith(b"%PDF"):
        for match in _STREAM.finditer(data):
            body = match.group(1)
            with contextlib.suppress(ValueError):
                body = base64.a85decode(body.strip().removeprefix(b"<~").removesuffix(b"~>"))
            with contextlib.suppress(zlib.error):
                yield zlib.decompressobj().decompress(body, _MOST)


def _zipped(data: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    yield file.read(_MOST)
    except Exception:  # a damaged archive raises of every type; what it gave was looked at
        return


def _is_linked(document: Document, ids: frozenset[str], role: Role | None = None) -> bool:
    return any(
        link.organisation in ids and role in (None, link.role) for link in document.organisations
    )


def strings(value: object) -> Iterator[str]:
    """Every string in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
