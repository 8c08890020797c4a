"""The generations that are kept: going back to one, and clearing away without losing any."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.errors import GenerationError
from indexer.index.originals import file_path, keep_file
from indexer.index.publishing import publish
from indexer.index.retention import KEPT, list_generations, prune, roll_back
from indexer.index.snapshot import current_name, generation_names, load_current
from tests.indexer.by_hand import DOCUMENT, HASH, MANIFEST, ORIGINAL, flip, folder, parts, published

# --- listing -------------------------------------------------------------------------------


def test_the_list_counts_what_each_generation_holds_the_newest_first(tmp_path: Path) -> None:
    first, second = published(tmp_path, 2)
    listed = list_generations(tmp_path)
    assert [(g.id, g.current) for g in listed] == [(second, True), (first, False)]
    assert {(g.created, g.documents, g.passages, g.fault) for g in listed} == {
        (MANIFEST.created, 1, 2, "")
    }
    size = sum(path.stat().st_size for path in folder(tmp_path, first).iterdir())
    assert listed[1].bytes == size > 0


def test_a_generation_without_its_manifest_is_listed_with_its_fault(tmp_path: Path) -> None:
    (name,) = published(tmp_path)
    (folder(tmp_path, name) / "manifest.json").unlink()
    (listed,) = list_generations(tmp_path)
    assert (listed.id, listed.documents) == (name, 0)
    assert "manifest.json cannot be read" in listed.fault


# --- going back ----------------------------------------------------------------------------


def test_going_back_serves_the_one_before(tmp_path: Path) -> None:
    first, second, _ = published(tmp_path, 3)
    assert roll_back(tmp_path) == second
    assert load_current(tmp_path)[0].id == second
    assert roll_back(tmp_path) == first
    assert current_name(tmp_path) == first
    with pytest.raises(GenerationError, match="No whole generation before"):
        roll_back(tmp_path)
    assert current_name(tmp_path) == first


def test_going_back_passes_over_what_is_damaged(tmp_path: Path) -> None:
    first, second, _ = published(tmp_path, 3)
    flip(folder(tmp_path, second) / "dense.faiss", 40)
    assert roll_back(tmp_path) == first


def test_a_generation_may_be_named_by_its_beginning(tmp_path: Path) -> None:
    first, second = published(tmp_path, 2)
    assert roll_back(tmp_path, first[:7]) == first
    assert roll_back(tmp_path, second) == second, "forward again"
    with pytest.raises(GenerationError, match="More than one generation is called g"):
        roll_back(tmp_path, "g")
    with pytest.raises(GenerationError, match="No generation is called g9") as caught:
        roll_back(tmp_path, "g9")
    assert caught.value.remedy == f"There are: {second}, {first}."
    assert current_name(tmp_path) == second


def test_a_damaged_generation_is_never_gone_back_to(tmp_path: Path) -> None:
    first, second = published(tmp_path, 2)
    file_path(tmp_path / "files", HASH).unlink()
    with pytest.raises(GenerationError, match="kept original is missing"):
        roll_back(tmp_path, first)
    assert current_name(tmp_path) == second


# --- pruning -------------------------------------------------------------------------------


def test_the_newest_three_are_kept(tmp_path: Path) -> None:
    assert KEPT == 3
    names = published(tmp_path, KEPT + 2)
    prune(tmp_path)
    assert generation_names(tmp_path) == names[: -KEPT - 1 : -1]
    assert load_current(tmp_path)[0].id == names[-1]


def test_the_served_generation_is_kept_even_when_it_is_old(tmp_path: Path) -> None:
    names = published(tmp_path, KEPT + 2)
    (tmp_path / "CURRENT").write_text(names[0])
    prune(tmp_path)
    assert generation_names(tmp_path) == [*names[: -KEPT - 1 : -1], names[0]]


def test_leftovers_of_a_broken_build_are_removed(tmp_path: Path) -> None:
    published(tmp_path)
    leftover = tmp_path / "generations" / ".writing-abc"
    leftover.mkdir()
    (leftover / "passages.jsonl").write_text("[")
    prune(tmp_path)
    assert not leftover.exists()


def test_originals_that_no_generation_needs_are_removed(tmp_path: Path) -> None:
    published(tmp_path)
    old = hashlib.sha256(b"vecchio").hexdigest()
    keep_file(tmp_path, old, b"vecchio")
    (tmp_path / "files" / HASH[:2] / f".{HASH}-left").write_bytes(b"half")
    prune(tmp_path)
    assert [p.name for p in (tmp_path / "files").glob("??/*")] == [HASH]


def test_originals_of_every_kept_generation_stay(tmp_path: Path) -> None:
    other = hashlib.sha256(b"altro").hexdigest()
    keep_file(tmp_path, other, b"altro")
    publish(tmp_path, MANIFEST, parts(replace(DOCUMENT, content_hash=other)))
    published(tmp_path)
    prune(tmp_path)
    assert {p.name for p in (tmp_path / "files").glob("??/*")} == {HASH, other}


def _cut_off(path: Path) -> None:
    path.write_text("[")


def _empty(path: Path) -> None:
    path.write_text("")


def _other_hash(path: Path) -> None:  # it can be read, and names another file
    path.write_text(path.read_text().replace(HASH, HASH[::-1]))


@pytest.mark.parametrize("damage", [_cut_off, _empty, _other_hash])
def test_while_a_generation_is_damaged_no_original_is_removed(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    first, _ = published(tmp_path, 2)
    damage(folder(tmp_path, first) / "documents.json")
    old = hashlib.sha256(b"vecchio").hexdigest()
    keep_file(tmp_path, old, b"vecchio")
    prune(tmp_path)
    assert file_path(tmp_path / "files", old).exists()


def test_a_pruned_index_can_be_moved_elsewhere(tmp_path: Path) -> None:
    published(tmp_path / "a")
    prune(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    found, refused = load_current(tmp_path / "b")
    assert refused == ()
    assert found.original(DOCUMENT) == ORIGINAL
