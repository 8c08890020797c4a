"""Where the target of an erasure occurs: pure functions over the parts of an index.

Texts are compared as whole words, without case, accents, white space and punctuation, so that a
name is found in a title, a file name and a slug.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import Enum, StrEnum
from itertools import chain, groupby

from indexer.domain import Document, Level, Organisation, Passage, Place, Role
from indexer.index.manifest import (
    DOCUMENTS,
    ORGANISATIONS,
    VOCABULARY,
    Manifest,
    Segment,
    part_name,
)
from indexer.index.serialisation import (
    load_documents,
    load_organisations,
    load_passage_lines,
    load_vocabulary,
)
from indexer.vocabulary import Vocabulary

_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class LevelTexts:
    """Everything with words that a level sees of a generation."""

    documents: tuple[Document, ...]
    organisations: tuple[Organisation, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class GenerationTexts:
    """Everything with words in a generation: what each level sees, first the one that sees all."""

    levels: tuple[LevelTexts, ...]
    vocabulary: Vocabulary

    @property
    def everything(self) -> LevelTexts:
        """What the level sees that sees all."""
        return self.levels[0]

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Those of every level."""
        return tuple(passage for level in self.levels for passage in level.passages)

    @classmethod
    def read(cls, manifest: Manifest, part: Callable[[str], bytes]) -> GenerationTexts:
        """Read them from parts, given by name."""
        levels: dict[Level | None, tuple[Segment, ...]] = {None: manifest.segments}
        levels |= {level: seen.segments for level, seen in manifest.lower.items()}
        return cls(
            tuple(
                LevelTexts(
                    load_documents(part(part_name(source, DOCUMENTS))),
                    load_organisations(part(part_name(source, ORGANISATIONS))),
                    tuple(p for s in segments for p in load_passage_lines(part(s.texts))),
                )
                for source, segments in levels.items()
            ),
            load_vocabulary(part(VOCABULARY)),
        )


class Kind(StrEnum):
    """What a target is."""

    ORGANISATION = "organisation"
    DOCUMENT = "document"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ErasureTarget:
    """What to erase: folded texts, and the ids of an organisation or a document.

    A document is erased by its file alone: another that quotes it is another document.
    """

    what: str
    kind: Kind
    texts: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()

    def in_text(self, text: str) -> bool:
        """Whether a text holds one of the texts sought, as whole words."""
        folded = f" {comparable(text)} "
        return any(f" {sought} " in folded for sought in self.texts)

    def is_named_in(self, text: str) -> bool:
        """Whether a text holds one of the texts sought, or of their ids, as whole words."""
        folded = f" {comparable(text)} "
        return self.in_text(text) or any(f" {comparable(id_)} " in folded for id_ in self.ids)


def comparable(text: str) -> str:
    """A text normalised for comparison."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    # Soft hyphens and the like (Cf) are within words, and not seen.
    bare = "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf"))
    return _NOT_WORDS.sub(" ", bare).strip()


def understood(
    what: str,
    organisations: Iterable[Organisation],
    documents: Iterable[Document],
    kind: Kind | None = None,
) -> ErasureTarget | None:
    """The target that a person means: a document or organisation of that id or name, else a text.

    Args:
        what: As the person wrote it.
        organisations: Those of the index.
        documents: Those of the index.
        kind: The kind it must be; ``None`` is any.

    Returns:
        The target; ``None`` if there is none of that ``kind``.
    """
    name = comparable(what)
    ids = frozenset(d.id for d in documents if what in (d.id, d.path))
    found = [
        o for o in organisations if what == o.id or name in map(comparable, (o.name, *o.aliases))
    ]
    if ids and kind in (None, Kind.DOCUMENT):
        return ErasureTarget(what, Kind.DOCUMENT, ids=ids)
    if found and kind in (None, Kind.ORGANISATION):
        names = {comparable(text) for o in found for text in (o.name, *o.aliases, o.vat)}
        own = frozenset(o.id for o in found)
        return ErasureTarget(what, Kind.ORGANISATION, frozenset(names - {""}), own)
    if kind in (None, Kind.TEXT):
        return ErasureTarget(what, Kind.TEXT, texts=frozenset({name}))
    return None


def holders(texts: GenerationTexts, sought: ErasureTarget) -> frozenset[str]:
    """The ids of a generation's documents that hold the target at any level."""
    return frozenset(d for seen in texts.levels for d in _holders(seen, sought))


def _holders(seen: LevelTexts, sought: ErasureTarget) -> frozenset[str]:
    documents = {d.id: d for d in seen.documents}
    if sought.kind is Kind.DOCUMENT:
        return frozenset(d.id for d in documents.values() if sought.ids & {d.id, d.path})
    found = {d.id for d in documents.values() if _is_linked(d, sought.ids)}
    found |= {d.id for d in documents.values() if any(map(sought.in_text, _texts(d)))}
    for document, own in groupby(seen.passages, key=lambda passage: passage.document):
        several = list(own)
        whole = " ".join(passage.text for passage in several)
        contexts = {passage.context for passage in several}
        if any(sought.in_text(text) for text in (whole, *contexts)):
            found.add(document)
    mine = frozenset(o.id for o in seen.organisations if any(map(sought.in_text, _texts(o))))
    found |= {d.id for d in documents.values() if _is_linked(d, mine, Role.SUBJECT)}
    return frozenset(found)


def in_vocabulary(vocabulary: Vocabulary, sought: ErasureTarget) -> bool:
    """Whether a generation's vocabulary holds the target in a name that is not built in."""
    own = _names(vocabulary) - _names(Vocabulary.load())
    return any(map(sought.in_text, own))


def _names(vocabulary: Vocabulary) -> set[str]:
    found = set()
    for concept in vocabulary.concepts.values():
        others = (
            concept.acronyms,
            concept.narrower_terms,
            concept.ask_only,
            *concept.asked_as.values(),
        )
        found |= {concept.id, *(name for _, name in concept.names()), *chain(*others)}
    return found


def _is_linked(document: Document, ids: frozenset[str], role: Role | None = None) -> bool:
    return any(
        link.organisation in ids and role in (None, link.role) for link in document.organisations
    )


def _texts(value: object) -> Iterator[str]:
    """Every text in a value of the domain; neither names of fields nor our own words for kinds."""
    if isinstance(value, Enum):
        return
    if isinstance(value, Place):
        yield value.name
    elif isinstance(value, (str, date)):
        yield str(value)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
