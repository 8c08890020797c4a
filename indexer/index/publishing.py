"""Publishing generations: written aside, made durable, then served at once.

A file that is named by what it is made of (segments.py) is not written again where a generation has
it: the new one gets a hard link to its second copy (spare.py), or else to the file itself. It is
hashed first: damage is not taken over, but mended by writing the file anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from indexer.errors import GenerationError
from indexer.index import restrictions
from indexer.index.bm25 import Writer
from indexer.index.manifest import MANIFEST, MANIFESTS, Manifest, PartFile, Restrictions
from indexer.index.segments import Pieces
from indexer.index.snapshot import (
    CURRENT,
    HASH_IN_NAME,
    check_name,
    generation_names,
    read_manifest,
)
from indexer.index.spare import keep_second_copies, spare_file
from indexer.storage.durable import (
    make_aside,
    make_folder,
    replace_synced,
    sync,
    synced_file,
    write_synced,
)

Part = bytes | Writer


def publish(
    index: Path,
    manifest: Manifest,
    parts: Mapping[str, Part],
    named: Mapping[str, Pieces] = MappingProxyType({}),
    absent: Restrictions = MappingProxyType({}),
) -> str:
    """Write a new generation durably and make it the current one; returns its name.

    Args:
        index: The index folder.
        manifest: What describes the generation; its ``parts`` are filled in here.
        parts: The content of each file of the generation, by name; of a large one, what writes it.
        named: What makes the content of the files that are named by it, by name.
        absent: The restrictions of documents that the generation does not hold.

    Raises:
        OSError: The disk is full or not writable; the generation served before stays.
    """
    folder = index / "generations"
    make_folder(folder)
    aside = make_aside(folder, ".writing-")
    try:
        listed = {name: _written(aside / name, data) for name, data in sorted(parts.items())}
        earlier = _earlier(index)
        for name, make in sorted(named.items()):
            taken = _taken_over(index, aside / name, *earlier[name]) if name in earlier else False
            listed[name] = earlier[name][1] if taken else _written(aside / name, _in_pieces(make))
        text = MANIFESTS.dump_json(replace(manifest, parts=listed), indent=1)
        write_synced(aside / MANIFEST, text)
        sync(aside)
        name = f"g{_next_number(index):06d}-{_sha256(text)[:HASH_IN_NAME]}"
        aside.replace(folder / name)
        sync(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    before = _newest_but(index, name)
    make_current(index, name, {**absent, **manifest.restrictions})
    # It is published: what could not be copied now, the next build copies.
    with contextlib.suppress(OSError, GenerationError):
        keep_second_copies(index, read_manifest(index, name), folder / name, before)
    return name


def make_current(index: Path, name: str, closed: Restrictions) -> None:
    """Serve another generation: readers see the old name or the new one, nothing in between.

    The restrictions are recorded first. Until CURRENT is replaced the old generation is served as
    before, since what CURRENT names is never refused for what it shows.

    Args:
        index: The index folder.
        name: The generation to serve.
        closed: What is restricted from now on, in older generations too.
    """
    check_name(name)
    restrictions.write(index, closed)
    replace_synced(index / CURRENT, f"{name}\n".encode())


def _earlier(index: Path) -> dict[str, tuple[Path, PartFile]]:
    """The files of the generations that can be read, by name; of several, the newest's."""
    files: dict[str, tuple[Path, PartFile]] = {}
    for name in reversed(generation_names(index)):
        with contextlib.suppress(GenerationError):
            folder, manifest = index / "generations" / name, read_manifest(index, name)
            files |= {part: (folder / part, file) for part, file in manifest.parts.items()}
    return files


def _newest_but(index: Path, name: str) -> Path | None:
    """The folder of the newest generation but one."""
    others = (other for other in generation_names(index) if other != name)
    newest = next(others, None)
    return index / "generations" / newest if newest else None


def _taken_over(index: Path, path: Path, earlier: Path, file: PartFile) -> bool:
    """Link to the second copy of a file of an earlier generation, or to the file: to the first that
    is whole, if the file system can.

    Args:
        index: The index folder.
        path: The file of the new generation.
        earlier: That of the earlier one.
        file: What its manifest says of it.
    """
    spare = spare_file(index, earlier.name)
    if _is_whole(spare, file):
        return _linked(spare, path)
    with contextlib.suppress(OSError):
        spare.unlink()  # damaged, or missing: it is copied anew
    return _is_whole(earlier, file) and _linked(earlier, path)


def _is_whole(path: Path, file: PartFile) -> bool:
    if path.is_symlink():
        return False  # what lies elsewhere may change under the index
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def _linked(source: Path, path: Path) -> bool:
    try:
        os.link(source, path, follow_symlinks=False)
    except OSError:
        return False
    return True


def _written(path: Path, data: Part) -> PartFile:
    """Write a part, and say what was written."""
    digest, size = hashlib.sha256(), 0
    with synced_file(path) as file:

        def put(piece: bytes) -> None:
            nonlocal size
            file.write(piece)
            digest.update(piece)
            size += len(piece)

        if isinstance(data, bytes):
            put(data)
        else:
            data(put)
    return PartFile(size, digest.hexdigest())


def _in_pieces(make: Pieces) -> Writer:
    def write(put: Callable[[bytes], object]) -> None:
        for piece in make():
            put(piece)

    return write


def _next_number(index: Path) -> int:
    numbers = [int(name[1:].partition("-")[0]) for name in generation_names(index)]
    return max(numbers, default=0) + 1


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
