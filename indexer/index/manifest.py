"""What a generation is made of: the names of its parts, and the manifest that lists them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter

from indexer.domain import Level, Problem
from indexer.index.dense_ladder import DenseKind

FORMAT = 3
# By the hash of a document's id: the least level that sees it (""), and its fields, by name; what
# everybody may see is left out.
Restrictions = Mapping[str, Mapping[str, Level]]
PASSAGES, DOCUMENTS, ORGANISATIONS = "passages.json", "documents.json", "organisations.json"
VOCABULARY = "vocabulary.json"  # one for all levels
DENSE = "dense.faiss"
TOKEN_CODER, TOKEN_COUNTS, TOKENS = "token_coder.npy", "token_counts.i32", "tokens.codes"


def part_name(source: Level | None, part: str) -> str:
    """The name of a level's own part; ``None`` is the level that sees everything."""
    return part if source is None else f"{source}-{part}"


def seen_parts(parts: Mapping[str, bytes], source: Level | None) -> dict[str, bytes]:
    """A level's own parts by their plain names; empty if it has none."""
    prefix = part_name(source, "")
    return {part.removeprefix(prefix): parts[part] for part in parts if part.startswith(prefix)}


# Mapped into memory: a search reads the pages it needs.
MAPPED = frozenset(part_name(source, part) for source in (None, *Level) for part in (DENSE, TOKENS))


def seen_by_levels(parts: Mapping[str, bytes]) -> Iterator[dict[str, bytes]]:
    """All the parts, then those of each level that has its own, by their plain names."""
    found = (seen_parts(parts, source) for source in (None, *Level))
    yield from (own for own in found if own)


@dataclass(frozen=True, slots=True)
class PartFile:
    """One file of a generation."""

    bytes: int
    sha256: str


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
    """The counts of a level that does not see everything."""

    files: int
    documents: int
    organisations: int
    passages: int
    dense: DenseKind = DenseKind.FLAT


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is and holds; ``created`` is UTC in ISO 8601.

    ``dense`` is the kind of FAISS index (dense_ladder.py).
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
    lower: Mapping[Level, Counts] = field(default_factory=dict)
    restrictions: Restrictions = field(default_factory=dict)
    dense: DenseKind = DenseKind.FLAT

    def source_of(self, level: Level) -> Level | None:
        """The level whose parts a level sees: the first from it on that has any; ``None``: all."""
        return next((one for one in Level if one in self.lower and one.sees(level)), None)

    def as_seen(self, source: Level) -> Manifest:
        """The manifest without anything about what a level does not see."""
        counts = self.lower[source]
        return replace(
            self,
            corpus_fingerprint="",
            files=counts.files,
            documents=counts.documents,
            organisations=counts.organisations,
            passages=counts.passages,
            dense=counts.dense,
            problems=(),
            parts={p: self.parts[p] for p in self.parts if p.startswith(part_name(source, ""))},
            lower={},
            restrictions={},
        )


MANIFESTS = TypeAdapter(Manifest)
