"""A file of a folder is opened, and nothing else: no pipe, no folder, nothing outside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indexer.errors import UnreadableFileError
from indexer.storage import safe_open
from indexer.storage.safe_open import open_inside


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of some files and links, beside one of secrets."""
    root = tmp_path / "corpus"
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "c.md").write_text("dentro")
    (tmp_path / "secret.md").write_text("fuori")
    (root / "link.md").symlink_to("a/b/c.md")
    (root / "folder").symlink_to("a/b", target_is_directory=True)
    (root / "out.md").symlink_to(tmp_path / "secret.md")
    (root / "out").symlink_to(tmp_path, target_is_directory=True)
    (root / "circle.md").symlink_to("circle.md")
    return root


def content(root: Path, inside: str) -> bytes:
    with open_inside(root, inside) as file:
        return file.read()


@pytest.mark.parametrize("inside", ["a/b/c.md", "link.md", "folder/c.md", "a/../a/b/c.md"])
def test_a_file_inside_is_opened_also_through_links(root: Path, inside: str) -> None:
    assert content(root, inside) == b"dentro"


@pytest.mark.parametrize("inside", ["out.md", "out/secret.md", "../secret.md", "a/../../secret.md"])
def test_what_leads_outside_is_refused(root: Path, inside: str) -> None:
    with pytest.raises(UnreadableFileError, match="leads outside"):
        open_inside(root, inside)


@pytest.mark.parametrize("inside", ["a", "folder", ".", ""])
def test_a_folder_is_no_file(root: Path, inside: str) -> None:
    with pytest.raises(UnreadableFileError, match="not an ordinary file"):
        open_inside(root, inside)


def test_a_pipe_is_not_even_opened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(root / "pipe.md")
    real, opened = os.open, []

    def watched(path: str | Path, *rest: int, dir_fd: int | None = None) -> int:
        opened.append(str(path))
        return real(path, *rest, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", watched)
    with pytest.raises(UnreadableFileError, match="not an ordinary file"):
        open_inside(root, "pipe.md")
    assert "pipe.md" not in opened


@pytest.mark.parametrize("inside", ["circle.md", "a/none.md", "a/b/c.md/d"])
def test_what_is_not_there_is_an_ordinary_error(root: Path, inside: str) -> None:
    with pytest.raises(OSError, match=r"symbolic links|No such file|Not a directory"):
        open_inside(root, inside)


def test_a_file_that_no_link_leads_to_is_opened_without_following_any(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To look up each folder on the way took longer than to read the file."""

    def refuse(path: object) -> str:
        raise AssertionError(f"{path} was looked up")

    monkeypatch.setattr(safe_open.os.path, "realpath", refuse)
    assert content(root, "a/b/c.md") == b"dentro"
