"""The index on disk: immutable generations, published at once, checked before they are used.

    INDEX/CURRENT                         the name of the generation that is served
    INDEX/generations/g000012-1f0c…/      one generation: manifest.json and the parts it lists
        passages-…, tokens-…, dense-…     runs of passages, shared by generations (segments.py)
    INDEX/spare/passages-…, …             second copies of what generations share (spare.py)
    INDEX/files/ab/abcd…                  the original files, named by their SHA-256
    INDEX/embeddings.sqlite               vectors already computed (a cache)
    INDEX/texts.sqlite                    files already parsed and cut (a cache)
    INDEX/backups/                        which backups were made (backup.py)
    INDEX/restricted.json                 what the newest build restricts (restrictions.py)
    INDEX/forgotten.json                  what must not come back, as hashes (source/tombstones.py)
    INDEX/lock                            held by whoever writes (storage/lock.py)

A name that begins with a dot is not finished, or on its way out: the next build sweeps it away.

A generation's name ends with the beginning of its manifest's SHA-256, and the manifest holds the
SHA-256 of each part, so that one flipped bit anywhere is noticed before anything is loaded.

A generation holds all there is and, where not everybody may see that, once more what the lower
levels see: parts of their own ("public-documents.json"), made as if the rest did not exist. Who is
let see less is given another index, not a filter: no name, number or score can come from the rest.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from indexer.domain import Document, Level, Organisation, Passage
from indexer.errors import GenerationError
from indexer.index import restrictions
from indexer.index.bm25 import LexicalIndex
from indexer.index.late_interaction import CODER, TokenCoder, TokenIndex
from indexer.index.manifest import (
    DOCUMENTS,
    FORMAT,
    LEXICAL_ROWS,
    LEXICAL_SCORES,
    MANIFEST,
    MANIFESTS,
    ORGANISATIONS,
    TOKEN_CODER,
    VOCABULARY,
    Manifest,
    Restrictions,
    part_name,
    seen_parts,
)
from indexer.index.originals import file_path
from indexer.index.passages import Bytes, MappedPassages, PassageColumns
from indexer.index.serialisation import (
    load_documents,
    load_organisations,
    load_vocabulary,
)
from indexer.text.tokens import TOKENISER
from indexer.vocabulary import Linker

if TYPE_CHECKING:
    from indexer.index.dense import DenseIndex

HASH_IN_NAME = 16
NAME = rf"g[0-9]{{6,}}-[0-9a-f]{{{HASH_IN_NAME}}}"  # of a generation
PART = r"[\w-][\w.-]*"  # of a file in it
CURRENT = "CURRENT"
_REBUILD = "Run: python -m indexer build."


@dataclass(frozen=True, slots=True)
class Generation:
    """A loaded generation: everything a search needs. Rows of the indexes are passages' places.

    It holds what one level sees, and nothing of the rest. ``linker`` has the vocabulary that it was
    made with; ``concept_rows`` are the rows of the passages that say of anybody something about a
    competence, by its concept. ``passages`` are made when asked for: what is asked of all of them
    stands in ``columns``.
    """

    id: str
    manifest: Manifest
    passages: Sequence[Passage]
    columns: PassageColumns
    documents: Mapping[str, Document]
    organisations: Mapping[str, Organisation]
    dense: DenseIndex
    lexical: LexicalIndex
    tokens: TokenIndex
    linker: Linker
    concept_rows: Mapping[str, tuple[int, ...]]
    files: Path

    def original(self, document: Document) -> bytes:
        """The bytes of the file a document was read from, as they were when it was indexed."""
        if not document.content_hash:
            raise GenerationError(
                f"{document.path} has no original that may be seen.", remedy="Sign in to open it."
            )
        path = file_path(self.files, document.content_hash)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise GenerationError(
                f"The original of {document.path} cannot be read: {error.strerror}.",
                remedy=_REBUILD,
            ) from error
        if hashlib.sha256(data).hexdigest() != document.content_hash:
            raise GenerationError(f"The kept copy of {document.path} is damaged.", remedy=_REBUILD)
        return data


def generation_names(index: Path) -> list[str]:
    """The generations on disk, newest first."""
    return sorted(_names(index / "generations"), reverse=True)


def current_name(index: Path) -> str | None:
    """The generation that ``CURRENT`` names; ``None`` if nothing was ever published.

    It may be anything: whatever reads a generation by this name checks it first.
    """
    try:
        return (index / CURRENT).read_text("utf-8").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise GenerationError(f"{index / CURRENT} cannot be read.", remedy=_REBUILD) from error


def read_manifest(index: Path, name: str) -> Manifest:
    """The manifest of a generation, checked against the generation's name."""
    check_name(name)
    path = index / "generations" / name / MANIFEST
    try:
        text = path.read_bytes()
    except OSError as error:
        raise GenerationError(
            f"{path} cannot be read: {error.strerror}.", remedy=_REBUILD
        ) from error
    if not name.endswith(_sha256(text)[:HASH_IN_NAME]):
        raise GenerationError(f"{path} was changed after it was written.", remedy=_REBUILD)
    try:
        manifest = MANIFESTS.validate_json(text)
    except ValidationError as error:
        raise GenerationError(
            f"{path} was written by another version of this program.", remedy=_REBUILD
        ) from error
    plain = all(re.fullmatch(PART, part, re.ASCII) for part in manifest.parts)
    if not plain or not manifest.mapped <= manifest.parts.keys():
        raise GenerationError(f"{path} lists parts that lie elsewhere.", remedy=_REBUILD)
    if manifest.format != FORMAT:
        raise GenerationError(
            f"{path} has format {manifest.format}; this program reads format {FORMAT}.",
            remedy=_REBUILD,
        )
    return manifest


def read_parts(index: Path, name: str, manifest: Manifest) -> dict[str, bytes]:
    """The bytes of each part, hashed before anything parses them; mapped parts are only hashed.

    Args:
        index: The index folder.
        name: The generation's name.
        manifest: Its manifest, with the hash of each part.

    Raises:
        GenerationError: A part is missing, unreadable or damaged.
    """
    parts, mapped = {}, manifest.mapped
    for part, expected in manifest.parts.items():
        path = index / "generations" / name / part
        try:
            if part in mapped:
                with path.open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
            else:
                parts[part] = path.read_bytes()
                digest = _sha256(parts[part])
        except OSError as error:
            raise GenerationError(
                f"{path} cannot be read: {error.strerror}.", remedy=_REBUILD
            ) from error
        if digest != expected.sha256:
            raise GenerationError(f"{path} is damaged (its SHA-256 differs).", remedy=_REBUILD)
    return parts


def load(index: Path, name: str, level: Level = Level.PUBLIC) -> Generation:
    """Load a generation as one level sees it.

    Args:
        index: The index folder.
        name: The generation's name.
        level: Whose view of it.

    Raises:
        GenerationError: Something in it is not as it was published.
    """
    return load_levels(index, name)[level]


def load_levels(index: Path, name: str) -> dict[Level, Generation]:
    """Load what each level sees of a generation: one object for levels that see the same.

    Raises GenerationError when anything in it is not as published.
    """
    manifest = read_manifest(index, name)
    if (manifest.build_fingerprint.tokeniser, manifest.build_fingerprint.token_coder) != (
        TOKENISER,
        CODER,
    ):
        raise GenerationError(
            f"Generation {name} was made by another version of this program.", remedy=_REBUILD
        )
    parts, folder = read_parts(index, name, manifest), index / "generations" / name
    maps = lru_cache(maxsize=None)(lambda part: mapped(folder / part))  # levels share files
    try:
        made = {
            source: _assemble(folder, manifest, parts, source, maps)
            for source in dict.fromkeys(map(manifest.source_of, Level))
        }
    except (LookupError, ValueError, RuntimeError) as error:  # as published, yet not understood
        raise GenerationError(
            f"Generation {name} was written by another version of this program "
            f"({type(error).__name__}).",
            remedy=_REBUILD,
        ) from error
    return {level: made[manifest.source_of(level)] for level in Level}


def _assemble(
    folder: Path,
    manifest: Manifest,
    parts: Mapping[str, bytes],
    source: Level | None,
    maps: Callable[[str], Bytes],
) -> Generation:
    """What a level sees.

    Args:
        folder: The generation's.
        manifest: Its manifest.
        parts: Those of its parts that are not mapped.
        source: The level whose parts they are.
        maps: Maps the others.
    """
    from indexer.index.dense import DenseIndex

    coder = TokenCoder.from_bytes(parts[TOKEN_CODER])
    own = seen_parts(parts, source)
    seen = manifest if source is None else manifest.as_seen(source)
    passages = MappedPassages([(maps(s.texts), s.passages) for s in seen.segments])
    columns = PassageColumns.of(passages)
    return Generation(
        id=folder.name,
        manifest=seen,
        passages=passages,
        columns=columns,
        documents={d.id: d for d in load_documents(own[DOCUMENTS])},
        organisations={o.id: o for o in load_organisations(own[ORGANISATIONS])},
        dense=DenseIndex([folder / name for name in seen.dense_files], seen.dense),
        lexical=LexicalIndex(
            own | {part: maps(part_name(source, part)) for part in (LEXICAL_SCORES, LEXICAL_ROWS)},
            len(passages),
        ),
        tokens=TokenIndex(coder, [(maps(s.tokens), s.passages) for s in seen.segments]),
        linker=_linker(parts[VOCABULARY]),
        concept_rows=columns.concept_rows(),
        files=folder.parents[1] / "files",
    )


def mapped(path: Path) -> Bytes:
    """The bytes of a file, mapped."""
    return np.asarray(np.memmap(path, np.uint8, "r"))


@lru_cache(maxsize=2)  # one generation's is mostly the next one's, and takes 0.2 s to prepare
def _linker(vocabulary: bytes) -> Linker:
    return Linker(load_vocabulary(vocabulary))


def load_current(index: Path, level: Level = Level.PUBLIC) -> tuple[Generation, tuple[str, ...]]:
    """What a level sees of the current generation or, where it is damaged, of the newest that is
    whole, and why. Raises GenerationError when there is none.
    """
    found, refused = load_current_levels(index)
    return found[level], refused


def load_current_levels(index: Path) -> tuple[dict[Level, Generation], tuple[str, ...]]:
    """What each level sees of the current generation or, where it is damaged, of the newest that
    is whole and shows nothing that was restricted since, and why. Raises GenerationError when there
    is none.
    """
    name = current_name(index)
    if name is None:
        raise GenerationError(f"There is no index in {index} yet.", remedy=_REBUILD)
    refused: list[str] = []
    for candidate in (name, *(n for n in generation_names(index) if n != name)):
        try:
            levels = load_levels(index, candidate)
            if candidate != name:
                _refuse_opened(index, levels[Level.ADMIN])
            return levels, tuple(refused)
        except GenerationError as error:
            refused.append(str(error))
    raise GenerationError("No generation can be loaded: " + " ".join(refused), remedy=_REBUILD)


def read_restrictions(index: Path) -> Restrictions:
    """The restrictions of the newest build; empty if nothing was ever published.

    Raises GenerationError if they cannot be read.
    """
    if not (index / restrictions.FILE).exists() and current_name(index) is None:
        return {}
    return restrictions.read(index)


def exposes_restricted(known: Restrictions, generation: Generation) -> bool:
    """Whether a generation, as administrators see it, shows what is restricted."""
    own = generation.manifest.restrictions
    return bool(restrictions.opened(known, own, generation.documents))


def _refuse_opened(index: Path, generation: Generation) -> None:
    if exposes_restricted(
        read_restrictions(index), generation
    ):  # the public reads this: it names no document
        raise GenerationError(
            f"Generation {generation.id} is whole, but shows what has been restricted since.",
            remedy=_REBUILD,
        )


def check_name(name: str) -> None:
    """Refuse a name that ``publish`` does not give, before it becomes part of a path."""
    if not re.fullmatch(NAME, name):
        raise GenerationError(f"{name!r} is not the name of a generation.", remedy=_REBUILD)


def _names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return [path.name for path in folder.iterdir() if re.fullmatch(NAME, path.name)]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
