"""The corpus folder: a safe, sorted walk with sizes and content hashes. Its only reader."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from indexer.domain import Problem, Reason, Severity
from indexer.errors import CorpusError, UnreadableFileError
from indexer.parsing.formats import SUFFIXES
from indexer.source.sidecars import document_of, is_sidecar, pair
from indexer.storage.safe_open import open_inside

VOCABULARY = "vocabulary.yaml"  # the association's own, at the top
_TOP_README = "readme.md"  # at the top it documents the corpus; below, it is a file like others
_IGNORED = frozenset({"thumbs.db", "desktop.ini"})
_READ = 1 << 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to index: its path inside the corpus (NFC, with slashes), and its content's SHA-256.

    ``size`` is in bytes; ``root`` is the corpus folder, ``inside`` the path as the disk has it.
    ``closed`` is one whose sidecar may have been lost, and with it who may see the document.
    """

    path: str
    root: Path
    inside: str
    size: int
    content_hash: str
    sidecars: tuple[SourceFile, ...] = ()
    closed: bool = False

    @property
    def location(self) -> Path:
        """Where the file is."""
        return self.root / self.inside


@dataclass(frozen=True, slots=True)
class Scan:
    """What a corpus folder holds, sorted by path; ``vocabulary`` is the association's own."""

    root: Path
    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]
    vocabulary: SourceFile | None = None

    @property
    def fingerprint(self) -> str:
        """Changes whenever a file, a sidecar or what is wrong with the folder changes."""
        digest = hashlib.sha256()
        for file in self.files:
            sidecars = "".join(sidecar.content_hash for sidecar in file.sidecars)
            digest.update(f"{file.path}\0{file.content_hash}\0{sidecars}\n".encode())
        if self.vocabulary is not None:
            digest.update(f"{VOCABULARY}\0{self.vocabulary.content_hash}\n".encode())
        for problem in self.problems:
            digest.update(f"{problem.path}\0{problem.reason}\0{problem.detail}\n".encode())
        return digest.hexdigest()


def scan(root: Path, max_bytes: int) -> Scan:
    """Find the files under ``root``: never outside it, nothing hidden, nothing over ``max_bytes``.

    Files are hashed whole at every scan, since times and sizes can stay equal while the content
    changes. Raises CorpusError when the folder is missing or cannot be read.
    """
    if not root.exists():
        raise CorpusError(
            f"The corpus folder {root} does not exist.",
            remedy="Create it, or name another one: python -m indexer build FOLDER.",
        )
    if not root.is_dir():
        raise CorpusError(
            f"{root} is a file, not a folder.",
            remedy=f"Name the folder that it is in: python -m indexer build {root.parent}.",
        )
    problems: list[Problem] = []
    found: dict[str, SourceFile] = {}
    for inside in _walk(root, problems):
        path = shown_path(inside)
        if path in found:
            problems.append(_twin(path))
            continue
        file = _examine(root, inside, path, max_bytes, problems)
        if file is not None:
            found[path] = file
    files = _with_sidecars(found, problems)
    ordered = tuple(sorted(problems, key=lambda p: (p.path, p.detail)))
    return Scan(root, tuple(files), ordered, found.get(VOCABULARY))


def read(file: SourceFile) -> bytes:
    """The bytes of a file found by ``scan``.

    Raises UnreadableFileError when it cannot be read any more or is not what was scanned.
    """
    try:
        with open_inside(file.root, file.inside) as opened:
            data = opened.read(file.size + 1)
    except OSError as error:
        raise UnreadableFileError(
            Reason.UNREADABLE,
            f"cannot be read: {error.strerror or error}",
            remedy="Give the user who indexes permission to read it, or remove it.",
        ) from error
    if hashlib.sha256(data).hexdigest() != file.content_hash:
        raise UnreadableFileError(
            Reason.UNREADABLE,
            "changed while it was being read",
            remedy="Build again once nobody writes to it.",
        )
    return data


def shown_path(path: str) -> str:
    """A path inside the corpus, with slashes, as reports show it, whatever characters it has."""
    if path.isascii() and path.isprintable():
        return path
    if not _is_unicode(path):
        return os.fsencode(path).decode("utf-8", "backslashreplace")
    if _has_control(path):
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in path)
    return unicodedata.normalize("NFC", path)


def is_readme(path: str) -> bool:
    """Whether a file is named as one that explains its folder, of whatever type."""
    return Path(path).stem.lower() == "readme"


def folder_note(path: str) -> Problem:
    """That a README was left out."""
    return Problem(
        path,
        Severity.WARNING,
        Reason.FOLDER_NOTE,
        "a README without fields was taken for the folder's explanation, and not indexed",
        "If it is a document, give it fields (a title), or another name.",
    )


def _walk(root: Path, problems: list[Problem]) -> Iterator[str]:
    """Every file under ``root``, folder by folder, however deep they are nested: its path in there,
    with slashes.
    """
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        inner: list[str] = []
        for entry in _entries(folder, root, problems):
            path = folder + entry.name
            if not _is_unicode(entry.name):
                problems.append(_not_unicode(path))
            elif _has_control(entry.name):
                problems.append(_control_in_name(path))
            elif entry.is_dir(follow_symlinks=False):
                inner.append(f"{path}/")
            else:
                yield path
        waiting += reversed(inner)


def _entries(folder: str, root: Path, problems: list[Problem]) -> list[os.DirEntry[str]]:
    """The entries of a folder by name, without hidden and system files."""
    try:
        entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name)
    except OSError as error:
        if not folder:
            raise CorpusError(
                f"The corpus folder {root} cannot be read: {error.strerror}.",
                remedy="Give the user who indexes read and search permission on it.",
            ) from error
        problems.append(_unreadable(folder, error))
        return []
    ignored = _IGNORED if folder else _IGNORED | {_TOP_README}
    return [
        entry
        for entry in entries
        if not entry.name.startswith((".", "~$")) and entry.name.lower() not in ignored
    ]


def _examine(
    root: Path, inside: str, path: str, max_bytes: int, problems: list[Problem]
) -> SourceFile | None:
    """The file at ``inside`` if it may be read; otherwise its problem is noted."""
    stem, _, end = inside.rpartition("/")[2].lower().rpartition(".")
    suffix = f".{end}" if stem and end else ""
    if suffix not in SUFFIXES and not is_sidecar(path):
        problems.append(folder_note(path) if is_readme(path) else _unsupported(path, suffix))
        return None
    try:
        with open_inside(root, inside) as file:
            size = os.fstat(file.fileno()).st_size
            content_hash, read = _hash(file, max_bytes) if size <= max_bytes else ("", size)
    except UnreadableFileError as error:
        problems.append(Problem(path, Severity.ERROR, error.reason, error.message, error.remedy))
        return None
    except OSError as error:
        problems.append(_unreadable(path, error))
        return None
    if read > max_bytes:
        problems.append(_too_large(path, read, max_bytes))
        return None
    same = path if path == inside else inside  # mostly one text, which is kept once
    return SourceFile(path, root, same, read, content_hash)


def _with_sidecars(found: dict[str, SourceFile], problems: list[Problem]) -> list[SourceFile]:
    documents = [path for path in found if not is_sidecar(path)]
    pairing = pair(
        documents, list(filter(is_sidecar, found)), {problem.path for problem in problems}
    )
    doubted = {path for near in pairing.misnamed.values() for path in near} | pairing.lost.keys()
    problems += [_orphan(path) for path in pairing.orphans if path != VOCABULARY]
    problems += [_misnamed(path, near) for path, near in pairing.misnamed.items()]
    problems += [_lost(path, sidecars) for path, sidecars in pairing.lost.items()]
    problems += [_several(path, s) for path, s in pairing.sidecars.items() if len(s) > 1]
    for path in pairing.sidecars.keys() | doubted:
        found[path] = replace(
            found[path],
            sidecars=tuple(found[sidecar] for sidecar in pairing.sidecars.get(path, ())),
            closed=path in doubted,
        )
    return [found[path] for path in sorted(documents)]


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_control(name: str) -> bool:
    return not name.isprintable() and any(unicodedata.category(char) == "Cc" for char in name)


def _hash(file: BinaryIO, most: int) -> tuple[str, int]:
    """The SHA-256 and the size of a file; of one that grows, little more than ``most`` is read."""
    digest = hashlib.sha256()
    size = 0
    while size <= most and (piece := file.read(_READ)):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _unreadable(path: str, error: OSError) -> Problem:
    return Problem(
        path,
        Severity.ERROR,
        Reason.UNREADABLE,
        f"cannot be read: {error.strerror or error}",
        "Give the user who indexes permission to read it, or remove it.",
    )


def _not_unicode(path: str) -> Problem:
    return Problem(
        shown_path(path),
        Severity.ERROR,
        Reason.UNREADABLE,
        "its name is not in UTF-8, as happens with archives made on other systems",
        "Rename it.",
    )


def _control_in_name(path: str) -> Problem:
    return Problem(
        shown_path(path),
        Severity.ERROR,
        Reason.UNREADABLE,
        "its name has characters that cannot be seen, such as a line break",
        "Rename it.",
    )


def _too_large(path: str, size: int, limit: int) -> Problem:
    return Problem(
        path,
        Severity.ERROR,
        Reason.TOO_LARGE,
        f"{size / 1e6:.0f} MB, more than the limit of {limit / 1e6:.0f} MB",
        "Split it, or raise COMPETENZE_MAX_FILE_MB.",
    )


def _unsupported(path: str, suffix: str) -> Problem:
    return Problem(
        path,
        Severity.ERROR,
        Reason.UNSUPPORTED,
        f"files of type {suffix or '(no suffix)'} are not read",
        f"Save it as one of: {', '.join(sorted(SUFFIXES))}.",
    )


def _orphan(path: str) -> Problem:
    return Problem(
        path,
        Severity.WARNING,
        Reason.ORPHAN_SIDECAR,
        f"metadata of {document_of(path)}, which is not in the corpus",
        "Name it after its document (NAME.pdf.yaml for NAME.pdf), or remove it.",
    )


def _misnamed(path: str, near: Sequence[str]) -> Problem:
    return Problem(
        path,
        Severity.WARNING,
        Reason.ORPHAN_SIDECAR,
        f"may be metadata of {', '.join(near)}: until that is clear only administrators see that",
        f"Name it {near[0]}.yaml, or otherwise if it has nothing to do with it.",
    )


def _lost(path: str, sidecars: Sequence[str]) -> Problem:
    return Problem(
        path,
        Severity.WARNING,
        Reason.BAD_METADATA,
        f"its metadata cannot be read ({', '.join(sidecars)}): only administrators see it",
        "Mend that file, or remove it.",
    )


def _several(path: str, sidecars: Sequence[str]) -> Problem:
    return Problem(
        path,
        Severity.WARNING,
        Reason.BAD_METADATA,
        f"has several sidecars ({', '.join(sidecars)}): they were joined, the last one's fields "
        "and the strictest visibility count",
        "Keep one of them.",
    )


def _twin(path: str) -> Problem:
    return Problem(
        path,
        Severity.ERROR,
        Reason.DUPLICATE_ID,
        "two files have this name, written with different Unicode forms of the same letters",
        "Rename one of the two; the first in the folder's order was indexed.",
    )
