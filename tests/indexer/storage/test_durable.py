"""Durable writes: whole files or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.storage import durable
from indexer.storage.durable import (
    make_folder,
    make_private_file,
    make_private_folder,
    replace_synced,
    sync,
    synced_file,
    write_synced,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written_whole_and_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(os.fstat(fd).st_size), real(fd)))
    write_synced(tmp_path / "a", b"dati")
    assert (tmp_path / "a").read_bytes() == b"dati"
    assert synced == [4]


def test_a_file_may_be_written_in_pieces(tmp_path: Path) -> None:
    with synced_file(tmp_path / "a") as file:
        file.writelines((b"da", b"", b"ti"))
    assert (tmp_path / "a").read_bytes() == b"dati"


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    write_synced(tmp_path / "a", b"primo")
    with pytest.raises(FileExistsError):
        write_synced(tmp_path / "a", b"secondo")
    assert (tmp_path / "a").read_bytes() == b"primo"


def test_replacing_makes_or_changes_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    replace_synced(tmp_path / "CURRENT", b"uno")
    replace_synced(tmp_path / "CURRENT", b"due")
    assert (tmp_path / "CURRENT").read_bytes() == b"due"
    assert names(tmp_path) == ["CURRENT"]


def test_a_full_disk_leaves_the_old_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_synced(tmp_path / "CURRENT", b"uno")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_synced(tmp_path / "CURRENT", b"due")
    assert (tmp_path / "CURRENT").read_bytes() == b"uno"
    assert names(tmp_path) == ["CURRENT"]


def test_the_folder_is_synced_after_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []
    monkeypatch.setattr(
        durable, "sync", lambda folder: seen.append((folder / "CURRENT").read_bytes())
    )
    replace_synced(tmp_path / "CURRENT", b"uno")
    assert seen == [b"uno"]


def test_syncing_a_folder_that_is_not_there_fails(tmp_path: Path) -> None:
    sync(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "missing")


# --- modes ---------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name == "nt", reason="modes are POSIX'")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@posix
@pytest.mark.parametrize(("group", "folder", "file"), [(False, 0o700, 0o600), (True, 0o750, 0o640)])
def test_only_the_user_reads_what_is_written_unless_the_folder_hands_on_its_group(
    tmp_path: Path, group: bool, folder: int, file: int
) -> None:
    top = tmp_path / "top"
    top.mkdir()
    top.chmod(0o2755 if group else 0o755)
    before = os.umask(0o022)
    try:
        make_folder(top / "a" / "b")
        write_synced(top / "a" / "b" / "one", b"x")
        replace_synced(top / "a" / "two", b"x")
        make_private_file(top / "a" / "three")
    finally:
        os.umask(before)
    assert {mode(top / "a"), mode(top / "a/b")} == {folder}
    assert {mode(top / "a" / name) for name in ("b/one", "two", "three")} == {file}


@posix
def test_what_was_open_to_all_is_closed_and_keeps_its_content(tmp_path: Path) -> None:
    (tmp_path / "index").mkdir(mode=0o755)
    (tmp_path / "index" / "chat.sqlite").write_bytes(b"x")
    (tmp_path / "index" / "chat.sqlite").chmod(0o644)
    make_private_folder(tmp_path / "index")
    make_private_file(tmp_path / "index" / "chat.sqlite")
    assert mode(tmp_path / "index") == 0o700
    assert mode(tmp_path / "index" / "chat.sqlite") == 0o600
    assert (tmp_path / "index" / "chat.sqlite").read_bytes() == b"x"


def test_a_folder_is_never_made_where_a_file_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "a")
