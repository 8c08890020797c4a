"""What a generation is made of: the names of its parts, and the manifest that lists them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter

from indexer.domain import Level, Problem
from indexer.index.dense_ladder import DenseKind

FORMAT = 4
# By the hash of a document's id: the least level that sees it (""), and its fields, by name; what
# everybody may see is left out.
Restrictions = Mapping[str, Mapping[str, Level]]
MANIFEST = "manifest.json"
DOCUMENTS, ORGANISATIONS = "documents.json", "organisations.json"
VOCABULARY = "vocabulary.json"  # one for all levels
DENSE = "dense.faiss"  # where the FAISS index is one file
LEXICAL_SCORES, LEXICAL_ROWS = "lexical_data.npy", "lexical_indices.npy"
TOKEN_CODER = "token_coder.npy"  # noqa: S105 - a file


def part_name(source: Level | None, part: str) -> str:
    """The name of a level's own part; ``None`` is the level that sees everything."""
    return part if source is None else f"{source}-{part}"


def seen_parts(parts: Mapping[str, bytes], source: Level | None) -> dict[str, bytes]:
    """A level's own parts by their plain names; segments, which levels may share, are not among
    them.
    """
    prefix = part_name(source, "")
    return {part.removeprefix(prefix): parts[part] for part in parts if part.startswith(prefix)}


@dataclass(frozen=True, slots=True)
class PartFile:
    """One file of a generation."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Segment:
    """The files of a run of passages (segments.py); ``passages`` is how many it has."""

    passages: int
    texts: str
    tokens: str


@dataclass(frozen=True, slots=True)
class BuildFingerprint:
    """Everything that determines the passages of a file: equal fingerprints, equal passages.

    ``code`` is a hash of the indexer's own source and data, so that no change to it is missed.
    """

    model: str
    model_fingerprint: str
    passage_tokens: int
    tokeniser: str
    token_coder: str
    code: str


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts of a level that does not see everything, and its files."""

    files: int
    documents: int
    organisations: int
    passages: int
    segments: tuple[Segment, ...]
    dense_files: tuple[str, ...]
    dense: DenseKind = DenseKind.FLAT


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is and holds; ``created`` is UTC in ISO 8601.

    ``segments`` are the passages in order, ``dense_files`` the FAISS indexes of their vectors, of
    the kind ``dense`` (dense_ladder.py); both are among the ``parts``.
    ``lower`` has the levels with parts of their own, which see less than the next one.
    ``restrictions`` are those of its documents (restrictions.py).
    """

    format: int
    created: str
    build_fingerprint: BuildFingerprint
    dimension: int
    corpus: str
    corpus_fingerprint: str
    files: int
    documents: int
    organisations: int
    passages: int
    problems: tuple[Problem, ...]
    parts: Mapping[str, PartFile]
    segments: tuple[Segment, ...]
    dense_files: tuple[str, ...]
    lower: Mapping[Level, Counts] = field(default_factory=dict)
    restrictions: Restrictions = field(default_factory=dict)
    dense: DenseKind = DenseKind.FLAT

    def source_of(self, level: Level) -> Level | None:
        """The level whose parts a level sees: the first from it on that has any; ``None``: all."""
        return next((one for one in Level if one in self.lower and one.sees(level)), None)

    @property
    def mapped(self) -> frozenset[str]:
        """The parts of all levels that are mapped into memory: a search reads what it needs."""
        every: tuple[Manifest | Counts, ...] = (self, *self.lower.values())
        segments = (name for seen in every for s in seen.segments for name in (s.texts, s.tokens))
        dense = (name for seen in every for name in seen.dense_files)
        lexical = (
            part_name(source, part)
            for source in (None, *self.lower)
            for part in (LEXICAL_SCORES, LEXICAL_ROWS)
        )
        return frozenset((*segments, *dense, *lexical))

    @property
    def shared(self) -> frozenset[str]:
        """The parts that are named by what they are made of: another generation may have them."""
        every: tuple[Manifest | Counts, ...] = (self, *self.lower.values())
        dense = (n for seen in every if seen.dense is DenseKind.FLAT for n in seen.dense_files)
        return frozenset(dense) | {
            name for seen in every for s in seen.segments for name in (s.texts, s.tokens)
        }

    def as_seen(self, source: Level) -> Manifest:
        """The manifest without anything about what a level does not see."""
        counts = self.lower[source]
        names = {name for s in counts.segments for name in (s.texts, s.tokens)}
        names |= {*counts.dense_files, *(p for p in self.parts if p.startswith(f"{source}-"))}
        return replace(
            self,
            corpus_fingerprint="",
            files=counts.files,
            documents=counts.documents,
            organisations=counts.organisations,
            passages=counts.passages,
            segments=counts.segments,
            dense_files=counts.dense_files,
            dense=counts.dense,
            problems=(),
            parts={name: self.parts[name] for name in sorted(names)},
            lower={},
            restrictions={},
        )


MANIFESTS = TypeAdapter(Manifest)
