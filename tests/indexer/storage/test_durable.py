"""Durable writes: whole files or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.storage import durable
from indexer.storage.durable import replace_synced, sync, write_synced


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
