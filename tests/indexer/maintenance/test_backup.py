"""A backup is one whole generation, and what is put back is that or nothing."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from indexer.domain import Level
from indexer.errors import BackupError, GenerationError
from indexer.index.integrity import verify
from indexer.index.originals import file_path
from indexer.index.publishing import make_current
from indexer.index.retention import prune
from indexer.index.snapshot import (
    current_name,
    generation_names,
    load_current,
    load_current_levels,
    read_manifest,
)
from indexer.maintenance import backup as backing
from indexer.maintenance.backup import LISTING, LISTINGS, backup, backups
from indexer.maintenance.restore import restore
from indexer.pipeline.build import build_index
from indexer.settings import Settings
from indexer.source import tombstones
from indexer.source.tombstones import Tombstones
from tests.indexer.by_hand import DOCUMENT, HASH, ORIGINAL, flip, folder, published
from tests.indexer.pipeline.test_build import put
from tests.toy import ToyEncoder

Files = dict[str, bytes]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    published(tmp_path / "index", 2)
    return tmp_path / "index"


def everything(root: Path) -> Files:
    """All that lies in a folder but the lock."""
    paths = (p for p in root.rglob("*") if p.is_file() and p.name != "lock")
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in paths}


def members(file: Path) -> Files:
    with tarfile.open(file) as archive:
        return {m.name: archive.extractfile(m).read() for m in archive}  # type: ignore[union-attr]


def pack(file: Path, content: Files, *extra: tarfile.TarInfo) -> None:
    with tarfile.open(file, "w") as archive:
        for name, data in content.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
        for header in extra:
            archive.addfile(header)


# --- backing up ----------------------------------------------------------------------------


def test_a_backup_holds_the_current_generation_and_its_originals(
    index: Path, tmp_path: Path
) -> None:
    listing = backup(index, tmp_path / "b.tar")
    name = current_name(index)
    found = members(tmp_path / "b.tar")
    assert next(iter(found)) == LISTING
    assert LISTINGS.validate_json(found.pop(LISTING)) == listing
    assert listing.generation == name
    whole = everything(index)
    wanted = {p for p in whole if p.startswith((f"generations/{name}/", "files/"))}
    assert found == {path: whole[path] for path in wanted}


def test_a_backup_restored_elsewhere_is_the_same_index(index: Path, tmp_path: Path) -> None:
    backup(index, tmp_path / "b.tar")
    there = tmp_path / "elsewhere" / "index"
    restore(there, tmp_path / "b.tar")
    assert verify(there, "toy", every=True).faults == ()
    found, refused = load_current(there)
    here, _ = load_current(index)
    assert refused == ()
    assert (found.id, list(found.passages)) == (here.id, list(here.passages))
    assert found.original(DOCUMENT) == ORIGINAL
    assert not [p for p in there.iterdir() if p.name.startswith(".")]


def test_a_backup_is_remembered_once_for_each_file(index: Path, tmp_path: Path) -> None:
    for name in ("a.tar", "b.tar", "a.tar"):
        backup(index, tmp_path / name, force=True)
    found = tuple(backups(index).values())
    assert [Path(b.file).name for b in found] == ["b.tar", "a.tar"]
    assert {b.originals for b in found} == {(HASH,)}


def test_a_backup_that_fails_leaves_the_one_before_and_no_trace(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(index, tmp_path / "b.tar")
    before = (tmp_path / "b.tar").read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(backing.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            backup(index, tmp_path / "b.tar", force=True)
    assert (tmp_path / "b.tar").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.tar", "index"]


def test_a_backup_replaces_another_only_by_force(index: Path, tmp_path: Path) -> None:
    (tmp_path / "b.tar").write_bytes(b"mine")
    with pytest.raises(BackupError, match="already exists") as caught:
        backup(index, tmp_path / "b.tar")
    assert "--force" in caught.value.remedy
    assert ((tmp_path / "b.tar").read_bytes(), backups(index)) == (b"mine", {})
    backup(index, tmp_path / "b.tar", force=True)
    assert LISTING in members(tmp_path / "b.tar")


@pytest.mark.parametrize("force", [True, False])
def test_several_backups_to_one_file_at_once_disturb_nobody(
    index: Path, tmp_path: Path, force: bool
) -> None:
    def one(_: int) -> str:
        try:
            return backup(index, tmp_path / "b.tar", force=force).generation
        except BackupError as error:
            return error.message

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(one, range(12)))
    done = told.count(str(current_name(index)))
    assert done == (12 if force else 1)
    assert {words for words in told if "already exists" not in words} == {current_name(index)}
    assert members(tmp_path / "b.tar")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.tar", "index"]


def test_where_links_are_unknown_a_backup_is_renamed(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(backing.os, "link", refuse)
    backup(index, tmp_path / "b.tar")
    with pytest.raises(BackupError, match="already exists"):
        backup(index, tmp_path / "b.tar")
    assert LISTING in members(tmp_path / "b.tar")


def test_what_a_killed_backup_left_goes_once_nobody_writes_it(index: Path, tmp_path: Path) -> None:
    old, new = tmp_path / ".b.tar-old.part", tmp_path / ".b.tar-new.part"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    backup(index, tmp_path / "b.tar")
    assert not old.exists()
    assert new.exists()


@pytest.mark.parametrize("what", ["dense.faiss", "manifest.json", "original", "tokens.codes"])
def test_what_is_damaged_is_never_backed_up(index: Path, tmp_path: Path, what: str) -> None:
    name = str(current_name(index))
    path = file_path(index / "files", HASH) if what == "original" else folder(index, name) / what
    flip(path, 2)
    with pytest.raises(GenerationError):
        backup(index, tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()
    assert backups(index) == {}


def test_a_shorter_original_is_damage_too(index: Path, tmp_path: Path) -> None:
    file_path(index / "files", HASH).write_bytes(ORIGINAL[:-3])
    with pytest.raises(GenerationError, match="missing or damaged"):
        backup(index, tmp_path / "b.tar")


def test_a_generation_that_is_removed_meanwhile_is_followed_by_the_next(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = backing._write
    calls = []

    def slow(*arguments: object, **how: object) -> None:
        calls.append(arguments)
        if len(calls) == 1:
            published(index, 2)
            prune(index, 1)
        write(*arguments, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(backing, "_write", slow)
    assert backup(index, tmp_path / "b.tar").generation == current_name(index)
    assert len(calls) == 2
    assert len(backups(index)) == 1


def test_a_backup_goes_to_an_ordinary_file_outside_the_index(index: Path, tmp_path: Path) -> None:
    device = tmp_path / "device"
    os.mkfifo(device)
    with pytest.raises(BackupError, match="not an ordinary file"):
        backup(index, device)
    with pytest.raises(BackupError, match="inside the index folder"):
        backup(index, index / "b.tar")
    with pytest.raises(BackupError, match="does not exist"):
        backup(index, tmp_path / "nowhere" / "b.tar")
    assert device.is_fifo()


def test_without_an_index_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(GenerationError, match="There is no index"):
        backup(tmp_path / "index", tmp_path / "b.tar")


# --- restoring -----------------------------------------------------------------------------


def test_a_backup_goes_back_into_a_later_index(index: Path, tmp_path: Path) -> None:
    old = str(current_name(index))
    backup(index, tmp_path / "b.tar")
    published(index, 3)
    prune(index, 1)
    assert old not in generation_names(index)
    file_path(index / "files", HASH).unlink()
    restore(index, tmp_path / "b.tar")
    assert current_name(index) == old
    assert verify(index, every=True).faults == ()


def test_what_each_level_sees_goes_back_too(tmp_path: Path) -> None:
    corpus, index = tmp_path / "corpus", tmp_path / "index"
    put(corpus, "events/uno.md", "Un incontro.")
    put(corpus, "events/due.md", "---\nvisibility: members\n---\nUn altro.")
    build_index(Settings(corpus=corpus, index=index), ToyEncoder())
    backup(index, tmp_path / "b.tar")
    restore(tmp_path / "new", tmp_path / "b.tar")
    levels, refused = load_current_levels(tmp_path / "new")
    assert refused == ()
    assert levels[Level.PUBLIC].documents.keys() == {"events/uno.md"}
    assert levels[Level.MEMBERS].documents.keys() == {"events/uno.md", "events/due.md"}


def test_a_damaged_generation_is_mended_from_its_backup(index: Path, tmp_path: Path) -> None:
    name = str(current_name(index))
    backup(index, tmp_path / "b.tar")
    flip(folder(index, name) / "dense.faiss", 9)
    restore(index, tmp_path / "b.tar")
    assert verify(index, every=True).faults == ()


def _path(name: str) -> Callable[[Files], Files]:
    return lambda content: {**content, name: b"x"}


def _flipped(content: Files) -> Files:
    name = next(n for n in content if n.endswith("dense.faiss"))
    data = bytearray(content[name])
    data[50] ^= 1
    return {**content, name: bytes(data)}


def _listed_too(content: Files) -> Files:
    """A path that leads elsewhere, in the listing too."""
    listing = LISTINGS.validate_json(content[LISTING])
    entry = next(iter(listing.entries.values()))
    listing.entries["../../outside"] = backing.BackupEntry(1, entry.sha256)
    return {**content, LISTING: LISTINGS.dump_json(listing), "../../outside": b"x"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_path("../outside"), "does not belong"),
        (_path("/tmp/outside"), "does not belong"),
        (_path("generations/x/y"), "does not belong"),
        (_listed_too, "does not belong"),
        (_flipped, "dense.faiss is damaged"),
        (lambda c: dict(list(c.items())[:-1]), "is missing"),
        (lambda c: dict(list(c.items())[1:]), "does not begin with backup.json"),
        (lambda c: {**c, LISTING: b"{}"}, "not a complete backup"),
        (lambda c: {**c, LISTING: c[LISTING].replace(b'"format": 1', b'"format": 2')}, "format 1"),
    ],
)
def test_anything_but_a_whole_backup_is_refused_and_changes_nothing(
    index: Path, tmp_path: Path, change: Callable[[Files], Files], words: str
) -> None:
    backup(index, tmp_path / "b.tar")
    pack(tmp_path / "bad.tar", change(members(tmp_path / "b.tar")))
    before = everything(index)
    with pytest.raises(BackupError, match=words):
        restore(index, tmp_path / "bad.tar")
    assert everything(index) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b.tar", "bad.tar", "index"]


@pytest.mark.parametrize("where", ["absolute", "above", "inside"])
def test_a_generation_of_another_name_is_neither_restored_nor_served(
    index: Path, tmp_path: Path, where: str
) -> None:
    """The archive lists what it holds; only its name for the generation leads elsewhere."""
    backup(index, tmp_path / "b.tar")
    name = str(current_name(index))
    outside = tmp_path / "outside" / name
    outside.parent.mkdir()
    shutil.copytree(folder(index, name), outside)
    wanted = {
        "absolute": str(outside),
        "above": f"../../outside/{name}",
        "inside": f"../generations/{name}",
    }[where]
    content = members(tmp_path / "b.tar")
    listing = LISTINGS.validate_json(content[LISTING])
    content[LISTING] = LISTINGS.dump_json(replace(listing, generation=wanted))
    pack(tmp_path / "bad.tar", content)
    before = everything(index)
    with pytest.raises(BackupError, match="not a complete backup"):
        restore(index, tmp_path / "bad.tar")
    assert everything(index) == before
    with pytest.raises(GenerationError, match="not the name of a generation"):
        make_current(index, wanted, {})
    (index / "CURRENT").write_text(wanted)
    found, refused = load_current(index)
    assert (found.id, len(refused)) == (name, 1)


def test_a_manifest_that_lists_files_elsewhere_is_refused(index: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    name = str(current_name(index))
    text = json.loads((folder(index, name) / "manifest.json").read_bytes())
    text["parts"][str(tmp_path / "secret")] = {"bytes": 1, "sha256": sha256(b"x").hexdigest()}
    data = json.dumps(text).encode()
    crafted = f"g000009-{sha256(data).hexdigest()[:16]}"
    folder(index, name).rename(folder(index, crafted))
    (folder(index, crafted) / "manifest.json").write_bytes(data)
    with pytest.raises(GenerationError, match="lie elsewhere"):
        read_manifest(index, crafted)


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX'")
def test_only_its_user_reads_an_index(index: Path, tmp_path: Path) -> None:
    backup(index, tmp_path / "b.tar")
    restore(tmp_path / "new", tmp_path / "b.tar")
    for root in (index, tmp_path / "new"):
        assert open_to_others(root) == []
    assert tmp_path.joinpath("b.tar").stat().st_mode & 0o077 == 0


def open_to_others(root: Path, most: int = 0o700) -> list[str]:
    """What under a folder has more rights than these."""
    return [str(p) for p in (root, *root.rglob("*")) if p.stat().st_mode & 0o777 & ~most]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE]
)
def test_links_devices_and_folders_are_refused(index: Path, tmp_path: Path, kind: bytes) -> None:
    backup(index, tmp_path / "b.tar")
    content = members(tmp_path / "b.tar")
    name = next(n for n in content if n.startswith("files/"))
    del content[name]
    header = tarfile.TarInfo(name)
    header.type, header.linkname = kind, "/etc/hostname"
    pack(tmp_path / "bad.tar", content, header)
    with pytest.raises(BackupError, match="does not belong"):
        restore(tmp_path / "new", tmp_path / "bad.tar")
    assert everything(tmp_path / "new") == {}


def test_a_backup_cut_off_anywhere_is_refused(index: Path, tmp_path: Path) -> None:
    backup(index, tmp_path / "b.tar")
    data = (tmp_path / "b.tar").read_bytes()
    content = sum(
        512 + -(-len(piece) // 512) * 512 for piece in members(tmp_path / "b.tar").values()
    )
    for length in [0, 1, 511, 512, *range(2000, content, 4111), content - 1]:
        (tmp_path / "bad.tar").write_bytes(data[:length])
        with pytest.raises(BackupError):
            restore(index, tmp_path / "bad.tar")
    assert verify(index, every=True).faults == ()


def test_a_file_that_is_no_backup_is_refused(index: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="does not exist"):
        restore(index, tmp_path / "none.tar")
    with tarfile.open(tmp_path / "packed.tar.gz", "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("x"))
    with pytest.raises(BackupError, match="not a complete backup"):
        restore(index, tmp_path / "packed.tar.gz")


def test_what_was_forgotten_since_does_not_come_back(index: Path, tmp_path: Path) -> None:
    backup(index, tmp_path / "b.tar")
    tombstones.add(index, Tombstones(originals=frozenset({HASH})))
    with pytest.raises(BackupError, match="erased since"):
        restore(index, tmp_path / "b.tar")


def test_what_was_forgotten_before_stays_forgotten_after_a_restore(
    index: Path, tmp_path: Path
) -> None:
    known = Tombstones(frozenset({"a"}), frozenset({"b"}))
    tombstones.add(index, known)
    backup(index, tmp_path / "b.tar")
    restore(tmp_path / "new", tmp_path / "b.tar")
    assert tombstones.read(tmp_path / "new") == known
